"""Finding a vendor by its name is bounded like everything else, and nothing was sent when it fails."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from storyboard.addresses import Policy
from storyboard.providers.base import Task
from storyboard.providers.errors import NotCreated, ProviderError, Unavailable
from storyboard.providers.http import Client
from storyboard.providers.secret import Secret
from tests.providers import fake
from tests.providers.misbehaving import Misbehaving
from tests.providers.quick import KEY, client
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
        # A name of the public internet is looked up with a dot at its end.
        return answer(host) if host.rstrip(".") == NAME else list(system(host, *args, **options))

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A resolver that does not answer until the test is over."""
    over = threading.Event()

    def waits(host: str) -> Rows:
        over.wait(5)
        raise socket.gaierror("Name or service not known")

    resolve_with(monkeypatch, waits)
    yield
    over.set()


def submits() -> ProviderError:
    with pytest.raises(NotCreated) as raised:
        client(f"http://{NAME}:9").submit(BODY)
    return raised.value


@pytest.mark.clock
@pytest.mark.usefixtures("silent")
def test_a_resolver_that_is_silent_holds_up_nobody_and_nothing_was_sent() -> None:
    began = time.monotonic()
    assert submits().reason.startswith("ConnectTimeout")
    assert time.monotonic() - began < 2


@pytest.mark.clock
@pytest.mark.usefixtures("silent")
def test_many_questions_at_once_are_held_up_no_longer() -> None:
    began = time.monotonic()
    found = asyncio.run(client(f"http://{NAME}:9").fetch_many([f"task_{number:08}" for number in range(8)]))
    assert {type(one) for one in found.values()} == {Unavailable}
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("broken", [socket.gaierror("not known"), UnicodeError("label too long")])
def test_a_name_that_is_not_found_created_nothing(monkeypatch: pytest.MonkeyPatch, broken: Exception) -> None:
    def fails(host: str) -> Rows:
        raise broken

    resolve_with(monkeypatch, fails)
    assert submits().reason.startswith("ConnectError")


def test_the_next_address_is_tried_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Misbehaving("well behaved") as server:
        resolve_with(monkeypatch, lambda host: finds("127.0.0.2", "127.0.0.1"))
        asking = client(f"http://{NAME}:{server.port}")
        assert asking.submit(BODY) == FAKE.task_id
        found = asyncio.run(asking.fetch_many([FAKE.task_id]))[FAKE.task_id]
    assert isinstance(found, Task)
    assert all(f"host: {NAME}" in head.lower() for head in server.heads)


def test_a_vendor_whose_name_leads_inside_is_never_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with Misbehaving("well behaved") as server:
        resolve_with(monkeypatch, lambda host: finds("127.0.0.1"))
        inside = Client(fake, f"https://{NAME}:{server.port}", Secret(KEY), policy=Policy(ports=True))
        with pytest.raises(NotCreated):
            inside.submit(BODY)
        assert isinstance(asyncio.run(inside.fetch_many([FAKE.task_id]))[FAKE.task_id], Unavailable)
        assert server.heads == []
        client(f"http://{NAME}:{server.port}").submit(BODY)
        assert len(server.heads) == 1
