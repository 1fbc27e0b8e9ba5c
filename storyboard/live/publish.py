"""Say that something changed: the last statement of an action, inside its transaction.

Every action of every app calls it; views never do.
"""

import logging
import re
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
