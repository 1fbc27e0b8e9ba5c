"""What follows from a take's change: followers go on, places become free, runs end, open pages hear of it.

The other actions call these inside their transactions; each may be called once too often without harm.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from storyboard.boards.models import Board
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish, publish_later
from storyboard.takes import money
from storyboard.takes.models import LIVE, Run, State, Take
from storyboard.takes.states import advance
from storyboard.takes.waits import Wait, Why, around, wait

SEND = "storyboard.takes.tasks.sending.send"
PREPARE = "storyboard.takes.tasks.collecting.prepare"
RUNS, QUEUE = "runs", "queue"
# A take that is queued has a job that sends it; the sweep looks after it when that was lost.
LOST = timedelta(seconds=8)
HOLDING = (State.FAILED, State.CANCELLED, State.UNDECIDED)


def freed(connection_id: int) -> None:
    """A place at this connection is free, or somebody wants one."""
    enqueue(SEND, connection_id)


def left(connection_id: int) -> None:
    """A take has left its place: somebody who waits for one is told once that is committed.

    Asked for before, one who began to wait in that moment would not be seen; and mostly there is nobody.
    """
    transaction.on_commit(Left(connection_id))


@dataclass(frozen=True, slots=True)
class Left:
    connection_id: int

    def __call__(self) -> None:
        with suppress(DatabaseError):  # the sweep finds who waits
            if Take.objects.filter(connection=self.connection_id, state=State.QUEUED).exists():
                freed(self.connection_id)


def wake(board: Board) -> list[Take]:
    """Bring every waiting take that has nothing left to wait for into the queue."""
    takes = woken(board)
    tell(*takes)
    return takes


def woken(board: Board) -> list[Take]:
    """The same for those who tell of these takes themselves."""
    waiting = Take.objects.filter(shot__board=board, state=State.WAITING, deleted_at=None)
    takes = list(waiting.select_related("shot__board__team", "run", "follows", "connection").order_by("pk"))
    seen = around(takes)
    return [take for take in takes if let_go(take, wait(take, seen))]


def let_go(take: Take, held: Wait | None) -> bool:
    """Whether it is in the queue now."""
    if take.shot.deleted_at is not None:
        return not drop(take, "Its shot was deleted.")
    if held is None:
        return queue(take)
    if held.why is Why.FRAME and take.follows_id:
        upstream = Take.objects.filter(shot=take.follows_id, is_selected=True).values_list("pk", flat=True).first()
        if upstream:
            enqueue(PREPARE, upstream)
    return False


def queue(take: Take) -> bool:
    """Whoever calls it tells of it."""
    if not advance(take, State.QUEUED, only=[State.WAITING], queued_at=Now(), wake_at=Now() + LOST, sentence=""):
        return False
    if take.connection_id:
        freed(take.connection_id)
    return True


def drop(take: Take, why: str) -> bool:
    """Cancel what nobody has sent yet."""
    if not advance(take, State.CANCELLED, only=[State.WAITING, State.QUEUED], why=why, sentence=why):
        return False
    money.release(take)
    settled(take)
    tell(take)
    return True


def settled(take: Take) -> None:
    """A run of which nothing is left to do is over."""
    if take.run_id and not Take.objects.filter(run=take.run_id, state__in=LIVE).exists():
        Run.objects.filter(pk=take.run_id, finished_at=None).update(finished_at=Now())


def tell(*takes: Take) -> None:
    """The last thing that happens: everybody who has the board or its team's queue open fetches what changed."""
    boards = {take.shot.board_id: take.shot.board for take in takes}
    for board in boards.values():
        own = [take for take in takes if take.shot.board_id == board.pk]
        publish(board.channel, *sorted({RUNS, *topics(own), *topics(held_by(own))}))
        publish_later(board.team.channel, QUEUE)


def topics(takes: Iterable[Take]) -> set[str]:
    return {take.shot.topic for take in takes}


def held_by(takes: Sequence[Take]) -> Iterable[Take]:
    """Those that wait for one that came to nothing, and say so on their cards."""
    ended = [take.shot_id for take in takes if take.state in HOLDING]
    if not ended:
        return []
    return Take.objects.filter(state=State.WAITING, follows__in=ended).select_related("shot")
