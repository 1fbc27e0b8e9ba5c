"""Finding a vendor by its name is bounded like everything else, and nothing was sent when it fails."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import pytest

from storyboard.providers import names
from storyboard.providers.base import Task
from storyboard.providers.errors import NotCreated, ProviderError, Unavailable
from tests.providers.misbehaving import Misbehaving
from tests.providers.quick import client
from tests.providers.spoken import FAKE

BODY = {"prompt": "A lighthouse"}
NAME = "vendor.example"
Rows = list[tuple[Any, ...]]


def finds(*addresses: str) -> Rows:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in addresses]


def resolve_with(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], Rows]) -> None:
    """In the place of the system's resolver, for names; connecting to an address goes through it as well."""
    system = socket.getaddrinfo

    def resolve(host: str, *args: Any, **options: Any) -> Rows:
        return answer(host) if host == NAME else list(system(host, *args, **options))

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A resolver that does not answer until the test is over; it keeps the names that it was asked for."""
    over, asked = threading.Event(), []

    def waits(host: str) -> Rows:
        asked.append(host)
        over.wait(1.5)
        raise socket.gaierror("Name or service not known")

    resolve_with(monkeypatch, waits)
    yield asked
    over.set()
    for lookup, _ in list(names._running.values()):
        lookup.exception()


def submits() -> ProviderError:
    with pytest.raises(NotCreated) as raised:
        client(f"http://{NAME}:9").submit(BODY)
    return raised.value


@pytest.mark.usefixtures("silent")
def test_a_resolver_that_is_silent_holds_up_nobody_and_nothing_was_sent() -> None:
    began = time.monotonic()
    assert submits().reason == f"ConnectTimeout: The name {NAME} was not found in time."
    assert time.monotonic() - began < 1


def test_who_asks_meanwhile_waits_for_the_same_thread(silent: list[str]) -> None:
    for _ in range(3):
        submits()
    assert (silent, list(names._running)) == ([NAME], [(NAME, 9)])


def test_a_search_that_hangs_is_begun_anew_after_a_minute(silent: list[str]) -> None:
    old = names.lookup(NAME, 9)
    names._running[NAME, 9] = old, time.monotonic() - names.STALE - 1
    assert names.lookup(NAME, 9) is names.lookup(NAME, 9) is not old
    submits()
    assert silent == [NAME, NAME]


def test_many_questions_at_once_are_held_up_no_longer(silent: list[str]) -> None:
    began = time.monotonic()
    found = asyncio.run(client(f"http://{NAME}:9").fetch_many([f"task_{number:08}" for number in range(8)]))
    assert {type(one) for one in found.values()} == {Unavailable}
    assert time.monotonic() - began < 1
    assert silent == [NAME]


@pytest.mark.usefixtures("silent")
def test_the_clock_notices_a_client_that_waits_for_the_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: as httpx does it by itself."""
    monkeypatch.setattr(names.Bounded, "connect_tcp", httpcore.SyncBackend.connect_tcp)
    with pytest.raises(AssertionError):
        test_a_resolver_that_is_silent_holds_up_nobody_and_nothing_was_sent()


@pytest.mark.parametrize("broken", [socket.gaierror("not known"), UnicodeError("label too long"), MemoryError()])
def test_a_name_that_is_not_found_created_nothing(monkeypatch: pytest.MonkeyPatch, broken: Exception) -> None:
    def fails(host: str) -> Rows:
        raise broken

    resolve_with(monkeypatch, fails)
    assert submits().reason.startswith(f"ConnectError: The name {NAME} was not found")
    assert names._running == {}


def test_a_name_without_an_address_created_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_with(monkeypatch, lambda host: finds())
    assert submits().reason == f"ConnectError: The name {NAME} has no address."


def test_the_next_address_is_tried_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Misbehaving("well behaved") as server:
        resolve_with(monkeypatch, lambda host: finds("127.0.0.2", "127.0.0.1"))
        asking = client(f"http://{NAME}:{server.port}")
        assert asking.submit(BODY) == FAKE.task_id
        found = asyncio.run(asking.fetch_many([FAKE.task_id]))[FAKE.task_id]
    assert isinstance(found, Task)
    assert all(f"host: {NAME}" in head.lower() for head in server.heads)


def test_an_address_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "lookup", None)
    with Misbehaving("well behaved") as server:
        client(server.url).submit(BODY)
    found = [names.is_address(host) for host in ("127.0.0.1", "::1", NAME, "1.2.3")]
    assert found == [True, True, False, False]


def test_each_address_has_an_even_part_of_the_time_that_is_left() -> None:
    parts = [round(seconds, 1) for _, seconds in names.shares(["a", "b", "c"], time.monotonic() + 6)]
    assert parts == [2, 3, 6]
    with pytest.raises(httpcore.ConnectTimeout):
        list(names.shares(["a"], time.monotonic()))
