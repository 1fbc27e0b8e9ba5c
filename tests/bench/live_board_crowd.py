"""The people of `make bench-live-board`: each has a board open, with a stream, or polls as the peer does."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

TOGETHER = 0.015  # live.js tells hints that arrive together together
POLL = 2.0
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Seat:
    """One person before one board, by the number of the board."""

    board: int
    session: str
    stream: str
    card: str
    topic: str
    bar: str


@dataclass
class Crowd:
    """What the watchers saw, in nanoseconds of the machine's clock: (board, when)."""

    port: int
    cards: list[tuple[int, int]] = field(default_factory=list)
    bars: list[tuple[int, int]] = field(default_factory=list)
    fragments: int = 0
    listening: int = 0
    # As quick as they are served, and no quicker: a burst of a thousand measures the accept queue.
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(50))

    async def open(self, path: str, seat: Seat) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: session={seat.session}\r\nHX-Request: true\r\n\r\n"
        writer.write(head.encode())
        return reader, writer

    async def get(self, path: str, seat: Seat) -> bytes:
        reader, writer = await self.open(path, seat)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{path}: {head[:60]!r}")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.fragments += 1
            return await reader.readexactly(int(length.split(b":")[1]))
        finally:
            writer.close()

    async def look(self, seat: Seat) -> bool:
        """Fetch the card; whether it shows the new state."""
        changed = b"Collecting" in await self.get(seat.card, seat)
        if changed:
            self.cards.append((seat.board, time.monotonic_ns()))
        return changed


async def listen(crowd: Crowd, seat: Seat) -> None:
    """As a page with the board does."""
    async with crowd.door:
        reader, writer = await crowd.open(seat.stream, seat)
        while b"event: hello" not in await reader.readline():
            pass
    crowd.listening += 1
    topics: set[str] = set()
    fetching: set[asyncio.Task[None]] = set()
    try:
        while line := await reader.readline():
            topic = line.removeprefix(b"data: ").strip().decode()
            if not line.startswith(b"data: ") or topic not in {seat.topic, "runs"}:
                continue
            if not topics:
                task = asyncio.create_task(fetch(crowd, seat, topics))
                fetching.add(task)
                task.add_done_callback(fetching.discard)
            topics.add(topic)
    finally:
        writer.close()


async def fetch(crowd: Crowd, seat: Seat, topics: set[str]) -> None:
    await asyncio.sleep(TOGETHER)
    told = set(topics)
    topics.clear()
    await asyncio.gather(*([crowd.look(seat)] if seat.topic in told else []), *bar(crowd, seat, told))


def bar(crowd: Crowd, seat: Seat, told: set[str]) -> list[Any]:
    async def look() -> None:
        await crowd.get(seat.bar, seat)
        crowd.bars.append((seat.board, time.monotonic_ns()))

    return [look()] if "runs" in told else []


async def poll(crowd: Crowd, seat: Seat, offset: float) -> None:
    """The peer: the card every two seconds, or as often as it is answered."""
    await asyncio.sleep(offset * POLL)
    crowd.listening += 1
    due = time.monotonic()
    while not await crowd.look(seat):
        due = max(due + POLL, time.monotonic())
        await asyncio.sleep(due - time.monotonic())


async def measure(
    crowd: Crowd, seats: Sequence[Seat], load: str, change: list[str], look: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    polls = load == "polling"
    watchers = [poll(crowd, seat, at / len(seats)) if polls else listen(crowd, seat) for at, seat in enumerate(seats)]
    tasks = [asyncio.create_task(watcher) for watcher in watchers]
    while crowd.listening < len(seats):
        broken(tasks)
        await asyncio.sleep(0.05)
    # What it cost to let everybody in is no part of what a fragment costs.
    crowd.fragments, begun = 0, (await asyncio.to_thread(look))["cpu"]
    changing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.live_board", "change", *change, stdout=subprocess.PIPE
    )
    said, _ = await changing.communicate()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and len(crowd.cards) < len(seats):
        broken(tasks)
        await asyncio.sleep(0.05)
    seen = await asyncio.to_thread(look)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {"committed": json.loads(said), **seen, "cpu": seen["cpu"] - begun}


def broken(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        if task.done() and task.exception():
            task.result()
