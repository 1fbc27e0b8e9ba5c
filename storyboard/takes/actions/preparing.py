"""What a finished take hands over, made of its clip when a follower needs it: a frame, or its last seconds.

tasks.collecting calls these; chain.wake finds out that something is missing.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from storyboard.media.models import File
from storyboard.takes import handoff, money
from storyboard.takes.actions import chain
from storyboard.takes.actions.results import LEASE, hold
from storyboard.takes.models import State, Take
from storyboard.takes.states import advance

# So often it is tried, and so long after a failure.
MOST_TRIES, PAUSE = 4, timedelta(seconds=20)
UNMADE = (
    "Shot {number} hands over what could not be made of its clip: {why} "
    "Choose another moment or another take of it, then render this shot again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Of the clip as it stood when it was begun: `hand_off_ms` says at which moment."""

    hand_off_ms: int | None
    frame: File | None = None
    tail: File | None = None


@transaction.atomic(durable=True)
def begin(take_id: int) -> Take | None:
    """The take to work on; None when somebody else is at it, or nothing of it is done yet."""
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    done = Take.objects.filter(free, pk=take_id, state=State.DONE, deleted_at=None)
    if not done.update(lease_until=Now() + LEASE, attempts=F("attempts") + 1):
        return None
    rows = Take.objects.select_related("shot__board__team", "connection", "clip")
    return rows.get(pk=take_id)


def needs(take: Take) -> set[str]:
    """'frame' and 'tail', as far as its waiting followers need them; the frame of a moment that somebody chose."""
    followers = Take.objects.filter(follows=take.shot_id, state=State.WAITING, deleted_at=None)
    found = {handoff.missing(follower, take) for follower in followers.select_related("connection")}
    if take.hand_off_ms is not None and take.hand_off_frame_id is None:
        found.add("frame")
    return found - {""}


@transaction.atomic(durable=True)
def prepared(take: Take, made: Prepared) -> bool:
    """It is there, unless another moment was chosen meanwhile; then that one is made next."""
    board = hold(take)
    same = Take.objects.filter(pk=take.pk, state=State.DONE, hand_off_ms=made.hand_off_ms)
    place = "last_frame" if made.hand_off_ms is None else "hand_off_frame"
    files = {name: file for name, file in ((place, made.frame), ("tail", made.tail)) if file}
    won = bool(same.update(lease_until=None, attempts=0, **files))
    if not won:
        Take.objects.filter(pk=take.pk, state=State.DONE).update(lease_until=None, attempts=0)
    chain.wake(board)
    chain.tell(take)
    return won


@transaction.atomic(durable=True)
def gone(take: Take) -> None:
    """Somebody looked, and its clip is not in the storage: the take says so, and whoever waits for it is held."""
    hold(take)
    done = Take.objects.filter(pk=take.pk, state=State.DONE)
    if done.exclude(sentence=handoff.LOST).update(sentence=handoff.LOST, lease_until=None, attempts=0):
        waiting = Take.objects.filter(follows=take.shot_id, state=State.WAITING, deleted_at=None)
        chain.tell(take, *waiting.select_related("shot__board__team"))


@transaction.atomic(durable=True)
def unprepared(take: Take, why: str) -> None:
    """Later again; after some tries whoever waits for it learns that it will not come."""
    board = hold(take)
    if take.attempts < MOST_TRIES:
        Take.objects.filter(pk=take.pk, state=State.DONE).update(lease_until=Now() + PAUSE)
        return
    Take.objects.filter(pk=take.pk, state=State.DONE).update(lease_until=None, attempts=0)
    sentence = UNMADE.format(number=take.shot.position, why=why)
    waiting = Take.objects.filter(follows=take.shot_id, state=State.WAITING, shot__board=board, deleted_at=None)
    given_up = [
        follower
        for follower in waiting.select_related("shot__board__team", "connection", "run").order_by("pk")
        if handoff.missing(follower, take)
    ]
    for follower in given_up:
        if advance(follower, State.FAILED, only=[State.WAITING], why=sentence, sentence=sentence):
            money.release(follower)
            chain.settled(follower)
    chain.tell(take, *given_up)
