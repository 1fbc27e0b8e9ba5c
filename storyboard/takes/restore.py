"""A small file for each connection, beside the database: the number of the last claim that may have gone out.

actions.sending compares at every claim, tasks.sending raises the number before each POST, `submissions` reads it.

With its gate held a claim compares, counts and commits; then its file is written, to the disk; then it POSTs. So no
file is ever ahead of its gate, and one that is tells of a database that was brought back:

- Killed before the commit: neither counts. Between commit and file: the gate is ahead by one that never went out.
  After the file: both have it, and the take is unclear or in the database's own words. Nothing is paused.
- Several at once: each has committed its number before it writes, so the file may skip numbers, and keeps the highest.
- A commit that went with the machine's power is a request that the database forgot: that does pause.
- A file that is missing, broken or in another machine's folder is behind, which says nothing. `submissions resume`
  has to run where the folder is that is ahead.
- PostgreSQL shows each statement what is committed by then: files are read first, so what others commit meanwhile
  only puts gates ahead.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db.models.functions import Coalesce

from storyboard.connections.models import Connection
from storyboard.providers.errors import NotCreated
from storyboard.takes.actions import switch
from storyboard.takes.models import Gate

DIGITS = 20
REASON = "The database is older than what was sent through “{}”: {} requests were sent, and it knows of {}."
PAUSED = "Nothing was sent: the database is older than what was sent before. Whoever runs Lastframe must look at it."
NO_FILE = "Nothing was sent: this server cannot write into its data folder. Ask whoever runs Lastframe."


class Older(Exception):
    """The database is older than the files; in words for whoever looks at the pause."""


def compare() -> None:
    """Older when any file is ahead of its gate: what that has forgotten may be sent through another connection."""
    numbers = everything()
    rows = Connection.objects.filter(public_id__in=list(numbers)).order_by("pk")
    seen = rows.values_list("public_id", "name", Coalesce("gate__sent", 0))
    if behind := [REASON.format(name, numbers[key], count) for key, name, count in seen if numbers[key] > count]:
        raise Older(" ".join(behind))


def remember(connection: Connection, sent: int) -> None:
    """Write the claim's number down for good, or NotCreated: then the POST must not be made."""
    if not sent:
        raise NotCreated(NO_FILE, retryable=True)
    try:
        before = raised(connection, sent)
    except OSError as error:
        raise NotCreated(NO_FILE, retryable=True, reason=type(error).__name__) from None
    # A later claim may have been quicker; then the database knows of that one as well. The same number has no other
    # claim of this database: it was changed for an older one after the comparison.
    if before == sent or before > counted(connection):
        switch.pause(REASON.format(connection, before, sent - 1))
        raise NotCreated(PAUSED, retryable=True)


def forgotten(connection: Connection) -> int:
    """How many claims the file knows of and the database does not."""
    return max(0, known(connection) - counted(connection))


def known(connection: Connection) -> int:
    with suppress(FileNotFoundError):
        return kept(place(connection))
    return 0


def counted(connection: Connection) -> int:
    return Gate.objects.filter(connection=connection).values_list("sent", flat=True).first() or 0


def everything() -> dict[str, int]:
    """The number in each file, by its connection's public id."""
    try:
        with os.scandir(folder()) as entries:
            paths = {entry.name: entry.path for entry in entries if entry.is_file()}
    except FileNotFoundError:
        return {}
    return {name: kept(path) for name, path in paths.items()}


def folder() -> Path:
    return Path(settings.DATA_DIR) / "sent"


def place(connection: Connection) -> Path:
    return folder() / connection.public_id


def kept(path: str | Path) -> int:
    file = os.open(path, os.O_RDONLY)
    try:
        # Not between two digits of somebody who writes.
        fcntl.flock(file, fcntl.LOCK_SH)
        return number(file)
    finally:
        os.close(file)


def raised(connection: Connection, sent: int) -> int:
    """Bring the file to this number, unless it has a higher one. The one that it had."""
    with opened(connection) as file:
        before = number(file)
        if before < sent:
            os.pwrite(file, b"%0*d" % (DIGITS, sent), 0)
        # Claims read it with their gate held, and need not wait for the disk.
        fcntl.flock(file, fcntl.LOCK_UN)
        # Also a number that another process wrote just now: this POST leans on it.
        os.fsync(file)
    return before


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
