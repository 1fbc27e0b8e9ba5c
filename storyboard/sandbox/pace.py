"""How long a generation takes: it waits its turn, runs, is due, and is given up when it hangs.

The actions ask once, when a task is taken; settings.SANDBOX_SPEED scales all but the giving up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from storyboard.providers.base import Body
from storyboard.providers.catalog import vendor

START = timedelta(seconds=60)
EACH_SECOND = timedelta(seconds=12)
# Of the whole time; long enough to be seen and, where the vendor allows it, to be cancelled in.
QUEUED_SHARE = 0.1
SLOWER = 10
# A callback that is to be late comes so long after its news, even where everything else takes no time.
LATE, LEAST_LATE = timedelta(seconds=10), timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Schedule:
    begin_at: datetime
    due_at: datetime
    give_up_at: datetime


def schedule(now: datetime, seconds: int, faults: dict[str, str], limit: timedelta) -> Schedule:
    whole = (START + EACH_SECOND * seconds) * settings.SANDBOX_SPEED * (SLOWER if "slow" in faults else 1)
    return Schedule(begin_at=now + whole * QUEUED_SHARE, due_at=now + whole, give_up_at=now + max(limit, whole))


def longest_run(vendor_id: str, body: Body) -> timedelta:
    """Ark is told how long it may take; the others have a limit of their own."""
    asked = body.get("execution_expires_after")
    if vendor_id == "ark" and isinstance(asked, int) and not isinstance(asked, bool):
        return timedelta(seconds=asked)
    return vendor(vendor_id).longest_run


def late() -> timedelta:
    return max(LATE * settings.SANDBOX_SPEED, LEAST_LATE)
