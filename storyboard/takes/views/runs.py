"""The run bar: what is under way on a board, what it holds and has cost; pause, resume, cancel."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from storyboard.boards.models import Board, channel_of
from storyboard.boards.queries import GONE, watcher_for
from storyboard.boards.summary import counted, dollars
from storyboard.errors import Missing
from storyboard.live.together import together
from storyboard.takes.actions import runs
from storyboard.takes.models import FINAL, Entry, Run, State, Take
from storyboard.takes.queries import run_for, runs_of
from storyboard.takes.waits import around, in_front
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role, User

PAGE = "takes/runs.html"
SHOWN = 20
# A render that is over is told of to pages that saw it going.
ENDED_SHOWN = 5
TO_DO_SHOWN = 3
NEARLY = 95
AT_WORK = (State.SUBMITTING, State.RUNNING, State.COLLECTING, State.UNKNOWN)
GOING = (*AT_WORK, State.QUEUED, State.UNDECIDED)
WORDS = (
    ("done", (State.DONE,)),
    ("at work", AT_WORK),
    ("queued", (State.QUEUED,)),
    ("waiting", (State.WAITING,)),
    ("to decide", (State.UNDECIDED,)),
    ("failed", (State.FAILED,)),
    ("cancelled", (State.CANCELLED,)),
)


class Bar(NamedTuple):
    """One render that is not over. `parts`: each word and how many takes."""

    run: Run
    total: int
    percent: int
    parts: list[tuple[str, int]]
    held: str
    spent: str
    decide: int
    busy: int = 0
    # Nothing of it is under way, and nobody has paused it: somebody has to approve or choose first.
    waits: bool = False
    # Where: shots by their public ids, and what is to be done there.
    to_do: tuple[tuple[str, str], ...] = ()


@require_safe
@signed_in
def board_runs(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    watcher = watcher_for(request.user, team_id, board_id)
    found = together(channel_of(board_id), "runs", partial(under_way, watcher.board))
    return bar(request, found, watcher.role >= Role.PRODUCER)


def bar(request: SignedInRequest, found: dict[str, Any], may_spend: bool) -> HttpResponse:
    context = found | {"may_spend": may_spend}
    return render(request, f"{PAGE}#bar" if wants_fragment(request) else PAGE, context)


def under_way(key: int) -> dict[str, Any]:
    """On the board with this key: the same for all who watch it and ask together."""
    board = Board.objects.select_related("team").filter(pk=key).first()
    if board is None:
        raise Missing(GONE)
    found = with_to_do(bars(list(runs_of(board).filter(finished_at=None)[:SHOWN])))
    return {
        "team": board.team,
        "board": board,
        "bars": found,
        "busy": sum(one.busy for one in found),
        "decide": sum(one.decide for one in found),
        "waits": any(one.waits for one in found),
        "ended": ended(board),
    }


def bars(found: Sequence[Run]) -> list[Bar]:
    """Two queries, however many."""
    keys = [run.pk for run in found]
    takes: dict[int, list[Take]] = {key: [] for key in keys}
    for take in Take.objects.filter(run__in=keys).only("run", "state", "progress"):
        takes[take.run_id or 0].append(take)
    sums = Entry.objects.filter(take__run__in=keys).order_by().values("take__run")
    counted_up = sums.annotate(all_held=Sum("held"), all_spent=Sum("spent"))
    money = {key: (held, spent) for key, held, spent in counted_up.values_list("take__run", "all_held", "all_spent")}
    return [bar_of(run, takes[run.pk], *money.get(run.pk, (0, 0))) for run in found]


def with_to_do(found: Sequence[Bar]) -> list[Bar]:
    asked = to_do([one.run for one in found if one.waits])
    return [one._replace(to_do=tuple(asked.get(one.run.pk, {}).items())[:TO_DO_SHOWN]) for one in found]


def to_do(stopped: Sequence[Run]) -> dict[int, dict[str, str]]:
    """What somebody has to do for each of these to go on. No query when there are none, else two."""
    if not stopped:
        return {}
    rows = Take.objects.filter(run__in=stopped, state=State.WAITING, deleted_at=None)
    waiting = list(rows.select_related("run", "follows").defer("asked").order_by("shot__position"))
    seen = around(waiting, bare=True)
    asked: dict[int, dict[str, str]] = {run.pk: {} for run in stopped}
    for take in waiting:
        held = in_front(take, seen)
        if held is not None and held.look is not None:
            asked[take.run_id or 0][held.look.public_id] = held.to_do
    return asked


def bar_of(run: Run, takes: Sequence[Take], held: int, spent: int) -> Bar:
    counts = Counter(State(take.state) for take in takes)
    parts = [(word, number) for word, states in WORDS if (number := sum(counts[state] for state in states))]
    done = sum(far(take) for take in takes)
    return Bar(
        run=run,
        total=len(takes),
        percent=done // max(1, len(takes)),
        parts=parts,
        held=dollars(held),
        spent=dollars(spent),
        decide=counts[State.UNDECIDED],
        busy=sum(counts[state] for state in AT_WORK),
        waits=run.paused_at is None and bool(counts[State.WAITING]) and not any(counts[one] for one in GOING),
    )


def far(take: Take) -> int:
    """Percent; what is made and only to be fetched is nearly there."""
    if take.state in FINAL:
        return 100
    return NEARLY if take.state == State.COLLECTING else take.progress or 0


def ended(board: Board) -> list[tuple[str, str]]:
    """The newest that are over, each with its sentence, for a toast on pages that watched it."""
    found = list(runs_of(board).exclude(finished_at=None)[:ENDED_SHOWN])
    rows = Take.objects.filter(run__in=[run.pk for run in found]).values_list("run", "state")
    counts: Counter[tuple[int | None, str]] = Counter(rows)
    return [(run.public_id, sentence(run, counts)) for run in found]


def sentence(run: Run, counts: Counter[tuple[int | None, str]]) -> str:
    done, failed = counts[run.pk, State.DONE], counts[run.pk, State.FAILED]
    said = f"The render is over: {counted(done, 'take')} done"
    if failed:
        said += f", {failed} failed. Open the shot to see why"
    cancelled = counts[run.pk, State.CANCELLED]
    return f"{said}, {cancelled} cancelled." if cancelled else f"{said}."


Act = Callable[..., Run]


def acted(request: SignedInRequest, ids: tuple[str, str, str], act: Act, said: str) -> HttpResponse:
    team_id, board_id, run_id = ids
    run = run_for(request.user, team_id, board_id, run_id, Role.PRODUCER)
    by: User = request.user
    act(run, by=by)
    if wants_fragment(request):
        return bar(request, under_way(run.board_id), may_spend=True)
    messages.success(request, said)
    return redirect("board", team_id, board_id)


@require_POST
@signed_in
def run_pause(request: SignedInRequest, team_id: str, board_id: str, run_id: str) -> HttpResponse:
    said = "Paused. What a vendor has begun goes on; nothing more is sent."
    return acted(request, (team_id, board_id, run_id), runs.pause, said)


@require_POST
@signed_in
def run_resume(request: SignedInRequest, team_id: str, board_id: str, run_id: str) -> HttpResponse:
    return acted(request, (team_id, board_id, run_id), runs.resume, "Going on.")


@require_POST
@signed_in
def run_cancel(request: SignedInRequest, team_id: str, board_id: str, run_id: str) -> HttpResponse:
    said = "Cancelled. What a vendor has begun and does not cancel still comes, and is charged."
    return acted(request, (team_id, board_id, run_id), runs.cancel_run, said)
