"""One per web process: hears every hint once and hands it to the open streams that want it.

stream.py joins and leaves; listen.py delivers. Lives on the event loop's thread, so it needs no locks.
"""

import asyncio
import signal
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Collection
from contextvars import Context
from types import FrameType
from weakref import WeakKeyDictionary

from storyboard.live.listen import listen

QUEUE = 100
# A browser has six connections to a server that does not speak HTTP/2; pages and clips need theirs.
SEATS = 4

Hint = tuple[int, str]
OVERFLOW, REPLACED, CLOSING = "overflow", "replaced", "closing"


class Seat:
    """One open stream and the hints it has yet to send; a stream too slow to empty it ends, and its browser resumes."""

    def __init__(self, channel: str, owner: str) -> None:
        self.channel = channel
        self.owner = owner
        self.ended = ""
        self._hints: deque[Hint] = deque()
        self._wake = asyncio.Event()

    def offer(self, hint: Hint) -> None:
        if len(self._hints) >= QUEUE:
            self.end(OVERFLOW)
        elif not self.ended:
            self._hints.append(hint)
            self._wake.set()

    def end(self, why: str) -> None:
        self.ended = self.ended or why
        self._hints.clear()
        self._wake.set()

    async def wait(self, seconds: float) -> list[Hint]:
        """What arrived, all of it at once; nothing after so many seconds, or when the seat is lost."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        taken = list(self._hints)
        self._hints.clear()
        return taken


class Hub:
    """The open streams of this process, by channel and by owner."""

    def __init__(self) -> None:
        self._seats: defaultdict[str, set[Seat]] = defaultdict(set)
        self._owned: defaultdict[str, list[Seat]] = defaultdict(list)
        self._closing = False
        # An empty context: the first visitor's request must not live as long as the process does.
        self._listener = asyncio.get_running_loop().create_task(listen(self), context=Context())
        before_exit(self.close)

    def join(self, channel: str, owner: str) -> Seat:
        """Take a seat; the owner's oldest one is given up for it when they have too many."""
        seat = Seat(channel, owner)
        owned = self._owned[owner]
        if len(owned) >= SEATS:
            oldest = owned[0]
            self.leave(oldest)
            oldest.end(REPLACED)
        self._owned[owner].append(seat)
        self._seats[channel].add(seat)
        if self._closing:
            seat.end(CLOSING)
        return seat

    def leave(self, seat: Seat) -> None:
        if seat in self._owned.get(seat.owner, ()):
            self._owned[seat.owner].remove(seat)
            self._seats[seat.channel].discard(seat)
        if not self._owned.get(seat.owner):
            self._owned.pop(seat.owner, None)
        if not self._seats.get(seat.channel):
            self._seats.pop(seat.channel, None)

    def deliver(self, channel: str, number: int, topic: str) -> None:
        """Pass a hint on; with an empty topic it says only how far the channel is, and the stream looks for itself."""
        for seat in self._seats.get(channel, ()):
            seat.offer((number, topic))

    def seats_of(self, channel: str) -> Collection[Seat]:
        return self._seats.get(channel, ())

    def channels(self) -> list[str]:
        return list(self._seats)

    def close(self) -> None:
        """The process is about to stop: every stream ends now, and its browser finds another process."""
        self._closing = True
        for seats in self._seats.values():
            for seat in seats:
                seat.end(CLOSING)
        self._listener.cancel()


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub() -> Hub:
    """This process's hub, made for the first stream."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def watching(channel: str) -> int:
    """How many streams of it this process has open; asked from any thread, and only to know about how many."""
    return sum(len(each.seats_of(channel)) for each in list(_hubs.values()))


def before_exit(close: Callable[[], None]) -> None:
    """Run `close` on the loop when the server is told to stop.

    A server waits for open responses before it tells the application that it stops (lifespan), and ours never end by
    themselves: so the signal is the only word in time. The server's own handler still runs.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        server = signal.getsignal(number)
        if not callable(server) or server is signal.default_int_handler:
            continue

        def handle(number: int, frame: FrameType | None, server: Callable[..., object] = server) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(close)
            server(number, frame)

        signal.signal(number, handle)
