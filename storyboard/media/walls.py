"""The walls around a process that reads a stranger's file: limits, no network, nothing to read but the file.

inspect_child.py puts them up around itself. No Django here: the child has to start at once. Where the system refuses a
wall the others stand; `up` says which do.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storyboard.media import landlock

MB = 1024 * 1024
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
CAPABILITIES_V3 = 0x20080522
NAMESPACE, LANDLOCK, LANDLOCK_TCP = "namespace", "landlock", "landlock-tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    # A 50 megapixel picture with alpha is 200 MB, and turning or converting it holds it three times.
    memory: int = 2048 * MB
    cpu_seconds: int = 20
    wall_seconds: float = 30
    # Nothing may be written by a task that only reads.
    file_size: int = 0
    open_files: int = 32


def die_with(parent: int) -> None:
    """Not a moment longer than the worker: what it asked for is of no use to anybody else."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # It may have died before the line above.
    if os.getppid() != parent:
        os._exit(1)


def lower(limits: Limits) -> None:
    """Hard limits: the process itself cannot raise them again."""
    os.nice(10)
    for name, soft, hard in (
        ("RLIMIT_AS", limits.memory, limits.memory),
        ("RLIMIT_CPU", limits.cpu_seconds, limits.cpu_seconds + 1),
        ("RLIMIT_FSIZE", limits.file_size, limits.file_size),
        ("RLIMIT_NOFILE", limits.open_files, limits.open_files),
        # No process and no thread. It counts per person, so it says nothing to root.
        ("RLIMIT_NPROC", 0, 0),
        ("RLIMIT_CORE", 0, 0),
    ):
        # macOS knows no limit on memory.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (soft, hard))
    # When memory runs out the system ends this process, and no worker.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def cut_off() -> list[str]:
    """An empty network namespace, where the system lets an ordinary process have one; then no privilege is left."""
    if sys.platform != "linux":
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    apart = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0
    drop_capabilities(libc)
    return [NAMESPACE] if apart else []


def drop_capabilities(libc: ctypes.CDLL) -> None:
    """Root's, and those that a namespace of one's own brings: the kernel's odd corners are open to them."""
    libc.capset((ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)())


def shut_in(reads: Iterable[Path], writes: Iterable[Path]) -> list[str]:
    """From here on nothing else can be opened, by native code neither; before Linux 5.13 this wall is missing."""
    version = landlock.version()
    if not version or not landlock.restrict([*libraries(), *reads], writes):
        return []
    return [LANDLOCK, LANDLOCK_TCP] if version >= landlock.KNOWS_TCP else [LANDLOCK]


def libraries() -> list[Path]:
    """Python, its packages and ours may be read, for some modules are imported late; what lies beside them may not."""
    ours = Path(__file__).parents[1]
    known = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places = {ours, *known, *(Path(place) for place in sys.path if place)}
    return [place for place in places if place.is_dir() and place.resolve() not in ours.resolve().parents]
