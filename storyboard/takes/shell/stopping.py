"""`board cancel`, `pause` and `resume`: one render, all that are under way, or the takes of some shots."""

from typing import Any

from django.core.management.base import BaseCommand

from storyboard.boards.models import Board
from storyboard.boards.summary import counted
from storyboard.errors import Conflict
from storyboard.takes.actions import runs
from storyboard.takes.actions.cancelling import ASKED
from storyboard.takes.models import LIVE, Run, State, Take
from storyboard.takes.queries import take_for
from storyboard.takes.shell import names
from storyboard.teams.models import Role, Team, User
from storyboard.teams.shell import Exit, Options, Usage, say

OVER = "Render {} is over already."


def stop(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    board = names.board_named(user, team, options["board"], Role.PRODUCER)
    if options.get("shots"):
        return stop_shots(command, options, user, board)
    act = {"cancel": cancelled, "pause": paused, "resume": resumed}[options["verb"]]
    found = names.runs_named(board, options["run"])
    if not found:
        raise Usage("Nothing of this board is being rendered.")
    lines = [act(run, user) if run.finished_at is None else OVER.format(run) for run in found]
    return say(command, options, {"runs": [run.public_id for run in found]}, lines)


def cancelled(run: Run, by: User) -> str:
    """What is not sent is dropped; of the rest it says what it does."""
    runs.cancel_run(run, by=by)
    left = Take.objects.filter(run=run, state__in=LIVE, deleted_at=None)
    asked = left.filter(state=State.RUNNING, sentence=ASKED).count()
    lines = [f"Render {run} is cancelled."]
    lines += [f"{ASKED[:-1]} of {counted(asked, 'take')}; board status says what becomes of it."] if asked else []
    others = left.count() - asked
    lines += (
        [f"Sent already: {counted(others, 'take')}. What a vendor makes still comes, and is charged."] if others else []
    )
    return " ".join(lines)


def paused(run: Run, by: User) -> str:
    was_so = run.paused_at is not None
    runs.pause(run, by=by)
    return f"Render {run} was paused already." if was_so else f"Render {run} is paused."


def resumed(run: Run, by: User) -> str:
    was_so = run.paused_at is None
    runs.resume(run, by=by)
    return f"Render {run} is not paused: it goes on already." if was_so else f"Render {run} is resumed."


def stop_shots(command: BaseCommand, options: Options, user: User, board: Board) -> Exit:
    shots = names.shots_named(names.sheet(user, board, Role.PRODUCER).shots, options["shots"])
    takes = Take.objects.filter(shot__in=shots, state__in=LIVE, deleted_at=None).select_related("shot")
    found = [one.public_id for one in takes.order_by("shot__position", "number")]
    if not found:
        raise Usage("None of these shots is being rendered.")
    stopped, refused = [], []
    for take in found:
        one = take_for(user, board.team.public_id, board.public_id, take, Role.PRODUCER)
        try:
            stopped.append(runs.cancel_take(one, by=user))
        except Conflict as error:
            refused.append(f"Take {one.number} of shot {one.shot.position}: {error.message}")
    if not stopped:
        raise Conflict(" ".join(refused))
    say(command, options, stopped_row(stopped, refused), [*stopped_lines(stopped), *refused])
    return Exit.FAILED if refused else Exit.OK


def stopped_row(stopped: list[Take], refused: list[str]) -> dict[str, Any]:
    asked = [take.public_id for take in stopped if take.state == State.RUNNING]
    return {"takes": [take.public_id for take in stopped], "asked": asked, "refused": refused}


def stopped_lines(stopped: list[Take]) -> list[str]:
    asked = sum(take.state == State.RUNNING for take in stopped)
    given_up = sum(take.state == State.FAILED for take in stopped)
    over = len(stopped) - asked - given_up
    lines = [f"{counted(over, 'take')} cancelled."] if over else []
    lines += [f"{counted(given_up, 'clip')} not fetched any more."] if given_up else []
    text = f"{ASKED[:-1]} of {counted(asked, 'take')}; board status says what the vendor answers."
    return [*lines, text] if asked else lines
