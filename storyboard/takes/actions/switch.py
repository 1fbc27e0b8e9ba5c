"""Whether anything may be POSTed at all: stopped by people, or because the database is older than what was sent.

The `submissions` command and restore.py stop it, only the command lets it go on; actions.sending asks at every claim.
"""

import logging
from collections.abc import Mapping

from django.db import transaction
from django.db.models.functions import Now

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.live.publish import publish_later
from storyboard.takes.actions import chain
from storyboard.takes.models import FINAL, Gate, Run, State, Switch, Take
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team

logger = logging.getLogger(__name__)
ONE = 1
UNSENT = (State.WAITING, State.QUEUED)


def is_paused() -> bool:
    return Switch.objects.filter(pk=ONE, paused_at__isnull=False).exists()


def why() -> Switch:
    """As it stands, with when and why."""
    return Switch.objects.filter(pk=ONE).first() or Switch(pk=ONE)


@transaction.atomic(durable=True)
def pause(reason: str) -> bool:
    """Nothing is claimed once this is done; what was claimed before may still go out. Whether it is news."""
    # Every claim holds its gate while it asks: holding all of them, none is between asking and claiming.
    list(Gate.objects.select_for_update().order_by("pk").values_list("pk"))
    Switch.objects.get_or_create(pk=ONE)
    is_news = bool(Switch.objects.filter(pk=ONE, paused_at=None).update(paused_at=Now(), reason=reason[:300]))
    if is_news:
        logger.warning("Nothing is sent any more: %s", reason)
        tell_queues()
    return is_news


@transaction.atomic(durable=True)
def resume(sent: Mapping[int, int]) -> None:
    """Let submissions go on. `sent`, by connection: how many claims there have been, as the files have it."""
    gates = {gate.connection_id: gate for gate in Gate.objects.select_for_update().order_by("pk")}
    for connection, number in sent.items():
        gate = gates.get(connection) or Gate.objects.create(connection_id=connection)
        Gate.objects.filter(pk=gate.pk).update(sent=max(gate.sent, number), reconciled_at=Now())
    Switch.objects.filter(pk=ONE).update(paused_at=None, reason="")
    waiting = Take.objects.filter(state=State.QUEUED, connection__isnull=False).order_by()
    for pk in waiting.values_list("connection", flat=True).distinct():
        chain.freed(pk or 0)
    tell_queues()


def tell_queues() -> None:
    """Everybody who waits for something to be sent sees why it is not, or that it is."""
    for team in Team.objects.filter(boards__shots__takes__state__in=UNSENT).distinct():
        publish_later(team.channel, chain.QUEUE)


@transaction.atomic(durable=True)
def hold_runs(connection: Connection) -> list[Board]:
    """Pause every run that would send to this connection: some of it may have been sent, and forgotten since."""
    unsent = Take.objects.filter(connection=connection, state__in=UNSENT, run__isnull=False).order_by()
    keys = set(unsent.values_list("run", flat=True))
    runs = list(Run.objects.filter(pk__in=keys, paused_at=None, finished_at=None).select_related("board__team"))
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(paused_at=Now())
    boards = {run.board_id: run.board for run in runs}
    for board in boards.values():
        record(Did.RUN_PAUSED, by=None, team=board.team, subject=board.name)
    held = Take.objects.filter(run__in=runs).exclude(state__in=FINAL)
    chain.tell(*held.select_related("shot__board__team"))
    return list(boards.values())
