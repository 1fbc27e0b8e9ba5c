"""Every vendor's paths, each below the vendor's own base: dialects.BASES, all of them below /sandbox/.

storyboard/urls.py includes them where settings.SANDBOX is on.
"""

from collections.abc import Iterator

from django.urls import URLPattern, path, re_path

from storyboard.providers.dispatch import vendor_file
from storyboard.sandbox.dialects import BASES, dialect
from storyboard.sandbox.views import api


def vendor_urls(vendor: str) -> Iterator[URLPattern]:
    base, file = BASES[vendor], vendor_file(vendor)
    many: dict[str, api.Handler] = {"POST": api.submit}
    one: dict[str, api.Handler] = {"GET": api.fetch}
    if file.ROWS.vendor.can_list:
        many["GET"] = api.listing
    if file.ROWS.vendor.can_cancel:
        one["DELETE"] = api.cancel
    yield path(f"{base}{file.SUBMIT}", api.serve(vendor, many), name=f"sandbox_{vendor}_tasks")
    for number, where in enumerate(dialect(vendor).BALANCES, 1):
        yield path(f"{base}{where}", api.serve(vendor, {"GET": api.balance}), name=f"sandbox_{vendor}_balance_{number}")
    yield path(
        base + file.FETCH.replace("{id}", "<str:task_id>"), api.serve(vendor, one), name=f"sandbox_{vendor}_task"
    )
    yield re_path(rf"^{vendor}(?:/.*)?$", api.nowhere(vendor), name=f"sandbox_{vendor}_nowhere")


urlpatterns = [url for vendor in BASES for url in vendor_urls(vendor)]
