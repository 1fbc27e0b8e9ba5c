"""What the worker does for connections: test one with a free question. settings.JOB_TASKS names it."""

import logging
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import urlsplit

from storyboard.connections import actions
from storyboard.connections.actions import Finding
from storyboard.connections.clients import client
from storyboard.connections.models import Connection
from storyboard.providers.errors import NotCreated, ProviderError
from storyboard.providers.http import Client

logger = logging.getLogger(__name__)
# APIMart says so of an account without a limit; from the others no number means that the answer was not theirs.
MAY_NAME_NO_NUMBER = {"apimart"}
MOST = Decimal(10) ** 13
REDIRECTS = range(300, 400)


def check(connection_id: int) -> None:
    """Ask for the balance, or for the list of tasks where there is none; a second run of the job just asks again."""
    there = Connection.objects.filter(pk=connection_id, deleted_at=None, team__deleted_at=None)
    found = there.select_related("team").first()
    if found is None:
        return
    try:
        finding = asked(found, client(found))
    except ProviderError as error:
        logger.info("Connection %s: %s %s %s", found.pk, type(error).__name__, error.status, error.reason)
        finding = no(found, sentence(found, error))
    actions.record_check(found, finding=finding)


def asked(connection: Connection, vendor: Client) -> Finding:
    if not vendor.vendor.BALANCE:
        vendor.list_tasks(size=1)
        return yes(connection, f"The key works. {connection.about.label} tells nobody its balance.")
    balance = vendor.balance()
    if balance is not None and is_sane(balance):
        return yes(connection, "The key works.", balance)
    if balance is None and connection.vendor in MAY_NAME_NO_NUMBER:
        return yes(connection, "The key works, and the account has no limit.")
    return no(connection, not_theirs(connection))


def is_sane(balance: Decimal) -> bool:
    """Anybody can be behind an address, and the column has an end."""
    return balance.is_finite() and abs(balance) < MOST


def yes(connection: Connection, said: str, balance: Decimal | None = None) -> Finding:
    unit = "" if balance is None else "credits"
    balance = balance if balance is None else round(balance, 6)
    return Finding(works=True, said=said, key_changed_at=connection.key_changed_at, balance=balance, unit=unit)


def no(connection: Connection, said: str) -> Finding:
    return Finding(works=False, said=said, key_changed_at=connection.key_changed_at)


def sentence(connection: Connection, error: ProviderError) -> str:
    """What a person can do about it. The vendor's own words stay in the log: anybody can be behind an address."""
    if isinstance(error, NotCreated):
        return error.sentence
    if error.status is None:
        host = urlsplit(connection.base_url).hostname
        return f"No answer from {host}. If the address is right, the vendor or the network is down: test again later."
    return not_theirs(connection) if error.status == HTTPStatus.OK else about(connection.about.label, error.status)


def about(label: str, status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"{label} does not accept this key. Copy it again from {label}’s console, then replace it here."
    if status == HTTPStatus.NOT_FOUND or status in REDIRECTS:
        return f"{label} does not answer at this address (HTTP {status}). Check the address."
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
        return f"{label} refused the question (HTTP {status}). Check the address and the key."
    return f"{label} has trouble just now (HTTP {status}). Test again in a few minutes."


def not_theirs(connection: Connection) -> str:
    return f"What answers at this address does not speak as {connection.about.label} does. Check the address."
