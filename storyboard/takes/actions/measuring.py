"""What a clip looks like, frame by frame, written down once it was measured: what drift and the hand-off page show.

tasks.measuring calls these; results and choosing say that there is a clip to measure, or another moment to leave it.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.rendering.looks import Look
from storyboard.takes.actions import chain
from storyboard.takes.models import Measure, State, Take
from storyboard.takes.timing import nearest, timing_of

MEASURE = "storyboard.takes.tasks.measuring.measure"
# So long after a clip has come: the next one of its chain may be on its way here, and that one is waited for.
LATER = timedelta(seconds=6)
MOST_TRIES = 3
# A sweep makes up for lost jobs, a few at once; what is older than this nobody works on any more.
LOST, LOOKED_BACK, A_BATCH = timedelta(minutes=2), timedelta(days=3), 20


def later(take: Take) -> None:
    """Part of the caller's transaction."""
    enqueue(MEASURE, take.pk, at=timezone.now() + LATER)


@transaction.atomic(durable=True)
def due() -> int:
    """Queue takes of the last days that were not measured and may be tried again."""
    recent = Q(state=State.DONE, deleted_at=None, finished_at__gt=Now() - LOOKED_BACK, finished_at__lt=Now() - LOST)
    missing = Q(measure=None) | Q(measure__made_at=None, measure__attempts__lt=MOST_TRIES)
    keys = list(Take.objects.filter(recent & missing).order_by("-pk").values_list("pk", flat=True)[:A_BATCH])
    for key in keys:
        enqueue(MEASURE, key)
    return len(keys)


@transaction.atomic(durable=True)
def begin(take_id: int) -> Take | None:
    """The take to work on, its attempt counted; None when it is measured, gone, or was tried often enough."""
    take = Take.objects.select_related("clip").filter(pk=take_id, state=State.DONE, deleted_at=None).first()
    if take is None:
        return None
    Measure.objects.get_or_create(take=take)
    own = Measure.objects.filter(take=take, made_at=None, attempts__lt=MOST_TRIES)
    return take if own.update(attempts=F("attempts") + 1) else None


@transaction.atomic(durable=True)
def measured(take: Take, looks: Sequence[Look]) -> None:
    """Said twice, it is the same; the second time changes nothing."""
    found = Take.objects.select_related("shot__board__team", "clip").filter(pk=take.pk).first()
    if found is None or not looks:
        return
    rows = [list(look) for look in looks]
    left = leaving(rows, found)
    own = Measure.objects.filter(take=found, made_at=None)
    if not own.update(first=rows[0], last=rows[-1], at_hand_off=left, frames=rows, made_at=Now()):
        return
    if found.is_selected:
        chain.tell(found)


def moved(take: Take) -> None:
    """The take leaves at another moment now; part of the caller's transaction."""
    own = Measure.objects.filter(take=take).exclude(made_at=None).first()
    if own is not None:
        own.at_hand_off = leaving(own.frames, take)
        own.save(update_fields=["at_hand_off"])


def leaving(rows: Sequence[list[object]], take: Take) -> list[object]:
    """The row of the frame that is on screen when it hands over: each says a moment in the middle of its time."""
    if take.hand_off_ms is None or not rows:
        return []
    return rows[nearest([int(str(row[0])) for row in rows], take.hand_off_ms, timing_of(take.clip))]
