"""How many knocks a second the door takes, beside a bare Django view with one insert in the same process.

`make bench-chain` runs it last. Then 200 knocks a second are answered while the vendor's API is down.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.chaos.house import ROOT, House

SECONDS, CLIENTS, RATE = 8.0, 8, 200
Knock = tuple[str, bytes]


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
        return
    print("\nKnocks at the door:\n")
    heads = ("knocks/s", "bare view/s", "ratio", "vendor down, at /s", "p50 ms", "p99 ms", "worst ms", "unanswered")
    print(f"{'':<16}" + "".join(f"{head:>19}" for head in heads), flush=True)
    for engine in ("PostgreSQL", "SQLite"):
        command = [sys.executable, "-m", "tests.bench.chain_door", engine]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            row = json.loads(done.stdout.splitlines()[-1])
            print(f"{engine:<16}" + "".join(f"{one:>19.2f}" for one in row), flush=True)


def measure(engine: str) -> list[float]:
    with House(engine=engine, durable=True, CHAOS_URLS="tests.bench.chain_urls", CHAOS_HURRY="") as house:
        house.use()
        doors = takes_with_doors(house.vendor_port)
        house.start()
        bare = [("/bare/", body(number)) for number in range(len(doors))]
        # In turns, twice: a busy machine is busy for both.
        rates = [asyncio.run(rush(house.web_port, knocks)) for knocks in (bare, doors, bare, doors)]
        house.vendor.kill()
        ours, theirs = (rates[1] + rates[3]) / 2, (rates[0] + rates[2]) / 2
        # A machine that cannot take as many is asked for half of what it can.
        rate = min(RATE, ours / 2)
        waits, unanswered = asyncio.run(steady(house.web_port, doors, rate))
        cuts = statistics.quantiles(waits, n=100, method="inclusive")
        times = [cuts[49] * 1000, cuts[98] * 1000, max(waits) * 1000]
        return [ours, theirs, ours / theirs, rate, *times, unanswered]


def body(number: int) -> bytes:
    return json.dumps({"id": f"cgt-20260101000000-{number:05}", "status": "running", "model": "m"}).encode()


def takes_with_doors(vendor_port: int) -> list[Knock]:
    """Running takes, and a knock for each of them."""
    from django.utils import timezone

    from storyboard.boards.models import Shot
    from storyboard.takes import callbacks
    from storyboard.takes.models import Run, State, Take
    from tests.chaos import films

    now, doors = timezone.now(), list[Knock]()
    team, user = films.studio(0, vendor_port)
    for at in range(10):
        board = films.chain(team, user, name=f"chain {at}", shots=50)
        run = Run.objects.create(board=board, by=user, form_key="form", plan_hash="0", ceiling_micro_usd=0)
        for shot in Shot.objects.filter(board=board):
            number = len(doors)
            own = {"state": State.RUNNING, "remote_id": f"cgt-20260101000000-{number:05}", "accepted_at": now}
            take = Take(shot=shot, run=run, number=1, by=user, connection=team.connections.get(), sent_at=now, **own)
            url, take.secret_digest = callbacks.address(take)
            take.save()
            doors.append(("/hooks/" + url.split("/hooks/")[1], body(number)))
    return doors


async def rush(port: int, knocks: Sequence[Knock]) -> float:
    """As many a second as this door takes from a few clients that wait for each answer."""
    until, count = time.monotonic() + SECONDS, 0

    async def client(at: int) -> None:
        nonlocal count
        while time.monotonic() < until:
            count += await knock(port, *knocks[at % len(knocks)])
            at += CLIENTS

    await asyncio.gather(*(client(at) for at in range(CLIENTS)))
    return count / SECONDS


async def steady(port: int, knocks: Sequence[Knock], rate: float) -> tuple[list[float], int]:
    """So many a second, whether or not the last was answered; how long each waited, and how many got no 200."""
    waits: list[float] = []
    began, bad = time.monotonic(), 0

    async def one(number: int) -> None:
        nonlocal bad
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        sent = time.monotonic()
        bad += not await knock(port, *knocks[number % len(knocks)])
        waits.append(time.monotonic() - sent)

    await asyncio.gather(*(one(number) for number in range(int(SECONDS * rate))))
    return waits, bad


async def knock(port: int, path: str, raw: bytes) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: films.example.com\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n".encode() + raw)
    line = await reader.readline()
    await reader.read()
    writer.close()
    return b" 200 " in line


if __name__ == "__main__":
    main()
