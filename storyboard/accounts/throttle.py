"""How often something may be tried, counted in the database so that every process and every restart agrees.

The adapter asks before it looks at a password.
"""

import hashlib
import math
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from django.db import transaction

from storyboard.accounts.models import Attempts

# Rows older than this are of no use to any limit.
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Limit:
    """At most so many tries in any stretch of so many seconds."""

    name: str
    most: int
    seconds: int


BAD_PASSWORDS = Limit("password", 5, 300)
SIGN_INS = Limit("address", 30, 60)


def count(limit: Limit, who: str, *, now: float | None = None) -> int:
    """Count one more try and return 0; or, when that is one too many, how many seconds to wait."""
    at = time.time() if now is None else now
    with transaction.atomic(durable=True):
        row = locked(key_of(limit, who), at)
        row.tries = [then for then in row.tries if then > at - limit.seconds]
        if len(row.tries) >= limit.most:
            return max(math.ceil(float(min(row.tries)) + limit.seconds - at), 1)
        row.tries.append(at)
        row.save(update_fields=["tries"])
    return 0


def locked(key: str, at: float) -> Attempts:
    """This key's one row, made if need be, and nobody else's until the transaction ends.

    The upsert is what locks: of any number of tries at once, in whatever process, each sees all before it.
    """
    fresh = Attempts(key=key, seen_at=at)
    Attempts.objects.bulk_create([fresh], update_conflicts=True, unique_fields=["key"], update_fields=["seen_at"])
    return Attempts.objects.get(key=key)


def give_back(limit: Limit, who: str, *, now: float) -> None:
    """Take one counted try back: it was not a bad password."""
    with transaction.atomic(durable=True):
        row = locked(key_of(limit, who), now)
        if now in row.tries:
            row.tries.remove(now)
            row.save(update_fields=["tries"])


def forget(limit: Limit, who: str) -> None:
    """The person has proved who they are by another way: start from nothing."""
    Attempts.objects.filter(key=key_of(limit, who)).delete()


def sweep(*, now: float | None = None) -> None:
    """Delete what no limit looks at any more; called when somebody signs in, which is often enough."""
    at = time.time() if now is None else now
    Attempts.objects.filter(seen_at__lt=at - KEPT_SECONDS).delete()


def key_of(limit: Limit, who: str) -> str:
    # Hashed: what is typed into a sign-in form may be anything, of any length, even a password.
    return hashlib.sha256(f"{limit.name}:{who}".encode(errors="replace")).hexdigest()


def network(ip: str) -> str:
    """Whom an address counts for: itself, but for IPv6 its /64, which one person holds as a whole."""
    address = ip_address(ip)
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network(f"{address}/64", strict=False).network_address)
