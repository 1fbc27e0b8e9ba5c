"""A network that is against us: a DNS that lies, and one listener that every connection to a private address ends at.

`with hostile_net() as net:` replaces getaddrinfo and connect; net.hits counts what the listener accepted.
"""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

SECRET = b"the inner secret"
Names = Callable[[str], list[str]]


class HostileNet:
    def __init__(self, names: Names, outside: frozenset[str]) -> None:
        self.names = names
        # Nothing leaves this machine: there nobody answers.
        self.outside = outside
        # Servers of the test itself, which may be connected to.
        self.own: set[int] = set()
        self.hits = 0
        self.port = 0
        self.attempts: list[str] = []
        self.asked: list[str] = []
        self._connect = socket.socket.connect
        self._getaddrinfo = socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if not is_address(host):
            self.asked.append(host)
        found = [info for address in self.addresses(host) for info in self._getaddrinfo(address, port, *args, **kwargs)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "nobody of that name")
        return found

    def addresses(self, host: str) -> list[str]:
        """What the C library would make of it, too: it reads 127.1 and 0x7f000001 as addresses."""
        name = host.removesuffix(".")
        if is_address(host):
            return [host]
        with contextlib.suppress(OSError, UnicodeError, ValueError):
            return [socket.inet_ntoa(socket.inet_aton(name))]
        return self.names(name)

    def connect(self, channel: socket.socket, address: Any) -> None:
        if channel.family not in {socket.AF_INET, socket.AF_INET6}:
            return self._connect(channel, address)
        self.attempts.append(address[0])
        if address[0] in self.outside:
            raise ConnectionRefusedError
        if address[1] in self.own:
            return self._connect(channel, address)
        inside = "127.0.0.1" if channel.family == socket.AF_INET else "::ffff:127.0.0.1"
        return self._connect(channel, (inside, self.port))

    def listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                channel, _ = listener.accept()
                self.hits += 1
                with channel, contextlib.suppress(OSError):
                    channel.settimeout(2)
                    channel.recv(65536)
                    channel.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(SECRET), SECRET))


def is_address(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False


@contextlib.contextmanager
def hostile_net(names: Names, outside: str) -> Iterator[HostileNet]:
    net = HostileNet(names, frozenset({outside}))
    listener = socket.create_server(("127.0.0.1", 0))
    net.port = listener.getsockname()[1]
    thread = threading.Thread(target=net.listen, args=(listener,), daemon=True)
    thread.start()

    def connect(channel: socket.socket, address: Any) -> None:
        net.connect(channel, address)

    hooks = patch.object(socket, "getaddrinfo", net.getaddrinfo), patch.object(socket.socket, "connect", connect)
    try:
        with hooks[0], hooks[1]:
            yield net
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
