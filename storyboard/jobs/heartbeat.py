"""The job that proves a worker takes jobs: it goes through the cluster every two seconds and leaves a row behind.

Put in by pulse.due_beat(), run by workers; /readyz reads the rows. It also sets off the timed sweeps.
"""

import logging
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from storyboard.jobs import sweeps
from storyboard.jobs.broker import DatabaseBroker
from storyboard.jobs.models import Heartbeat

logger = logging.getLogger(__name__)
FRESH = timedelta(seconds=30)
WELL = timedelta(seconds=5)


def beat(cluster: str, instance: str) -> None:
    try:
        broker, was_well = DatabaseBroker(cluster), show(cluster, instance)
        broker.give_back_expired()
        # After an outage of the database everybody has been silent, and it says nothing about the others.
        if was_well:
            broker.give_back_silent()
        if cluster == "fast":
            sweeps.enqueue_due()
    except (DatabaseError, InterfaceError) as error:
        # The row goes stale, which is what it is for; a failed job would be kept and run again.
        logger.debug("no heartbeat: %s", error)


def show(cluster: str, instance: str) -> bool:
    """Write down that the cluster lives; true when it has done so without a break."""
    own = Heartbeat.objects.filter(instance=instance)
    if own.filter(beaten_at__gt=Now() - WELL).update(beaten_at=Now()):
        return True
    if not own.update(beaten_at=Now()):
        Heartbeat.objects.create(cluster=cluster, instance=instance)
    return False


def show_busy(cluster: str, instance: str) -> None:
    """By the guard, while every worker is at a long job and none is free to take the heartbeat."""
    try:
        show(cluster, instance)
    except (DatabaseError, InterfaceError) as error:
        logger.debug("no heartbeat: %s", error)
    finally:
        connection.close()  # the guard forks, and two processes must not share a connection


def is_beating(cluster: str) -> bool:
    return Heartbeat.objects.filter(cluster=cluster, beaten_at__gt=Now() - FRESH).exists()
