"""Tie a vendor's task to the take that paid for it, or write down that nobody knows whose it is.

tasks.binding and tasks.reconciling call these with a task that the vendor has just shown; a body that was posted to us
is never enough.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from storyboard.connections.models import Connection
from storyboard.jobs.queue import enqueue
from storyboard.providers.base import Task, TaskState
from storyboard.takes.actions import chain
from storyboard.takes.models import Orphan, State, Take
from storyboard.takes.states import advance

REFRESH = "storyboard.takes.tasks.polling.refresh"
# A vendor's clock may be so far from the database's.
SKEW = timedelta(minutes=5)
UNBOUND = (State.SUBMITTING, State.UNKNOWN, State.UNDECIDED)
OTHER_TAKE = "That task belongs to another take."
OLDER = "That task is older than this take."
OTHER_MODEL = "That task is of another model than this take."
NOT_LOOKED_FOR = "This take is not looking for its task any more."


@transaction.atomic(durable=True)
def bind(take: Take, task: Task, *, why: str) -> str:
    """'' when the task is this take's from now on, otherwise why it is not. Of many callers one binds."""
    found = Take.objects.select_related("shot__board", "connection").get(pk=take.pk)
    if wrong := misfit(found, task):
        return wrong
    try:
        with transaction.atomic():
            won = tied(found, task.id, why)
    except IntegrityError:
        return OTHER_TAKE
    if not won:
        return NOT_LOOKED_FOR
    Orphan.objects.filter(connection=found.connection, remote_id=task.id).delete()
    enqueue(REFRESH, found.pk)
    chain.tell(found)
    return ""


def tied(take: Take, remote_id: str, why: str) -> bool:
    return advance(
        take,
        State.RUNNING,
        only=(*UNBOUND, State.QUEUED),
        why=why,
        remote_id=remote_id,
        accepted_at=Now(),
        wake_at=Now(),
        lease_until=None,
        error_code="",
        error_message="",
        sentence="",
    )


def misfit(take: Take, task: Task) -> str:
    """Why the task cannot be what this take's POST became; '' when it can."""
    if take.sent_at is None or take.connection is None:
        return NOT_LOOKED_FOR
    if is_older(task.created_at, take.sent_at):
        return OLDER
    if task.model and task.model != take.model:
        return OTHER_MODEL
    return OTHER_TAKE if task.id in known(take.connection, [task.id], but=take) else ""


def is_older(created_at: datetime | None, sent_at: datetime) -> bool:
    return created_at is not None and created_at < sent_at - SKEW


def known(connection: Connection, remote_ids: list[str], *, but: Take | None = None) -> set[str]:
    """Those of the tasks that takes have: of this connection, and of the team's others that may be the same account."""
    rows = Take.objects.filter(connection__in=twins(connection), remote_id__in=remote_ids)
    rows = rows.exclude(pk=but.pk) if but else rows
    return set(rows.values_list("remote_id", flat=True))


def twins(connection: Connection) -> list[int]:
    found = Connection.objects.filter(team=connection.team_id, vendor=connection.vendor)
    return list(found.values_list("pk", flat=True))


@transaction.atomic(durable=True)
def strays(connection: Connection, tasks: list[Task]) -> list[Orphan]:
    """Keep the tasks that no take has, for people to look at; those that were not known before come back."""
    taken = known(connection, [task.id for task in tasks])
    rows = [orphan(connection, task) for task in tasks if task.id not in taken]
    old = Orphan.objects.filter(connection=connection, remote_id__in=[row.remote_id for row in rows])
    seen = set(old.values_list("remote_id", flat=True))
    fresh = [row for row in rows if row.remote_id not in seen]
    Orphan.objects.bulk_create(fresh, ignore_conflicts=True)
    return fresh


def second(take: Take, remote_id: str) -> None:
    """The POST's own answer came when the take had another task, or was looked for no longer: it was paid for too.

    Inside the transaction of actions.sending.accepted().
    """
    now = Take.objects.filter(pk=take.pk).values_list("remote_id", flat=True).get()
    if take.connection and now != remote_id and not known(take.connection, [remote_id]):
        row = {"model": take.model, "remote_state": TaskState.QUEUED.value}
        Orphan.objects.get_or_create(connection=take.connection, remote_id=remote_id, defaults=row)


def orphan(connection: Connection, task: Task) -> Orphan:
    return Orphan(
        connection=connection,
        remote_id=task.id,
        remote_state=task.state.value,
        model=task.model[:80],
        created_at=task.created_at,
    )
