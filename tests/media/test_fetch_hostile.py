"""Nothing inside our network is fetched: not directly, not by redirect, not with a DNS that changes its mind."""

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from storyboard.addresses import Policy
from storyboard.media import fetch as fetching
from storyboard.media.fetch import FetchError, fetch
from tests.hostile_net import SECRET, HostileNet, hostile_net
from tests.media.hostile_urls import NAMES, OUTSIDE, URLS
from tests.providers.misbehaving import Connection, Misbehaving

STATUSES = (301, 302, 303, 307, 308)
POLICY = Policy(http=True)


@pytest.fixture
def net() -> Iterator[HostileNet]:
    with hostile_net(lambda name: NAMES.get(name, []), OUTSIDE) as net:
        yield net


def try_to_fetch(url: str, to: Path, policy: Policy = POLICY) -> FetchError:
    with pytest.raises(FetchError) as raised:
        fetch(url, policy=policy, to=to / "a", most_bytes=1000, seconds=5)
    assert list(to.iterdir()) == []
    return raised.value


@pytest.mark.parametrize("policy", [Policy(), POLICY, Policy(http=True, suffixes=("example.com",))])
def test_no_hostile_url_is_fetched(policy: Policy, net: HostileNet, tmp_path: Path) -> None:
    for url in URLS:
        try_to_fetch(url, tmp_path, policy)
    assert (net.attempts, net.hits) == ([], 0)


def test_the_look_up_alone_keeps_hostile_urls_from_leading_inside(
    net: HostileNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Policy, "problem", lambda self, scheme, host, port: "")
    for url in URLS:
        try_to_fetch(url, tmp_path)
    assert (set(net.attempts), net.hits) == ({OUTSIDE}, 0)


def test_without_both_hostile_urls_lead_inside(
    net: HostileNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Policy, "problem", lambda self, scheme, host, port: "")
    monkeypatch.setattr(Policy, "admits", lambda self, address, host, port: True)
    fetch("http://127.0.0.1/", policy=POLICY, to=tmp_path / "a", most_bytes=1000, seconds=5)
    assert (tmp_path / "a").read_bytes() == SECRET


class Redirecting(Misbehaving):
    """GET /3 leads to /2, /1, /0, and from there to where it is told; every answer has another status."""

    def __init__(self) -> None:
        super().__init__(self.redirect)
        self.to = b""
        self.turns = itertools.cycle(STATUSES)

    def redirect(self, it: Connection) -> None:
        asked = re.match(rb"GET /([0-9]+) ", it.read())
        left = int(asked[1]) if asked else 0
        to = b"/%d" % (left - 1) if left else self.to
        it.send(b"HTTP/1.1 %d Moved\r\nConnection: close\r\nLocation: %s\r\n\r\n" % (next(self.turns), to))


@pytest.fixture
def server(net: HostileNet) -> Iterator[Redirecting]:
    with Redirecting() as server:
        net.own.add(server.port)
        yield server


@pytest.mark.parametrize("hop", [1, 2, 3, 4])
def test_no_redirect_leads_to_a_hostile_url(hop: int, server: Redirecting, net: HostileNet, tmp_path: Path) -> None:
    policy = Policy(http=True, hosts=frozenset({f"127.0.0.1:{server.port}"}))
    asked = 0
    for url in URLS:
        server.to = url.encode("utf-8", "replace")
        assert try_to_fetch(f"{server.url}/{hop - 1}", tmp_path, policy).message
        # Something relative, like http:/127.0.0.1/, leads back to the server.
        assert len(server.requests) - asked >= hop
        asked = len(server.requests)
    assert (net.hits, len(net.attempts)) == (0, asked)


@pytest.mark.parametrize("status", STATUSES)
def test_a_client_that_follows_is_led_inside(status: int, server: Redirecting, net: HostileNet) -> None:
    server.turns, server.to = itertools.cycle([status]), b"http://127.0.0.1/"
    found = httpx.get(f"{server.url}/3", follow_redirects=True, trust_env=False)
    assert (found.content, net.hits) == (SECRET, 1)


@pytest.mark.parametrize("hops", [4, 5, 50])
def test_three_redirects_are_enough(hops: int, server: Redirecting, tmp_path: Path) -> None:
    server.to = b"/0"
    error = try_to_fetch(f"{server.url}/{hops}", tmp_path, Policy(hosts=frozenset({f"127.0.0.1:{server.port}"})))
    assert error.message == fetching.LEADS_ON
    assert len(server.requests) == 4


@pytest.mark.parametrize("location", [b"", b"http://[", b"https://ann:secret@public.example.com/", b"http://\xff/"])
def test_a_redirect_to_nowhere_is_a_sentence(location: bytes, server: Redirecting, tmp_path: Path) -> None:
    server.to = location
    error = try_to_fetch(f"{server.url}/0", tmp_path, Policy(hosts=frozenset({f"127.0.0.1:{server.port}"})))
    assert error.message == fetching.LEADS_ON


def test_a_redirect_away_from_encryption_is_not_followed() -> None:
    policy = Policy(http=True, hosts=frozenset({"127.0.0.1:9000"}))
    for location in ("http://public.example.com/", "HTTP://public.example.com/", "http://127.0.0.1:9000/"):
        response = httpx.Response(302, headers={"location": location})
        assert fetching.moved(response, "http://public.example.com/", policy).lower() == location.lower()
        with pytest.raises(FetchError, match="leads on"):
            fetching.moved(response, "https://public.example.com/", policy)


def test_a_dns_that_changes_its_mind_never_leads_inside(tmp_path: Path) -> None:
    turns = itertools.count()

    def attempt(number: int) -> None:
        with suppress(FetchError):
            fetch(f"http://rebind.example.com/{number}", policy=POLICY, to=tmp_path / "a", most_bytes=1000, seconds=5)

    with (
        hostile_net(lambda name: [OUTSIDE if next(turns) % 2 else "10.0.0.5"], OUTSIDE) as net,
        ThreadPoolExecutor(8) as threads,
    ):
        list(threads.map(attempt, range(1000)))
    assert (net.hits, len(net.asked), net.attempts) == (0, 1000, [OUTSIDE] * 500)
    assert list(tmp_path.iterdir()) == []


def test_the_results_of_a_vendor_come_from_its_hosts_only(net: HostileNet, tmp_path: Path) -> None:
    policy = Policy(suffixes=("cdn.example.com",))
    assert "Only links to cdn.example.com" in try_to_fetch("https://public.example.com/", tmp_path, policy).message
    assert net.asked == []
