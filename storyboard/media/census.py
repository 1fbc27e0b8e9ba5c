"""Hold the rows against the storage: objects without rows, and rows without objects. A sweep and media_check ask."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from django.utils import timezone

from storyboard.media import actions, keys
from storyboard.media.models import File, Upload
from storyboard.media.storage import store
from storyboard.media.storage.base import Begun, Listed

# A younger object may be waiting for its row, or for its browser.
GRACE = timedelta(hours=24)
BATCH = 500
# When so many files are missing, the settings name the wrong bucket rather than the files being lost.
MOST_LOST = 0.1


@dataclass
class Census:
    objects: int = 0
    bytes: int = 0
    strays: list[Listed] = field(default_factory=list)
    # Uploads in parts that nobody finished.
    begun: list[Begun] = field(default_factory=list)
    lost: list[File] = field(default_factory=list)
    without_posters: list[File] = field(default_factory=list)
    files: int = 0

    @property
    def looks_wrong(self) -> bool:
        return len(self.lost) > max(1, self.files * MOST_LOST)


def count() -> Census:
    """Walk through all objects once, then through all rows."""
    found, seen = Census(), set[str]()
    began = timezone.now()
    old = began - GRACE
    for batch in batched(store().list(keys.ROOT), BATCH):
        found.objects += len(batch)
        found.bytes += sum(listed.size for listed in batch)
        seen.update(listed.key for listed in batch)
        known = known_keys([listed.key for listed in batch])
        found.strays += [listed for listed in batch if listed.key not in known and listed.modified < old]
    found.begun = [begun for begun in store().list_multipart(keys.ROOT) if begun.started < old]
    # A file that came while we walked was not looked for.
    for file in File.objects.filter(created_at__lt=began).select_related("team").iterator():
        found.files += 1
        if file.key not in seen:
            found.lost.append(file)
        elif not seen.issuperset(file.keys):
            found.without_posters.append(file)
    return found


def batched(listed: Iterable[Listed], size: int) -> Iterator[list[Listed]]:
    """As itertools has it from Python 3.12 on."""
    rest = iter(listed)
    while batch := list(islice(rest, size)):
        yield batch


def known_keys(some: list[str]) -> set[str]:
    """Those that a row names: a file's, its pictures', or one that a browser may still write."""
    known = set[str]()
    for name in ("key", "poster_key", "small_key"):
        known.update(File.objects.filter(**{f"{name}__in": some}).values_list(name, flat=True))
    waiting = Upload.objects.filter(key__in=some, cleared_at=None)
    return known | set(waiting.values_list("key", flat=True))


def remove_strays(strays: Iterable[Listed]) -> int:
    """Remove objects, looking at the rows once more: one may have come meanwhile."""
    removed = 0
    for batch in batched(strays, BATCH):
        known = known_keys([listed.key for listed in batch])
        gone = [listed.key for listed in batch if listed.key not in known]
        store().delete(gone)
        removed += len(gone)
    return removed


def remove_begun(begun: Iterable[Begun]) -> None:
    for each in begun:
        store().abort_multipart(each.key, each.upload)


def forget(found: Census) -> None:
    """Take lost files out of the libraries; whoever asks has seen the list."""
    for file in found.without_posters:
        actions.lose_posters(file)
    for file in found.lost:
        actions.forget_file(file)
