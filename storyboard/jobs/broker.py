"""The queue itself: django-q2's ORM broker, woken by NOTIFY, in order of due time, by the database's clock.

django-q2 makes one in each cluster (Q_CLUSTER's broker_class); queue.enqueue() makes one to put a job in.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from storyboard.jobs import pulse
from storyboard.jobs.models import Heartbeat

logger = logging.getLogger(__name__)
Package = tuple[int | str, str]

WAIT = 1.0  # the longest a cluster sleeps without looking: a lost NOTIFY costs this much, and so does stopping
OUTAGE_PAUSE = 0.5
SILENT = timedelta(seconds=8)  # beats come every two seconds, and every three while all workers are busy
DOWN = (DatabaseError, InterfaceError)

PUT = """
WITH job AS (
    INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, coalesce(%s, clock_timestamp())) RETURNING key
) SELECT pg_notify('jobs_' || key, '') FROM job
"""
CLAIM = """
WITH due AS (
    SELECT id, lock FROM django_q_ormq WHERE key = %s AND lock <= clock_timestamp()
    ORDER BY lock, id LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE django_q_ormq AS job SET key = %s, lock = clock_timestamp() + make_interval(secs => %s)
    FROM due WHERE job.id = due.id RETURNING job.id, job.payload, due.lock AS due
) SELECT id, payload FROM claimed ORDER BY due, id
"""
NEXT = "SELECT extract(epoch FROM min(lock) - clock_timestamp()) FROM django_q_ormq WHERE key = %s"


def lease_key(cluster: str, instance: str) -> str:
    return f"{cluster}@{instance}" if instance else cluster


def give_back(cluster: str, instance: str) -> int:
    """What a dead cluster had taken, worked on or not, is due at once; called only when all its processes are gone."""
    held = OrmQ.objects.using(Conf.ORM).filter(key=lease_key(cluster, instance))
    count: int = held.update(key=cluster, lock=Now())
    return count


class DatabaseBroker(ORM):
    """Claims with SKIP LOCKED on PostgreSQL and by compare-and-set on SQLite; rides out a database that restarts."""

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key=list_key)
        self.prepared: object = None
        self.finished: list[int] = []

    @staticmethod
    def get_connection(list_key: str | None = None) -> Any:
        # The stock one looks for a stale connection before every statement: with health checks, a second round trip.
        return OrmQ.objects.using(Conf.ORM)

    @property
    def database(self) -> BaseDatabaseWrapper:
        return connections[Conf.ORM]

    def put(self, payload: str, at: datetime | None = None) -> None:
        """Insert the job in the caller's transaction; listeners hear of it when that commits."""
        if self.database.vendor != "postgresql":
            self.get_connection().create(key=self.list_key, payload=payload, lock=at or Now())
            return
        with self.database.cursor() as cursor:
            cursor.execute(PUT, [self.list_key, payload, at])

    def enqueue(self, task: str) -> None:
        self.put(task)

    def dequeue(self) -> list[Package]:
        """The pusher's loop: due jobs, or nothing after a short wait; now and then the heartbeat in front."""
        try:
            if pulse.Pulse.fresh:
                give_back(self.list_key, pulse.Pulse.instance)
                pulse.Pulse.fresh = False
            jobs = self.claim(Conf.BULK) or self.wait_and_claim()
        except DOWN as error:
            # Raising here would put django-q2's pusher to sleep for ten seconds and then end it.
            logger.warning("The database does not answer the queue; trying again: %s", type(error).__name__)
            self.drop_connection()
            time.sleep(OUTAGE_PAUSE)
            jobs = []
        beat = pulse.due_beat()
        return [(pulse.BEAT, beat), *jobs] if beat else jobs

    def claim(self, most: int) -> list[Package]:
        """Take up to `most` due jobs, earliest first; they are due again when the lease (`retry`) runs out."""
        if self.database.vendor != "postgresql":
            return self.claim_by_compare(most)
        self.prepare(f'LISTEN "jobs_{self.list_key}"')
        with self.database.cursor() as cursor:
            cursor.execute(CLAIM, [self.list_key, most, self.lease, Conf.RETRY])
            return list(cursor.fetchall())

    def claim_by_compare(self, most: int) -> list[Package]:
        due = self.get_connection().filter(key=self.list_key, lock__lte=Now())
        found = list(due.order_by("lock", "id").values_list("id", "payload")[:most])
        leased = {"key": self.lease, "lock": Now() + timedelta(seconds=Conf.RETRY)}
        # Still due is the comparison: whoever came first has moved the time forward.
        return [(pk, payload) for pk, payload in found if due.filter(pk=pk).update(**leased)]

    @property
    def lease(self) -> str:
        """The key of a job that is worked on names who has it: it can be given back when that one dies."""
        return lease_key(self.list_key, pulse.Pulse.instance)

    def give_back_expired(self) -> int:
        """Jobs whose lease ran out are due again; the heartbeat looks every two seconds."""
        held = self.get_connection().filter(key__startswith=f"{self.list_key}@", lock__lte=Now())
        count: int = held.update(key=self.list_key)
        return count

    def give_back_silent(self) -> int:
        """What a cluster held that shows no sign of life any more: its supervisor died too, so nobody gave it back."""
        silent = Heartbeat.objects.filter(cluster=self.list_key, beaten_at__lt=Now() - SILENT)
        keys = [lease_key(self.list_key, instance) for instance in silent.values_list("instance", flat=True)]
        count: int = self.get_connection().filter(key__in=keys).update(key=self.list_key, lock=Now())
        return count

    def wait_and_claim(self) -> list[Package]:
        if self.database.vendor != "postgresql":
            time.sleep(Conf.POLL)
            return []
        with self.database.cursor() as cursor:
            cursor.execute(NEXT, [self.list_key])
            (due,) = cursor.fetchone()
        pause = WAIT if due is None else min(max(float(due), 0.0), WAIT)
        with self.database.wrap_database_errors:
            list(self.database.connection.notifies(timeout=pause, stop_after=1))
        return self.claim(Conf.BULK)

    def prepare(self, *statements: str) -> None:
        """Once per connection: do not wait for the disk, and what else this process needs.

        A claim or an acknowledgement lost in a crash only runs the job again, which jobs must bear anyway.
        """
        self.database.ensure_connection()
        if self.prepared is not self.database.connection:
            with self.database.cursor() as cursor:
                for statement in ("SET synchronous_commit TO off", *statements):
                    cursor.execute(statement)
            self.prepared = self.database.connection

    def acknowledge(self, task_id: int | str) -> None:
        """The monitor's last word on a job: it is done. While the database is away the words are kept."""
        if task_id == pulse.BEAT:
            pulse.beat_came_round()
        else:
            self.finished.append(int(task_id))
        if not self.finished:
            return
        try:
            self.forget()
        except DOWN:
            self.drop_connection()

    def forget(self) -> None:
        if self.database.vendor == "postgresql":
            self.prepare()
        self.get_connection().filter(pk__in=self.finished)._raw_delete(Conf.ORM)
        self.finished = []

    def delete(self, task_id: int | str) -> None:
        self.acknowledge(task_id)

    def drop_connection(self) -> None:
        self.prepared = None
        self.database.close()

    def queue_size(self) -> int:
        count: int = self.get_connection().filter(key=self.list_key, lock__lte=Now()).count()
        return count

    def lock_size(self) -> int:
        count: int = self.get_connection().filter(key=self.list_key, lock__gt=Now()).count()
        return count
