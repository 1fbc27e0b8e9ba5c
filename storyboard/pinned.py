"""HTTP clients that connect only where a policy allows, for every URL that a person or a vendor gives us.

media/fetch.py downloads with one. A name is looked up once, and what was checked is connected to: whoever checks first
and lets a library look the name up again can be led elsewhere in between.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from storyboard.addresses import PORTS, Policy, unmapped
from storyboard.lookup import is_address, lookup

CONNECT = 10.0
KEPT = 5.0
# A name with more addresses is checked whole and tried in part.
TRIED = 8
FAILED = (httpcore.ConnectError, httpcore.ConnectTimeout)

# They write down whole URLs and headers: those hold signatures, and vendors quote keys back.
for noisy in ("httpx", "httpcore.http11"):
    logging.getLogger(noisy).addFilter(lambda record: False)


class NotAdmitted(httpcore.ConnectError):
    """The policy refuses the URL or an address of its host; nothing was connected to."""

    def __init__(self) -> None:
        super().__init__("not a permitted address")


def transport(
    policy: Policy, *, verify: ssl.SSLContext | None = None, until: float | None = None
) -> httpx.HTTPTransport:
    """For a client of one's own, with trust_env=False.

    until: the moment of time.monotonic() when every wait ends, however slowly the other side hands out its bytes.
    """
    return Transport(policy, verify or tls(), until)


def async_transport(policy: Policy, *, verify: ssl.SSLContext | None = None) -> httpx.AsyncHTTPTransport:
    """The same for asyncio, whose asyncio.timeout() bounds the whole."""
    return AsyncTransport(policy, verify or tls())


def client(
    policy: Policy,
    *,
    timeout: float | httpx.Timeout = CONNECT,
    verify: ssl.SSLContext | None = None,
    until: float | None = None,
) -> httpx.Client:
    """No redirects, no cookies, no proxies; timeout is for each wait."""
    return httpx.Client(transport=transport(policy, verify=verify, until=until), **options(timeout))


def async_client(
    policy: Policy, *, timeout: float | httpx.Timeout = CONNECT, verify: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=async_transport(policy, verify=verify), **options(timeout))


def options(timeout: float | httpx.Timeout) -> dict[str, Any]:
    return {
        "timeout": timeout,
        "headers": {"User-Agent": "Lastframe"},
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
        "follow_redirects": False,
        # A proxy from the environment would look the name up itself.
        "trust_env": False,
    }


def was_refused(error: BaseException) -> bool:
    """Whether httpx raised it because the policy said no, and not because nobody was there."""
    return isinstance(error.__cause__, NotAdmitted)


@cache
def tls() -> ssl.SSLContext:
    """Reading all the root certificates takes longer than most answers."""
    return httpx.create_ssl_context(trust_env=False)


class Transport(httpx.HTTPTransport):
    def __init__(self, policy: Policy, verify: ssl.SSLContext, until: float | None) -> None:
        super().__init__(verify=verify, trust_env=False)
        self.policy = policy
        self._pool = httpcore.ConnectionPool(verify, keepalive_expiry=KEPT, network_backend=Backend(policy, until))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check(self.policy, request)
        return super().handle_request(request)


class AsyncTransport(httpx.AsyncHTTPTransport):
    def __init__(self, policy: Policy, verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify, trust_env=False)
        self.policy = policy
        self._pool = httpcore.AsyncConnectionPool(verify, keepalive_expiry=KEPT, network_backend=AsyncBackend(policy))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check(self.policy, request)
        return await super().handle_async_request(request)


def check(policy: Policy, request: httpx.Request) -> None:
    """The URL as httpx has read it, so that it does not matter how anybody else would have."""
    url = request.url
    port = PORTS.get(url.scheme, 0) if url.port is None else url.port
    if url.userinfo or policy.problem(url.scheme, url.raw_host.decode("ascii"), port):
        refused = NotAdmitted()
        raise httpx.ConnectError(str(refused), request=request) from refused


class Backend(httpcore.NetworkBackend):
    """Opens every connection of a client: first ones, kept ones that closed, and redirects if somebody follows them."""

    def __init__(self, policy: Policy, until: float | None = None) -> None:
        self.policy = policy
        self.until = until
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        end = ending(timeout, self.until)
        with lookup_errors():
            found = lookup(absolute(self.policy, host, port), port).result(left(end))
        connect = partial(self.inner.connect_tcp, port=port, local_address=local_address, socket_options=socket_options)
        stream = first(admitted(self.policy, host, port, found), connect, end)
        return stream if self.until is None else Timed(stream, self.until)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise NotAdmitted


class AsyncBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        end = ending(timeout)
        with lookup_errors():
            found = await asyncio.wait_for(
                asyncio.wrap_future(lookup(absolute(self.policy, host, port), port)), left(end)
            )
        connect = partial(self.inner.connect_tcp, port=port, local_address=local_address, socket_options=socket_options)
        return await first_async(admitted(self.policy, host, port, found), connect, end)

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        raise NotAdmitted


def first(addresses: list[str], connect: Callable[..., httpcore.NetworkStream], end: float) -> httpcore.NetworkStream:
    """A connection to the first address that answers; each gets its share of the time."""
    *others, last = addresses
    for number, address in enumerate(others):
        with suppress(*FAILED):
            return connect(address, timeout=left(end) / (len(addresses) - number))
    return connect(last, timeout=left(end))


async def first_async(
    addresses: list[str], connect: Callable[..., Awaitable[httpcore.AsyncNetworkStream]], end: float
) -> httpcore.AsyncNetworkStream:
    *others, last = addresses
    for number, address in enumerate(others):
        with suppress(*FAILED):
            return await connect(address, timeout=left(end) / (len(addresses) - number))
    return await connect(last, timeout=left(end))


def admitted(policy: Policy, host: str, port: int, found: list[str]) -> list[str]:
    """All or none: who mixes a private address among public ones means us to reach it."""
    addresses = list(dict.fromkeys(unmapped(address) for address in found))
    if not addresses or not all(policy.admits(address, host, port) for address in addresses):
        raise NotAdmitted
    return addresses[:TRIED]


def absolute(policy: Policy, host: str, port: int) -> str:
    """The dot keeps the search domains of resolv.conf out; a host that the operator named may be in /etc/hosts."""
    return host if is_address(host) or policy.names(host, port) else f"{host}."


@contextmanager
def lookup_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("the name was not found in time") from error
    except (OSError, ValueError) as error:
        raise httpcore.ConnectError(f"the name was not found: {type(error).__name__}") from error


def ending(timeout: float | None, until: float | None = None) -> float:
    """When connecting must be over, on the clock of time.monotonic()."""
    end = time.monotonic() + (CONNECT if timeout is None else timeout)
    return end if until is None else min(end, until)


def left(end: float) -> float:
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise httpcore.ConnectTimeout("out of time")
    return seconds


class Timed(httpcore.NetworkStream):
    """A connection on which no wait outlasts the moment when the whole must be over."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self.inner = inner
        self.until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.wait(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.wait(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Timed(self.inner.start_tls(ssl_context, server_hostname, self.wait(timeout)), self.until)

    def close(self) -> None:
        self.inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)

    def wait(self, timeout: float | None) -> float:
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("out of time")
        return seconds if timeout is None else min(timeout, seconds)
