"""Queue a task by its dotted name: `enqueue(task, *ids, at=None)`, part of the caller's transaction.

Called by actions, tasks and sweeps of every app; settings.JOB_TASKS lists the tasks and the cluster that runs each.
"""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from storyboard.jobs.broker import DatabaseBroker
from storyboard.jobs.packages import package
from storyboard.logs import request_id

LONGEST_ID = 100
RUNNER = "storyboard.jobs.run.run"


def enqueue(task: str, *ids: int | str, at: datetime | None = None) -> None:
    """Run `task(*ids)` in a worker once this transaction is committed, and not before `at`."""
    cluster = settings.JOB_TASKS.get(task)
    if cluster is None:
        raise ValueError(f"{task} is not in settings.JOB_TASKS.")
    for value in ids:
        check_id(value)
    if at is not None and timezone.is_naive(at):
        raise ValueError("`at` needs a time zone.")
    DatabaseBroker(cluster).put(package(RUNNER, task, request_id.get(), *ids, name=task), at)


def check_id(value: object) -> None:
    # Only what points at a row: prompts and keys in a payload would outlive their deletion and reach the logs.
    if (
        isinstance(value, bool)
        or not isinstance(value, int | str)
        or (isinstance(value, str) and len(value) > LONGEST_ID)
    ):
        raise TypeError(f"Jobs carry ids only: a number or a short text, not {type(value).__name__}.")
