"""How long an exchange with a vendor may take, and how soon a free question is asked again.

Used by providers/http.py; tests put in short times and a clock of their own.
"""

import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from storyboard.providers.errors import ProviderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds for each wait and for the whole exchange: one byte a minute would break no single wait.

    As they stand here they are for the shell, where a person waits, and for jobs of the media cluster. A job of the
    fast cluster is killed after 60 s (settings.Q_CLUSTER), and of a killed submission nobody knows the outcome: it
    makes its client with `paid()` to submit and with `quick()` for all else, and asks a client for one thing.
    """

    # The search for the name is part of it.
    connect: float = 10
    write: float = 30
    read: float = 60
    pool: float = 5
    total: float = 90
    # A free question with all its tries and pauses: no try begins that could not end in time.
    question: float = 300

    @classmethod
    def quick(cls) -> Self:
        """For free questions in jobs of the fast cluster: whatever a vendor does, it is over after 17 s."""
        return cls(connect=3, write=3, read=8, pool=1, total=8, question=17)

    @classmethod
    def paid(cls) -> Self:
        """For a submission in a job of the fast cluster: the answer may take 50 s.

        An answer that is not waited for may have been paid for, and some vendors fetch the references before they
        answer. What is left of the job's time is for making ready and for writing down what happened.
        """
        return cls(connect=5, write=20, read=50, pool=1, total=50, question=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often and how soon a free question is asked again; a longer pause is for the queue to make."""

    times: int = 4
    first: float = 0.5
    longest: float = 20
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def pause(self, error: ProviderError, asked: int) -> float | None:
        """Seconds until the next try, or None to give up."""
        wanted = error.retry_after.total_seconds() if error.retry_after else 0
        if not error.retryable or asked >= self.times or wanted > self.longest:
            return None
        backoff = min(self.first * 2.0 ** (asked - 1), self.longest)
        # Half of it is chance, so that many waiting workers do not come back together.
        return max(wanted, backoff * (1 + self.chance()) / 2)


class Deadline:
    """Cuts the connection when the whole exchange takes too long; httpx bounds each wait, not their sum."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """httpx's trace hook: it gives away the connection as soon as there is one."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.passed:
                self._cut()

    def _pass(self) -> None:
        self.passed = True
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # Not the TLS socket's own shutdown: it drops encryption first, while the other thread may still write.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
