"""The pinned clients, sync and async, against hostile URLs, a DNS that changes its mind, and proxies."""

import asyncio
import itertools
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest

from storyboard import addresses, pinned
from storyboard.addresses import Policy
from tests.hostile_net import SECRET, HostileNet, hostile_net
from tests.media.hostile_urls import NAMES, OUTSIDE, URLS
from tests.providers.misbehaving import Misbehaving, sends

# Plain http as well, so that it is not the scheme alone that keeps us away.
POLICY = Policy(http=True)
FAULTS = (httpx.HTTPError, httpx.InvalidURL)
INNER = [url for url in URLS if "127.0.0.1" in url or "loopback" in url]


@pytest.fixture
def net() -> Iterator[HostileNet]:
    with hostile_net(lambda name: NAMES.get(name, []), OUTSIDE) as net:
        yield net


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The safety taken out."""
    monkeypatch.setattr(Policy, "problem", lambda self, scheme, host, port: "")
    monkeypatch.setattr(addresses, "is_public", lambda address: True)


def get(url: str, policy: Policy = POLICY) -> bytes:
    with pinned.client(policy, timeout=2) as client:
        return client.get(url).content


async def get_async(url: str, policy: Policy = POLICY) -> bytes:
    async with pinned.async_client(policy, timeout=2) as client:
        return (await client.get(url)).content


def get_in_a_loop(url: str, policy: Policy = POLICY) -> bytes:
    return asyncio.run(get_async(url, policy))


WAYS = pytest.mark.parametrize("way", [get, get_in_a_loop])


def test_there_are_enough_hostile_urls() -> None:
    assert len(URLS) >= 120


@pytest.mark.parametrize("url", URLS)
def test_a_hostile_url_makes_no_connection(url: str, net: HostileNet) -> None:
    with pytest.raises(FAULTS):
        get(url)
    assert (net.attempts, net.hits) == ([], 0)


def test_no_hostile_url_makes_a_connection_in_a_loop(net: HostileNet) -> None:
    async def all_of_them() -> list[bytes | BaseException]:
        return await asyncio.gather(*(get_async(url) for url in URLS), return_exceptions=True)

    found = asyncio.run(all_of_them())
    assert [type(error) for error in found if not isinstance(error, FAULTS)] == []
    assert (net.attempts, net.hits) == ([], 0)


@pytest.mark.usefixtures("trusting")
@WAYS
def test_without_the_checks_hostile_urls_arrive(way: Callable[[str], bytes], net: HostileNet) -> None:
    for url in INNER:
        with suppress(*FAULTS):
            way(url)
    assert net.hits >= 20


@pytest.mark.parametrize("name", [name for name in NAMES if name != "public.example.com"])
def test_the_look_up_alone_keeps_a_name_from_leading_inside(
    name: str, net: HostileNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Policy, "problem", lambda self, scheme, host, port: "")
    for way in (get, get_in_a_loop):
        with pytest.raises(httpx.ConnectError) as raised:
            way(f"http://{name}/")
        assert pinned.was_refused(raised.value)
    assert (net.attempts, len(net.asked)) == ([], 2)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"])
def test_a_proxy_from_the_environment_is_not_used(name: str, net: HostileNet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:3128")
    monkeypatch.setenv("NO_PROXY", "nothing")
    for url in URLS:
        with pytest.raises(FAULTS):
            get(url)
    assert (net.attempts, net.hits) == ([], 0)
    with suppress(httpx.HTTPError), httpx.Client() as naive:
        naive.get(f"{'https' if 'https' in name.lower() else 'http'}://public.example.com/")
    assert net.hits == 1


class Rebinding:
    """Answers with a public address and a private one in turn, or with both."""

    def __init__(self) -> None:
        self.turns = itertools.count()

    def __call__(self, name: str) -> list[str]:
        turn = next(self.turns)
        if name.startswith("mixed"):
            return ["127.0.0.1", OUTSIDE] if turn % 2 else [OUTSIDE, "127.0.0.1"]
        return [OUTSIDE if turn % 2 else "127.0.0.1"]


@pytest.fixture
def rebinding() -> Iterator[HostileNet]:
    with hostile_net(Rebinding(), OUTSIDE) as net:
        yield net


@pytest.mark.parametrize("name", ["rebind.example.com", "mixed.example.com"])
@WAYS
def test_a_dns_that_changes_its_mind_never_leads_inside(
    name: str, way: Callable[[str], bytes], rebinding: HostileNet
) -> None:
    def attempt(number: int) -> None:
        with pytest.raises(httpx.ConnectError):
            way(f"http://{name}/{number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(attempt, range(1000)))
    assert (rebinding.hits, set(rebinding.attempts) - {OUTSIDE}) == (0, set())
    # Looked up once each, and every time that the answer was good the connection was tried.
    assert len(rebinding.asked) == 1000
    assert len(rebinding.attempts) == (500 if name.startswith("rebind") else 0)


def test_to_check_first_and_look_up_again_leads_inside(rebinding: HostileNet) -> None:
    socket.getaddrinfo("rebind.example.com", 80)
    assert all(addresses.is_public(str(info[4][0])) for info in socket.getaddrinfo("rebind.example.com", 80))
    with httpx.Client(trust_env=False) as naive:
        assert naive.get("http://rebind.example.com/").content == SECRET
    assert rebinding.hits == 1


def test_a_kept_client_checks_every_new_connection(rebinding: HostileNet) -> None:
    with pinned.client(POLICY, timeout=2) as client:
        for _ in range(100):
            with pytest.raises(httpx.ConnectError):
                client.get("http://rebind.example.com/")
    assert (rebinding.hits, len(rebinding.attempts)) == (0, 50)


@pytest.mark.parametrize("follow", [True, False])
def test_a_redirect_that_somebody_follows_is_checked_too(net: HostileNet, follow: bool) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    with Misbehaving(sends(moved)) as server:
        net.own.add(server.port)
        policy = Policy(hosts=frozenset({f"127.0.0.1:{server.port}"}))
        with pinned.client(policy) as client:
            if not follow:
                assert client.get(server.url).status_code == 302
            else:
                with pytest.raises(httpx.ConnectError):
                    client.get(server.url, follow_redirects=True)
        assert net.hits == 0
        assert httpx.get(server.url, follow_redirects=True, trust_env=False).content == SECRET


@pytest.mark.parametrize("backend", [pinned.Backend(POLICY), pinned.AsyncBackend(POLICY)])
def test_no_unix_socket_is_opened(backend: pinned.Backend | pinned.AsyncBackend) -> None:
    async def open_it() -> None:
        opening: Any = backend.connect_unix_socket("/var/run/docker.sock")
        await opening

    with pytest.raises(pinned.NotAdmitted):
        asyncio.run(open_it())
