"""Where files live: one interface, with a folder under DATA_DIR or, when S3_BUCKET is set, a bucket behind it.

Tasks and actions ask `store()`; only tasks call what touches the network. `base.Store` says what there is.
"""

from functools import lru_cache
from urllib.parse import urljoin

from django.conf import settings

from storyboard.media.storage.base import PART_BYTES, Part, Store, Stored, Upload
from storyboard.media.storage.errors import StorageError
from storyboard.media.storage.local import LocalStore
from storyboard.media.storage.s3 import S3Store

__all__ = ["PART_BYTES", "Part", "StorageError", "Store", "Stored", "Upload", "check", "from_outside", "store"]


def store() -> Store:
    """The store that the settings name."""
    if settings.S3["bucket"]:
        return s3_store(tuple(settings.S3.items()))
    return LocalStore(settings.MEDIA_ROOT)


@lru_cache(maxsize=4)
def s3_store(options: tuple[tuple[str, str], ...]) -> S3Store:
    # Kept: a client of boto3 costs a tenth of a second, and holds the connections that the next request can use.
    return S3Store(dict(options))


def check() -> None:
    """Raise StorageError, in words, when files could not be kept right now."""
    store().check()


def from_outside(url: str) -> str:
    """The same link for somebody who is not on our pages, such as a vendor: with our public address in front."""
    return urljoin(f"{settings.PUBLIC_URL}/", url)
