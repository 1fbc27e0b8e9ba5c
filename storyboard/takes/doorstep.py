"""In front of the doorbells: what is no short, honest and quick POST goes away before Django reads any of it.

asgi.py wraps the whole application in it. Django would take a body of any length to disk, however slowly it comes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/hooks/"
MOST_BYTES = 256 * 1024
# For the whole body. The strictest vendor waits five seconds for the answer itself.
SECONDS = 4.0


def guarded(inner: Application) -> Application:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await inner(scope, receive, send)
            return
        found = refusal(scope) or await body(receive)
        if isinstance(found, HTTPStatus):
            await refuse(send, found)
        else:
            await inner(scope, replayed(found, receive), send)

    return application


def refusal(scope: Scope) -> HTTPStatus | None:
    """What the head of the request alone rules out."""
    if scope["method"] != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    heads = [(name.lower(), value) for name, value in scope["headers"]]
    lengths = [value for name, value in heads if name == b"content-length"]
    if len(lengths) != 1 or any(name == b"transfer-encoding" for name, _ in heads):
        return HTTPStatus.LENGTH_REQUIRED
    return wrong_length(lengths[0].decode("latin-1"))


def wrong_length(text: str) -> HTTPStatus | None:
    """A long row of digits is a length too, and too long."""
    if not (text.isascii() and text.isdigit()):
        return HTTPStatus.BAD_REQUEST
    is_short = len(text) <= len(str(MOST_BYTES)) and int(text) <= MOST_BYTES
    return None if is_short else HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def body(receive: Receive) -> bytes | HTTPStatus:
    """All of it in time, and never more than the limit whatever the head said."""
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(SECONDS):
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    return HTTPStatus.BAD_REQUEST
                chunks.append(message.get("body", b""))
                size, more = size + len(chunks[-1]), message.get("more_body", False)
                if size > MOST_BYTES:
                    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT
    return b"".join(chunks)


def replayed(found: bytes, receive: Receive) -> Receive:
    """The same messages again: the body in one piece, then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": found, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def refuse(send: Send, status: HTTPStatus) -> None:
    """The connection ends with it: what is left of the body must not become the next request."""
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append((b"allow", b"POST"))
    text = b'{"ok": false}'
    await send({"type": "http.response.start", "status": int(status), "headers": [*headers, length(text)]})
    await send({"type": "http.response.body", "body": text})


def length(text: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(text)).encode()
