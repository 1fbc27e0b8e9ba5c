"""The one place that finds a vendor’s file by the vendor’s id.

Preflight, price, the client and the sandbox ask it; none of them names a vendor.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from storyboard.providers import outcomes
from storyboard.providers.base import Body, Probed, Problem, Quote, ShotRequest
from storyboard.providers.catalog import VENDOR_FILES, Model, Rate, Rows


class VendorFile(outcomes.Vendor, Protocol):
    """What every vendor’s file has, beside what the client needs of it."""

    @property
    def ROWS(self) -> Rows: ...  # noqa: N802 - a constant of the module

    def body(self, request: ShotRequest, model: Model) -> Body: ...

    def unfit(self, request: ShotRequest, model: Model) -> list[Problem]: ...

    def problems(self, body: Body, media: Probed) -> list[Problem]: ...

    def price(self, body: Body, model: Model, media: Probed, rates: Mapping[str, Rate] | None = None) -> Quote: ...

    def envelope(self, problem: Problem, request_id: str) -> Body: ...


def vendor_file(vendor_id: str) -> VendorFile:
    """KeyError for an unknown vendor."""
    if vendor_id not in VENDOR_FILES:
        raise KeyError(vendor_id)
    return cast("VendorFile", import_module(f"storyboard.providers.{vendor_id}"))
