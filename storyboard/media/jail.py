"""Work on a stranger's file, done in a process of its own that can do little else. Jobs of uploads and takes call it.

run("inspect", path, folder) gives a report: what the file is, or a sentence for the person who brought it.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

from pydantic import ValidationError

from storyboard.media import answer, walls
from storyboard.media.answer import Answer
from storyboard.rendering.looks import Look
from storyboard.rendering.probe import Facts

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
MB = walls.MB
# Only these can be asked for, and only those with a size of file may write: the largest picture, saved without any
# gain, fits.
LIMITS = {
    "inspect": walls.Limits(),
    "waveform": walls.Limits(),
    "poster": walls.Limits(file_size=8 * MB),
    "reencode": walls.Limits(file_size=256 * MB),
    # Every picture up to the one that is wanted is decoded, on one processor.
    "frame": walls.Limits(file_size=256 * MB, cpu_seconds=240, wall_seconds=300),
    # All of them are.
    "measure": walls.Limits(cpu_seconds=240, wall_seconds=300),
    # Ten minutes are coded afresh, which a job of the media cluster has just the time for.
    "trim": walls.Limits(file_size=1536 * MB, cpu_seconds=480, wall_seconds=500),
}
LARGEST_ANSWER = 64 * 1024
# A Python may need these to find its own parts; nothing else of our environment is handed on.
KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME")
GIVEN = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}

TOO_SLOW = "Reading this file takes too long. Please export it again, smaller or shorter, and try once more."
TOO_LARGE = "Reading this file takes too much memory. Please export it with fewer pixels and try once more."
BROKEN = "This file cannot be read safely, so it was not taken. Please open it in an editor and export it again."

# The limit of its time; and when memory runs out the system picks this process to kill.
ENDED_BY: dict[int, str] = {signal.SIGXCPU: TOO_SLOW, signal.SIGKILL: TOO_LARGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of it; with a problem the rest is empty."""

    problem: str = ""
    facts: Facts | None = None
    files: tuple[Path, ...] = ()
    peaks: tuple[int, ...] = ()
    looks: tuple[Look, ...] = ()
    # Which of the walls stood; a system may refuse some.
    walls: tuple[str, ...] = ()


def run(task: str, path: Path, folder: Path, *, options: dict[str, Any] | None = None) -> Report:
    """Wait for the task; `folder` has to be the caller's own and empty, and the files of the report lie in it."""
    limits = LIMITS[task]
    request = {"task": task, "path": str(path.absolute()), "folder": str(folder.absolute()), "options": options or {}}
    process = start(request | {"limits": asdict(limits), "parent": os.getpid()})
    try:
        said = listen(process, time.monotonic() + limits.wall_seconds)
    finally:
        end(process)
    report = read(task, said, process.returncode, folder)
    if report.walls:
        tell_once(report.walls)
    return report


def start(request: dict[str, Any]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-s", "-B", "-m", "storyboard.media.inspect_child", json.dumps(request)]
    return subprocess.Popen(  # noqa: S603 (our own program, no shell; the file's name is one argument's data)
        command,
        cwd=ROOT,
        env=GIVEN | {name: os.environ[name] for name in KEPT if name in os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def listen(process: subprocess.Popen[bytes], deadline: float) -> bytes | None:
    """All that it says until it ends; None when it does not end in time or says too much."""
    stdout = cast("IO[bytes]", process.stdout)
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while selector.select(max(0, deadline - time.monotonic())):
            part = os.read(stdout.fileno(), LARGEST_ANSWER)
            said += part
            if not part or len(said) > LARGEST_ANSWER:
                return said[: LARGEST_ANSWER + 1]
    return None


def end(process: subprocess.Popen[bytes]) -> None:
    """Leave nobody behind. The group is killed while its leader's number cannot be given to another process."""
    until = time.monotonic() + 1
    flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
    while os.waitid(os.P_PID, process.pid, flags) is None and time.monotonic() < until:
        time.sleep(0.001)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def read(task: str, said: bytes | None, code: int, folder: Path) -> Report:
    """The process has met a stranger's file: what it says is judged like a stranger's word."""
    if said is None:
        log.warning("%s was stopped: it took too long.", task)
        return Report(problem=TOO_SLOW)
    try:
        found = Answer.model_validate_json(said)
        files = tuple(answer.made(folder, name) for name in found.files)
    except (ValidationError, ValueError):
        log.warning("%s ended with %s and no answer.", task, code)
        # One that talked was perhaps killed by us, for talking too much.
        return Report(problem=BROKEN if said else ENDED_BY.get(-code, BROKEN))
    if found.crash:
        log.warning("%s stumbled: %r", task, found.crash)
    problem = found.problem or (TOO_LARGE if found.memory else BROKEN if found.crash else "")
    if problem:
        return Report(problem=problem, walls=found.walls)
    facts = found.facts.plain() if found.facts else None
    looks = tuple(Look(*one) for one in found.looks)
    return Report(facts=facts, files=files, peaks=found.peaks, looks=looks, walls=found.walls)


@cache
def tell_once(up: tuple[str, ...]) -> None:
    """A missing wall is no reason to refuse files, and every reason to say so once."""
    if walls.NAMESPACE not in up:
        rest = (
            "TCP is closed by Landlock" if walls.LANDLOCK_TCP in up else "only the lists of formats and protocols hold"
        )
        log.warning("Files are read without a network namespace, which this system refuses; %s.", rest)
    if walls.LANDLOCK not in up:
        log.warning("Files are read without Landlock, which this system lacks; other files could be read by a bug.")
