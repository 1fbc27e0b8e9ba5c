"""A small file for each connection, beside the database: how many claims there were. It tells of an old backup.

tasks.sending raises it before each POST; the `submissions` command reads it. A restored database knows less than it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from storyboard.connections.models import Connection
from storyboard.providers.errors import NotCreated
from storyboard.takes.actions import switch
from storyboard.takes.models import Gate

DIGITS = 20
REASON = "The database is older than what was sent through “{}”: {} requests were sent, and it knows of {}."
PAUSED = "Nothing was sent: the database is older than what was sent before. Whoever runs Lastframe must look at it."
NO_FILE = "Nothing was sent: this server cannot write into its data folder. Ask whoever runs Lastframe."


def remember(connection: Connection, sent: int) -> None:
    """Write the claim's number down for good, or NotCreated: then the POST must not be made."""
    try:
        with opened(connection) as file:
            known = number(file)
            if known < sent:
                write(file, sent)
                return
    except OSError as error:
        raise NotCreated(NO_FILE, retryable=True, reason=type(error).__name__) from None
    # A later claim may have been quicker; then the database knows of that one as well.
    if known > (in_database := counted(connection)):
        switch.pause(REASON.format(connection, known, in_database))
        raise NotCreated(PAUSED, retryable=True)


def forgotten(connection: Connection) -> int:
    """How many claims the file knows of and the database does not."""
    return max(0, known(connection) - counted(connection))


def known(connection: Connection) -> int:
    try:
        with place(connection).open("rb") as file:
            return number(file.fileno())
    except FileNotFoundError:
        return 0


def counted(connection: Connection) -> int:
    return Gate.objects.filter(connection=connection).values_list("sent", flat=True).first() or 0


def place(connection: Connection) -> Path:
    return Path(settings.DATA_DIR) / "sent" / connection.public_id


@contextmanager
def opened(connection: Connection) -> Iterator[int]:
    """The file, held by this process alone."""
    path = place(connection)
    fresh = not path.exists()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if fresh:
            keep_name(path.parent)
        yield file
    finally:
        os.close(file)


def keep_name(folder: Path) -> None:
    """A new file's name is for good only once its folder is."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def number(file: int) -> int:
    text = os.pread(file, DIGITS, 0)
    return int(text) if text.isdigit() else 0


def write(file: int, sent: int) -> None:
    os.pwrite(file, b"%0*d" % (DIGITS, sent), 0)
    os.fsync(file)
