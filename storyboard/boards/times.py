"""How long shots take to make: what is typical for a model, and how long a film takes with its chains.

The values are starting points and no vendor's promise; measured takes will stand in their place.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from storyboard.connections.addresses import is_sandbox
from storyboard.connections.models import Connection
from storyboard.providers.catalog import Model

# Seconds for five seconds of film, by size. Vendors say “a few minutes” and no more.
TYPICAL = {"480p": 90, "720p": 150, "1080p": 240, "4k": 480}
TYPICAL_FAST = {"480p": 50, "720p": 80, "1080p": 150, "4k": 300}
FIVE = 5
# What the sandbox needs beside the time that it takes as a vendor would: to paint, and to be asked.
PAINTING = 6
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Work:
    """A shot to make; `after`: the key of the one that must be there first; `lane`: whose limit counts."""

    key: int
    seconds: int
    lane: str
    after: int | None = None


def typical(model: Model, resolution: str, seconds: int) -> int:
    """Half of the time is the same for any length."""
    table = TYPICAL_FAST if model.fast else TYPICAL
    base = table.get(resolution, TYPICAL["720p"])
    return round(base * (FIVE + seconds) / (2 * FIVE))


def expected(connection: Connection, model: Model, resolution: str, seconds: int) -> int:
    """The same at this connection: the sandbox is as quick as it was told to be."""
    usual = typical(model, resolution, seconds)
    return round(usual * settings.SANDBOX_SPEED) + PAINTING if is_sandbox(connection.base_url) else usual


def together(work: Sequence[Work], lanes: Mapping[str, int]) -> int:
    """Seconds until all is done: a follower waits for its predecessor, everybody for a free place in the lane."""
    wanted = {one.key for one in work}
    followers: dict[int, list[Work]] = {}
    ready: list[tuple[int, int, Work]] = []
    for at, one in enumerate(work):
        if one.after in wanted:
            followers.setdefault(one.after or 0, []).append(one)
        else:
            ready.append((0, at, one))
    heapq.heapify(ready)
    places = {lane: [0] * max(1, number) for lane, number in lanes.items()}
    number, end = len(work), 0
    while ready:
        since, _, one = heapq.heappop(ready)
        lane = places.setdefault(one.lane, [0])
        done = max(since, heapq.heappop(lane)) + one.seconds
        heapq.heappush(lane, done)
        end = max(end, done)
        for follower in followers.get(one.key, []):
            number += 1
            heapq.heappush(ready, (done, number, follower))
    return end


def in_words(seconds: int) -> str:
    """“about 9 min”; whole minutes, then hours and tens of minutes."""
    if seconds < HOUR:
        return f"about {max(1, round(seconds / MINUTE))} min"
    tens = round(seconds / MINUTE / 10) * 10
    hours, minutes = divmod(tens, 60)
    return f"about {hours} h {minutes} min" if minutes else f"about {hours} h"
