"""Ask vendors about running takes: the only way to a result. A doorbell, a timer and the sweep all lead here.

settings.JOB_TASKS names poll and refresh; the sweep calls due. Each may run twice: an answer that repeats is no news.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from storyboard.connections import actions as connections
from storyboard.connections.clients import client
from storyboard.providers.base import Task, TaskState
from storyboard.providers.errors import ProviderError
from storyboard.providers.http import Client
from storyboard.providers.waits import Timeouts
from storyboard.takes.actions import asking, results
from storyboard.takes.models import Take

logger = logging.getLogger(__name__)
AT_ONCE = 16
# For a vendor that says “too many requests” and not until when.
REST = timedelta(seconds=20)
LONGEST_REST = timedelta(minutes=15)
ABOUT_THE_KEY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# The job has 20 seconds in all, and writes down what it heard in the rest of them.
TIMES = replace(Timeouts.quick(), question=12)
due = asking.due


def poll(connection_id: int) -> None:
    """All takes of a connection that are due, at most asking.AT_A_TIME of them."""
    takes = asking.claim(connection_id)
    rest = ask(takes) if takes else None
    asking.asked(connection_id, rest=rest, more=len(takes) == asking.AT_A_TIME)


def refresh(take_id: int) -> None:
    """One, because something was heard of it."""
    take = asking.one(take_id)
    if take is not None and (rest := ask([take])) and take.connection_id:
        asking.asked(take.connection_id, rest=rest)


def ask(takes: list[Take]) -> timedelta | None:
    """Ask about takes of one connection and write down what comes; how long the vendor then wants its rest."""
    connection = takes[0].connection
    if connection is None or connection.deleted_at is not None:
        asking.orphaned(takes)
        return None
    try:
        vendor = client(connection, timeouts=TIMES)
        answers = answers_of(vendor, [take.remote_id for take in takes])
    except ProviderError as error:
        answers = {take.remote_id: error for take in takes}
    for take in takes:
        heard(take, answers[take.remote_id])
    if any(isinstance(one, ProviderError) and one.status in ABOUT_THE_KEY for one in answers.values()):
        connections.heard(connection, ails=True)
    asking.past(takes)
    return rest_of(list(answers.values()))


def answers_of(vendor: Client, task_ids: list[str]) -> dict[str, Task | ProviderError]:
    """Each asked about once. A doorbell's one task needs no loop around it, which takes longer than the question."""
    if len(task_ids) == 1:
        return {task_ids[0]: vendor.fetch_once(task_ids[0])}
    return asyncio.run(vendor.fetch_many(task_ids, at_once=AT_ONCE))


def heard(take: Take, answer: Task | ProviderError) -> None:
    if isinstance(answer, ProviderError):
        unheard(take, answer)
    elif answer.state is TaskState.SUCCEEDED and not answer.video_url:
        asking.missed(take, made=True)
    else:
        results.told(take, answer)


def unheard(take: Take, error: ProviderError) -> None:
    logger.info("Take %s: %s %s %s", take.pk, type(error).__name__, error.status, error.reason)
    if error.status == HTTPStatus.NOT_FOUND:
        asking.missed(take)
    else:
        # Without a status it is our own side's trouble with the key or the address, or nobody answers.
        shown = error.status in ABOUT_THE_KEY or not (error.status or error.retryable)
        asking.unanswered(take, sentence=error.sentence if shown else "")


def rest_of(answers: list[Task | ProviderError]) -> timedelta | None:
    errors = [answer for answer in answers if isinstance(answer, ProviderError)]
    wanted = [error.retry_after for error in errors if error.retry_after]
    if not wanted and any(error.status == HTTPStatus.TOO_MANY_REQUESTS for error in errors):
        wanted = [REST]
    return min(max(wanted), LONGEST_REST) if wanted else None
