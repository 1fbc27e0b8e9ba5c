"""A host's addresses, looked up in a thread of its own, so that whoever asks can stop waiting.

pinned.py asks for each new connection. The system's resolver takes no timeout and cannot be told to stop.
"""

import socket
import threading
from concurrent.futures import Future
from ipaddress import ip_address

# Threads that hang in the resolver are left behind; with so many of them nothing more is asked.
MOST = 100
places = threading.BoundedSemaphore(MOST)


def lookup(name: str, port: int) -> Future[list[str]]:
    """Its addresses, later; an address is its own. OSError or ValueError is raised where the result is waited for."""
    found: Future[list[str]] = Future()
    found.set_running_or_notify_cancel()  # from now on nobody can cancel it and make the thread stumble
    if is_address(name):
        found.set_result([name])
    elif places.acquire(blocking=False):
        # A daemon: one that hangs must not keep the program from ending.
        threading.Thread(target=resolve, args=(found, name, port), daemon=True).start()
    else:
        found.set_exception(TimeoutError("too many names are being looked up"))
    return found


def resolve(found: Future[list[str]], name: str, port: int) -> None:
    try:
        addresses = [str(info[4][0]) for info in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    # Everything, because it is raised again where somebody waits.
    except Exception as error:
        places.release()
        found.set_exception(error)
    else:
        places.release()
        found.set_result(addresses)


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
