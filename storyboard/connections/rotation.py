"""Key rotation: a new key, every row closed with it, then the old keys gone. `manage.py rotate_keys` calls it.

Rows carry the id of their key, so a rotation that was killed goes on where it stopped when it is run again.
"""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet

from storyboard.connections import keys
from storyboard.connections.models import Connection

BATCH = 50
LOST = "Its key could not be read any more and was removed. Type the vendor’s key again."


def begin() -> bool:
    """Make a new current key, unless rows still wait for the last one: then that rotation goes on. Says which."""
    # Without the lock first: where the file is read-only, an operator has added the line.
    if waiting(list(keys.read())[-1]).exists():
        return False
    with keys.alone(settings.CONNECTION_KEYS_FILE):
        known = keys.read()
        if waiting(list(known)[-1]).exists():
            return False
        fresh = secrets.token_bytes(32)
        keys.replace(known | {keys.key_id(fresh): fresh})
    return True


def waiting(current: str) -> QuerySet[Connection]:
    """Rows that are closed with another key than the current one; deleted ones have none."""
    return Connection.objects.exclude(key_id__in=["", current])


def reseal_all() -> Iterator[tuple[int, list[int]]]:
    """Go through the rows in small transactions; after each, how many were done and which could not be opened."""
    current, last = list(keys.read())[-1], 0
    while batch := list(waiting(current).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        yield reseal(batch)


@transaction.atomic(durable=True)
def reseal(batch: list[int]) -> tuple[int, list[int]]:
    done, shut = 0, []
    with keys.by_operator():
        # In order, so that two rotations at once cannot wait for each other in a circle.
        rows = Connection.objects.select_for_update().filter(pk__in=batch).exclude(key_id="").order_by("pk")
        for connection in rows:
            try:
                keys.seal(connection, keys.opened(connection))
            except keys.KeyTrouble:
                shut.append(connection.pk)
            else:
                connection.save(update_fields=["sealed", "key_id", "last_four"])
                done += 1
    return done, shut


@transaction.atomic(durable=True)
def give_up() -> int:
    """Empty the rows that no key of the file opens, so that old ones can go; their owners type the key anew."""
    emptied = 0
    with keys.by_operator():
        for connection in waiting(list(keys.read())[-1]).select_for_update().order_by("pk"):
            try:
                keys.opened(connection)
            except keys.KeyTrouble:
                connection.key_id, connection.sealed, connection.last_four = "", b"", ""
                connection.works, connection.said = False, LOST
                connection.save(update_fields=["key_id", "sealed", "last_four", "works", "said"])
                emptied += 1
    return emptied


@transaction.atomic(durable=True)
def retire() -> tuple[int, int]:
    """Take the old keys out of the file, unless a row needs them: how many were removed, how many rows are in the way.

    The lock waits for whoever is sealing now and holds off whoever comes next: see keys.hold_rotation_off().
    """
    with keys.alone(settings.CONNECTION_KEYS_FILE):
        if database.vendor == "postgresql":
            with database.cursor() as cursor:
                cursor.execute("LOCK TABLE connections_connection IN SHARE ROW EXCLUSIVE MODE")
        known = keys.read()
        current = list(known)[-1]
        if in_the_way := waiting(current).count():
            return 0, in_the_way
        keys.replace({current: known[current]})
        return len(known) - 1, 0
