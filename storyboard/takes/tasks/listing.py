"""Read a vendor's list of tasks to its end, and say whether that is all of it.

tasks.reconciling and tasks.accounts ask; a list that is not complete proves nothing.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from storyboard.connections.clients import client
from storyboard.connections.models import Connection
from storyboard.providers.base import Task
from storyboard.providers.waits import Pace, Timeouts
from storyboard.takes.models import State, Take

PAGE = 500
MOST_PAGES = 40
# In a job of the fast cluster: the last page begins in time to be over before the job is.
SECONDS = 9.0
WAITS = Timeouts(connect=3, write=3, read=8, pool=1, total=8, question=8)
# Takes whose tasks a list must show, or it is behind.
WITNESSED = timedelta(hours=2)
MOST_WITNESSES = 200


@dataclass(slots=True)
class Reading:
    """What a list has, by id; `complete` when nothing can be missing."""

    tasks: dict[str, Task] = field(default_factory=dict)
    complete: bool = False


def read(connection: Connection, model: str = "") -> Reading:
    """Of one model, or of all. ProviderError when it cannot be read at all."""
    asker = client(connection, timeouts=WAITS, pace=Pace(times=1))
    found, until = Reading(), time.monotonic() + SECONDS
    for page in range(1, MOST_PAGES + 1):
        tasks, total = asker.list_tasks(page=page, size=PAGE, model=model)
        found.tasks |= {task.id: task for task in tasks}
        # Without a count an empty page is the end. What moves from page to page while we read makes the count differ.
        found.complete = not tasks if total is None else len(found.tasks) >= total
        if found.complete or not tasks or time.monotonic() > until:
            break
    return found


def witnesses(connection: Connection, model: str) -> list[Take]:
    """Takes whose tasks are old enough to be in the list. Of cancelled ones no list tells for long."""
    rows = Take.objects.filter(connection=connection, model=model).exclude(remote_id="").exclude(state=State.CANCELLED)
    lag = timedelta(seconds=settings.LIST_LAG)
    rows = rows.filter(accepted_at__gte=Now() - WITNESSED, accepted_at__lte=Now() - lag)
    return list(rows.only("remote_id", "sent_at", "accepted_at").order_by("-accepted_at")[:MOST_WITNESSES])


def is_behind(reading: Reading, seen: list[Take]) -> bool:
    """Whether the list lacks a task that we know."""
    return any(take.remote_id not in reading.tasks for take in seen)
