"""Server-sent events: hints without content, numbered, so that a browser which was away resumes where it was.

Async views call `respond` after they loaded what the channel belongs to:

    return await respond(request, channel=team.channel, user=user, allowed=partial(team_for, user, team_id))

The browser's side is static/js/live.js, which says what a page writes. What it is sent:

    hello     first; its id is where the stream starts (`?after=`, or Last-Event-ID, or now)
    hint      data: a topic; id: its number in the channel
    resync    too much was missed: fetch everything again
    beat      every TICK seconds: the line is alive
    gone      the person lost access, or signed out: do not come back
    replaced  the person opened too many others: come back when somebody looks at this one
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from importlib import import_module

from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpRequest, StreamingHttpResponse

from storyboard.errors import DomainError
from storyboard.live import queries
from storyboard.live.hub import REPLACED, Hint, hub
from storyboard.live.listen import in_thread
from storyboard.live.turns import give_back

TICK = 10.0
# Leaving a team is told at once by a hint; this is for what no hint tells of, a session that was ended elsewhere.
ASK_AGAIN = 60.0
# A hint of this topic says that somebody's access changed: every stream asks again before it says anything more.
ACCESS = "members"
UNKNOWN = -1
DIGITS = 18

Person = AbstractBaseUser | AnonymousUser


async def respond(
    request: HttpRequest, *, channel: str, user: Person, allowed: Callable[[], object]
) -> StreamingHttpResponse:
    """Stream a channel. `allowed` is asked again while it is open: it raises Missing or Forbidden to end the stream."""
    session = request.session.session_key or ""
    owner = f"user {user.pk}" if user.is_authenticated else f"guest {session or request.META.get('REMOTE_ADDR')}"

    def check() -> None:
        if user.is_authenticated and not signed_in(session, user):
            raise DomainError("Signed out.")
        allowed()

    stream = Stream(channel, owner, wanted(request), check)
    response = StreamingHttpResponse(stream.run(), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def wanted(request: HttpRequest) -> int | None:
    """The number to resume after: the browser's last one, or the page's; None is now."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after") or ""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else UNKNOWN


def signed_in(session_key: str, user: Person) -> bool:
    """Is the session still there, for this person, with today's password?"""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return get_user(request).pk == user.pk


async def let_go() -> None:
    """Give back the request's database connections and its thread, which Django would keep until the stream ends."""
    await sync_to_async(connections.close_all)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context:
        give_back(context)


def event(name: str, data: str = "", number: int | None = None) -> str:
    return (f"id: {number}\n" if number is not None else "") + f"event: {name}\ndata: {data}\n\n"


class Stream:
    """One browser's stream: where it is in the channel, and whether its person may still see it."""

    def __init__(self, channel: str, owner: str, after: int | None, check: Callable[[], None]) -> None:
        self.channel, self.owner, self.after, self.check = channel, owner, after, check
        self.last = 0

    async def run(self) -> AsyncIterator[str]:
        # Here and not in respond(): the middleware's way out uses the thread once more.
        await let_go()
        self.seat = hub().join(self.channel, self.owner)
        try:
            yield await self.hello()
            while not self.seat.ended:
                if text := await self.next():
                    yield text
            if self.seat.ended in {REPLACED, "gone"}:
                yield event(self.seat.ended)
        finally:
            hub().leave(self.seat)

    async def hello(self) -> str:
        self.due = time.monotonic() + TICK
        # Not all at once: a restart brings every browser back in the same second.
        self.asked = time.monotonic() - random.random() * ASK_AGAIN / 2  # noqa: S311  spreads load, guards nothing
        if self.after is None:
            self.last = await in_thread(queries.position, self.channel)
            return event("hello", number=self.last)
        self.last = self.after
        return (event("hello", number=self.last) if self.last >= 0 else event("hello")) + await self.replay()

    async def next(self) -> str:
        arrived = await self.seat.wait(max(0.0, self.due - time.monotonic()))
        hints = [hint for hint in arrived if hint[0] > self.last]
        now = time.monotonic()
        beat, ask = now >= self.due, now - self.asked >= ASK_AGAIN
        if (ask or any(topic in {ACCESS, ""} for _, topic in hints)) and not await self.may_see():
            self.seat.end("gone")
            return ""
        text = "".join([await self.pass_on(hint) for hint in hints])
        if beat:
            self.due = time.monotonic() + TICK
        return text + event("beat") if beat else text

    async def pass_on(self, hint: Hint) -> str:
        number, topic = hint
        if number <= self.last:
            return ""
        if number > self.last + 1 or not topic:
            return await self.replay()
        self.last = number
        return event("hint", topic, number)

    async def replay(self) -> str:
        """What was missed, from the table."""
        found = await in_thread(queries.missed, self.channel, self.last)
        if found is None:
            self.last = await in_thread(queries.position, self.channel)
            return event("resync", number=self.last)
        self.last += len(found)
        return "".join(event("hint", topic, number) for number, topic in found)

    async def may_see(self) -> bool:
        """Ask again. While the database is away nobody can say, so nothing is said; there are no hints either."""
        self.asked = time.monotonic()
        while not self.seat.ended:
            try:
                await in_thread(self.check)
            except DomainError:
                return False
            except (DatabaseError, InterfaceError):
                await asyncio.sleep(1)
            else:
                break
        return True
