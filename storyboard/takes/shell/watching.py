"""`board watch`: a line for each change, until the renders are over or need somebody."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from storyboard.boards.models import Board, Shot
from storyboard.takes.models import Run, Take
from storyboard.takes.queries import runs_of
from storyboard.takes.shell.amounts import patience
from storyboard.takes.shell.names import runs_named
from storyboard.takes.shell.standings import quick_rows, state, verdict
from storyboard.teams.shell import NO_WORKER, Exit, NotNow, Options, Usage, as_json, is_working, shortened

TURN = 0.5
ENDS = {
    Exit.OK: "Done: every shot has its take.",
    Exit.FAILED: "A shot came to nothing. Render it again with: board retry.",
    Exit.DECIDE: "A shot needs somebody’s decision.",
}
Say = Callable[[str], object]


def followed(board: Board, name: str) -> list[Run]:
    """The runs to watch: the one that is named, those that are not over, or the last one."""
    found = runs_named(board, name) or list(runs_of(board)[:1])
    if not found:
        raise Usage("Nothing of this board was rendered yet. Begin with: board render.")
    return found


def watch(board: Board, runs: list[Run], options: Options, say: Say, warn: Say) -> Exit:
    seconds = patience(options)
    until = None if seconds is None else time.monotonic() + seconds
    shown: dict[int, dict[str, Any]] = {}
    warned = False
    while True:
        # Asked first: whatever changes after this is looked at in the next turn.
        end = verdict(runs, board)
        for row in changed(board, runs, shown):
            say(as_json(row, in_a_line=True) if options["json"] else line(row))
        if end is not None:
            say(as_json({"end": end.name.lower()}, in_a_line=True) if options["json"] else ENDS[end])
            return end
        if not warned and not is_working("fast", "media"):
            warn(NO_WORKER)
            warned = True
        if until is not None and time.monotonic() > until:
            raise NotNow("Time is up. The render goes on; watch it again, or look with: board status.")
        time.sleep(TURN)


def changed(board: Board, runs: list[Run], shown: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    own = Take.objects.filter(run__in=[run.pk for run in runs]).values("shot")
    shots = list(Shot.objects.filter(pk__in=own, deleted_at=None).order_by("position"))
    for shot, row in zip(shots, quick_rows(shots, board), strict=True):
        if shown.get(shot.pk) != row:
            shown[shot.pk] = row
            yield row


def line(row: dict[str, Any]) -> str:
    percent = "" if row["progress"] is None else f" {row['progress']} %"
    why = f": {shortened(row['why'], 100)}" if row["why"] else ""
    return f"Shot {row['shot']}  {state(row)}{percent}{why}"
