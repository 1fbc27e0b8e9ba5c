"""What is under way in a team: every take that is not over, by board and run, with why it waits and when it goes on.

views.queue shows it, the navigation its number. The queries are the same for one take and for a thousand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from storyboard.boards.models import Board
from storyboard.boards.status import Status
from storyboard.takes import cards
from storyboard.takes.looks import Known, is_late, known, next_look, spell, why
from storyboard.takes.models import LIVE, Run, State, Take
from storyboard.takes.waits import Wait, Why, wait
from storyboard.teams.models import Team, User

FIRST_WORDS = 140
A_PAGE = 100
# What goes on only when somebody did something.
NEEDED = frozenset({Why.PAUSED, Why.FAILED, Why.CHOICE, Why.APPROVAL, Why.GONE})
DELETED = "The board was deleted. What was not sent is dropped; what a vendor has begun still comes."


class Show(StrEnum):
    """Which takes; the words are on the page."""

    ALL = ""
    NEEDED = "needed"
    MINE = "mine"


class Badge(NamedTuple):
    """The number beside the word in the navigation."""

    number: int
    words: str
    is_urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One take. `why` and `next` are sentences, `age` is how long it has been in its state."""

    take: Take
    words: str
    status: Status
    held: str
    why: str
    next: str
    age: str
    is_late: bool
    may_be_cancelled: bool
    needs_somebody: bool


@dataclass(slots=True)
class Party:
    """The takes of one run."""

    run: Run | None
    lines: list[Line]


@dataclass(slots=True)
class Film:
    """The runs of one board."""

    board: Board
    parties: list[Party]
    takes: int
    deleted: str = ""


def live_takes(team: Team) -> QuerySet[Take]:
    return Take.objects.filter(shot__board__team=team, state__in=LIVE, deleted_at=None)


def badge(team: Team) -> Badge | None:
    """For settings.NAV_COUNTS: what needs a decision, otherwise what is under way. One query."""
    decide = Count("pk", filter=Q(state=State.UNDECIDED))
    found = live_takes(team).aggregate(live=Count("pk"), decide=decide)
    if found["decide"]:
        return Badge(found["decide"], "to decide", True)
    return Badge(found["live"], "under way", False) if found["live"] else None


def lines(team: Team, *, paused: bool) -> list[Line]:
    """All of them, in the order of the page: five queries."""
    takes = list(
        live_takes(team)
        .select_related("shot__board", "run__by", "by", "connection", "follows")
        .defer("asked", "error_message", "clip_url", "last_frame_url", "note")
        .defer("shot__prompt", "shot__notes", "shot__settings", "shot__versions")
        .defer("follows__prompt", "follows__notes", "follows__settings", "follows__versions")
        .defer("shot__board__look", "shot__board__settings", "shot__board__versions")
        .annotate(words=Left("shot__prompt", FIRST_WORDS))
        .order_by("shot__position", "number")
    )
    seen = known(takes, paused=paused)
    return in_order([line(take, seen) for take in takes])


def line(take: Take, seen: Known) -> Line:
    held = wait(take, seen.around) if take.state == State.WAITING else None
    status = cards.under_way(take, cards.Seen(take.shot.board, seen.around, seen.usual))
    return Line(
        take=take,
        words=" ".join(getattr(take, "words", "").split()),
        status=status,
        held=cards.held(take),
        why=why(take, status, seen),
        next=next_look(take, seen.now),
        age=spell(seen.now - take.moved_at),
        is_late=is_late(take, seen.now),
        may_be_cancelled=can_cancel(take),
        needs_somebody=needs_somebody(take, held),
    )


def can_cancel(take: Take) -> bool:
    """Before it is sent always; afterwards where the vendor cancels."""
    if take.shot.board.deleted_at is not None:
        return False
    if take.state in {State.WAITING, State.QUEUED}:
        return True
    return take.state == State.RUNNING and take.connection is not None and take.connection.about.can_cancel


def needs_somebody(take: Take, held: Wait | None) -> bool:
    if take.state == State.QUEUED:
        return take.run is not None and take.run.paused_at is not None
    return take.state == State.UNDECIDED or (held is not None and held.why in NEEDED)


def in_order(found: Iterable[Line]) -> list[Line]:
    """By board and run; the boards and runs on which somebody has to decide come first, then the newest."""
    rows = list(found)
    decide = {key for row in rows if row.take.state == State.UNDECIDED for key in keys(row)}
    newest: dict[int, int] = {}
    for row in rows:
        board, run = row.take.shot.board_id, row.take.run_id or 0
        newest[board] = max(newest.get(board, 0), run)

    def place(row: Line) -> tuple[object, ...]:
        take = row.take
        board, run = take.shot.board_id, take.run_id or 0
        by_board = (("board", board) not in decide, -newest[board], board)
        by_run = (("run", run) not in decide, -run)
        return *by_board, *by_run, take.state != State.UNDECIDED, take.shot.position, take.number

    return sorted(rows, key=place)


def keys(row: Line) -> tuple[tuple[str, int], ...]:
    return ("board", row.take.shot.board_id), ("run", row.take.run_id or 0)


def chosen(found: Sequence[Line], show: Show, user: User) -> list[Line]:
    if show is Show.NEEDED:
        return [row for row in found if row.needs_somebody]
    return [row for row in found if row.take.by_id == user.pk] if show is Show.MINE else list(found)


def films(found: Sequence[Line]) -> list[Film]:
    """The lines as they stand on the page."""
    made = []
    for _, of_board in groupby(found, key=lambda row: row.take.shot.board_id):
        rows = list(of_board)
        board = rows[0].take.shot.board
        runs = [list(run) for _, run in groupby(rows, key=lambda row: row.take.run_id)]
        parties = [Party(own[0].take.run, own) for own in runs]
        made.append(Film(board, parties, len(rows), DELETED if board.deleted_at else ""))
    return made
