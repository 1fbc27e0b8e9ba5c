"""Find out what became of takes whose POST had no clear answer: by doorbell, then by the vendor's list, then by people.

settings.JOB_TASKS names reconcile(), sweeps.wake calls due(). One job looks for all takes of a connection and model.
After a person's decision look_again() lists what the vendor made all the same.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from storyboard.connections.models import Connection
from storyboard.jobs.queue import enqueue
from storyboard.providers.base import Task
from storyboard.providers.errors import ProviderError
from storyboard.takes import restore
from storyboard.takes.actions import binding, decisions, doorbell, searching
from storyboard.takes.actions.binding import UNBOUND, twins
from storyboard.takes.faults import point
from storyboard.takes.models import Delivery, Orphan, State, Take
from storyboard.takes.tasks.clocks import Clock, measured
from storyboard.takes.tasks.listing import Reading, is_behind, read, witnesses

logger = logging.getLogger(__name__)
RECONCILE = "storyboard.takes.tasks.reconciling.reconcile"
# A job that looks is given so long before another is queued.
BUSY = timedelta(seconds=30)
MOST_JOBS, MOST_TAKES = 200, 500
# How long a doorbell may take to come, other takes to become clear, and a list to be readable.
FOR_THE_BELL = timedelta(minutes=20)
FOR_OTHERS = timedelta(minutes=5)
FOR_THE_LIST = timedelta(minutes=30)
# After a decision the list is read at least so long after the last time.
NEXT_LOOK = timedelta(minutes=1)
# Of the seven days for which a vendor keeps its list, one is left for people.
LEFT_OVER = timedelta(days=1)
LISTED = "Found in the vendor’s list as task {}."
NO_LIST = "{} has no list of tasks, and did not call back. Look into its console whether it was made and charged."
NO_WORD = (
    "{} has no list of tasks, and was not asked to call back. Look into its console whether it was made and charged."
)
NOT_READABLE = "{}’s list of tasks could not be read completely. Look into its console whether it was made and charged."
SEVERAL = "{}’s list has tasks that could be this one, and does not tell which. Choose in its console."
TOO_OLD = "{} does not list tasks of that age any more. Look into its console whether it was charged."
# What Ark tells of a task's request; a value that leaves the choice to the vendor says nothing.
TOLD = ("resolution", "ratio", "duration", "seed")
OPEN = ("adaptive", -1, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One reading of a list, with what follows from it for every take."""

    connection: Connection
    # Tasks that no take has.
    free: list[Task]
    trusted: bool
    clock: Clock


def due() -> None:
    """Queue one job for each connection and model that has unclear takes whose time has come."""
    with transaction.atomic():
        rows = Take.objects.filter(state=State.UNKNOWN, wake_at__lte=Now()).order_by()
        firsts = list(rows.values_list("connection", "model").annotate(first=Min("pk"))[:MOST_JOBS])
        if not firsts:
            return
        at = {connection for connection, _, _ in firsts}
        rows.filter(connection__in=at).update(wake_at=Now() + BUSY)
        for _, _, first in firsts:
            enqueue(RECONCILE, first)


def reconcile(take_id: int) -> None:
    take = Take.objects.filter(pk=take_id, state=State.UNKNOWN).select_related("connection").first()
    if take is None or take.connection is None:
        return
    takes = unclear(take.connection, take.model)
    ring_again(takes)
    if take.connection.about.can_list:
        search(take.connection, take.model, takes)
        return
    for one in takes:
        wait_or_ask(one, NO_LIST if one.secret_digest else NO_WORD)


def unclear(connection: Connection, model: str = "") -> list[Take]:
    rows = Take.objects.filter(connection=connection, state=State.UNKNOWN).select_related("connection")
    rows = rows.filter(model=model) if model else rows
    return list(rows.order_by("sent_at", "pk")[:MOST_TAKES])


def ring_again(takes: Iterable[Take]) -> None:
    """Doorbells about which the vendor could not be asked yet."""
    rows = Delivery.objects.filter(take__in=[take.pk for take in takes], verdict="").exclude(task_id="")
    for delivery in rows.values_list("pk", flat=True):
        enqueue(doorbell.ANSWER, delivery)


def search(connection: Connection, model: str, takes: list[Take]) -> None:
    match(connection, model, takes, reading_of(connection, model))


def reading_of(connection: Connection, model: str) -> Reading:
    try:
        return read(connection, model)
    except ProviderError as error:
        logger.info("Connection %s: %s %s %s", connection.pk, type(error).__name__, error.status, error.reason)
        return Reading()


def match(connection: Connection, model: str, takes: Iterable[Take], reading: Reading) -> int:
    """Judge each take by this reading, which was begun when all of them were unclear. How many were bound."""
    seen = witnesses(connection, model)
    # Asked only now: whoever got a task while the list was read has it, and nobody else may.
    taken = binding.known(connection, list(reading.tasks))
    look = Look(
        connection=connection,
        free=[task for task in reading.tasks.values() if task.id not in taken],
        trusted=reading.complete and not is_behind(reading, seen),
        clock=measured(seen, reading.tasks),
    )
    return sum(judge(take, look) for take in takes)


def judge(take: Take, look: Look) -> bool:
    """Whether it is bound now."""
    own, vendor = [task for task in look.free if could_be(take, task, look.clock)], look.connection.about
    if searching.older(take, vendor.list_life - LEFT_OVER):
        searching.undecided(take, why=TOO_OLD.format(vendor.label))
    elif not own and look.trusted:
        searching.missed(take)
    elif not own:
        wait_or_ask(take, NOT_READABLE, patience=FOR_THE_LIST)
    elif look.trusted and len(own) == 1 and is_alone(take, own[0], look):
        return found(take, own[0])
    else:
        wait_or_ask(take, SEVERAL, patience=FOR_OTHERS, doubt=True)
    return False


def found(take: Take, task: Task) -> bool:
    point("before bind")
    why = binding.bind(take, task, why=LISTED.format(task.id))
    point("after bind")
    if why:
        searching.again(take)
    return not why


def wait_or_ask(take: Take, why: str, *, patience: timedelta = timedelta(0), doubt: bool = False) -> None:
    """Where a doorbell was asked for, that may still come; otherwise a person has to say."""
    patience = max(patience, FOR_THE_BELL) if take.secret_digest else patience
    if patience and not searching.older(take, patience):
        searching.again(take, doubt=doubt)
    elif take.connection:
        searching.undecided(take, why=why.format(take.connection.about.label))


def could_be(take: Take, task: Task, clock: Clock) -> bool:
    return fits(take, task, clock) and not contradicts(take.asked, task)


def fits(take: Take, task: Task, clock: Clock) -> bool:
    """By model and time; where somebody is to look at it, that is enough."""
    if take.sent_at is None or (task.model and task.model != take.model):
        return False
    earliest, latest = clock.window(take.sent_at)
    return task.created_at is None or earliest <= task.created_at <= latest


def contradicts(asked: str, task: Task) -> bool:
    """Whether the task says of itself that something else was asked for."""
    wanted = json.loads(asked) if asked else {}
    both = [(wanted.get(name), task.raw.get(name)) for name in TOLD]
    return any(one != other for one, other in both if one not in OPEN and other not in OPEN)


def is_alone(take: Take, task: Task, look: Look) -> bool:
    """Whether nobody else could have made the task: no other take that is unclear, and none that was forgotten."""
    if take.sent_at is None or restore.forgotten(look.connection):
        return False
    accounts = twins(look.connection)
    if Orphan.objects.filter(connection__in=accounts, remote_id=task.id).exists():
        return False
    rivals = Take.objects.filter(connection__in=accounts, model=take.model, remote_id="", sent_at__isnull=False)
    # What two readings proved was never made has made nothing.
    rivals = rivals.exclude(pk=take.pk).exclude(unlisted__gte=searching.READINGS)
    rivals = rivals.filter(Q(state__in=UNBOUND) | Q(steps__state=State.UNKNOWN))
    return not any(look.clock.overlap(take.sent_at, at) for at in rivals.values_list("sent_at", flat=True) if at)


def look_again(take_id: int) -> None:
    """A person decided about this take: a task that its POST may have made, and that no take has, is listed."""
    take = Take.objects.filter(pk=take_id, state=State.FAILED, remote_id="").select_related("connection").first()
    if take is None or take.connection is None:
        return
    reading, clock = reading_of(take.connection, take.model), Clock()
    own = [task for task in reading.tasks.values() if fits(take, task, clock)]
    # Asked only now: who is still looked for, or being sent, may get one of these by itself.
    sought = rivals_of(take)
    unsure = [task.id for task in own if any(fits(one, task, clock) for one in sought)]
    binding.strays(take.connection, [task for task in own if task.id not in unsure])
    seen = witnesses(take.connection, take.model)
    is_all = reading.complete and not is_behind(reading, seen) and searching.older(take, searching.grace())
    if not is_all or set(unsure) - binding.known(take.connection, unsure):
        look_later(take, take.connection)


def rivals_of(take: Take) -> list[Take]:
    accounts = twins(take.connection) if take.connection else []
    rows = Take.objects.filter(connection__in=accounts, model=take.model, state__in=[State.SUBMITTING, State.UNKNOWN])
    return list(rows)


def look_later(take: Take, connection: Connection) -> None:
    """Each time after a longer while, for as long as the vendor keeps its list."""
    if searching.older(take, connection.about.list_life):
        return
    now = timezone.now()
    enqueue(decisions.LOOK_AGAIN, take.pk, at=now + max(NEXT_LOOK, now - (take.finished_at or now)))
