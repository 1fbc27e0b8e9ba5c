"""No process outlives the one that started it, however that one died.

A lifeline is a pipe whose writing end only the parent holds: when the parent is gone, even by SIGKILL, it closes.
`tie()` is called in our own children; `python -m storyboard.jobs.lifeline <fd> <module> <args>` ties any program.
"""

import contextlib
import ctypes
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path

PR_SET_PDEATHSIG = 1


def tie(pipe: int) -> None:
    """Die with the parent: by Linux's own signal where there is one, and by a thread that waits at the pipe."""
    die_with_parent()
    threading.Thread(target=wait_for_end, args=(pipe,), daemon=True, name="lifeline").start()


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for_end(pipe: int) -> None:
    while os.read(pipe, 64):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def kill_tree(root: int) -> None:
    """Kill a process and all below it; the root first, so that it starts no others."""
    below = descendants(root)
    for pid in (root, *below):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def descendants(root: int) -> list[int]:
    children = defaultdict(list)
    for pid, parent in processes():
        children[parent].append(pid)
    found: list[int] = []
    todo = [root]
    while todo:
        below = children[todo.pop()]
        found += below
        todo += below
    return found


def processes() -> list[tuple[int, int]]:
    """Every process with its parent: from /proc, or from ps where there is none."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)  # noqa: S607
        return [(int(pid), int(parent)) for pid, parent in (line.split() for line in listed.stdout.splitlines())]
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold spaces; what follows the last bracket is state and parent.
            found.append((int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])))
    return found


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
