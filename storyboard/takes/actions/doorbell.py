"""Keep what a vendor rang about, and have somebody ask the vendor. webhooks.py calls ring(), tasks.binding judge()."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.providers.base import TaskState
from storyboard.takes.faults import point
from storyboard.takes.models import Delivery, State, Take

INBOX = "inbox"
REFRESH = "storyboard.takes.tasks.polling.refresh"
ANSWER = "storyboard.takes.tasks.binding.answer"
# A day after its end a take's bell still answers 200, so that the vendor stops ringing.
A_DAY_AGO = {
    "postgresql": "statement_timestamp() - interval '24 hours'",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-24 hours')",
}
# In the order of the model.
COLUMNS = ("id", "state", "connection_id", "remote_id", "secret_digest")
# Written out: composing it anew for each knock takes longer than all the rest of the door.
BELL = """
SELECT take.id, take.state, take.connection_id, take.remote_id, take.secret_digest
FROM takes_take AS take JOIN connections_connection AS vendor ON vendor.id = take.connection_id
WHERE take.public_id = %s AND vendor.vendor = %s AND take.secret_digest <> ''
AND (take.finished_at IS NULL OR take.finished_at > {})
"""

# Some ring at every step of the way; that it goes on is no news, and the polls look anyway.
STILL = frozenset({TaskState.QUEUED.value, TaskState.RUNNING.value})

# Counted in the same statement: two that come at once are two.
KEEP = """
INSERT INTO takes_delivery (take_id, vendor, key, body, task_id, said, times, came_at, verdict)
VALUES (%s, %s, %s, %s, %s, %s, 1, %s, '')
ON CONFLICT (take_id, key) DO UPDATE SET times = takes_delivery.times + 1
RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """What came: the text as evidence, and the task and state that it seems to speak of."""

    vendor: str
    body: str
    task_id: str
    said: str

    @property
    def key(self) -> str:
        """The same task in the same state is the same knock, whatever else stands in the body."""
        return hashlib.sha256(f"{self.task_id} {self.said}".encode()).hexdigest()


def bell(vendor: str, take_id: str) -> Take | None:
    """The take that has this door, with no more of it than a knock needs."""
    with connection.cursor() as cursor:
        cursor.execute(BELL.format(A_DAY_AGO[connection.vendor]), [take_id, vendor])
        row = cursor.fetchone()
    return Take.from_db(connection.alias, COLUMNS, row) if row else None


def ring(take: Take, *, knock: Knock) -> None:
    if task := wanted(take, knock.task_id, knock.said):
        asked(take, knock, task)
    else:
        # One statement is a transaction.
        kept(take, knock)


@transaction.atomic(durable=True)
def asked(take: Take, knock: Knock, task: str) -> None:
    ask(task, take.pk, kept(take, knock))
    point("in the doorbell")


def wanted(take: Take, task_id: str, said: str) -> str:
    """The job that asks the vendor about this; '' when there is nothing to ask."""
    if task_id and task_id != take.remote_id:
        # What this POST became, or a second task that nobody knows of.
        return ANSWER
    if take.state == State.RUNNING and said not in STILL:
        return REFRESH
    return ANSWER if take.state == State.UNDECIDED and task_id else ""


def ask(task: str, take: int, delivery: int) -> None:
    enqueue(task, delivery if task == ANSWER else take)


def kept(take: Take, knock: Knock) -> int:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    row: list[Any] = [take.pk, knock.vendor, knock.key, knock.body, knock.task_id, knock.said, now]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, row)
        return int(cursor.fetchone()[0])


@transaction.atomic(durable=True)
def judge(delivery: Delivery, *, verdict: str) -> None:
    """What came of it once the vendor was asked."""
    Delivery.objects.filter(pk=delivery.pk).update(verdict=verdict[:200])
    publish(delivery.take.shot.board.team.channel, INBOX)
