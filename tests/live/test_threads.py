"""Threads go from request to request; nobody waits for somebody else's."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from storyboard.live import threads
from storyboard.live.stream import let_go
from storyboard.live.threads import KEPT, with_threads

View = Callable[[], Awaitable[Any]]


@pytest.fixture(autouse=True)
def nobody_before() -> Iterator[None]:
    threads.idle.clear()
    yield
    threads.idle.clear()


async def here() -> int:
    """The thread in which the request's sync code runs."""
    return await sync_to_async(threading.get_ident)()


async def serve(view: View) -> Any:
    found = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        found.append(await view())

    await with_threads(inner)({"type": "http"}, None, None)  # type: ignore[arg-type]
    return found[0]


def test_the_next_request_has_the_thread_of_the_one_before() -> None:
    async def run() -> None:
        assert await serve(here) == await serve(here) != threading.get_ident()

    asyncio.run(run())


def test_requests_at_the_same_time_have_a_thread_each() -> None:
    async def run() -> None:
        both = threading.Barrier(2, timeout=5)

        async def together() -> int:
            await sync_to_async(both.wait)()
            return await here()

        first, second = await asyncio.gather(serve(together), serve(together))
        assert first != second

    asyncio.run(run())


def test_a_request_has_the_same_thread_from_its_begin_to_its_end() -> None:
    async def run() -> None:
        async def twice() -> set[int]:
            return {await here(), await asyncio.create_task(here())}

        found = await asyncio.gather(*[serve(twice) for _ in range(5)])
        assert [len(each) for each in found] == [1] * 5

    asyncio.run(run())


@pytest.mark.django_db
def test_a_stream_leaves_its_thread_to_others_and_may_have_another_at_its_end() -> None:
    async def run() -> None:
        async def stream() -> int:
            own = await here()
            await let_go()
            assert await serve(here) == own
            return await here()

        assert await serve(stream) != threading.get_ident()
        assert len(set(threads.idle)) == len(threads.idle) == 2

    asyncio.run(run())


def test_a_thread_that_may_still_be_at_work_is_given_to_nobody() -> None:
    async def run() -> None:
        async def broken() -> None:
            await here()
            raise RuntimeError("The server stops.")

        with pytest.raises(RuntimeError):
            await serve(broken)
        assert not threads.idle

    asyncio.run(run())


def test_only_a_few_are_kept() -> None:
    async def run() -> None:
        await asyncio.gather(*[serve(here) for _ in range(KEPT + 5)])
        assert len(threads.idle) == KEPT

    asyncio.run(run())
