"""How far a vendor's clock is from the database's, told by tasks whose takes are known.

tasks.reconciling asks: it narrows down whose a task may be. Without such tasks the clocks count as five minutes apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storyboard.providers.base import Task
from storyboard.takes.actions.binding import SKEW
from storyboard.takes.actions.searching import POST
from storyboard.takes.models import Take

# Vendors write whole seconds.
SECOND = timedelta(seconds=1)
# On both sides of what was measured: clocks are set now and then.
MARGIN = timedelta(seconds=5)
# What a vendor's gateway gave up on may begin so much later.
LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Clock:
    """The vendor's time is ours plus something between these two."""

    least: timedelta = -SKEW
    most: timedelta = SKEW

    def window(self, sent_at: datetime) -> tuple[datetime, datetime]:
        """When, by the vendor's clock, the POST that began then can have made a task."""
        return sent_at + self.least, sent_at + POST + self.most

    def overlap(self, one: datetime, other: datetime) -> bool:
        """Whether POSTs that began at these times can have made the same task."""
        return abs(one - other) <= POST + self.most - self.least


def measured(takes: Iterable[Take], tasks: dict[str, Task]) -> Clock:
    """A task was made after its POST began and before its id was known here."""
    least, most, count = -SKEW, SKEW, 0
    for take in takes:
        task = tasks.get(take.remote_id)
        if task and task.created_at and take.sent_at and take.accepted_at:
            count += 1
            least = max(least, task.created_at - take.accepted_at)
            most = min(most, task.created_at + SECOND - take.sent_at)
    # Clocks that jumped in between, or ids of another account: then nothing is known.
    is_known = count and least <= most
    return Clock(least - MARGIN, most + MARGIN + LATE) if is_known else Clock()
