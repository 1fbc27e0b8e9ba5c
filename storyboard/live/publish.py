"""Say that something changed: the last statement of an action, inside its transaction.

Every action of every app calls it; views never do.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from storyboard.live.models import Event

logger = logging.getLogger(__name__)
NOTIFY = "live"
KEEP = 256
PRUNE_EVERY = 64
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")

# One statement raises the counter and holds its row until the commit: numbers have no gaps, and commits their order.
RAISE = """
INSERT INTO live_channel (name, counter) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET counter = live_channel.counter + excluded.counter
RETURNING counter
"""
# The same with the hints themselves: on PostgreSQL all of it is one way there and back.
GIVE = """
WITH raised AS ({}), hints AS (
    INSERT INTO live_event (channel, number, topic, at)
    SELECT %s, counter - %s + place, topic, clock_timestamp()
    FROM raised, unnest(%s::text[]) WITH ORDINALITY AS told (topic, place) RETURNING number, topic
) SELECT max(number), count(pg_notify(%s, %s || ' ' || number || ' ' || topic)) FROM hints
"""


def publish(channel: str, *topics: str) -> None:
    """Tell everybody who looks at `channel` to fetch what shows these topics again; it vanishes with a rollback."""
    if not all(NAME.fullmatch(name) for name in (channel, *topics)):
        raise ValueError(f"A channel and a topic are lower-case letters, digits and dashes: {channel!r}, {topics!r}")
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs inside the transaction of its action.")
    if not topics:
        return
    last = give(channel, topics)
    if last % PRUNE_EVERY < len(topics):
        Event.objects.filter(channel=channel, number__lte=last - KEEP).delete()


def give(channel: str, topics: Sequence[str]) -> int:
    """The number of the last of these hints."""
    count = len(topics)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(GIVE.format(RAISE), [channel, count, channel, count, list(topics), NOTIFY, channel])
            return int(cursor.fetchone()[0])
        cursor.execute(RAISE, [channel, count])
        last = int(cursor.fetchone()[0])
    now, first = timezone.now(), last - count + 1
    hints = [Event(channel=channel, number=number, topic=topic, at=now) for number, topic in enumerate(topics, first)]
    Event.objects.bulk_create(hints)
    return last


@dataclass(frozen=True, slots=True)
class Later:
    """A hint that is given once the change is there, in a transaction of its own."""

    channel: str
    topic: str

    def __call__(self) -> None:
        try:
            with transaction.atomic():
                publish(self.channel, self.topic)
        except DatabaseError:
            # The change is there, and whoever made it must not be told that it failed.
            logger.warning("Pages at %s were not told of %s.", self.channel, self.topic, exc_info=True)


def publish_later(channel: str, topic: str) -> None:
    """The same, once for each transaction, for a channel that many unrelated actions share.

    publish() holds the channel's row until the commit: there, all boards of a team would wait for one another. A
    process that dies in between takes the hint with it, so what hears it must also ask by itself now and then.
    """
    hint = Later(channel, topic)
    if not any(hint == waiting[1] for waiting in connection.run_on_commit):
        transaction.on_commit(hint)
