"""Jobs for tests only: they leave a line in the file that JOBS_TRACE names, or misbehave."""

import contextlib
import logging
import os
import signal
import time
from pathlib import Path

from storyboard.logs import request_id


def mark(word: str | int) -> None:
    trace = os.environ.get("JOBS_TRACE")
    if trace:
        with Path(trace).open("a") as file:
            file.write(f"{word} {time.time():.6f} {os.getpid()} {request_id.get()}\n")
    logging.getLogger(__name__).warning("marked %s", word)


def nothing() -> None:
    pass


def fail(word: str) -> None:
    raise RuntimeError(f"secret detail of {word}")


def work(seconds: int) -> None:
    mark(f"working-{seconds}")
    time.sleep(seconds)
    mark(f"worked-{seconds}")


def hang() -> None:
    """Swallows the alarm of the timeout, as a broad except clause would, and goes on."""
    mark("hanging")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        with contextlib.suppress(SystemExit):
            time.sleep(60)


def die() -> None:
    mark("dying")
    os.kill(os.getpid(), signal.SIGKILL)
