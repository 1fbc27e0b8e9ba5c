"""One read for everybody who asks for the same at the same time, as all who watch a board do when it changes.

Views call `together` after they checked access, for what is the same whoever looks. Nothing is kept: an answer goes
only to those who had asked before its read began, so none is older than a read of one's own would have been.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from threading import Event, Lock
from typing import Any, TypeVar

from django.db import connection

from storyboard.live.hub import watching
from storyboard.live.turns import AT_ONCE

Result = TypeVar("Result")
# All who watch heard of it in the same moment and come as quickly as they can: so long the first waits for the others.
GATHER = 0.05
# No more than these: of those who have their turn, half ask for another part.
EXPECTED = AT_ONCE // 2


class Round:
    """One read and those who get what it finds."""

    def __init__(self) -> None:
        self.found: Future[Any] = Future()
        self.joined = 0
        self.all_here = Event()

    def join(self, expected: int) -> None:
        self.joined += 1
        if self.joined >= expected:
            self.all_here.set()


# By what is read: the read that goes on, and the one that begins after it, which may still be joined.
running: dict[Hashable, Round] = {}
coming: dict[Hashable, Round] = {}
lock = Lock()


def together(channel: str, part: Hashable, read: Callable[[], Result]) -> Result:
    """`read` loads everything by itself, and knows of the person no more than `channel` and `part` say."""
    if connection.in_atomic_block:
        # Sees what nobody else may see yet, or no longer what everybody else sees.
        return read()
    key = (channel, part)
    with lock:
        joined, before = coming.get(key), running.get(key)
        own = joined or coming.setdefault(key, Round())
        own.join(min(EXPECTED, watching(channel)))
    if joined is None:
        gather(own, before)
        return lead(key, own, read)
    wait_for([own.found])
    # What went wrong may have been the other's alone: a connection that was lost.
    result: Result = read() if own.found.exception() else own.found.result()
    return result


def gather(own: Round, before: Round | None) -> None:
    """Others may join until the read before is over; without one, until those who watch it too have come."""
    if before is not None:
        wait_for([before.found])
    else:
        own.all_here.wait(GATHER)


def lead(key: Hashable, own: Round, read: Callable[[], Result]) -> Result:
    with lock:
        # Who asks from here on may know of something that this read does not see any more.
        del coming[key]
        running[key] = own
    try:
        result = read()
        own.found.set_result(result)
    except BaseException as error:
        own.found.set_exception(error)
        raise
    finally:
        with lock:
            if running.get(key) is own:
                del running[key]
    return result
