"""Ask the vendor about a task that a doorbell or a person named, and tie it to its take if it is true.

settings.JOB_TASKS names answer() and pasted().
"""

import logging
from datetime import timedelta
from http import HTTPStatus

from django.utils import timezone

from storyboard.connections.clients import client
from storyboard.connections.models import Connection
from storyboard.jobs.queue import enqueue
from storyboard.providers.base import Task
from storyboard.providers.errors import NotCreated, ProviderError
from storyboard.takes.actions import binding, decisions, doorbell
from storyboard.takes.faults import point
from storyboard.takes.models import Delivery, State, Take
from storyboard.takes.verdicts import OWN, OWN_AS_KNOWN

logger = logging.getLogger(__name__)
# While the vendor does not answer, it is asked again so often, for so long.
PAUSE = timedelta(seconds=20)
PATIENCE = timedelta(hours=1)
# A vendor may ring about a task before it can show it.
FRESH = timedelta(minutes=2)
RUNG = "The vendor rang about task {}, and knows it."
NAMED = "A person found it in the vendor’s console as task {}."
SECOND = "The vendor knows this task, but this take is not its own. It is listed as one that nobody asked for."


def answer(delivery_id: int) -> None:
    rows = Delivery.objects.select_related("take__connection", "take__shot__board__team")
    found = rows.filter(pk=delivery_id).first()
    if found is None or found.take.connection is None or not found.task_id:
        return
    take, connection = found.take, found.take.connection
    if take.remote_id == found.task_id and take.state == State.RUNNING:
        if found.said not in doorbell.STILL:
            enqueue(doorbell.REFRESH, take.pk)
        return
    try:
        task = client(connection).fetch(found.task_id)
    except ProviderError as error:
        unanswered(found, error)
        return
    point("before bind")
    doorbell.judge(found, verdict=tie(take, connection, task))
    point("after bind")


def tie(take: Take, connection: Connection, task: Task) -> str:
    """What came of it, in a sentence. A task that is nobody's was paid for all the same, and must not be lost."""
    why = binding.bind(take, task, why=RUNG.format(task.id))
    if not why:
        return OWN
    if why != binding.NOT_LOOKED_FOR:
        return why
    take.refresh_from_db()
    if task.id == take.remote_id:
        return OWN_AS_KNOWN
    return SECOND if binding.strays(connection, [task]) else why


def unanswered(found: Delivery, error: ProviderError) -> None:
    age = timezone.now() - found.came_at
    if error.status == HTTPStatus.NOT_FOUND and age > FRESH:
        doorbell.judge(found, verdict="The vendor knows no such task.")
    elif found.take.state == State.UNKNOWN:
        # tasks.reconciling looks for this take, and asks about this doorbell again.
        return
    elif isinstance(error, NotCreated) or age > PATIENCE:
        doorbell.judge(found, verdict="The vendor could not be asked.")
    else:
        logger.info("Take %s: %s %s %s", found.take_id, type(error).__name__, error.status, error.reason)
        enqueue(doorbell.ANSWER, found.pk, at=timezone.now() + PAUSE)


def pasted(take_id: int, remote_id: str) -> None:
    """A person says that this is the take's task; only the vendor's word makes it so."""
    rows = Take.objects.select_related("connection", "shot__board")
    take = rows.filter(pk=take_id, state__in=decisions.UNCLEAR).first()
    if take is None or take.connection is None:
        return
    try:
        task = client(take.connection).fetch(remote_id)
    except ProviderError as error:
        decisions.not_found(take, why=error.sentence)
        return
    if why := binding.bind(take, task, why=NAMED.format(task.id)):
        decisions.not_found(take, why=why)
