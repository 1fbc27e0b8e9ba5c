"""Read the vendors' accounts against the takes before submissions go on: after a restore, or on an operator's word.

The `submissions` command calls these; an operator's machine may open keys.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Q

from storyboard.connections.models import Connection
from storyboard.providers.errors import ProviderError
from storyboard.takes import restore
from storyboard.takes.actions import binding, switch
from storyboard.takes.actions.binding import SKEW
from storyboard.takes.models import Orphan, State, Take
from storyboard.takes.tasks.listing import Reading, read
from storyboard.takes.tasks.reconciling import match, unclear

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Account:
    """What was found at one connection."""

    connection: Connection
    # How many requests the database does not know of, by the file beside it.
    forgotten: int = 0
    # Whether the list was read to its end.
    is_read: bool = False
    bound: int = 0
    strays: list[Orphan] = field(default_factory=list)
    # The boards whose renders were paused, because some of their shots may have been sent already.
    held: list[str] = field(default_factory=list)
    # What a person has to look at; empty when nothing is left.
    look: str = ""


def examine() -> list[Account]:
    """Every connection through which anything was sent: tasks are bound, strays kept, risky renders paused."""
    rows = Connection.objects.filter(Q(gate__sent__gt=0) | Q(pk__in=remembered())).select_related("team")
    return [examined(connection) for connection in rows.order_by("pk").distinct()]


def remembered() -> Iterable[int]:
    return [one.pk for one in Connection.objects.only("pk", "public_id") if restore.known(one)]


def examined(connection: Connection) -> Account:
    account = Account(connection=connection, forgotten=restore.forgotten(connection))
    reading = reading_of(connection)
    account.is_read = reading.complete
    since = last_sent(connection)
    for model in {take.model for take in unclear(connection)}:
        account.bound += match(connection, model, unclear(connection, model), reading)
    young = [task for task in reading.tasks.values() if task.created_at is None or task.created_at >= since]
    account.strays = binding.strays(connection, young)
    if account.forgotten or account.strays:
        account.held = [board.name for board in switch.hold_runs(connection)]
    account.look = to_look_at(account, since)
    return account


def reading_of(connection: Connection) -> Reading:
    if not connection.about.can_list:
        return Reading()
    try:
        return read(connection)
    except ProviderError as error:
        logger.info("Connection %s: %s %s %s", connection.pk, type(error).__name__, error.status, error.reason)
        return Reading()


def last_sent(connection: Connection) -> datetime:
    """Up to when the database knows what was sent; what is younger at the vendor and nobody's was forgotten."""
    latest = Take.objects.filter(connection=connection).aggregate(at=Max("sent_at"))["at"]
    return (latest or connection.created_at) - SKEW


def to_look_at(account: Account, since: datetime) -> str:
    if account.is_read:
        return ""
    about = account.connection.about
    waiting = Take.objects.filter(connection=account.connection, state__in=[*switch.UNSENT, State.UNDECIDED]).count()
    return (
        f"{account.connection} ({about.label}): its list cannot be read here. Look at {about.console_url} for tasks "
        f"made after {since:%d %B %Y, %H:%M} UTC, and cancel their shots here before you go on; {waiting} wait."
    )


def resume(accounts: Iterable[Account]) -> None:
    """Go on. What the files beside the database know, it knows again."""
    switch.resume({account.connection.pk: restore.known(account.connection) for account in accounts})
