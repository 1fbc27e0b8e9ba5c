"""Every write to connections: verbs, one transaction each. Views, tasks and the sandbox call them.

A key comes in as a Secret and leaves only sealed: no audit row, job or hint ever holds it.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from storyboard.connections import addresses, keys, prices
from storyboard.connections.models import MOST_PARALLEL, Connection
from storyboard.connections.queries import GONE, connections_of
from storyboard.errors import Conflict, DomainError, Missing
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.providers.catalog import VENDOR_FILES
from storyboard.providers.secret import Secret
from storyboard.teams.actions.lock import locked, locked_by_owner
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team, User

__all__ = [
    "add",
    "ask_check",
    "delete",
    "disable",
    "edit",
    "enable",
    "heard",
    "move",
    "record_check",
    "replace_key",
    "set_budget",
    "set_prices",
]

CHECK = "storyboard.connections.tasks.check"
TOPIC = "connections"
MOST = 30
MOST_BUDGET = 1_000_000_000_000
# A second press within this time is the same wish.
PATIENCE = timedelta(seconds=5)
# Every refused take would ask for a test of its own.
HEARD = timedelta(minutes=1)
KEY_AGAIN = "The key is bound to the old address. Type it again to use it at the new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the team calls a connection, and how far it may be used; a budget of None is no limit."""

    name: str
    parallel: int = 3
    monthly_budget: int | None = None
    # Public id of another connection at the same vendor; empty is none.
    failover: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a test found; `key_changed_at` says which key was tested."""

    works: bool
    said: str
    key_changed_at: object
    balance: Decimal | None = None
    unit: str = ""


@transaction.atomic(durable=True)
def add(team: Team, *, terms: Terms, vendor: str, base_url: str, secret: Secret, by: User | None) -> Connection:
    """A new connection, tested at once. `by` is None when Lastframe itself makes one for a new team."""
    team = locked_by_owner(team, by) if by else locked(team)
    if vendor not in VENDOR_FILES:
        raise DomainError("Choose a vendor from the list.")
    if connections_of(team).count() >= MOST:
        raise Conflict(f"A team can have {MOST} connections. Delete one that you no longer use.")
    now = timezone.now()
    connection = Connection(team=team, vendor=vendor, base_url=allowed(base_url), asked_at=now, key_changed_at=now)
    settle(connection, terms)
    keys.seal(connection, secret)
    connection.save()
    enqueue(CHECK, connection.pk)
    record(Did.CONNECTION_ADDED, by=by, team=team, subject=connection.name, detail=where(connection))
    publish(team.channel, TOPIC)
    return connection


@transaction.atomic(durable=True)
def edit(connection: Connection, *, terms: Terms, by: User) -> Connection:
    found = held(connection, by)
    before = limits(found)
    settle(found, terms)
    if before == limits(found):
        return found
    found.save(update_fields=["name", "parallel", "monthly_budget", "failover"])
    detail: dict[str, object] = {"parallel": found.parallel, "monthly_budget": in_dollars(found.monthly_budget)}
    if found.failover_id != before[3]:
        detail["failover"] = found.failover.name if found.failover else "none"
    if found.name != before[0]:
        detail["before"] = before[0]
    record(Did.CONNECTION_EDITED, by=by, team=found.team, subject=found.name, detail=detail)
    publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def replace_key(connection: Connection, *, secret: Secret, base_url: str, by: User) -> Connection:
    """Another key, and another address if it is one; what the last test found says nothing about these."""
    found = held(connection, by)
    moved, now = found.base_url != base_url, timezone.now()
    found.base_url, found.key_changed_at = allowed(base_url), now
    keys.seal(found, secret)
    forget_check(found)
    found.save()
    enqueue(CHECK, found.pk)
    did = Did.CONNECTION_MOVED if moved else Did.CONNECTION_KEY_REPLACED
    record(did, by=by, team=found.team, subject=found.name, detail=where(found))
    publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def move(connection: Connection, *, base_url: str, by: User) -> Connection:
    """Another path at the same host. The key stays, and goes nowhere else: another host needs replace_key()."""
    found = held(connection, by)
    base_url = allowed(base_url)
    if addresses.origin(base_url) != addresses.origin(found.base_url):
        raise DomainError(KEY_AGAIN)
    if base_url == found.base_url:
        return found
    found.base_url = base_url
    forget_check(found)
    found.save()
    enqueue(CHECK, found.pk)
    record(Did.CONNECTION_MOVED, by=by, team=found.team, subject=found.name, detail=where(found))
    publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def set_prices(connection: Connection, *, rates: object, by: User) -> Connection:
    found = held(connection, by)
    own = prices.checked(found.vendor, rates)
    if own == found.rates:
        return found
    detail = prices.changes(found.vendor, found.rates, own)
    found.rates, found.rates_at = own, timezone.localdate() if own else None
    found.save(update_fields=["rates", "rates_at"])
    record(Did.CONNECTION_PRICED, by=by, team=found.team, subject=found.name, detail=detail)
    publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def set_budget(connection: Connection, *, micro_usd: int | None, base: int | None, by: User) -> Connection:
    """The budget for a month alone; None is no limit. `base`: the one that the person saw."""
    found = held(connection, by)
    before = found.monthly_budget
    if micro_usd is not None and not 0 <= micro_usd <= MOST_BUDGET:
        raise DomainError("A budget is an amount of dollars from 0 to 1,000,000, or none.")
    if before == micro_usd:
        return found
    if before != base:
        raise Conflict("Somebody changed this budget while your page was open. Look at it, then save again.")
    found.monthly_budget = micro_usd
    found.save(update_fields=["monthly_budget"])
    detail: dict[str, object] = {"before": in_dollars(before), "monthly_budget": in_dollars(micro_usd)}
    record(Did.CONNECTION_EDITED, by=by, team=found.team, subject=found.name, detail=detail)
    publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def ask_check(connection: Connection, *, by: User) -> Connection:
    """Have the key tested by a worker; a second press within seconds is the same test."""
    found, now = held(connection, by), timezone.now()
    if found.asked_at and found.asked_at > now - PATIENCE:
        return found
    found.asked_at = now
    found.save(update_fields=["asked_at"])
    enqueue(CHECK, found.pk)
    record(Did.CONNECTION_TESTED, by=by, team=found.team, subject=found.name)
    publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def heard(connection: Connection | None, *, ails: bool) -> bool:
    """Its vendor refused something for the account's sake, or took it. Tested again if the last test says otherwise."""
    if connection is None or connection.ails == ails:
        return False
    now = timezone.now()
    rows = connections_of(connection.team).filter(pk=connection.pk)
    due = rows.filter(Q(asked_at=None) | Q(asked_at__lte=now - HEARD))
    if not due.update(asked_at=now):
        return False
    enqueue(CHECK, connection.pk)
    publish(connection.team.channel, TOPIC)
    return True


@transaction.atomic(durable=True)
def record_check(connection: Connection, *, finding: Finding) -> None:
    """What the worker found, unless the key or the address was changed while it asked."""
    team = locked(connection.team)
    found = connections_of(team).filter(pk=connection.pk, base_url=connection.base_url).first()
    if found is None or found.key_changed_at != finding.key_changed_at:
        return
    found.checked_at, found.works, found.said = timezone.now(), finding.works, finding.said[:300]
    found.balance, found.balance_unit = finding.balance, finding.unit
    found.save(update_fields=["checked_at", "works", "said", "balance", "balance_unit"])
    detail: dict[str, object] = {"works": "yes" if finding.works else "no"}
    record(Did.CONNECTION_CHECKED, by=None, team=team, subject=found.name, detail=detail)
    publish(team.channel, TOPIC)


@transaction.atomic(durable=True)
def disable(connection: Connection, *, by: User) -> Connection:
    """Nothing new is rendered with it; what is under way is still collected."""
    found = held(connection, by)
    if found.disabled_at is None:
        found.disabled_at = timezone.now()
        found.save(update_fields=["disabled_at"])
        record(Did.CONNECTION_DISABLED, by=by, team=found.team, subject=found.name)
        publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def enable(connection: Connection, *, by: User) -> Connection:
    found = held(connection, by)
    if found.disabled_at is not None:
        found.disabled_at = None
        found.save(update_fields=["disabled_at"])
        record(Did.CONNECTION_ENABLED, by=by, team=found.team, subject=found.name)
        publish(found.team.channel, TOPIC)
    return found


@transaction.atomic(durable=True)
def delete(connection: Connection, *, by: User) -> None:
    """The key is wiped now; the row stays, because takes point at it."""
    found = held(connection, by)
    found.deleted_at, found.sealed, found.key_id, found.last_four = timezone.now(), b"", "", ""
    found.save(update_fields=["deleted_at", "sealed", "key_id", "last_four"])
    record(Did.CONNECTION_DELETED, by=by, team=found.team, subject=found.name)
    publish(found.team.channel, TOPIC)


def held(connection: Connection, by: User) -> Connection:
    """The row as it is now, for somebody who is still an owner; held until the transaction ends."""
    team = locked_by_owner(connection.team, by)
    found = connections_of(team).select_for_update().filter(pk=connection.pk).first()
    if found is None:
        raise Missing(GONE)
    found.team = team
    return found


def limits(connection: Connection) -> tuple[str, int, int | None, int | None]:
    return connection.name, connection.parallel, connection.monthly_budget, connection.failover_id


def settle(connection: Connection, terms: Terms) -> None:
    others = connections_of(connection.team).exclude(pk=connection.pk)
    if others.filter(name__iexact=terms.name).exists():
        raise Conflict(f"There is a connection called “{terms.name}” already. Choose another name.")
    if not 1 <= terms.parallel <= MOST_PARALLEL or (terms.monthly_budget or 0) < 0:
        raise DomainError(f"Between 1 and {MOST_PARALLEL} renders can run at once, and a budget is 0 or more.")
    connection.name, connection.parallel = terms.name, terms.parallel
    connection.monthly_budget = terms.monthly_budget
    connection.failover = instead(connection, terms.failover)


def instead(connection: Connection, failover: str) -> Connection | None:
    """The other account at the same vendor: the same body means the same thing there."""
    if not failover:
        return None
    others = connections_of(connection.team).filter(vendor=connection.vendor).exclude(pk=connection.pk)
    found = others.filter(public_id=failover).first()
    if found is None:
        raise DomainError("Choose another connection at the same vendor, or none.")
    return found


def allowed(base_url: str) -> str:
    """The address as it is kept; DomainError for one that may not be used."""
    if why := addresses.refusal(base_url):
        raise DomainError(why)
    return addresses.tidy(base_url)


def forget_check(connection: Connection) -> None:
    connection.asked_at, connection.checked_at, connection.works = timezone.now(), None, None
    connection.said, connection.balance, connection.balance_unit = "", None, ""


def where(connection: Connection) -> dict[str, object]:
    return {"vendor": connection.about.label, "address": connection.base_url}


def in_dollars(micro: int | None) -> str:
    return "none" if micro is None else f"${Decimal(micro) / 1_000_000:,.2f}"
