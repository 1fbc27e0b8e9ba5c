"""`make bench-live`: many open streams on one web process, and how long a hint takes from its commit to each of them.

A hint's topic is the time at which it was committed, so every process can publish and every process can measure.
"""

import asyncio
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.postgres import private_cluster

CLIENTS = int(os.environ.get("CLIENTS", "1000"))
BOARDS = CLIENTS // 5
LOADS = {"board": (500, 50.0), "broadcast": (20, 1.0)}
ROW = "{:<12}{:<11}{:>8}{:>8}{:>8}{:>8}{:>9}{:>9}{:>9}{:>8}{:>8}  {}"
HEAD = ROW.format(
    "engine", "load", "p50 ms", "p95", "p99", "worst", "lost", "open s", "MB 0", "MB all", "threads", "connections"
)


@dataclass
class Crowd:
    """Clients that read their streams and note how old each hint is."""

    ages: list[float] = field(default_factory=list)
    waiting: int = CLIENTS
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    # As quick as they are served, and no quicker: a burst of a thousand measures the accept queue.
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(50))

    async def listen(self, port: int, path: str, cookie: str) -> None:
        await self.door.acquire()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: session={cookie}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"data: t"):
                    self.ages.append(time.monotonic() - int(line[7:]) / 1e9)
                elif line.startswith(b"event: hello"):
                    self.enter()
        finally:
            writer.close()

    def enter(self) -> None:
        self.door.release()
        self.waiting -= 1
        if not self.waiting:
            self.ready.set()


async def measure(port: int, streams: list[tuple[str, str]], publisher: list[str], look: Callable[[], Any]) -> Any:
    """Open every stream, publish from another process, and return what was seen and what the server held meanwhile."""
    crowd, began = Crowd(), time.monotonic()
    tasks = [asyncio.create_task(crowd.listen(port, path, cookie)) for path, cookie in streams]
    await crowd.ready.wait()
    opened = time.monotonic() - began
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.live", *publisher)
    await process.wait()
    await asyncio.sleep(1)
    seen = await asyncio.to_thread(look)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {"ages": sorted(crowd.ages), "opened": opened, **seen}


def process_look(pid: int) -> dict[str, Any]:
    status = Path(f"/proc/{pid}/status").read_text()
    values = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return {"mb": int(values["VmRSS"].split()[0]) / 1024, "threads": int(values["Threads"])}


def row(engine: str, load: str, before: float, found: dict[str, Any]) -> float:
    ages, expected = found["ages"], LOADS[load][0] * (5 if load == "board" else CLIENTS)
    at = [1000 * ages[min(len(ages) - 1, int(len(ages) * part))] for part in (0.5, 0.95, 0.99, 1)]
    numbers = [f"{value:.1f}" for value in at]
    lost, kept = expected - len(ages), found.get("connections", "")
    rest = [f"{found['opened']:.1f}", f"{before:.0f}", f"{found['mb']:.0f}", found["threads"], kept]
    print(ROW.format(engine, load, *numbers, lost, *rest), flush=True)
    return float(at[1])


# The peer ----------------------------------------------------------------------------------------------------------


def peer() -> dict[str, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "tests.bench.live_peer:app", "--port", str(port)]
    server = subprocess.Popen([*command, "--log-level", "critical", "--timeout-graceful-shutdown", "1"])
    try:
        time.sleep(2)
        before, found = process_look(server.pid)["mb"], {}
        for load in LOADS:
            names = [f"{number // 5 if load == 'board' else 0}" for number in range(CLIENTS)]
            streams = [(f"/?channel={name}", "") for name in names]
            publisher = ["publish-peer", load, str(port)]
            result = asyncio.run(measure(port, streams, publisher, lambda: process_look(server.pid)))
            found[load] = row("memory", load, before, result)
    finally:
        server.terminate()
        server.wait()
    return found


def publish_peer(load: str, port: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(port))

    def one(board: int) -> None:
        connection.request("POST", f"/?channel={board}&topic=t{time.monotonic_ns()}")
        connection.getresponse().read()

    pace(load, one)


def pace(load: str, one: Callable[[int], None]) -> None:
    count, rate = LOADS[load]
    dice, due = random.Random(1), time.monotonic()
    for _ in range(count):
        one(dice.randrange(BOARDS) if load == "board" else 0)
        due += 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))


# The product -------------------------------------------------------------------------------------------------------


def publish(load: str) -> None:
    import django

    django.setup()
    from django.db import transaction

    from storyboard.live.publish import publish as say
    from storyboard.teams.models import Team

    channels = [team.channel for team in Team.objects.order_by("id")]

    def one(board: int) -> None:
        with transaction.atomic(durable=True):
            say(channels[board], f"t{time.monotonic_ns()}")

    pace(load, one)


@contextmanager
def bench_database() -> Iterator[None]:
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    old = setup_databases(verbosity=0, interactive=False)
    yield
    connections.close_all()
    teardown_databases(old, verbosity=0)


def people() -> dict[str, list[tuple[str, str]]]:
    """Teams of five, and everybody in the first one too: the path and the session of each stream, by load."""
    from storyboard.teams.models import Membership, Role, Team, User
    from tests.server import session_for

    users = User.objects.bulk_create(User(email=f"p{n}@example.com", password="!") for n in range(CLIENTS))
    teams = Team.objects.bulk_create(Team(name=f"Team {n}") for n in range(BOARDS))
    pairs = {(0, n) for n in range(CLIENTS)} | {(n // 5, n) for n in range(CLIENTS)}
    Membership.objects.bulk_create(Membership(team=teams[t], user=users[u], role=Role.VIEWER) for t, u in pairs)
    keys = [session_for(user) for user in users]
    paths = [f"/teams/{team.public_id}/live?after=0" for team in teams]
    return {
        "board": [(paths[n // 5], key) for n, key in enumerate(keys)],
        "broadcast": [(paths[0].replace("?after=0", ""), key) for key in keys],
    }


def held() -> dict[str, str]:
    """Connections to the database, ours left out: the listener's and the pool's."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return {"connections": ""}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE application_name LIKE '%% live'), count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        listening, every = cursor.fetchone()
    connection.close()
    return {"connections": f"{listening} live + {every - listening} pool"}


def product() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from tests.server import Server, database_url

    with bench_database():
        streams = people()
        connections.close_all()
        database = settings.DATABASES["default"]
        os.environ["DATABASE_URL"] = database_url(database)
        call_command("collectstatic", interactive=False, verbosity=0)
        found = {}
        for load in LOADS:
            with Server(database) as server:
                before, port, pid = process_look(server.pid)["mb"], server.port, server.pid
                look = lambda pid=pid: {**process_look(pid), **held()}  # noqa: E731
                result = asyncio.run(measure(port, streams[load], ["publish", load], look))
                found[load] = row(settings.DATABASES["default"]["ENGINE"].split(".")[-1][:10], load, before, result)
                server.stop()
                server.assert_clean()
        Path(os.environ["BENCH_RESULT"]).write_text(json.dumps(found))


def main() -> None:
    """On SQLite, then on PostgreSQL: the server in DATABASE_URL, or one of our own for as long as this runs."""
    url = os.environ.get("DATABASE_URL", "")
    if urlsplit(url).scheme in {"postgres", "postgresql"}:
        compare(url)
    else:
        with private_cluster(durable=True) as cluster:
            compare(cluster.url)


def compare(url: str) -> None:
    print(
        f"{CLIENTS} streams on one web process, {BOARDS} boards; milliseconds from commit to client\n{HEAD}", flush=True
    )
    results = {"memory": peer()}
    for engine, address in {"SQLite": "", "PostgreSQL": url}.items():
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder) / "result.json"
            where = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": address, "BENCH_RESULT": str(result)}
            subprocess.run([sys.executable, "-m", "tests.bench.live", "product"], env=where, check=True)
            results[engine] = json.loads(result.read_text())
    for engine, found in results.items():
        for load, value in found.items() if engine != "memory" else ():
            print(f"{engine} {load}: p95 is {value / results['memory'][load]:.1f} times memory's")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
    name, *arguments = sys.argv[1:] or ["main"]
    parts: dict[str, Callable[..., None]] = {
        "main": main,
        "product": product,
        "publish": publish,
        "publish-peer": publish_peer,
    }
    parts[name](*arguments)
