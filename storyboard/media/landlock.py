"""Linux's Landlock: a process gives up the file system and TCP by itself, without privileges. walls.py calls it.

It also binds native code, where a bug of a decoder would be used; UDP it does not know.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
KNOWS_TCP, KNOWS_SCOPES = 4, 6
READ_FILE, READ_DIR, WRITE_FILE, REMOVE_FILE, MAKE_FILE, TRUNCATE = 1 << 2, 1 << 3, 1 << 1, 1 << 5, 1 << 8, 1 << 14
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_FILE | MAKE_FILE | TRUNCATE
# How many rights on files each version knows; what is not named as handled stays allowed.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
LATEST_RIGHTS = 16


class Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def version() -> int:
    """0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(ASK_VERSION)))


def restrict(reads: Iterable[Path], writes: Iterable[Path]) -> bool:
    """Says whether it holds. no_new_privs has to be set before."""
    known = version()
    handled = (1 << RIGHTS.get(known, LATEST_RIGHTS)) - 1
    both = 0b11
    rules = Ruleset(handled, both if known >= KNOWS_TCP else 0, both if known >= KNOWS_SCOPES else 0)
    # An older kernel takes a longer structure whose unknown end is zero.
    ruleset = call(CREATE, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        held = all(allow(ruleset, path, READ & handled) for path in reads)
        held = all(allow(ruleset, path, WRITE & handled) for path in writes) and held
        return held and call(RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
    finally:
        os.close(ruleset)


def allow(ruleset: int, path: Path, rights: int) -> bool:
    if not path.is_dir():
        rights &= READ_FILE | WRITE_FILE | TRUNCATE
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = Beneath(rights, parent)
        return call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(PATH_BENEATH), ctypes.byref(rule), 0) == 0
    finally:
        os.close(parent)
