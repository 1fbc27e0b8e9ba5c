"""Keeps the two clusters running: starts them, restarts one that died or shows no pulse, ends all when told.

`manage.py worker` runs it. It talks to no database, so that nothing a database does keeps it from its work.
"""

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from uuid import uuid4

from django.conf import settings

from storyboard.jobs import pulse
from storyboard.jobs.lifeline import kill_tree

logger = logging.getLogger(__name__)

STALE = 8.0  # beats come every two seconds
START = 30.0  # until the first beat, on a busy machine
TURN = 0.25
QUICK_DEATH = 10.0
LONGEST_PAUSE = 5.0


def ignore_interrupts() -> None:
    # Ctrl-C reaches every process of the group at once; who is told to stop, and when, is the supervisor's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Cluster:
    """One cluster's process, the lifeline it hangs on and the pulse it shows."""

    def __init__(self, name: str) -> None:
        self.name = name
        # Kept over restarts: the next cluster of this name gives back what the dead one held.
        self.instance = uuid4().hex
        self.pause = 0.0
        self.start()

    def start(self) -> None:
        end, self.lifeline = os.pipe()
        self.pulses, sender = os.pipe()
        os.set_blocking(self.pulses, False)
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "storyboard.jobs", self.name, self.instance, str(end), str(sender)],
            cwd=settings.ROOT,
            env={**os.environ, "Q_CLUSTER_NAME": self.name, "PROCESS_ROLE": "worker"},
            pass_fds=(end, sender),
            preexec_fn=ignore_interrupts,  # noqa: PLW1509  one thread only
        )
        os.close(end)
        os.close(sender)
        self.started = time.monotonic()
        # In the future: a cluster that is still starting has until then.
        self.guarded = self.beaten = self.started + START - STALE

    def read_pulse(self) -> None:
        with contextlib.suppress(BlockingIOError):
            signs = os.read(self.pulses, 65536)
            now = time.monotonic()
            if pulse.GUARD in signs or pulse.BUSY in signs:
                self.guarded = now
            # Once the guard is up, so are the workers: no more allowance for a slow start.
            if pulse.ROUND in signs or pulse.BUSY in signs or self.beaten > now:
                self.beaten = now

    def excuse(self, seconds: float) -> None:
        self.guarded += seconds
        self.beaten += seconds

    def fault(self) -> str:
        """Why it must be started again; nothing while it is well."""
        if self.process.poll() is not None:
            return f"it ended with status {self.process.returncode}"
        if time.monotonic() - min(self.guarded, self.beaten) > STALE:
            return "it takes no jobs any more"
        return ""

    def restart(self, fault: str) -> None:
        logger.error("The %s cluster starts again: %s.", self.name, fault)
        lived = time.monotonic() - self.started
        self.pause = min(max(self.pause * 2, 0.5), LONGEST_PAUSE) if lived < QUICK_DEATH else 0.0
        self.kill()
        time.sleep(self.pause)
        self.start()

    def kill(self) -> None:
        """The process and all below it; closing the lifeline takes those whose parent is gone already."""
        if self.process.poll() is None:
            kill_tree(self.process.pid)
        os.close(self.lifeline)
        os.close(self.pulses)
        self.process.wait()


class Supervisor:
    def __init__(self, names: list[str], grace: float) -> None:
        self.names = names
        self.grace = grace
        self.signals = 0
        self.clusters: list[Cluster] = []
        self.woken, self.waker = os.pipe()

    def listen(self) -> None:
        signal.signal(signal.SIGTERM, self.tell)
        # Ignored from the start it stays so: by `serve`, which tells us itself, or by a shell's background job.
        if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
            signal.signal(signal.SIGINT, self.tell)

    def run(self) -> None:
        self.listen()
        self.clusters = [Cluster(name) for name in self.names]
        clusters = self.clusters
        try:
            while not self.signals:
                self.wait(clusters)
                for cluster in clusters:
                    if fault := self.signals == 0 and cluster.fault():
                        cluster.restart(fault)
            self.stop(clusters)
        finally:
            for cluster in clusters:
                cluster.kill()

    def tell(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        os.write(self.waker, b"!")

    def wait(self, clusters: list[Cluster]) -> None:
        before = time.monotonic()
        select.select([self.woken], [], [], TURN)
        late = time.monotonic() - before - TURN
        for cluster in clusters:
            if late > 1:  # we were stopped (Ctrl-Z) or starved, and so, likely, were they
                cluster.excuse(late)
            cluster.read_pulse()

    def stop(self, clusters: list[Cluster]) -> None:
        """Let running jobs end within the grace; a second signal ends it at once."""
        for cluster in clusters:
            with contextlib.suppress(ProcessLookupError):
                cluster.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        while self.signals == 1 and time.monotonic() < deadline:
            if until(lambda: all(cluster.process.poll() is not None for cluster in clusters)):
                break


def until(done: Callable[[], bool], turn: float = 0.05) -> bool:
    time.sleep(turn)
    return done()
