"""Make the ZIP of a board: its words as JSON, and each of its media once. The job `pack` calls it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from storyboard.boards import actions, queries
from storyboard.boards.drafts import draft_of
from storyboard.boards.edits import GONE
from storyboard.boards.formats.archive import write_zip
from storyboard.boards.formats.draft import Unusable
from storyboard.boards.models import Export
from storyboard.errors import Forbidden, Missing
from storyboard.media.formats import ARCHIVE
from storyboard.media.models import File
from storyboard.media.storage import store
from storyboard.media.storage.errors import Lost
from storyboard.teams.access import require
from storyboard.teams.models import Role

GAVE_UP = "This board could not be packed, three times over. Export it as JSON, and its media from the library."
LOST = "A file that this board uses is not in the storage any more: {}. Replace it in the library, then try again."


def pack(export: Export) -> None:
    """Everything is written to a file of this machine first: the storage gets a whole ZIP or none."""
    try:
        with TemporaryDirectory(prefix="lastframe-") as folder:
            path = packed(export, Path(folder))
            store().put(export.key, path, ARCHIVE)
            size = path.stat().st_size
    except (Unusable, Missing, Forbidden) as error:
        actions.fail_export(export, sentence=error.message)
        return
    if not actions.finish_export(export, size=size):
        store().delete([export.key])


def packed(export: Export, folder: Path) -> Path:
    board = export.board
    # Whoever asked may have been taken out of the team meanwhile.
    own = require(export.by, board.team, Role.VIEWER)
    if board.deleted_at is not None:
        raise Missing(GONE)
    draft = draft_of(queries.sheet_of(board, own))
    named = {entry.sha256: entry.name for entry in draft.references}
    files: dict[str, Path] = {}
    for number, file in enumerate(queries.media_of(board).values(), 1):
        files[file.sha256] = fetched(file, named.get(file.sha256, ""), folder)
        actions.packed(export, done=number)
    path = folder / "board.zip"
    with path.open("wb") as to:
        write_zip(draft, files, to)
    return path


def fetched(file: File, name: str, folder: Path) -> Path:
    path = folder / file.sha256
    try:
        store().get(file.key, path)
    except Lost as error:
        raise Missing(LOST.format(name)) from error
    return path
