"""Callbacks: written down with the change that they tell of, then delivered, tried again and given up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.sandbox.dialects import dialect
from storyboard.sandbox.models import Delivery, Task
from storyboard.sandbox.pace import late

RING = "storyboard.sandbox.tasks.ring"
# On top of the vendor's own patience, before an attempt of which nothing was heard counts as lost.
SLACK = timedelta(seconds=10)
CLIENT_ERRORS = range(400, 500)
GOOD = range(200, 300)


def owe(task: Task) -> None:
    """Write down the callbacks for the state that the task is now in; inside the transaction that moved it."""
    ringing = dialect(task.vendor).RINGING
    if not (task.callback_url and ringing and task.state in ringing.states) or "no-callbacks" in task.faults:
        return
    now = timezone.now()
    url, body = dialect(task.vendor).callback_target(task.callback_url), dialect(task.vendor).shown(task, now)
    for due_at in moments(task, now):
        delivery = Delivery.objects.create(task=task, url=url, body=body, due_at=due_at)
        if due_at:
            enqueue(RING, delivery.pk, at=due_at)
    if task.is_final:
        release(task, now)


def moments(task: Task, now: datetime) -> list[datetime | None]:
    """When they ring. Shuffled, whatever comes before the end is held until the end has been told."""
    if "shuffled-callbacks" in task.faults and not task.is_final:
        first: datetime | None = None
    else:
        first = now + late() if "late-callbacks" in task.faults else now
    return [first, first] if "double-callbacks" in task.faults else [first]


def release(task: Task, now: datetime) -> None:
    for held in task.deliveries.filter(due_at=None, closed_at=None):
        held.due_at = now + late() * 2
        held.save(update_fields=["due_at"])
        enqueue(RING, held.pk, at=held.due_at)


@transaction.atomic(durable=True)
def ring(delivery: Delivery) -> bool:
    """Count an attempt before it is made; False when it is not due, or somebody else is at it."""
    ringing = dialect(delivery.task.vendor).RINGING
    if ringing is None:
        return False
    lost_at = timezone.now() + timedelta(seconds=ringing.seconds) + SLACK
    due = Delivery.objects.filter(pk=delivery.pk, closed_at=None, due_at__lte=Now())
    won = due.update(attempts=F("attempts") + 1, due_at=lost_at)
    delivery.refresh_from_db()
    return bool(won)


@transaction.atomic(durable=True)
def answered(delivery: Delivery, *, status: int | None) -> None:
    """What came back, None for nothing: taken, given up, or to be tried again."""
    ringing = dialect(delivery.task.vendor).RINGING
    again = ringing.again[delivery.attempts - 1 : delivery.attempts] if ringing else ()
    no_means_no = bool(ringing and ringing.gives_up_on_4xx) and status in CLIENT_ERRORS
    over = status in GOOD or no_means_no or not again
    now = timezone.now()
    due_at = now if over else now + timedelta(seconds=again[0])
    # Only the attempt that was counted last may say how it ended.
    mine = Delivery.objects.filter(pk=delivery.pk, closed_at=None, attempts=delivery.attempts)
    if mine.update(status=status, closed_at=now if over else None, due_at=due_at) and not over:
        enqueue(RING, delivery.pk, at=due_at)
