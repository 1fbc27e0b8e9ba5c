"""The people of the kill tests: they press Render, render again what failed, and decide what only they can decide.

A decision is made as a person makes it, from the vendor's own records: here its journal.
"""

from collections.abc import Iterable

from storyboard.boards.models import Board
from storyboard.errors import DomainError
from storyboard.takes.actions import decisions
from storyboard.takes.models import LIVE, State, Take
from tests.chaos.films import press
from tests.chaos.house import Row


def render_again() -> int:
    """Each shot whose take failed, and that has no other on its way."""
    failed = Take.objects.filter(state=State.FAILED).exclude(shot__takes__state__in=[*LIVE, State.DONE])
    shots = {take.shot_id: take for take in failed.select_related("shot__board__team", "by").order_by("pk")}
    for take in shots.values():
        if take.by:
            press(take.shot.board, take.by, shots=(take.shot.public_id,))
    return len(shots)


def decide(journal: Iterable[Row]) -> int:
    """Look into the vendor's console for each take that waits: paste its task's id, or say that nothing was charged."""
    tasks = {row["take"]: row["task"] for row in journal if row["event"] == "paid"}
    waiting = Take.objects.filter(state=State.UNDECIDED).select_related("shot__board__team", "by", "connection")
    count = 0
    for take in waiting:
        if take.by is None:
            continue
        try:
            if task := tasks.get(take.public_id):
                decisions.paste_task_id(take, remote_id=task, by=take.by)
            else:
                decisions.not_charged(take, by=take.by)
            count += 1
        except DomainError:
            # Meanwhile the vendor rang, or somebody else decided.
            continue
    return count


def boards_with_work() -> list[Board]:
    live = Take.objects.filter(state__in=LIVE).values("shot__board")
    return list(Board.objects.filter(pk__in=live))
