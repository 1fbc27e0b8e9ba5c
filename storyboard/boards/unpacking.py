"""Take a board out of a ZIP that somebody brought: look what is in it, then check and keep its media one by one.

The job `unpack` calls it, again and again until all is there; what was kept is remembered, so each goes on from there.
"""

import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone

from storyboard.boards import actions
from storyboard.boards.formats.archive import Member, copy_member, read_zip
from storyboard.boards.formats.draft import DraftBoard, DraftReference, Unusable
from storyboard.boards.models import Import
from storyboard.errors import Conflict, DomainError, Forbidden, Missing
from storyboard.media import actions as media
from storyboard.media.actions.uploads import check_room
from storyboard.media.examine import Unfit
from storyboard.media.formats import LARGEST
from storyboard.media.keep import keep
from storyboard.media.models import File, Origin
from storyboard.media.queries import file_with, room
from storyboard.media.seals import is_sealed
from storyboard.media.storage import store
from storyboard.media.storage.errors import Lost, Unfinished
from storyboard.media.tasks import from_quarantine

# Well below what a job of the media cluster may take: one file more still fits.
A_TURN_SECONDS = 240
SHOWN = 12
SHOWN_LETTERS = 300
EMPTY = "The board in this ZIP has no shot. Choose another one."
TOO_LARGE = "is larger than any file that is taken. Make it smaller, and export the board again."
REFUSED = (Unusable, Unfit, Lost, Unfinished, Missing, Forbidden, Conflict)


def look(found: Import) -> None:
    """Read the words; the media are only counted."""
    with TemporaryDirectory(prefix="lastframe-") as folder:
        draft, members = read_zip(brought(found, Path(folder)))
    if not draft.shots:
        raise Unusable(EMPTY)
    wanted = {entry.sha256 for entry in draft.references if entry.sha256}
    actions.show_import(found, shown=summary(draft, members, len(wanted)), total=len(members))


def summary(draft: DraftBoard, members: dict[str, Member], wanted: int) -> dict[str, Any]:
    first = draft.shots[:SHOWN]
    return {
        "name": draft.name,
        "shots": len(draft.shots),
        "scenes": len(draft.scenes),
        "media": len(members),
        "bytes": sum(member.size for member in members.values()),
        "lacking": wanted - len(members),
        "opens": {"joint": draft.shots[0].joint, "follows": draft.shots[0].joint_from is not None},
        "first": [
            {"prompt": one.prompt[:SHOWN_LETTERS], "joint": one.joint, "seconds": one.settings.get("seconds")}
            for one in first
        ],
    }


def take(found: Import) -> None:
    """Keep what is not kept yet; when this takes long, another job goes on."""
    until = time.monotonic() + A_TURN_SECONDS
    with TemporaryDirectory(prefix="lastframe-") as folder:
        path = brought(found, Path(folder))
        draft, members = read_zip(path)
        left = {sha256: member for sha256, member in members.items() if sha256 not in found.kept}
        see_room(found, left)
        entries = {entry.sha256: entry for entry in draft.references}
        for sha256, member in left.items():
            if time.monotonic() > until:
                return actions.unpack_on(found)
            if not kept(found, path, member, entries[sha256]):
                return give_back(found)
    if actions.finish_import(found, draft=draft) is None:
        give_back(found)
    return None


def brought(found: Import, folder: Path) -> Path:
    path = folder / "zip"
    from_quarantine(found.upload, path)
    return path


def see_room(found: Import, left: dict[str, Member]) -> None:
    """The ZIP's own room is free again when it is taken."""
    team = found.upload.team
    now = room(team)
    free = now.quota - now.used - now.reserved + found.upload.size
    size = sum(member.size for sha256, member in left.items() if file_with(team, sha256) is None)
    try:
        check_room(size, free)
    except DomainError as error:
        raise Unfit(error.message) from error


def kept(found: Import, path: Path, member: Member, entry: DraftReference) -> bool:
    """Check one medium like any upload, and say whether anybody still wants it."""
    team = found.upload.team
    known = file_with(team, member.sha256)
    if known and media.touch_file(known):
        return actions.unpacked(found, sha256=member.sha256, file=known, is_new=False)
    began = timezone.now()
    try:
        file = examined(found, path, member, entry)
    except (Unusable, Unfit) as error:
        raise Unfit(f"“{entry.name}” in this ZIP was not taken. {error.message}") from error
    return actions.unpacked(found, sha256=member.sha256, file=file, is_new=file.created_at >= began)


def examined(found: Import, path: Path, member: Member, entry: DraftReference) -> File:
    if member.size > LARGEST:
        raise Unfit(f"It {TOO_LARGE}")
    with TemporaryDirectory(prefix="lastframe-") as folder:
        copy = Path(folder) / "file"
        with copy.open("wb") as to:
            copy_member(path, member, to)
        painted = is_sealed(member.sha256, entry.seal)
        return keep(found.upload.team, copy, origin=Origin.UPLOAD, painted=painted)


def give_back(found: Import) -> None:
    """Nothing came of it: what was kept for it alone goes at once."""
    for key, touched_at in found.kept.values():
        file = File.objects.select_related("team").filter(pk=key).first()
        if file and touched_at:
            store().delete(media.take_back(file, touched_at=datetime.fromisoformat(touched_at)))
