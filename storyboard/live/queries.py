"""Read what publish.py wrote: where a channel stands, and what somebody missed.

Views call `position` for a page's starting point; the rest is for hub.py and stream.py.
"""

from django.db.models import Max

from storyboard.live.models import Channel, Event
from storyboard.live.publish import KEEP


def position(channel: str) -> int:
    """The channel's newest number. Read it before the rows that the page shows, or a change between goes unseen."""
    return Channel.objects.filter(name=channel).values_list("counter", flat=True).first() or 0


def missed(channel: str, after: int) -> list[tuple[int, str]] | None:
    """Every hint after that number, in order; None when some are gone and everything must be fetched again."""
    newest = position(channel)
    if not 0 <= newest - after <= KEEP:
        return None
    events = Event.objects.filter(channel=channel, number__gt=after, number__lte=newest).order_by("number")
    found = list(events.values_list("number", "topic"))
    return found if len(found) == newest - after else None


def newest_event() -> int:
    """The newest row, for the poll: on SQLite writers stand in line, so rows commit in the order of their ids."""
    return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


def events_since(event_id: int, limit: int = 50) -> list[tuple[int, str, int, str]]:
    found = Event.objects.filter(id__gt=event_id).order_by("id")[:limit]
    return list(found.values_list("id", "channel", "number", "topic"))


def positions(channels: list[str]) -> dict[str, int]:
    return dict(Channel.objects.filter(name__in=channels).values_list("name", "counter"))
