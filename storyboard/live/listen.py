"""Where the hub's hints come from: LISTEN on PostgreSQL, a short poll of the events table on SQLite.

hub.py starts `listen` once per process. After every start it asks where the open channels stand, so that nothing
which was published before it listened is lost.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections

from storyboard.live import queries
from storyboard.live.publish import NOTIFY

POLL = 0.05
RETRY = 0.5
ASK = 15.0

Result = TypeVar("Result")
logger = logging.getLogger(__name__)
threads = ThreadPoolExecutor(4, thread_name_prefix="live")


class Receiver(Protocol):
    def deliver(self, channel: str, number: int, topic: str) -> None: ...

    def channels(self) -> list[str]: ...


async def in_thread(work: Callable[..., Result], *args: Any) -> Result:
    """Run a query on one of a few threads of our own: streams are many, and each may hold neither thread nor line."""

    def call() -> Result:
        try:
            return work(*args)
        finally:
            # Back to the pool on PostgreSQL; on SQLite it stays open, because opening costs more than the question.
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(threads, call)


async def listen(hub: Receiver) -> None:
    """Deliver hints for as long as the process lives, whatever happens to the database."""
    source = notified if connection.vendor == "postgresql" else polled
    while True:
        try:
            await source(hub)
        except (psycopg.Error, DatabaseError, InterfaceError, OSError) as error:
            logger.warning("Live updates lost the database and will try again: %s", str(error).strip())
        except Exception:
            # The only listener there is: whatever this was, going on without it would leave every page deaf.
            logger.exception("Live updates stumbled and will try again.")
        await asyncio.sleep(RETRY)


async def catch_up(hub: Receiver) -> None:
    for channel, number in (await in_thread(queries.positions, hub.channels())).items():
        hub.deliver(channel, number, "")


async def notified(hub: Receiver) -> None:
    async with await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as listener:
        await listener.execute(f"LISTEN {NOTIFY}")
        await catch_up(hub)
        while True:
            async for notice in listener.notifies(timeout=ASK):
                channel, number, topic = notice.payload.split(" ")
                hub.deliver(channel, int(number), topic)
            # A database that went away without a word leaves us waiting for ever: so ask now and then.
            async with asyncio.timeout(ASK):
                await listener.execute("SELECT 1")


def parameters() -> dict[str, Any]:
    found = connection.get_connection_params()
    wanted = {key: value for key, value in found.items() if key not in {"cursor_factory", "context"}}
    # A name of its own, so that an operator sees who holds this connection.
    name = f"{wanted.get('application_name', 'lastframe')} live"
    return {**wanted, "application_name": name, "connect_timeout": 5}


async def polled(hub: Receiver) -> None:
    # Its own thread, with a connection that stays open: opening one costs more than the question.
    poller = ThreadPoolExecutor(1, thread_name_prefix="live-poll")
    loop = asyncio.get_running_loop()
    try:
        newest = await loop.run_in_executor(poller, queries.newest_event)
        await catch_up(hub)
        while True:
            await asyncio.sleep(POLL)
            if not hub.channels():
                continue
            # Few at a time, well under a seat's queue: a stream that keeps up is never closed for a burst.
            for event_id, channel, number, topic in await loop.run_in_executor(poller, queries.events_since, newest):
                hub.deliver(channel, number, topic)
                newest = event_id
    finally:
        poller.submit(connections.close_all)
        poller.shutdown(wait=False)
