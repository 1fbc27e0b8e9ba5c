"""Boards with real media for tests, packed and brought again as people do it, without the pages."""

import io
from pathlib import Path

from storyboard.boards import actions, queries
from storyboard.boards.changes import END, Spot
from storyboard.boards.models import Board, Export, Import
from storyboard.media.actions import arrived
from storyboard.media.actions.uploads import Announced
from storyboard.media.models import Reference
from storyboard.media.storage import store
from storyboard.teams.models import Team, User
from tests.boards.films import film, shots_of
from tests.drain import drain
from tests.media.library import brought
from tests.media.seeds import drawing, picture, wav

PICTURE, SOUND = ("image/jpeg", picture("jpeg", quality=60)), ("audio/wav", wav())


def reference(team: Team, by: User, name: str, kind: tuple[str, bytes]) -> Reference:
    found = brought(team, by, name, *kind).reference
    assert found is not None
    return found


def drawn(red: int) -> tuple[str, bytes]:
    """Pictures that differ."""
    image = drawing()
    image.putpixel((40, 40), (red, 0, 0))
    return "image/png", picture("png", image)


def film_with_media(team: Team, by: User) -> Board:
    """Three shots; the second is made with a picture and a sound, the third lands on the picture."""
    board = film(team, by)
    face, song = reference(team, by, "Face.jpg", PICTURE), reference(team, by, "Song", SOUND)
    face.tags.create(name="keeper")
    shots = shots_of(board)
    actions.set_references(shots[1], references=[song.public_id, face.public_id], by=by)
    actions.set_landing(shots[2], reference=face.public_id, by=by)
    return board


def packed(board: Board, by: User) -> Export:
    export = actions.start_export(board, by=by)
    drain()
    export.refresh_from_db()
    return export


def zipped(board: Board, by: User, folder: Path) -> Path:
    """The ZIP of a board, as somebody saves it."""
    export = packed(board, by)
    assert export.state == Export.State.READY, export.sentence
    store().get(export.key, folder / "board.zip")
    return folder / "board.zip"


def sent(team: Team, by: User, path: Path, name: str = "Harbour.zip") -> Import:
    """All of it has come and was looked at."""
    data = path.read_bytes()
    found = actions.start_import(team, file=Announced(name, "application/zip", len(data)), by=by)
    store().put(found.upload.key, io.BytesIO(data), found.upload.content_type)
    arrived(found.upload, by=by)
    drain()
    return again(found, by)


def again(found: Import, by: User) -> Import:
    return queries.import_for(by, found.upload.team.public_id, found.upload.public_id)


def taken(found: Import, by: User, *, name: str = "", into: Board | None = None, at: Spot = END) -> Import:
    actions.take_import(found, name=name, into=into, at=at, by=by)
    drain()
    return again(found, by)
