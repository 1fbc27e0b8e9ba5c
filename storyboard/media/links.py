"""Signed links to kept files: short ones for our pages, and recorded ones for vendors that fetch a reference.

Views and tasks call these with a row whose access was checked; nobody signs a key that somebody sent.
"""

from urllib.parse import urlsplit

from django.conf import settings

from storyboard.addresses import is_public
from storyboard.media import actions
from storyboard.media.examine import POSTER_TYPE
from storyboard.media.models import File
from storyboard.media.storage import from_outside, store

PAGE_SECONDS = 300
# Browsers play what is inside, and refuse it by this name.
PLAYED_AS = {"video/quicktime": "video/mp4"}
# Names that mean something inside one network only.
INSIDE = (".local", ".internal", ".lan", ".home", ".localdomain", ".localhost", ".test")


def to_show(file: File) -> str:
    """To play or see it on a page."""
    content_type = PLAYED_AS.get(file.content_type, file.content_type)
    return store().presign_download(file.key, PAGE_SECONDS, content_type=content_type)


def to_save(file: File, name: str) -> str:
    """To keep it on somebody's disk, under its name in the library and the ending that its bytes have."""
    ending = {"jpeg": "jpg"}.get(file.format, file.format)
    stem, dot, said = name.rpartition(".")
    named = stem if dot and said.lower() in {file.format, ending} else name
    return store().presign_download(
        file.key, PAGE_SECONDS, filename=f"{named}.{ending}", inline=False, content_type=file.content_type
    )


def to_small(file: File) -> str:
    return store().presign_download(file.small_key, PAGE_SECONDS, content_type=POSTER_TYPE)


def to_poster(file: File) -> str:
    return store().presign_download(file.poster_key, PAGE_SECONDS, content_type=POSTER_TYPE)


def for_vendor(file: File, *, vendor: str, seconds: int, purpose: str) -> str:
    """A link for one take, for as long as that vendor may fetch; who got it is written down first."""
    actions.grant(file, vendor=vendor, seconds=seconds, purpose=purpose)
    return from_outside(store().presign_download(file.key, seconds, content_type=file.content_type))


def reachable() -> str:
    """Empty when a vendor can fetch our files; otherwise the sentence that says why not, and what to set."""
    in_bucket = bool(settings.S3["bucket"])
    setting, url = (
        ("S3_PUBLIC_ENDPOINT", settings.S3["public_endpoint"]) if in_bucket else ("PUBLIC_URL", settings.PUBLIC_URL)
    )
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_inside(host):
        why = f"{host} is an address of this machine or network, so vendors cannot fetch references from it."
    elif parts.scheme != "https":
        why = f"{host} is reached without https, and vendors do not fetch references from there."
    else:
        return ""
    return f"{why} Set {setting} to an https address that the internet reaches, and start again."


def is_inside(host: str) -> bool:
    """As far as the name tells; nothing is looked up."""
    bare = host.rstrip(".").lower()
    if ":" in bare or bare.replace(".", "").isdigit():
        return not is_public(bare)
    return "." not in bare or bare.endswith(INSIDE)
