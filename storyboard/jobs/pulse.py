"""How a cluster shows its supervisor that it works: bytes in a pipe, sent only when something really went round.

The pusher puts a beat among the jobs, a worker runs it, the monitor acknowledges it: a lock lost anywhere on that way
stops the beats. The guard adds a byte of its own: beats also stop, rightly, while every worker is at a long job.
"""

import contextlib
import os
import time

from storyboard.jobs.packages import package

BEAT = "beat"
EVERY = 2.0
GUARD, BUSY, ROUND = b"g", b"w", b"b"


class Pulse:
    """This cluster's end of the pipe; set once, before the cluster's processes are forked."""

    cluster = ""
    instance = ""
    pipe = -1
    last = 0.0
    fresh = False  # the first pusher of a new cluster gives back what the one before it held


def start(cluster: str, instance: str, pipe: int) -> None:
    os.set_blocking(pipe, False)
    Pulse.cluster, Pulse.instance, Pulse.pipe, Pulse.fresh = cluster, instance, pipe, True


def due_beat() -> str:
    """The heartbeat's job, every two seconds, for the pusher; nothing in processes that belong to no cluster."""
    now = time.monotonic()
    if not Pulse.instance or now - Pulse.last < EVERY:
        return ""
    Pulse.last = now
    return package("storyboard.jobs.heartbeat.beat", Pulse.cluster, Pulse.instance, name="heartbeat")


def beat_came_round() -> None:
    send(ROUND)


def send(sign: bytes) -> None:
    if Pulse.pipe >= 0:
        # Full: the supervisor is slow to read, and has enough to see. Broken: it is gone, and so are we soon.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(Pulse.pipe, sign)
