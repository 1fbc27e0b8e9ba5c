"""Who calls, and who looks: a listener on loopback and a folder under inotify. Tests of the jail set them as bait."""

import contextlib
import ctypes
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_OPEN, IN_ACCESS, IN_NONBLOCK = 0x20, 0x1, 0o4000


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address, and what was said to it so far."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server, calls), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        # Closing alone does not wake accept().
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def answer(server: socket.socket, calls: list[bytes]) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = server.accept()
            with caller:
                caller.settimeout(2)
                calls.append(b"")
                calls[-1] = caller.recv(1000)


@contextmanager
def watched(*paths: Path) -> Iterator[int]:
    """The descriptor that `looks` reads: each opening of one of the files leaves its mark."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = int(libc.inotify_init1(IN_NONBLOCK))
    assert descriptor >= 0
    for path in paths:
        assert libc.inotify_add_watch(descriptor, os.fsencode(path), IN_OPEN | IN_ACCESS) >= 0
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def looks(descriptor: int) -> int:
    """How many bytes of marks there are."""
    try:
        return len(os.read(descriptor, 65536))
    except BlockingIOError:
        return 0
