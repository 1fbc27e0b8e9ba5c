"""What the sweeps do: wake what lost its job, end what hangs, forget what is old."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.providers.base import TaskState
from storyboard.sandbox.actions.callbacks import RING
from storyboard.sandbox.actions.tasks import BEGIN, FINISH, RENDER, ended, failure, is_to_fail
from storyboard.sandbox.models import LIVE, Delivery, Task

# Whoever is later than this has lost its job, or the machine is so busy that another one does no harm.
PATIENCE = timedelta(minutes=1)
# The media cluster's limit for one job, and a while in its queue.
RENDERING = timedelta(minutes=12)
KEPT = {"ark": timedelta(days=7)}
KEPT_ELSEWHERE = timedelta(days=30)


@transaction.atomic(durable=True)
def wake() -> int:
    """Queue again what should have happened by now; says how many."""
    lost = [*lost_tasks(), *lost_rings()]
    for job, pk in lost:
        enqueue(job, pk)
    # A painting that only waits its turn behind others is not asked for again every minute.
    Task.objects.filter(pk__in=[pk for job, pk in lost if job == RENDER]).update(render_at=timezone.now())
    return len(lost)


def lost_tasks() -> Iterator[tuple[str, int]]:
    live = Task.objects.filter(state__in=LIVE)
    for task in live.filter(state=TaskState.QUEUED, due_at__lt=Now() - PATIENCE):
        if "stay-queued" not in task.faults:
            yield BEGIN, task.pk
    running = [task for task in live.filter(state=TaskState.RUNNING) if "hang" not in task.faults]
    now = timezone.now()
    for task in running:
        if (task.rendered_at or is_to_fail(task)) and task.due_at < now - PATIENCE:
            yield FINISH, task.pk
        elif not task.rendered_at and not is_to_fail(task) and (task.render_at or now) < now - RENDERING:
            yield RENDER, task.pk


def lost_rings() -> Iterator[tuple[str, int]]:
    late = Delivery.objects.filter(closed_at=None, due_at__lt=Now() - PATIENCE)
    for pk in late.values_list("pk", flat=True):
        yield RING, pk


@transaction.atomic(durable=True)
def expire(task: Task) -> bool:
    """It has run for as long as its vendor lets one run: Ark has a state for that, with the others it fails."""
    if not Task.objects.filter(pk=task.pk, give_up_at__lte=Now()).exists():
        return False
    if task.vendor == "ark":
        return ended(task, TaskState.EXPIRED)
    return ended(task, TaskState.FAILED, error=failure(task, "timeout"))


@transaction.atomic(durable=True)
def cleared(task: Task) -> None:
    """Its files are gone."""
    Task.objects.filter(pk=task.pk).update(cleared_at=timezone.now())


@transaction.atomic(durable=True)
def forget_old() -> int:
    """Records of tasks that are over and old; a live one ends first."""
    over = Task.objects.exclude(state__in=LIVE)
    own = {vendor: over.filter(vendor=vendor, created_at__lt=Now() - kept) for vendor, kept in KEPT.items()}
    others = over.exclude(vendor__in=KEPT).filter(created_at__lt=Now() - KEPT_ELSEWHERE)
    return sum(rows.delete()[1].get("sandbox.Task", 0) for rows in [*own.values(), others])
