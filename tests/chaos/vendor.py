"""A fake paid vendor in a process of its own, as unreliable as vendors are: `python -m tests.chaos.vendor --port …`.

Every accepted POST is a payment and a line of its journal, whatever becomes of the answer. The faults and how often
they come are those of the measurements that the submission protocol was chosen by.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.chaos import dialects
from tests.chaos.clip import tiny_clip, tiny_frame
from tests.chaos.dialects import Body, Task

LARGEST = 1_000_000
HANG_SECONDS = 30.0
# Out of 100 POSTs: taken and the answer lost in one of three ways, and nothing created.
LOST = {"reset": 10, "hang": 5, "504": 5}
NOTHING = {"502": 10, "429": 3, "refused": 2}
CALLBACK_LOST, CALLBACK_TWICE, CALLBACK_LATE = 0.10, 0.30, 0.20
# For so long nobody listens after a refused connection.
CLOSED_SECONDS = 0.3
REASONS = {200: "OK", 204: "No Content", 401: "Unauthorized", 404: "Not Found", 409: "Conflict", 429: "Busy"}


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Body


@dataclass
class Answer:
    status: int
    body: Body | bytes
    content_type: str = "application/json"
    headers: str = ""

    def encoded(self, *, close: bool) -> bytes:
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        head = f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}\r\nContent-Type: {self.content_type}\r\n"
        head += f"{self.headers}Content-Length: {len(raw)}\r\nConnection: {'close' if close else 'keep-alive'}\r\n\r\n"
        return head.encode() + raw


class Vendor:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.chance = random.Random(options.seed)
        self.faults: bool = options.faults
        # What becomes of the next answers, whatever chance says.
        self.forced: list[str] = []
        # By account, how many it was at work on at once, at most.
        self.most: dict[str, int] = {}
        self.tasks: dict[str, Task] = {}
        self.journal = Path(options.journal).open("a", buffering=1)  # noqa: SIM115  closed with the process
        self.files = {"mp4": (tiny_clip(), "video/mp4"), "png": (tiny_frame(), "image/png")}
        self.server: asyncio.Server | None = None
        self.waiting: set[asyncio.Task[None]] = set()
        self.base = f"http://127.0.0.1:{options.port}"

    async def listen(self) -> None:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.options.port, backlog=1024)

    async def be_closed(self) -> None:
        """Connections are refused for a moment, which proves that nothing was created."""
        if self.server:
            self.server.close()
            await asyncio.sleep(CLOSED_SECONDS)
            await self.listen()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.waiting.add(task)
        task.add_done_callback(self.waiting.discard)

    def note(self, event: str, task: Task | None = None, **more: object) -> None:
        row: dict[str, object] = {"at": time.time(), "event": event, **more}
        if task:
            row |= {"task": task.id, "account": task.account, "take": task.take, "shot": dialects.prompt(task.body)}
        self.journal.write(json.dumps(row) + "\n")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while request := await read(reader):
                close = request.headers.get("connection") == "close"
                answer = await self.answer(request)
                if answer is None:
                    # No words and no orderly end either: the peer sees a reset.
                    writer.transport.abort()
                    return
                writer.write(answer.encoded(close=close))
                await writer.drain()
                if close:
                    break
        writer.close()

    async def answer(self, request: Request) -> Answer | None:
        if request.path.startswith("/files/"):
            raw, kind = self.files[request.path.rsplit(".", 1)[-1]]
            return Answer(200, raw, kind)
        if request.path == "/control":
            return self.control(request.body)
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not key.startswith("chaos-"):
            return Answer(
                401, dialects.refused("ark", 401, "AuthenticationError", "The API key is missing or invalid.")
            )
        if request.path in dialects.SUBMIT:
            dialect = dialects.SUBMIT[request.path]
            if request.method == "POST":
                return await self.submit(request, dialect, key)
            return self.listed(request, key)
        return self.about(request, key)

    def control(self, asked: Body) -> Answer:
        """From the harness: {"faults": false}, {"seconds": [0.1, 0.2]}, {"next": ["reset"]}."""
        self.faults = asked.get("faults", self.faults)
        self.options.seconds = asked.get("seconds", self.options.seconds)
        self.forced += asked.get("next", [])
        return Answer(200, {"tasks": len(self.tasks), "most": self.most})

    async def submit(self, request: Request, dialect: str, key: str) -> Answer | None:
        outcome = self.outcome()
        if outcome in NOTHING:
            return self.not_created(outcome, dialect)
        task = self.pay(request.body, dialect, key, outcome)
        if outcome == "hang":
            await asyncio.sleep(HANG_SECONDS)
        if outcome in {"hang", "reset"}:
            return None
        if outcome == "504":
            return Answer(504, b"<html>upstream timed out</html>", "text/html")
        return Answer(200, dialects.created(task))

    def outcome(self) -> str:
        if self.forced:
            return self.forced.pop(0)
        if not self.faults:
            return "answered"
        drawn = self.chance.uniform(0, 100)
        for name, share in {**LOST, **NOTHING}.items():
            if drawn < share:
                return name
            drawn -= share
        return "answered"

    def not_created(self, outcome: str, dialect: str) -> Answer | None:
        self.note("nothing", outcome=outcome)
        if outcome == "429":
            body = dialects.refused(dialect, 429, "RateLimitExceeded", "Try again later.")
            return Answer(429, body, headers="Retry-After: 1\r\n")
        if outcome == "refused":
            self.later(self.be_closed())
        return Answer(502, b"<html>bad gateway</html>", "text/html")

    def pay(self, body: Body, dialect: str, key: str, outcome: str) -> Task:
        now = time.time()
        prefix = "cgt-" if dialect == "ark" else "task-unified-"
        low, high = self.options.seconds
        task = Task(
            id=f"{prefix}{int(now)}-{len(self.tasks):06}{self.chance.randrange(1000):03}",
            dialect=dialect,
            account=key,
            body=body,
            created=now,
            done=now + self.chance.uniform(low, high),
        )
        self.tasks[task.id] = task
        busy = sum(one.account == key and one.state(now) in {"queued", "running"} for one in self.tasks.values())
        self.most[key] = max(self.most.get(key, 0), busy)
        self.note("paid", task, outcome=outcome, callback=task.callback, done=task.done, body=body)
        if task.callback and not self.options.silent:
            self.later(self.ring_about(task))
        return task

    def listed(self, request: Request, key: str) -> Answer:
        """Newest first, and always a little behind."""
        until, now = time.time() - self.options.list_lag, time.time()
        known = [task for task in self.tasks.values() if task.account == key and task.created <= until]
        rows = [self.shown(task, task.state(now)) for task in sorted(known, key=lambda task: -task.created)]
        return Answer(200, dialects.page(rows, request.query))

    def about(self, request: Request, key: str) -> Answer:
        base = next((base for base in dialects.TASKS if request.path.startswith(base)), "")
        task = self.tasks.get(request.path.removeprefix(base)) if base else None
        if task is None or task.account != key:
            dialect = dialects.TASKS.get(base, "ark")
            return Answer(404, dialects.refused(dialect, 404, "ResourceNotFound", "There is no such task."))
        state = task.state(time.time())
        if request.method != "DELETE":
            return Answer(200, self.shown(task, state))
        if task.dialect != "ark" or state != "queued":
            return Answer(409, dialects.refused("ark", 409, "InvalidAction.RunningTaskDeletion", "It is running."))
        task.cancelled = True
        self.note("cancelled", task)
        return Answer(200, {})

    def shown(self, task: Task, state: str) -> Body:
        return dialects.shown(task, state, f"{self.base}/files")

    async def ring_about(self, task: Task) -> None:
        """Every change that this vendor tells of; some of the knocks are lost, doubled or come too late."""
        rings = [(self.due(task, state), state) for state in dialects.RINGS[task.dialect]]
        if self.faults and self.chance.random() < CALLBACK_LATE:
            rings.append((task.done + 0.2, "running"))
        for at, state in sorted(rings):
            if self.faults and self.chance.random() < CALLBACK_LOST:
                continue
            await asyncio.sleep(max(0.0, at - time.time()))
            if task.cancelled:
                return
            times = 2 if self.faults and self.chance.random() < CALLBACK_TWICE else 1
            for _ in range(times):
                self.later(self.ring(task, state))

    def due(self, task: Task, state: str) -> float:
        return {"queued": task.created, "succeeded": task.done}.get(state, (task.created + task.done) / 2)

    async def ring(self, task: Task, state: str) -> None:
        """Three tries. What looks like the public internet leads to the web process that is being tested."""
        parts = urlsplit(task.callback)
        host, port = self.options.doorbell or (str(parts.hostname), parts.port or 80)
        raw = json.dumps(self.shown(task, state)).encode()
        head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        head += f"X-Forwarded-Proto: {parts.scheme}\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
        for pause in (0.5, 1.0, 0.0):
            self.note("rang", task, state=state)
            status = await knock(host, port, head.encode() + raw)
            if status and status < 500:
                self.note("heard", task, status=status)
                return
            await asyncio.sleep(pause)


async def knock(host: str, port: int, raw: bytes) -> int:
    """The answer's status, or 0."""
    with suppress(OSError, TimeoutError, ValueError, IndexError):
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(raw)
            line = await reader.readline()
            writer.close()
            return int(line.split()[1])
    return 0


async def read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = head[0].split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    raw = await reader.readexactly(min(int(headers.get("content-length", "0")), LARGEST))
    parts = urlsplit(target)
    return Request(method, parts.path, dict(parse_qsl(parts.query)), headers, json.loads(raw) if raw else {})


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--journal", required=True, help="a file; one JSON line for all that happens")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--faults", action="store_true")
    options.add_argument("--silent", action="store_true", help="no callbacks at all")
    options.add_argument("--seconds", type=float, nargs=2, default=(0.2, 1.0), help="how long a generation takes")
    options.add_argument("--list-lag", type=float, default=0.5)
    options.add_argument("--doorbell", type=place, default=None, help="host:port where callbacks really go")
    return options.parse_args(given)


def place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


async def main() -> None:
    vendor = Vendor(arguments())
    await vendor.listen()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
