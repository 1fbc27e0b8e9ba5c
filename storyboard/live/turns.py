"""Requests take turns, and each leaves its thread to the next: a new one begins without a connection to the database.

asgi.py wraps the application in it; whoever streams gives the thread back meanwhile (stream.let_go).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import SyncToAsync, ThreadSensitiveContext

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# As many as PostgreSQL's pool has connections. When a thousand pages hear of a change, more threads than that would
# only take the processor from one another, and wait for a connection until that is an error.
AT_ONCE = 10
# An answer that is being sent still has its thread when the next request begins.
KEPT = 2 * AT_ONCE
# So long nobody comes to an end before one more than that is let in.
PATIENCE = 0.1
# Those who ask whether the process is alive, and vendors, do not wait in a long line.
AHEAD = ("/healthz", "/readyz", "/hooks/")

P = ParamSpec("P")
Result = TypeVar("Result")
idle: deque[Executor] = deque()


class Turns:
    """Who is worked on, and who waits for it in the order in which they came. Lives on the event loop's thread."""

    def __init__(self) -> None:
        self.busy = 0
        # More, while all who are worked on wait for something else.
        self.most = AT_ONCE
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.moved = 0.0
        self.timer: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        if self.busy < self.most:
            self.call()
        else:
            self.watch()
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self.waiting:
                self.waiting.remove(turn)
            elif not turn.cancelled():
                self.end()
            raise

    def call(self) -> None:
        """The next one who is still there goes on."""
        self.moved = time.monotonic()
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                self.busy += 1
                turn.set_result(None)
                break

    def watch(self) -> None:
        if self.timer is None:
            self.timer = asyncio.get_running_loop().call_later(PATIENCE, self.look)

    def look(self) -> None:
        """When they all wait for something else than for one another, nobody here has to wait for that as well."""
        self.timer = None
        if self.waiting:
            if time.monotonic() - self.moved >= PATIENCE:
                self.most = self.busy + 1
                self.call()
            self.watch()

    def end(self) -> None:
        self.busy -= 1
        self.moved = time.monotonic()
        if self.busy < AT_ONCE:
            self.most = AT_ONCE
        if self.busy < self.most:
            self.call()


class Lent(Executor):
    """A request's own thread, from when it first needs one."""

    def __init__(self) -> None:
        self.thread: Executor | None = None

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        if self.thread is None:
            self.thread = idle.pop() if idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        return self.thread.submit(fn, *args, **kwargs)


class Visit:
    """One request: it has its turn from when its body is here until its answer is ready. A slow line stops nobody."""

    def __init__(self, turns: Turns, receive: Receive, send: Send) -> None:
        self.turns, self.inner_receive, self.inner_send = turns, receive, send
        self.begun = self.has_turn = False

    async def receive(self) -> Message:
        message = await self.inner_receive()
        if not self.begun and message["type"] == "http.request" and not message.get("more_body"):
            self.begun = True
            await self.turns.take()
            self.has_turn = True
        return message

    async def send(self, message: Message) -> None:
        self.end()
        await self.inner_send(message)

    def end(self) -> None:
        if self.has_turn:
            self.has_turn = False
            self.turns.end()


def in_turn(inner: Application) -> Application:
    """The same application. Django alone would start two threads for each request, one of them to end the other."""
    turns = Turns()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        visit = Visit(turns, receive, send)
        async with ThreadSensitiveContext(executor=Lent()) as context:
            try:
                await (inner(scope, receive, send) if ahead(scope) else inner(scope, visit.receive, visit.send))
                # Not when it was broken off: then its thread may still be at work, and ends by itself.
                give_back(context)
            finally:
                visit.end()

    return application


def ahead(scope: Scope) -> bool:
    return bool(scope["path"].startswith(AHEAD))


def give_back(context: ThreadSensitiveContext) -> None:
    """What the request still does in a thread, it does in another."""
    found = SyncToAsync.context_to_thread_executor.pop(context, None)
    thread = found.thread if isinstance(found, Lent) else found
    if thread is not None and len(idle) < KEPT:
        idle.append(thread)
    elif thread is not None:
        thread.shutdown(wait=False)
