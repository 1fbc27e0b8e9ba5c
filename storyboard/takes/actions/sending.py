"""Claim one take and write down what came of its POST: at most one paid task for each, whatever dies on the way.

tasks.sending calls these; between claim() and the outcome lies the network, and no transaction.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from storyboard.connections.models import Connection
from storyboard.providers.errors import ProviderError
from storyboard.takes import callbacks, money, restore
from storyboard.takes.actions import binding, chain, failover, switch
from storyboard.takes.faults import point
from storyboard.takes.models import SENT, Gate, State, Take
from storyboard.takes.placeholders import CALLBACK
from storyboard.takes.states import advance
from storyboard.takes.waits import Around, around, wait
from storyboard.teams.access import membership
from storyboard.teams.models import Role

# Longer than a POST and all its writing may take; after it nobody is at work on the take any more.
LEASE = timedelta(seconds=75)
FIRST_POLL = timedelta(seconds=5)
# An unclear one is looked at soon: a doorbell may have come, or the vendor's list may tell.
FIRST_LOOK = timedelta(seconds=2)
MOST_TRIES = 12
LONGEST_PAUSE = timedelta(minutes=10)
# What is undecided waits for a person, perhaps for days, and must not keep the others from rendering.
BUSY = tuple(state for state in SENT if state != State.UNDECIDED)
NOBODY = "Whoever started this render may not spend money here any more."
LAPSED = "The program ended while this was being sent, so the vendor may have taken it."


@dataclass(frozen=True, slots=True)
class Claim:
    """A take that may be POSTed now, by whoever holds this epoch, opening on the end of `upstream`."""

    take: Take
    upstream: Take | None
    epoch: int
    # With the secret in it: only ever in this process's memory.
    callback_url: str
    # How many claims this connection has seen; 0 where nothing may be POSTed, see numbered().
    sent: int


def claim(connection_id: int) -> Claim | None:
    """The next take in a fair order, if one may be sent now. A database that turns out to be old pauses everything."""
    try:
        return chosen(connection_id)
    except restore.Older as found:
        # Nothing of the claim was committed, and its gate is free again: a pause takes all of them.
        switch.pause(str(found))
        return None


@transaction.atomic(durable=True)
def chosen(connection_id: int) -> Claim | None:
    """The connection's gate is held until the claim is committed."""
    gate = gate_of(connection_id)
    connection = open_at(gate)
    if connection is None or switch.is_paused():
        return None
    if Take.objects.filter(connection=connection, state__in=BUSY).count() >= connection.parallel:
        return None
    for _ in range(connection.parallel + 1):
        take = next_take(connection)
        if take is None:
            return None
        seen = around([take])
        if (held := obstacle(take, seen)) is None:
            return claimed(take, gate, seen.selected.get(take.follows_id or 0))
        send_back(take, held)
    return None


def gate_of(connection_id: int) -> Gate:
    """The connection's gate; it is there but for the first time."""
    gates = Gate.objects.select_for_update()
    if found := gates.filter(connection_id=connection_id).first():
        return found
    Gate.objects.get_or_create(connection_id=connection_id)
    return gates.get(connection_id=connection_id)


def open_at(gate: Gate) -> Connection | None:
    """The gate's connection, if it lets anything through now."""
    rested = Q(gate__send_after=None) | Q(gate__send_after__lte=Now())
    rows = Connection.objects.filter(rested, pk=gate.connection_id, disabled_at=None, deleted_at=None)
    return rows.select_related("team").first()


def waiting_at(connection: Connection) -> QuerySet[Take]:
    sibling = Take.objects.filter(shot=OuterRef("shot"), state__in=SENT)
    rows = Take.objects.filter(connection=connection, state=State.QUEUED, deleted_at=None)
    rows = rows.filter(Q(not_before=None) | Q(not_before__lte=Now()), run__paused_at=None)
    return rows.filter(~Exists(sibling))


def next_take(connection: Connection) -> Take | None:
    """The oldest of the board that has the fewest at work, and among those of the one that was served longest ago."""
    heads = waiting_at(connection).order_by().values("shot__board").annotate(first=Min("pk"))
    first = {row["shot__board"]: row["first"] for row in heads}
    if not first:
        return None
    rows = Take.objects.select_related("shot__board__team", "run__by", "follows", "connection__team", "by")
    if len(first) == 1:
        return rows.get(pk__in=first.values())
    at_work = Take.objects.filter(connection=connection, shot__board__in=list(first), sent_at__isnull=False).order_by()
    counts = at_work.values("shot__board").annotate(busy=Count("pk", filter=Q(state__in=BUSY)), last=Max("sent_at"))
    seen = {row["shot__board"]: (row["busy"], row["last"].timestamp()) for row in counts}
    board = min(first, key=lambda key: (*seen.get(key, (0, 0.0)), first[key]))
    return rows.get(pk=first[board])


def obstacle(take: Take, seen: Around) -> str | None:
    """Why it may not be sent after all: '' is to wait again, words are to be dropped, None is to go."""
    board = take.shot.board
    if take.shot.deleted_at is not None or board.deleted_at is not None:
        return "Its shot or board was deleted."
    own = membership(take.by, board.team) if take.by else None
    if own is None or own.role < Role.PRODUCER:
        return NOBODY
    return "" if wait(take, seen) else None


def send_back(take: Take, why: str) -> None:
    if why:
        chain.drop(take, why)
    else:
        advance(take, State.WAITING, only=[State.QUEUED], wake_at=None)


def claimed(take: Take, gate: Gate, upstream: Take | None) -> Claim | None:
    """The line that makes a job that comes twice send once: only one caller finds the take still queued."""
    url, digest = callbacks.address(take) if CALLBACK in take.asked else ("", "")
    tries = take.attempts
    won = advance(
        take,
        State.SUBMITTING,
        only=[State.QUEUED],
        epoch=take.epoch,
        claims=True,
        sent_at=Now(),
        lease_until=Now() + LEASE,
        wake_at=Now() + LEASE,
        secret_digest=digest,
        attempts=tries + 1,
        upstream=upstream,
        upstream_ms=upstream.hand_off_ms if upstream else None,
    )
    if not won:
        return None
    number = numbered(gate)
    chain.tell(take)
    return Claim(take, upstream, take.epoch, url, number)


def numbered(gate: Gate) -> int:
    """Count the claim, once it is known that the database is not an old one; Older if it is.

    Where that cannot be read it is not counted, for that would hide it, and the 0 lets nothing out.
    """
    try:
        restore.compare()
    except OSError:
        return 0
    gate.sent += 1
    gate.save(update_fields=["sent"])
    return gate.sent


def accepted(take: Take, *, epoch: int, remote_id: str, sent_hash: str) -> bool:
    """The vendor has it. A doorbell may have said so before; then this is no news."""
    try:
        return runs(take, epoch, remote_id, sent_hash)
    except IntegrityError:
        # Another take has this task: whoever is right, this POST's outcome is not known.
        error = ProviderError("The vendor answered with the id of another take’s task.")
        unclear(take, epoch=epoch, error=error, sent_hash=sent_hash)
        return False


@transaction.atomic(durable=True)
def runs(take: Take, epoch: int, remote_id: str, sent_hash: str) -> bool:
    won = advance(
        take,
        State.RUNNING,
        only=[State.SUBMITTING, State.UNKNOWN],
        epoch=epoch,
        remote_id=remote_id,
        sent_hash=sent_hash,
        accepted_at=Now(),
        wake_at=Now() + FIRST_POLL,
        lease_until=None,
        sentence="",
    )
    point("in outcome")
    if won:
        chain.tell(take)
    else:
        Take.objects.filter(pk=take.pk, epoch=epoch).update(sent_hash=sent_hash)
        binding.second(take, remote_id)
    return won


@transaction.atomic(durable=True)
def refused(take: Take, *, epoch: int, error: ProviderError) -> bool:
    """Proved: nothing was created, and the same request would be refused again."""
    return failed(take, epoch, error)


def failed(take: Take, epoch: int, error: ProviderError) -> bool:
    if failover.moved_on(take, epoch, error):
        return True
    won = advance(take, State.FAILED, only=[State.SUBMITTING], epoch=epoch, why=error.sentence, **words(error))
    if won:
        money.release(take)
        chain.settled(take)
        freed(take)
        chain.tell(take)
    return won


@transaction.atomic(durable=True)
def not_created(take: Take, *, epoch: int, error: ProviderError) -> bool:
    """Proved: nothing was created. Later again, a bounded number of times."""
    if failover.moved_on(take, epoch, error):
        return True
    if not error.retryable or take.attempts >= MOST_TRIES:
        return failed(take, epoch, error)
    tries = take.attempts
    pause = max(error.retry_after or timedelta(0), min(timedelta(seconds=2**tries), LONGEST_PAUSE))
    won = advance(
        take,
        State.QUEUED,
        only=[State.SUBMITTING],
        epoch=epoch,
        why=error.sentence,
        not_before=Now() + pause,
        wake_at=Now() + pause,
        lease_until=None,
        **words(error),
    )
    if won:
        Take.objects.filter(pk=take.pk).update(attempts=tries)
        if error.retry_after:
            # The account rests as long as its vendor asks; only this take longer, so that the others pass it.
            Gate.objects.filter(connection=take.connection_id).update(send_after=Now() + error.retry_after)
        freed(take)
        chain.tell(take)
    return won


@transaction.atomic(durable=True)
def unclear(take: Take, *, epoch: int, error: ProviderError, sent_hash: str = "") -> bool:
    """The vendor may have taken it and charged for it: it is never sent again, and looked for instead."""
    Take.objects.filter(pk=take.pk, epoch=epoch).update(sent_hash=sent_hash)
    return doubted(take, epoch, error.sentence, **words(error))


def doubted(take: Take, epoch: int | None, why: str, **columns: Any) -> bool:
    won = advance(
        take,
        State.UNKNOWN,
        only=[State.SUBMITTING],
        epoch=epoch,
        why=why,
        wake_at=Now() + FIRST_LOOK,
        lease_until=None,
        **({"sentence": why} | columns),
    )
    if won:
        chain.tell(take)
    return won


@transaction.atomic(durable=True)
def lapse(take: Take) -> bool:
    """Its lease ran out: whoever sent it is gone, and nobody knows how far that came. Never back into the queue."""
    if not Take.objects.filter(pk=take.pk, state=State.SUBMITTING, lease_until__lte=Now()).exists():
        return False
    return doubted(take, take.epoch, LAPSED)


def words(error: ProviderError) -> dict[str, Any]:
    return {
        "error_code": error.code[:120],
        "error_message": error.message[:2000],
        "sentence": error.sentence,
    }


def freed(take: Take) -> None:
    if take.connection_id:
        chain.freed(take.connection_id)
