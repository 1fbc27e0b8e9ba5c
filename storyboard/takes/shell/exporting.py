"""`board export`: the board's words as a file, and the selected takes' clips in a folder, numbered in order."""

import sys
from pathlib import Path
from typing import Any

from storyboard.boards.drafts import draft_of
from storyboard.boards.formats import bundle, table_file
from storyboard.boards.models import Board
from storyboard.boards.queries import Sheet
from storyboard.media.storage import store
from storyboard.takes.models import Take
from storyboard.teams.shell import Usage

FORMATS = {"csv": table_file.write, "json": bundle.write}


def words(sheet: Sheet, kind: str, to: str) -> int:
    """How many bytes were written; to standard output when `to` is -."""
    data = FORMATS[kind](draft_of(sheet))
    if to == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        written(Path(to), data)
    return len(data)


def written(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Usage(f"Cannot write {path}: {error.strerror}.") from None


def clips(board: Board, folder: Path) -> list[dict[str, Any]]:
    """Each selected take's file, whole; a name that is there already is written anew."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Usage(f"Cannot make the folder {folder}: {error.strerror}.") from None
    takes = Take.objects.filter(shot__board=board, shot__deleted_at=None, is_selected=True, clip__isnull=False)
    return [brought(take, folder) for take in takes.select_related("shot", "clip").order_by("shot__position")]


def brought(take: Take, folder: Path) -> dict[str, Any]:
    # Numbers alone: a prompt could be the name of anything.
    file = take.clip
    path = folder / f"shot-{take.shot.position:03}-take-{take.number}.{file.format if file else ''}"
    part = path.with_name(f".{path.name}.part")
    try:
        store().get(file.key if file else "", part)
        part.replace(path)
    except OSError as error:
        raise Usage(f"Cannot write {path}: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return {"shot": take.shot.position, "take": take.number, "file": str(path), "hand_off_ms": take.hand_off_ms}
