"""What live.py is measured against: the same server, nothing but memory behind it."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

Message = dict[str, Any]
listeners: "defaultdict[str, set[asyncio.Queue[str]]]" = defaultdict(set)


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] != "http":
        return
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    if "topic" in query:
        for queue in listeners[query["channel"]]:
            queue.put_nowait(query["topic"])
    kind = b"text/event-stream" if "topic" not in query else b"text/plain"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    if "topic" not in query:
        await stream(query["channel"], send)
    await send({"type": "http.response.body"})


async def stream(channel: str, send: Callable[[Message], Awaitable[None]]) -> None:
    queue: asyncio.Queue[str] = asyncio.Queue(100)
    listeners[channel].add(queue)
    text = "event: hello\ndata: \n\n"
    while True:
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
        text = f"event: hint\ndata: {await queue.get()}\n\n"
