"""Where the time between a knock and the next POST goes: `make bench-chain ARGS="--part line"`, a table of medians.

A house's processes note how long each part took, by the wall and by the processor: on a busy machine they differ.
"""

import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils import timezone

# In the order of a shot's way.
PARTS = (
    ("storyboard.takes.actions.doorbell", "ring"),
    ("storyboard.takes.actions.asking", "one"),
    ("storyboard.providers.http", "Client.fetch_once"),
    ("storyboard.takes.actions.results", "told"),
    ("storyboard.takes.actions.asking", "past"),
    ("storyboard.takes.actions.collecting", "begin"),
    ("storyboard.takes.actions.results", "collected"),
    ("storyboard.takes.actions.sending", "claim"),
    ("storyboard.takes.tasks.sending", "body"),
    ("storyboard.takes.restore", "remember"),
    ("storyboard.providers.http", "Client.submit"),
    ("storyboard.takes.actions.sending", "accepted"),
    ("storyboard.live.publish", "Later.__call__"),
)


def install(folder: str) -> None:
    """In a process of the house, once the program is loaded."""
    for module, name in PARTS:
        owner: Any = import_module(module)
        *outer, last = name.split(".")
        for part in outer:
            owner = getattr(owner, part)
        setattr(owner, last, timed(getattr(owner, last), f"{module.rpartition('.')[2]}.{name}", folder))
    jobs(folder)


def jobs(folder: str) -> None:
    """How long a job waited since somebody queued it, and how long it took."""
    from django_q.signals import pre_execute

    from storyboard.jobs import run

    def begins(sender: object, task: dict[str, Any], **more: object) -> None:
        waited = (timezone.now() - task["started"]).total_seconds()
        note(folder, f"{task['name'].rpartition('.')[2]}: waits in the queue", waited, 0.0)

    pre_execute.connect(begins, weak=False)
    work = run.run

    def ran(task: str, *rest: Any) -> None:
        timed(work, f"{task.rpartition('.')[2]}: the job", folder)(task, *rest)

    run.run = ran  # type: ignore[assignment]


def timed(work: Callable[..., Any], name: str, folder: str) -> Callable[..., Any]:
    @wraps(work)
    def measured(*args: Any, **kwargs: Any) -> Any:
        began, used = time.monotonic(), time.thread_time()
        try:
            return work(*args, **kwargs)
        finally:
            note(folder, name, time.monotonic() - began, time.thread_time() - used)

    return measured


def note(folder: str, name: str, wall: float, used: float) -> None:
    with Path(folder, f"line-{os.getpid()}").open("a") as file:
        file.write(json.dumps([name, wall, used]) + "\n")


def report(folder: Path) -> None:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for file in folder.glob("line-*"):
        for text in file.read_text().splitlines():
            name, wall, used = json.loads(text)
            found[name].append((wall * 1000, used * 1000))
    print(f"{'':<44}{'times':>8}{'p50 ms':>10}{'p95 ms':>10}{'processor':>11}")
    for name, rows in sorted(found.items(), key=lambda item: -statistics.fmean(row[0] for row in item[1])):
        walls = sorted(row[0] for row in rows)
        middle, late = statistics.median(walls), walls[int(len(walls) * 0.95)]
        print(f"{name:<44}{len(rows):>8}{middle:>10.1f}{late:>10.1f}{statistics.median(row[1] for row in rows):>11.1f}")
