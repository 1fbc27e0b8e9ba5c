"""Boards, shots, runs and takes by the names that people type: an id, a name, a number."""

import re
from collections.abc import Mapping
from typing import TypeVar

from storyboard.boards.models import Board, Shot
from storyboard.boards.queries import Sheet, board_for, boards_of, sheet_of
from storyboard.connections.models import Connection
from storyboard.connections.queries import usable
from storyboard.takes.models import Run, Take
from storyboard.takes.queries import runs_of, take_for
from storyboard.teams.access import require
from storyboard.teams.models import Role, Team, User
from storyboard.teams.shell import Usage, plain

Name = TypeVar("Name", int, str)
MOST_NAMED = 10
PART = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


def board_named(user: User, team: Team, name: str, role: Role = Role.VIEWER) -> Board:
    """By its id or its name; access is asked of the same query as on the pages."""
    found = list(boards_of(team).filter(public_id=name)) or [
        one for one in [*boards_of(team), *boards_of(team, archived=True)] if one.name.casefold() == name.casefold()
    ]
    if len(found) > 1:
        known = ", ".join(one.public_id for one in found[:MOST_NAMED])
        raise Usage(f"Several boards are called “{plain(name)}”. Write one of their ids: {known}.")
    return board_for(user, team.public_id, found[0].public_id if found else name, role)


def sheet(user: User, board: Board, role: Role = Role.VIEWER) -> Sheet:
    return sheet_of(board, require(user, board.team, role))


def connection_named(team: Team, name: str) -> Connection:
    every = list(usable(team).order_by("name"))
    found = [one for one in every if name == one.public_id or name.casefold() == one.name.casefold()]
    if not found:
        known = ", ".join(plain(one.name) for one in every) or "none"
        raise Usage(f"There is no connection “{plain(name)}” to render with. There is: {known}.")
    return found[0]


def shots_named(shots: list[Shot], text: str) -> list[Shot]:
    """“1,3-5”, or ids, in the order of the board."""
    by_number = {shot.position: shot for shot in shots}
    by_id = {shot.public_id: shot for shot in shots}
    wanted: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        pair = PART.fullmatch(part)
        if pair is None:
            wanted.add(of(by_id, part).pk)
            continue
        first, last = int(pair[1]), int(pair[2] or pair[1])
        if first > last:
            raise Usage(f"{part} runs backwards. Write the smaller number first.")
        for number in range(first, max(first, min(last, len(shots) + 1)) + 1):
            wanted.add(of(by_number, number).pk)
    if not wanted:
        raise Usage("Which shots? Write their numbers: 1,3-5.")
    return [shot for shot in shots if shot.pk in wanted]


def of(shots: Mapping[Name, Shot], name: Name) -> Shot:
    if name not in shots:
        raise Usage(f"There is no shot {plain(str(name))} on this board; it has {len(shots)}.")
    return shots[name]


def shot_named(shots: list[Shot], text: str) -> Shot:
    found = shots_named(shots, text)
    if len(found) != 1:
        raise Usage("Name one shot by its number.")
    return found[0]


def take_of(user: User, shot: Shot, number: int | None) -> Take:
    """A shot's take by its number; without one the selected take, or the newest."""
    rows = Take.objects.filter(shot=shot, deleted_at=None)
    found = rows.filter(number=number) if number else rows.order_by("-is_selected", "-pk")
    take = found.first()
    if take is None:
        which = f"take {number}" if number else "a take"
        raise Usage(f"Shot {shot.position} does not have {which}.")
    return take_for(user, shot.board.team.public_id, shot.board.public_id, take.public_id)


def runs_named(board: Board, name: str) -> list[Run]:
    """The one with this id, else all that are not over, the newest first."""
    rows = runs_of(board).select_related("board__team")
    if name:
        found = list(rows.filter(public_id=name))
        if not found:
            raise Usage(f"There is no render {plain(name)} of this board.")
        return found
    return list(rows.filter(finished_at=None))
