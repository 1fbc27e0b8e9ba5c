"""Whether files can be kept right now, for pages: none may wait for a network, so a worker looks at a bucket for them.

jobs/sweeps.py and settings.JOB_TASKS name look(); takes.health asks trouble().
"""

from django.conf import settings
from django.core.cache import cache

from storyboard.media import storage

KEY = "media-storage-trouble"
# A worker looks every half minute; what none has said for longer is no news.
KEPT = 150


def look() -> None:
    """Remember what is wrong with the bucket; a folder every process sees for itself."""
    if settings.S3["bucket"]:
        cache.set(KEY, found(), KEPT)


def trouble() -> str:
    """A sentence, or nothing while files can be kept."""
    return str(cache.get(KEY, "")) if settings.S3["bucket"] else found()


def found() -> str:
    try:
        storage.check()
    except storage.StorageError as error:
        return error.message
    return ""
