"""Say that something changed: the last statement of an action, inside its transaction.

Every action of every app calls it; views never do.
"""

import re

from django.db import connection
from django.utils import timezone

from storyboard.live.models import Event

NOTIFY = "live"
KEEP = 256
PRUNE_EVERY = 64
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")

# One statement raises the counter and holds its row until the commit: numbers have no gaps, and commits their order.
RAISE = """
INSERT INTO live_channel (name, counter) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET counter = live_channel.counter + 1
RETURNING counter
"""


def publish(channel: str, topic: str) -> None:
    """Tell everybody who looks at `channel` to fetch what shows `topic` again; it vanishes with a rollback."""
    if not (NAME.fullmatch(channel) and NAME.fullmatch(topic)):
        raise ValueError(f"A channel and a topic are lower-case letters, digits and dashes: {channel!r}, {topic!r}")
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs inside the transaction of its action.")
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [channel])
        number = int(cursor.fetchone()[0])
        Event.objects.create(channel=channel, number=number, topic=topic, at=timezone.now())
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_notify(%s, %s)", [NOTIFY, f"{channel} {number} {topic}"])
    if number % PRUNE_EVERY == 0:
        Event.objects.filter(channel=channel, number__lte=number - KEEP).delete()
