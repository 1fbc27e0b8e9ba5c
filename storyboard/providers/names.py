"""Finds a vendor's address by its name and connects to it, both within one bound.

providers/http.py sends through it: httpx itself waits for the system's resolver as long as that likes.
"""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

UNBOUNDED = 60.0
# A search that is older than this has hung, or was going on in the process that this one was forked from.
STALE = 60.0

_lock = threading.Lock()
_running: dict[tuple[str, int], tuple[Future[list[str]], float]] = {}


def lookup(host: str, port: int) -> Future[list[str]]:
    """The addresses of a name, found in a thread: nothing can interrupt the system's resolver.

    Who stops waiting leaves the thread behind until the resolver gives up by itself. It is a daemon, so that it keeps
    no worker from ending, and there is one for each name: whoever asks meanwhile waits for the same one.
    """
    with _lock:
        found, began = _running.get((host, port), (None, 0.0))
        if found is None or time.monotonic() - began > STALE:
            found = Future()
            # Running, so that nobody who gives up can cancel it for the others.
            found.set_running_or_notify_cancel()
            threading.Thread(target=_resolve, args=(found, host, port), daemon=True).start()
            _running[host, port] = found, time.monotonic()
    return found


def _resolve(found: Future[list[str]], host: str, port: int) -> None:
    addresses: list[str] = []
    problem: Exception | None = None
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(row[4][0]) for row in rows))
    # A name that is none (UnicodeError) as well as one that is not found: whoever waits is told.
    except Exception as error:
        problem = error
    with _lock:
        # A later search may have taken its place.
        if _running.get((host, port), (None, 0.0))[0] is found:
            del _running[host, port]
    if problem is not None:
        found.set_exception(problem)
    else:
        found.set_result(addresses)


def is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def shares(addresses: list[str], ends: float) -> Iterator[tuple[str, float]]:
    """Each address and its seconds: an even part of what is left, so that one that is silent does not use up all."""
    for index, address in enumerate(addresses):
        left = ends - time.monotonic()
        if left <= 0:
            raise httpcore.ConnectTimeout("No address answered in time.")
        yield address, left / (len(addresses) - index)


def not_found(host: str, error: Exception) -> httpcore.NetworkError | httpcore.TimeoutException:
    if isinstance(error, TimeoutError):
        return httpcore.ConnectTimeout(f"The name {host} was not found in time.")
    return httpcore.ConnectError(f"The name {host} was not found: {error}")


class Bounded(httpcore.SyncBackend):
    """Connects within `timeout`, the name and all its addresses together."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        ends = time.monotonic() + (UNBOUNDED if timeout is None else timeout)
        broken: Exception = httpcore.ConnectError(f"The name {host} has no address.")
        for address, seconds in shares(self.addresses(host, port, ends), ends):
            try:
                return super().connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                broken = error
        raise broken

    def addresses(self, host: str, port: int, ends: float) -> list[str]:
        if is_address(host):
            return [host]
        try:
            return lookup(host, port).result(ends - time.monotonic())
        except Exception as error:
            raise not_found(host, error) from error


class AsyncBounded(httpcore.AnyIOBackend):
    """The same beside other work."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        ends = time.monotonic() + (UNBOUNDED if timeout is None else timeout)
        broken: Exception = httpcore.ConnectError(f"The name {host} has no address.")
        for address, seconds in shares(await self.addresses(host, port, ends), ends):
            try:
                return await super().connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                broken = error
        raise broken

    async def addresses(self, host: str, port: int, ends: float) -> list[str]:
        if is_address(host):
            return [host]
        try:
            async with asyncio.timeout(ends - time.monotonic()):
                return await asyncio.wrap_future(lookup(host, port))
        except Exception as error:
            raise not_found(host, error) from error


def transport(verify: ssl.SSLContext) -> httpx.HTTPTransport:
    # httpx has no way to say so; tests/providers/test_names.py notices when it stops working.
    made = httpx.HTTPTransport(verify=verify, trust_env=False)
    made._pool._network_backend = Bounded()
    return made


def async_transport(verify: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    made = httpx.AsyncHTTPTransport(verify=verify, trust_env=False)
    made._pool._network_backend = AsyncBounded()
    return made
