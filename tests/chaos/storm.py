"""Thousands of knocks at the doorbells, doubled, out of order, forged, while web and worker processes are killed.

The inbox must hold each knock once, and nothing but the vendor's own word may move a take.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from typing import Any

from tests.chaos.house import House, Row, wait_until
from tests.chaos.vendor import knock

DOUBLED, STRANGE = 0.30, 0.05
AT_ONCE = 16
STATES = ("queued", "running", "succeeded", "failed")
Knock = tuple[str, bytes, str]


def storm(house: House, deliveries: int, *, kill_every: float = 3) -> dict[str, Any]:
    from storyboard.takes.models import Delivery, Take
    from tests.chaos import films, person

    house.control(faults=False)
    team, user = films.studio(930, house.vendor_port)
    names = [f"storm {number}" for number in range(8)]
    for name in names:
        films.press(films.chain(team, user, name=name, shots=3), user)
    wait_until(lambda: len(paid(house)) >= len(names), 60, "takes to ring about")
    before = dict(Take.objects.filter(state="done").values_list("pk", "state"))
    heard = asyncio.run(rush(house, deliveries, kill_every))

    def done() -> bool:
        house.mend()
        films.patiently(person.render_again)
        left = films.patiently(lambda: Take.objects.filter(shot__board__name__in=names, is_selected=True).count())
        return left >= 3 * len(names)

    wait_until(done, 120, "the storm's shots")
    wrong = Take.objects.filter(pk__in=before).exclude(state="done").count()
    kept = Delivery.objects.filter(key__in=Delivery.objects.values("key")).count()
    twice = kept - Delivery.objects.values("take", "key").distinct().count()
    shots = [row["shot"] for row in paid(house)]
    return {"knocks": heard["sent"], "answered": heard["answered"], "turned_away": heard["turned_away"]} | {
        "kept": kept,
        "kept_twice": twice,
        "wrong": wrong,
        "shots": 3 * len(names),
        "paid": len(shots),
    }


def paid(house: House) -> list[Row]:
    return [row for row in house.rows("paid") if row["shot"].startswith("storm ")]


async def rush(house: House, deliveries: int, kill_every: float) -> dict[str, int]:
    """So many knocks from a few vendors at once, about whatever has been paid for by then."""
    counts = {"sent": 0, "answered": 0, "turned_away": 0}
    chance, gate = random.Random(house.seed), asyncio.Semaphore(AT_ONCE)

    async def one(path: str, raw: bytes) -> None:
        async with gate:
            head = f"POST {path} HTTP/1.1\r\nHost: films.example.com\r\nX-Forwarded-Proto: https\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
            status = await knock("127.0.0.1", house.web_port, head.encode() + raw)
            counts["sent"] += 1
            counts["answered"] += status == 200
            counts["turned_away"] += status == 404

    async def killing() -> None:
        while True:
            await asyncio.sleep(kill_every)
            house.kill_one()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(house.mend)

    killer = asyncio.ensure_future(killing())
    while counts["sent"] < deliveries:
        batch = [one(*made) for made in knocks(paid(house), chance, min(200, deliveries))]
        await asyncio.gather(*batch)
    killer.cancel()
    return counts


def knocks(rows: Sequence[Row], chance: random.Random, count: int) -> list[tuple[str, bytes]]:
    """What vendors and others might post: true, late, doubled, about other tasks, with a wrong secret."""
    made: list[tuple[str, bytes]] = []
    while len(made) < count:
        row = chance.choice(rows)
        path = "/hooks/" + row["callback"].split("/hooks/")[1]
        if chance.random() < STRANGE:
            path = path[:-6] + "forged"
        raw = json.dumps({"id": row["task"], "status": chance.choice(STATES), "model": "m"}).encode()
        made += [(path, raw)] * (2 if chance.random() < DOUBLED else 1)
    chance.shuffle(made)
    return made
