"""Vendors' keys at rest: AES-256-GCM with a key file that is not in the database. Actions seal, workers reveal.

A sealed key is bound to its team, vendor and host: copied to another row or pointed at another host, it stays shut.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection as database

from storyboard.connections.addresses import origin
from storyboard.connections.models import Connection
from storyboard.errors import DomainError
from storyboard.jobs.run import current_task
from storyboard.providers.secret import Secret

logger = logging.getLogger(__name__)
LINE = re.compile(r"[0-9a-f]{64}")
NONCE = 12
FILE_TROUBLE = (
    "The file with the connection keys cannot be used, so no vendor’s key can be read or saved. "
    "Ask whoever runs Lastframe to look at CONNECTION_KEYS_FILE."
)
FOREIGN = (
    "This connection’s key was encrypted with a key file that is not here. "
    "Type the vendor’s key again, or ask whoever runs Lastframe to bring the right CONNECTION_KEYS_FILE back."
)
_by_operator: ContextVar[bool] = ContextVar("by_operator", default=False)


class KeyTrouble(DomainError):
    """A key cannot be sealed or opened; the sentence says what to do."""

    status = 503


def key_id(key: bytes) -> str:
    """A key's name follows from the key, so that no file can call another key by it."""
    return hashlib.sha256(b"lastframe connection key" + key).hexdigest()[:12]


def read() -> dict[str, bytes]:
    """Every key by its id, oldest first; the last line of the file is the current one. Made on the first use."""
    path = settings.CONNECTION_KEYS_FILE
    try:
        if not path.exists():
            make(path)
        lines = path.read_text(encoding="ascii").split()
    except (OSError, ValueError) as error:
        logger.error("%s cannot be read: %s. Bring the file back or set CONNECTION_KEYS_FILE.", path, error)
        raise KeyTrouble(FILE_TROUBLE) from error
    if not lines or not all(LINE.fullmatch(line) for line in lines):
        logger.error("%s must hold one key a line, each 64 hexadecimal digits (openssl rand -hex 32).", path)
        raise KeyTrouble(FILE_TROUBLE)
    return {key_id(key): key for key in map(bytes.fromhex, lines)}


def make(path: Path) -> None:
    if Connection.objects.exclude(key_id="").exists():
        # A new file would hide that the old one is lost, and everything sealed with it.
        raise OSError("it is not there, but connections were encrypted with it")
    place(path)


def place(path: Path) -> None:
    """The first process makes the file, with its content, in one step; the others use what that one made."""
    fresh = written(path, [secrets.token_hex(32)])
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def written(path: Path, lines: list[str]) -> Path:
    """A file of one's own beside it, ready to take its place."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time changes the file; those that read it need not wait."""
    with open(path.with_name(f"{path.name}.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def replace(keys: dict[str, bytes]) -> None:
    """Write the whole file anew; readers see the old one or the new one."""
    path = settings.CONNECTION_KEYS_FILE
    os.replace(written(path, [key.hex() for key in keys.values()]), path)


def bound_to(connection: Connection) -> bytes:
    return json.dumps([connection.team_id, connection.vendor, origin(connection.base_url)]).encode()


def seal(connection: Connection, secret: Secret) -> None:
    """Put the key into the row, closed; the caller saves `sealed`, `key_id`, `last_four` in its transaction."""
    hold_rotation_off()
    keys = read()
    current = list(keys)[-1]
    text = secret.reveal()
    connection.key_id, connection.last_four = current, text[-4:]
    connection.sealed = closed(keys[current], text.encode(), bound_to(connection))


def closed(key: bytes, text: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, bound)


def hold_rotation_off() -> None:
    """Until this transaction ends no key is retired: between reading the file and saving the row one could be.

    Taken again by whoever takes it, refused only to retire(). On SQLite a transaction is alone anyway.
    """
    if not database.in_atomic_block:
        raise RuntimeError("seal() belongs inside the transaction of its action.")
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("LOCK TABLE connections_connection IN ROW EXCLUSIVE MODE")


def reveal(connection: Connection) -> Secret:
    """The vendor's key, for a task in a worker or a command that an operator runs; for nobody else."""
    if not (current_task.get() or _by_operator.get()):
        raise RuntimeError("A vendor's key is opened in a worker's task only.")
    try:
        return opened(connection)
    except KeyTrouble:
        # A rotation may have closed the row anew, and retired the old key, since the row was read.
        return opened(as_it_is_now(connection))


def as_it_is_now(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def opened(connection: Connection) -> Secret:
    key = read().get(connection.key_id)
    if key is None:
        logger.error("Connection %s: its key was sealed with %s, not in the file.", connection.pk, connection.key_id)
        raise KeyTrouble(FOREIGN)
    box = bytes(connection.sealed)
    try:
        text = AESGCM(key).decrypt(box[:NONCE], box[NONCE:], bound_to(connection))
    except (InvalidTag, ValueError) as error:
        logger.error("Connection %s: its key does not open for this team, vendor and address.", connection.pk)
        raise KeyTrouble(FOREIGN) from error
    return Secret(text.decode())


@contextlib.contextmanager
def by_operator() -> Iterator[None]:
    """For management commands: whoever runs them can read the key file anyway."""
    token = _by_operator.set(True)
    try:
        yield
    finally:
        _by_operator.reset(token)
