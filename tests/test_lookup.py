"""A look-up that hangs keeps nobody waiting, and not too many of them are left behind."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest

from storyboard import lookup, pinned
from storyboard.addresses import Policy

PUBLIC = Policy()


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A resolver that hangs until it is let go."""
    over, hanging = threading.Event(), []

    def hang(*args: Any, **kwargs: Any) -> Any:
        hanging.append(threading.current_thread())
        over.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(lookup, "places", threading.BoundedSemaphore(3))
    yield over
    over.set()
    for thread in hanging:
        thread.join(5)


@pytest.mark.clock
def test_nobody_waits_longer_than_they_want(over: threading.Event) -> None:
    began = time.monotonic()
    with pytest.raises(httpcore.ConnectTimeout, match="not found in time"):
        pinned.Backend(PUBLIC).connect_tcp("slow.example.com", 443, timeout=0.1)
    with pytest.raises(httpcore.ConnectTimeout, match="not found in time"):
        pinned.Backend(PUBLIC, until=began + 0.2).connect_tcp("slow.example.com", 443, timeout=60)
    with pytest.raises(httpcore.ConnectTimeout, match="not found in time"):
        asyncio.run(pinned.AsyncBackend(PUBLIC).connect_tcp("slow.example.com", 443, timeout=0.1))
    assert time.monotonic() - began < 5


def test_only_so_many_are_left_hanging(over: threading.Event) -> None:
    left = [lookup.lookup("slow.example.com", 443) for _ in range(3)]
    with pytest.raises(TimeoutError, match="too many"):
        lookup.lookup("slow.example.com", 443).result(0)
    over.set()
    for future in left:
        with pytest.raises(socket.gaierror):
            future.result(5)
    with pytest.raises(socket.gaierror):
        lookup.lookup("slow.example.com", 443).result(5)


def test_who_stops_waiting_does_not_make_the_thread_stumble(over: threading.Event) -> None:
    found = lookup.lookup("slow.example.com", 443)
    assert not found.cancel()
    over.set()
    assert isinstance(found.exception(5), socket.gaierror)


@pytest.mark.parametrize("fault", [socket.gaierror(-2, "none"), UnicodeError("label too long"), ValueError("a null")])
def test_a_name_that_cannot_be_looked_up_is_a_connect_error(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(httpcore.ConnectError, match=f"not found: {type(fault).__name__}"):
        pinned.Backend(PUBLIC).connect_tcp("nobody.example.com", 443)


def test_an_empty_answer_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [])
    with pytest.raises(pinned.NotAdmitted):
        pinned.Backend(PUBLIC).connect_tcp("nobody.example.com", 443)


def test_an_address_is_its_own_without_asking_anybody(over: threading.Event) -> None:
    assert lookup.lookup("::1", 443).result(0) == ["::1"]
