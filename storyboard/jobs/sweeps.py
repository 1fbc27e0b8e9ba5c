"""Tasks that run every so many seconds; an app adds one line here and its name to settings.JOB_TASKS.

The heartbeat of every `fast` cluster looks here; whoever moves a sweep's due time forward queues it, so one does.
A sweep must bear to run twice, or late: it finds its work in the state of rows, never in the time that passed.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from storyboard.jobs.models import Sweep
from storyboard.jobs.queue import enqueue

SWEEPS: dict[str, int] = {
    "storyboard.accounts.tasks.send_waiting_messages": 120,
    "storyboard.boards.tasks.paint_forgotten": 60,
    "storyboard.boards.tasks.tidy": 3600,
    "storyboard.jobs.housekeeping.tidy": 3600,
    "storyboard.media.sweeps.catch_up": 300,
    "storyboard.media.sweeps.free_files": 3600,
    "storyboard.media.sweeps.tidy_storage": 24 * 3600,
    "storyboard.media.watch.look": 30,
    "storyboard.sandbox.tasks.sweep": 60,
    "storyboard.sandbox.tasks.tidy": 3600,
    "storyboard.takes.tasks.measuring.catch_up": 300,
    "storyboard.takes.tasks.sweeping.wake": 3,
    "storyboard.teams.tasks.purge_deleted_teams": 3600,
    "storyboard.teams.tasks.send_waiting_invitations": 300,
}


def enqueue_due() -> int:
    """Queue each sweep that is due, and say how many."""
    waiting = set(Sweep.objects.filter(task__in=SWEEPS, due_at__gt=Now()).values_list("task", flat=True))
    return sum(enqueue_once(task, seconds) for task, seconds in SWEEPS.items() if task not in waiting)


def enqueue_once(task: str, seconds: int) -> bool:
    with transaction.atomic():
        Sweep.objects.get_or_create(task=task)
        won = Sweep.objects.filter(task=task, due_at__lte=Now()).update(due_at=Now() + timedelta(seconds=seconds))
        if won:
            enqueue(task)
    return bool(won)
