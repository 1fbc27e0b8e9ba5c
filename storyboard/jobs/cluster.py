"""One cluster: the process that keeps a pusher, the workers and a monitor alive. The supervisor starts it as a program.

django-q2's Sentinel with another guard: it shows a pulse, it obeys its supervisor's lifeline, and it gives up at once
when a process was killed that may have held a queue's lock: an idle worker, the pusher, the monitor.
"""

import contextlib
import gc
import multiprocessing
import os
import select
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable
from importlib import import_module
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.db import connections
from django_q.brokers import get_broker
from django_q.cluster import Sentinel
from django_q.worker import worker

from storyboard.jobs import pulse
from storyboard.jobs.heartbeat import show_busy
from storyboard.jobs.lifeline import die_with_parent, tie

CYCLE = 0.5
SHOW_BUSY = 3.0
IDLE, RECYCLED, EXPIRED = -1, -2, 0
# Little: between a clip and its follower's request lies a job of media. What decodes is ten nicer still (media/walls).
NICE = {"media": 3}
GAVE_UP = 70
FORK = multiprocessing.get_context("fork")


def main(cluster: str, instance: str, lifeline: int, pipe: int) -> None:
    # No lifeline thread here: this process forks, and the guard watches the pipe anyway.
    die_with_parent()
    os.nice(NICE.get(cluster, 0))
    pulse.start(cluster, instance, pipe)
    load(cluster)
    Guarded(cluster, lifeline).run()


def load(cluster: str) -> None:
    """What its workers will run, once for all of them; and none of it is searched for garbage in each of them again."""
    for task, runs_it in settings.JOB_TASKS.items():
        if runs_it == cluster:
            import_module(task.rpartition(".")[0])
    gc.collect()
    gc.freeze()


def tied(lifeline: int, target: Callable[..., None], args: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tie(lifeline)
    target(*args)


class Guarded(Sentinel):
    def __init__(self, cluster: str, lifeline: int) -> None:
        # No other process looks at these two, so plain events do, and a signal handler may not be caught in them.
        super().__init__(threading.Event(), threading.Event(), uuid.uuid4(), get_broker(cluster), start=False)
        self.lifeline = lifeline
        self.shown = time.monotonic()
        self.told_to_stop, self.teller = os.pipe()

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.tell)
        self.start()

    def tell(self, number: int, frame: FrameType | None) -> None:
        os.write(self.teller, b"stop")

    def spawn_process(self, target: Callable[..., None], *args: Any) -> BaseProcess:
        process = FORK.Process(target=tied, args=(self.lifeline, target, args), daemon=True)
        if target is worker:
            process.timer = args[2]  # type: ignore[attr-defined]  # where django-q2 keeps it
            self.pool.append(process)
        process.start()
        return process

    def guard(self) -> None:
        self.start_event.set()
        pulse.Pulse.fresh = False
        while not self.wait_for_orders():
            for process in list(self.pool):
                self.look_after(process)
            for process in (self.pusher, self.monitor):
                if not process.is_alive():
                    self.replace(process)
            # Read without its lock, which a worker that is killed just now may hold for good.
            self.show_pulse(busy=all(process.timer.get_obj().value > 0 for process in self.pool))
        self.stop_event.set()
        self.stop()

    def show_pulse(self, *, busy: bool) -> None:
        pulse.send(pulse.BUSY if busy else pulse.GUARD)
        if not busy:
            self.shown = time.monotonic()
        elif time.monotonic() - self.shown > SHOW_BUSY:
            show_busy(pulse.Pulse.cluster, pulse.Pulse.instance)
            self.shown = time.monotonic()

    def wait_for_orders(self) -> bool:
        """Wait one turn of the guard; true when it is time to stop in good order."""
        ready, _, _ = select.select([self.told_to_stop, self.lifeline], [], [], CYCLE)
        if self.lifeline in ready:
            self.give_up("the supervisor is gone")
        return bool(ready)

    def look_after(self, process: Any) -> None:
        is_alive = process.is_alive()
        if not process.timer.acquire(timeout=CYCLE):
            if is_alive:
                # It hands over a result, and slowly, because others want the processor.
                return None
            self.give_up("a worker died while it handed over a result")
        if not is_alive:
            at_work = process.timer.value > 0
            process.timer.release()
            return self.replace(process, at_work=at_work)
        try:
            if process.timer.value > 0:
                process.timer.value = max(process.timer.value - CYCLE, EXPIRED)
            expired = process.timer.value == EXPIRED
        finally:
            process.timer.release()
        if expired:
            self.replace(process, at_work=True)
            # The task swallowed the alarm, or sits in code that no alarm reaches: SIGTERM would fare no better.
            process.kill()
        return None

    def replace(self, process: Any, *, at_work: bool = False) -> None:
        if process.exitcode is not None and process.exitcode < 0 and not at_work:
            self.give_up(f"a process was killed by signal {-process.exitcode} and may have held a queue's lock")
        self.reincarnate(process)

    def give_up(self, reason: str) -> NoReturn:
        """Leave with everything below us; the supervisor, if there is one, starts a fresh cluster."""
        with contextlib.suppress(OSError):
            sys.stderr.write(f"The {self.broker.list_key} cluster starts again: {reason}.\n")
        for process in (self.pusher, self.monitor, *self.pool):
            if process is not None and process.is_alive():
                process.kill()
        connections.close_all()
        os._exit(GAVE_UP)
