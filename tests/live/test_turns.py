"""Requests take turns; threads go from one to the next."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from storyboard.live import turns
from storyboard.live.stream import let_go
from storyboard.live.turns import AT_ONCE, KEPT, Turns, in_turn

View = Callable[[], Awaitable[Any]]


@pytest.fixture(autouse=True)
def nobody_before() -> Iterator[None]:
    turns.idle.clear()
    yield
    turns.idle.clear()


async def here() -> int:
    """The thread in which the request's sync code runs."""
    return await sync_to_async(threading.get_ident)()


async def said() -> Mapping[str, Any]:
    return {"type": "http.request", "body": b""}


async def heard(message: Mapping[str, Any]) -> None:
    return None


async def serve(view: View, path: str = "/teams/") -> Any:
    found = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        found.append(await view())
        await send({"type": "http.response.start"})

    await in_turn(inner)({"type": "http", "path": path}, said, heard)
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
        assert len(set(turns.idle)) == len(turns.idle) == 2

    asyncio.run(run())


def test_a_thread_that_may_still_be_at_work_is_given_to_nobody() -> None:
    async def run() -> None:
        async def broken() -> None:
            await here()
            raise RuntimeError("The server stops.")

        with pytest.raises(RuntimeError):
            await serve(broken)
        assert not turns.idle

    asyncio.run(run())


def test_only_a_few_are_kept() -> None:
    async def run() -> None:
        await asyncio.gather(*[serve(here) for _ in range(KEPT + 5)])
        assert len(turns.idle) == KEPT

    asyncio.run(run())


async def begun(line: Turns, people: int) -> list["asyncio.Task[None]"]:
    tasks = [asyncio.create_task(line.take()) for _ in range(people)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def test_so_many_have_their_turn_and_the_next_one_has_it_when_one_is_over() -> None:
    async def run() -> None:
        line = Turns()
        tasks = await begun(line, AT_ONCE + 2)
        await asyncio.wait(tasks[:AT_ONCE])
        assert [task.done() for task in tasks[AT_ONCE:]] == [False, False]
        line.end()
        await asyncio.wait_for(tasks[AT_ONCE], 5)
        assert (tasks[-1].done(), line.busy) == (False, AT_ONCE)
        tasks[-1].cancel()

    asyncio.run(run())


def test_when_nobody_comes_to_an_end_the_next_one_goes_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)

    async def run() -> None:
        line = Turns()
        tasks = await begun(line, AT_ONCE + 2)
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        assert line.busy == AT_ONCE + 2

    asyncio.run(run())


def test_who_goes_away_while_waiting_leaves_the_line() -> None:
    async def run() -> None:
        line = Turns()
        tasks = await begun(line, AT_ONCE + 2)
        tasks[AT_ONCE].cancel()
        await asyncio.gather(tasks[AT_ONCE], return_exceptions=True)
        line.end()
        await asyncio.wait_for(tasks[-1], 5)
        assert (len(line.waiting), line.busy) == (0, AT_ONCE)

    asyncio.run(run())


def test_whoever_asks_if_it_is_alive_does_not_stand_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", 0)
    monkeypatch.setattr(turns, "PATIENCE", 60)

    async def run() -> None:
        assert await asyncio.wait_for(serve(here, "/healthz"), 5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(serve(here, "/teams/"), 0.05)

    asyncio.run(run())


def test_a_turn_is_over_before_the_answer_goes_down_a_slow_line() -> None:
    async def run() -> None:
        served, slow = asyncio.Event(), asyncio.Event()

        async def inner(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "http.response.start"})

        async def send(message: Mapping[str, Any]) -> None:
            served.set() if slow.is_set() else await slow.wait()

        application, scope = in_turn(inner), {"type": "http", "path": "/teams/"}
        tasks = [asyncio.ensure_future(application(scope, said, send)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0.01)
        await asyncio.wait_for(application(scope, said, heard), turns.PATIENCE / 2)
        slow.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())


def test_while_some_wait_for_something_else_the_others_go_on_as_quickly_as_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        line = Turns()
        monkeypatch.setattr(turns, "PATIENCE", 0.01)
        await asyncio.wait_for(asyncio.gather(*await begun(line, AT_ONCE + 1)), 5)
        monkeypatch.setattr(turns, "PATIENCE", 60)
        for task in await begun(line, 20):
            line.end()
            await asyncio.wait_for(task, 5)
        assert line.busy == AT_ONCE + 1

    asyncio.run(run())


def test_when_the_crowd_is_gone_there_are_as_many_turns_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)

    async def run() -> None:
        line = Turns()
        await asyncio.wait_for(asyncio.gather(*await begun(line, AT_ONCE + 3)), 5)
        assert line.most == AT_ONCE + 3
        for _ in range(AT_ONCE + 3):
            line.end()
        assert (line.busy, line.most) == (0, AT_ONCE)

    asyncio.run(run())
