"""One read for everybody who asks for the same at the same time, as all who watch a board do when it changes.

Views call `together` after they checked access, for what is the same whoever looks. Nothing is kept: an answer goes
only to those who had asked before its read began, so none is older than a read of one's own would have been.
"""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

from storyboard.live.hub import watching

Result = TypeVar("Result")
# They all heard of it in the same moment and come as quickly as they can: so long the first waits for the others.
GATHER = 0.02

# By what is read: the read that goes on, and the one that begins after it, which may still be joined.
running: dict[Hashable, Future[Any]] = {}
coming: dict[Hashable, Future[Any]] = {}
lock = Lock()


def together(channel: str, part: Hashable, read: Callable[[], Result]) -> Result:
    """`read` loads everything by itself, and knows of the person no more than `channel` and `part` say."""
    if connection.in_atomic_block:
        # Sees what nobody else may see yet, or no longer what everybody else sees.
        return read()
    key = (channel, part)
    with lock:
        joined, before = coming.get(key), running.get(key)
        own: Future[Result] = joined or coming.setdefault(key, Future())
    if joined is None:
        gather(channel, before)
        return lead(key, own, read)
    wait_for([own])
    # What went wrong may have been the other's alone: a connection that was lost.
    return read() if own.exception() else own.result()


def gather(channel: str, before: Future[Any] | None) -> None:
    """Others may join until the read before is over; without one, until those who watch it too have come."""
    if before is not None:
        wait_for([before])
    elif watching(channel) > 1:
        time.sleep(GATHER)


def lead(key: Hashable, own: Future[Result], read: Callable[[], Result]) -> Result:
    with lock:
        # Who asks from here on may know of something that this read does not see any more.
        del coming[key]
        running[key] = own
    try:
        own.set_result(read())
    except BaseException as error:
        own.set_exception(error)
        raise
    finally:
        with lock:
            if running.get(key) is own:
                del running[key]
    return own.result()
