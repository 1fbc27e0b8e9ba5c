"""What is under way in a team: every take that is not over, by board and run, with why it waits and when it goes on.

views.queue shows it, the navigation its number. The queries are the same for one take and for a thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Left

from storyboard.boards.models import Board, Shot
from storyboard.boards.status import Status
from storyboard.takes import cards
from storyboard.takes.looks import Known, is_late, known, next_look, spell, why
from storyboard.takes.models import LIVE, Run, State, Take
from storyboard.takes.waits import BARE, Around, Why, around, in_front
from storyboard.teams.models import Team, User

FIRST_WORDS = 140
A_PAGE = 100
# What goes on only when somebody did something.
NEEDED = frozenset({Why.PAUSED, Why.FAILED, Why.CHOICE, Why.APPROVAL, Why.REJECTED, Why.GONE})
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


@dataclass(frozen=True, slots=True)
class Crowd:
    """Every take that is not over, in the order of the page, and the keys of those that wait for a person."""

    takes: list[Take]
    needed: set[int]

    def chosen(self, show: Show, user: User) -> list[Take]:
        if show is Show.NEEDED:
            return [take for take in self.takes if take.pk in self.needed]
        return [take for take in self.takes if take.by_id == user.pk] if show is Show.MINE else self.takes

    @property
    def held(self) -> int:
        return sum(take.quote_micro_usd or 0 for take in self.takes)


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


def crowd(team: Team) -> Crowd:
    """All of them, with no more than it takes to order and to count them: there may be a thousand. Four queries."""
    rows = live_takes(team).annotate(position=F("shot__position"), board=F("shot__board"))
    takes = list(rows.only(*BARE, "by", "connection", "follows", "request", "quote_micro_usd"))
    runs = Run.objects.only("paused_at", "created_at").in_bulk({take.run_id for take in takes if take.run_id})
    opened = Shot.objects.only("position", "deleted_at", "needs_approval")
    shots = opened.in_bulk({take.follows_id for take in takes if take.follows_id})
    for take in takes:
        take.run, take.follows = runs.get(take.run_id or 0), shots.get(take.follows_id or 0)
    seen = around((take for take in takes if take.state == State.WAITING), bare=True)
    return Crowd(in_order(takes), {take.pk for take in takes if needs_somebody(take, seen)})


def needs_somebody(take: Take, seen: Around) -> bool:
    if take.state == State.QUEUED:
        return take.run is not None and take.run.paused_at is not None
    held = in_front(take, seen) if take.state == State.WAITING else None
    return take.state == State.UNDECIDED or (held is not None and held.why in NEEDED)


def in_order(takes: Sequence[Take]) -> list[Take]:
    """By board and run; those on which somebody has to decide come first, then the newest."""
    decide = {key for take in takes if take.state == State.UNDECIDED for key in (board_of(take), f"run {take.run_id}")}
    newest: dict[str, int] = {}
    for take in takes:
        newest[board_of(take)] = max(newest.get(board_of(take), 0), take.run_id or 0)

    def place(take: Take) -> tuple[object, ...]:
        board, run = board_of(take), f"run {take.run_id}"
        by_board = (board not in decide, -newest[board], board)
        by_run = (run not in decide, -(take.run_id or 0))
        return *by_board, *by_run, take.state != State.UNDECIDED, getattr(take, "position", 0), take.number

    return sorted(takes, key=place)


def board_of(take: Take) -> str:
    return f"board {getattr(take, 'board', 0)}"


def lines(takes: Sequence[Take], everybody: Sequence[Take], *, paused: bool) -> list[Line]:
    """These of the crowd, in the same order, with all that the page says of them: four queries."""
    rows = Take.objects.filter(pk__in=[take.pk for take in takes])
    rows = rows.select_related("shot__board", "run__by", "by", "connection", "follows")
    rows = rows.defer("asked", "shot__prompt", "shot__notes", "follows__prompt", "follows__notes", "shot__board__look")
    found = {take.pk: take for take in rows.annotate(words=Left("shot__prompt", FIRST_WORDS))}
    # One that is over since is not on the page any more.
    shown = [found[take.pk] for take in takes if take.pk in found and found[take.pk].state in LIVE]
    seen = known(shown, everybody, paused=paused)
    return [line(take, seen) for take in shown]


def line(take: Take, seen: Known) -> Line:
    return Line(
        take=take,
        words=" ".join(getattr(take, "words", "").split()),
        status=(status := cards.under_way(take, cards.Seen(take.shot.board, seen.around, seen.usual))),
        held=cards.held(take),
        why=why(take, status, seen),
        next=next_look(take, seen.now),
        age=spell(seen.now - take.moved_at),
        is_late=is_late(take, seen.now),
        may_be_cancelled=take.shot.board.deleted_at is None and can_cancel(take),
    )


def can_cancel(take: Take) -> bool:
    """Before it is sent always; afterwards where the vendor cancels."""
    if take.state in {State.WAITING, State.QUEUED}:
        return True
    return take.state == State.RUNNING and take.connection is not None and take.connection.about.can_cancel


def films(found: Sequence[Line]) -> list[Film]:
    """The lines as they stand on the page."""
    made = []
    for _, of_board in groupby(found, key=lambda row: row.take.shot.board_id):
        rows = list(of_board)
        board = rows[0].take.shot.board
        runs = [list(run) for _, run in groupby(rows, key=lambda row: row.take.run_id)]
        parties = [Party(own[0].take.run, own) for own in runs]
        made.append(Film(board, parties, DELETED if board.deleted_at else ""))
    return made
