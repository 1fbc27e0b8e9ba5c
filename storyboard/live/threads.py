"""A thread for each request, kept for the next one: a new one begins without a connection to the database.

asgi.py wraps the application in it; whoever streams gives the thread back meanwhile (stream.let_go).
"""

from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# As many as PostgreSQL's pool has connections. On SQLite each keeps its own, with all it has read of the schema.
KEPT = 10
idle: deque[Executor] = deque()
lent = SyncToAsync.context_to_thread_executor


def with_threads(inner: Application) -> Application:
    """The same application; Django would start two threads for each request, one of them to end the other."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        thread = idle.pop() if idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        async with ThreadSensitiveContext(executor=thread) as context:
            await inner(scope, receive, send)
            # Not when it was broken off: then its thread may still be at work, and ends by itself.
            give_back(context)

    return application


def give_back(context: ThreadSensitiveContext) -> None:
    """What the request still does in a thread, it does in the next."""
    thread = lent.pop(context, None)
    if thread is not None and len(idle) < KEPT:
        idle.append(thread)
    elif thread is not None:
        thread.shutdown(wait=False)
