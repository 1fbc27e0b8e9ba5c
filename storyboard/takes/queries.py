"""How views, actions and the command line load runs and takes; access is checked on the way, never afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now

from storyboard.boards.asks import Ask
from storyboard.boards.models import Board, Shot
from storyboard.boards.queries import Sheet, board_for
from storyboard.errors import Missing
from storyboard.takes import staleness
from storyboard.takes.models import FINAL, LIVE, Run, State, Take
from storyboard.teams.access import Person
from storyboard.teams.models import Role

LATE = timedelta(minutes=5)
NOT_SENT = (State.WAITING, State.QUEUED)
GONE = "This take was deleted. Reload the board to see what is there."
SHOT_GONE = "Its shot was deleted. Bring the shot back first."
NO_RUN = "This render is not there any more. Reload the board to see what is."


def take_for(
    user: Person, team_id: str, board_id: str, take_id: str, role: Role = Role.VIEWER, *, deleted: bool = False
) -> Take:
    """`deleted`: who brings it back asks so, and the list of what can be, for its picture."""
    board = board_for(user, team_id, board_id, role)
    rows = Take.objects.filter(shot__board=board, public_id=take_id)
    rows = rows if deleted else rows.filter(deleted_at=None)
    take = rows.select_related("shot", "run", "connection", "clip", "last_frame", "upstream").first()
    if take is None:
        raise Missing(GONE)
    take.shot.board = board
    return take


def run_for(user: Person, team_id: str, board_id: str, run_id: str, role: Role = Role.VIEWER) -> Run:
    board = board_for(user, team_id, board_id, role)
    run = Run.objects.filter(board=board, public_id=run_id).first()
    if run is None:
        raise Missing(NO_RUN)
    run.board = board
    return run


def overdue() -> int:
    """How many takes should have been looked at a while ago, and were not; what somebody paused is not due."""
    late = Take.objects.filter(state__in=LIVE, wake_at__lt=Now() - LATE)
    return late.exclude(state__in=NOT_SENT, run__paused_at__isnull=False).count()


def runs_of(board: Board) -> QuerySet[Run]:
    return Run.objects.filter(board=board).order_by("-pk")


@dataclass(slots=True)
class Standing:
    """What became of a shot so far."""

    selected: Take | None = None
    # Not final yet, the oldest first.
    live: list[Take] = field(default_factory=list)
    # The newest of all, whatever became of it.
    last: Take | None = None
    # Why the selected take is out of date; empty when it is not.
    stale: list[str] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        return self.selected is None

    @property
    def failed(self) -> Take | None:
        """The newest, when it came to nothing."""
        came_to_nothing = self.last is not None and self.last.state in {State.FAILED, State.CANCELLED}
        return self.last if came_to_nothing else None


def standing(sheet: Sheet) -> dict[int, Standing]:
    """Of every shot on the board, by key: one query."""
    found = standing_of(sheet.shots)
    asks = {ask.shot.pk: ask for ask in sheet.asks()}
    done: set[int] = set()
    for shot in sheet.shots:
        judge(shot, asks, found, done)
    return found


def standing_of(shots: Iterable[Shot]) -> dict[int, Standing]:
    """The same without asking what is out of date."""
    found = {shot.pk: Standing() for shot in shots}
    rows = Take.objects.filter(shot__in=list(found), deleted_at=None)
    newest = rows.order_by().values("shot").annotate(newest=Max("pk")).values("newest")
    rows = rows.filter(~Q(state__in=FINAL) | Q(is_selected=True) | Q(pk__in=newest))
    for take in rows.select_related("clip", "run", "connection", "follows").order_by("pk"):
        one = found[take.shot_id]
        one.last = take
        if take.is_selected:
            one.selected = take
        if take.state in LIVE:
            one.live.append(take)
    return found


def judge(shot: Shot, asks: dict[int, Ask], found: dict[int, Standing], done: set[int]) -> None:
    """A take that opens on one that is out of date is so itself; a circle of joints ends where it began."""
    chain = [shot]
    while (before := chain[-1].joint_from) and before.pk not in done and before not in chain and before.pk in asks:
        chain.append(before)
    for one in reversed(chain):
        done.add(one.pk)
        own = found[one.pk]
        ahead = found.get(one.joint_from_id or 0, Standing())
        if own.selected and one.pk in asks:
            is_stale = bool(ahead.stale)
            own.stale = staleness.reasons(own.selected, asks[one.pk], ahead.selected, before_is_stale=is_stale)
