"""What the worker does for the sandbox: begin, render, finish, ring; and look for what got lost or old.

settings.JOB_TASKS names each of these. Each may run twice, late, or again after it was killed.
"""

import logging
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from storyboard.errors import Conflict
from storyboard.sandbox import actions, calling, connecting, inputs, queries, scene
from storyboard.sandbox.dialects import dialect
from storyboard.teams.models import Team

logger = logging.getLogger(__name__)
# A folder without a task may belong to a request that is being read just now.
ORPHANED = 24 * 3600


def begin(task_id: int) -> None:
    if task := queries.task(task_id):
        actions.begin(task)


def render(task_id: int) -> None:
    """Paint the clip. Whatever goes wrong ends in a failed task and a refund, never in one that is stuck."""
    task = queries.task(task_id)
    if task is None or not actions.claim_render(task):
        return
    try:
        painted = scene.paint(task)
    except Exception:
        logger.exception("%s could not be painted", task)
        actions.fail(task)
    else:
        actions.rendered(task, digest=painted.digest, sound_from=painted.sound_from)


def finish(task_id: int) -> None:
    task = queries.task(task_id)
    if task and actions.finish(task):
        inputs.drop_leftovers(task.token)


def ring(delivery_id: int) -> None:
    delivery = queries.delivery(delivery_id)
    if delivery is None or not actions.ring(delivery):
        return
    ringing = dialect(delivery.task.vendor).RINGING
    status = calling.call(delivery.url, delivery.body, ringing.seconds) if ringing else None
    actions.answered(delivery, status=status)


def welcome(team_id: int) -> None:
    """settings.TEAM_CREATED: a ready connection for a new team."""
    team = Team.objects.filter(pk=team_id, deleted_at=None).first()
    if team:
        with suppress(Conflict):
            connecting.welcome(team)


def sweep() -> None:
    """Every minute: end what has run for too long, and wake what should have moved by now."""
    for task in queries.overdue():
        actions.expire(task)
    actions.wake()


def tidy() -> None:
    """Every hour: files that nobody can open any more, records that are old, folders without a record."""
    for task in queries.with_dead_files().iterator():
        inputs.drop(task.token)
        actions.cleared(task)
    actions.forget_old()
    folders = [path for path in settings.SANDBOX_ROOT.glob("*") if is_old(path)]
    known = queries.known({path.name for path in folders})
    for path in folders:
        if path.name not in known:
            inputs.drop(path.name)


def is_old(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < time.time() - ORPHANED
    return False
