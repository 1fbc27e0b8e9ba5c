"""Who collects a take and until when: leases, links that run out, and jobs that were lost.

tasks.collecting calls these; what comes of it is written by results.py.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Now

from storyboard.jobs.queue import enqueue
from storyboard.providers.base import Task
from storyboard.takes.actions.results import COLLECT, LEASE, life
from storyboard.takes.models import Gate, State, Take

# A sweep queues so many at once. The queue may be long: who waits in it already is not queued again and again.
MOST_DUE = 500
# Longer than one file may take: until then whoever tries a slow vendor again is expected to have told what came of it.
LONGEST = timedelta(seconds=150)
# So long a clip of a slow vendor steps aside before it asks for its turn again.
ASIDE = timedelta(seconds=10)
AGAIN = Case(
    When(moved_at__gt=Now() - timedelta(seconds=30), then=Now() + LEASE),
    When(moved_at__gt=Now() - timedelta(minutes=3), then=Now() + timedelta(seconds=30)),
    default=Now() + timedelta(minutes=2),
)


@transaction.atomic(durable=True)
def due() -> int:
    """Queue those again whose job was lost, or whose next try has come; the longer one is there, the more seldom."""
    takes = Take.objects.select_for_update(skip_locked=True).filter(state=State.COLLECTING, wake_at__lte=Now())
    keys = list(takes.order_by("wake_at", "pk").values_list("pk", flat=True)[:MOST_DUE])
    Take.objects.filter(pk__in=keys).update(wake_at=AGAIN)
    for key in keys:
        enqueue(COLLECT, key)
    return len(keys)


@transaction.atomic(durable=True)
def begin(take_id: int) -> Take | None:
    """The take to work on, its attempt counted before the work; None when somebody else is at it, or it is over."""
    unhurried()
    free = Take.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), pk=take_id, state=State.COLLECTING)
    slow = Gate.objects.filter(connection=OuterRef("connection"), fetch_after__isnull=False)
    claimed = {"lease_until": Now() + LEASE, "wake_at": Now() + LEASE, "attempts": F("attempts") + 1}
    if not free.filter(~Exists(slow)).update(**claimed) and not (has_turn(free) and free.update(**claimed)):
        return None
    return Take.objects.select_related("shot__board__team", "connection", "run").get(pk=take_id)


def unhurried() -> None:
    """This commit does not wait for the disk: what a crash of the database takes is begun again. For nothing else.

    What is told to open pages must not be taken back by a crash, and what is sent to a vendor even less.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def has_turn(free: QuerySet[Take]) -> bool:
    """At a vendor whose files come slowly: one is tried after the other, so that they never hold every worker."""
    gates = Gate.objects.filter(connection__in=free.values("connection"), fetch_after__isnull=False)
    if gates.filter(fetch_after__lte=Now()).update(fetch_after=Now() + LONGEST):
        return True
    free.update(wake_at=Now() + ASIDE)
    return False


@transaction.atomic(durable=True)
def came_quickly(take: Take) -> None:
    """What a slow vendor has left to fetch is fetched as ever."""
    Gate.objects.filter(connection=take.connection_id, fetch_after__isnull=False).update(fetch_after=None)


def is_expired(take: Take) -> bool:
    """Whether its links must be asked for anew, by the database's clock."""
    return not Take.objects.filter(pk=take.pk, links_until__gt=Now()).exclude(clip_url="").exists()


@transaction.atomic(durable=True)
def keep_at_it(take: Take) -> None:
    """Whoever works on it is alive."""
    held = Take.objects.filter(pk=take.pk, state=take.state, lease_until__isnull=False)
    longer = {"lease_until": Now() + LEASE}
    held.update(**(longer | {"wake_at": Now() + LEASE} if take.state == State.COLLECTING else longer))


@transaction.atomic(durable=True)
def linked_anew(take: Take, task: Task) -> None:
    """The vendor made fresh links."""
    fresh = {"clip_url": task.video_url, "last_frame_url": task.last_frame_url}
    until = task.expires_at or Now() + life(take)
    Take.objects.filter(pk=take.pk, state=State.COLLECTING).update(links_until=until, **fresh)
