"""Why a take does not go on at once, and when somebody looks at it next: sentences for the queue's page.

takes.office reads what they need once for all takes; what a card says of a take already is not said differently here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from storyboard.boards.status import Status
from storyboard.takes.actions.sending import BUSY
from storyboard.takes.measured import Usual, usual
from storyboard.takes.models import SENT, Gate, State, Take
from storyboard.takes.queries import LATE
from storyboard.takes.waits import Around, around

LOOKS = {
    State.RUNNING: "The vendor is asked again {}.",
    State.UNKNOWN: "We look again {}.",
    State.COLLECTING: "Looked after again {}.",
}
SIZES = ((86_400, "day"), (3_600, "h"), (60, "min"))


@dataclass(slots=True)
class Known:
    """What is read once for all takes."""

    now: datetime
    paused: bool
    around: Around
    usual: Usual
    gates: dict[int, Gate]
    # How many places of a connection are taken, and the shots that have a take at a vendor.
    places: Counter[int]
    sent: dict[int, Take] = field(default_factory=dict)


def known(takes: Sequence[Take], everybody: Sequence[Take], *, paused: bool) -> Known:
    """For these of all that are under way in the team: three queries."""
    timed = [take for take in takes if take.state == State.RUNNING and take.progress is None]
    gates = Gate.objects.filter(connection__in={take.connection_id for take in takes if take.connection_id})
    return Known(
        now=timezone.now(),
        paused=paused,
        around=around(take for take in takes if take.state == State.WAITING),
        usual=usual(timed),
        gates={gate.connection_id: gate for gate in gates},
        places=Counter(take.connection_id for take in everybody if take.state in BUSY and take.connection_id),
        sent={take.shot_id: take for take in everybody if take.state in SENT},
    )


def why(take: Take, status: Status, seen: Known) -> str:
    """Why it does not go on at once; the card's own words where it has some."""
    if take.state != State.QUEUED or status.detail:
        return status.detail
    other = seen.sent.get(take.shot_id)
    if other is not None:
        return f"Waits for take {other.number} of this shot; they are made one after the other."
    return at_the_gate(take, seen)


def at_the_gate(take: Take, seen: Known) -> str:
    account = take.connection
    if seen.paused or account is None:
        return "Waits until submissions go on." if account else ""
    if account.disabled_at is not None or account.deleted_at is not None:
        how = "was deleted. Cancel this take and render with another one" if account.deleted_at else "is switched off"
        return f"Its connection, {account}, {how}."
    gate = seen.gates.get(account.pk)
    if gate and gate.send_after and gate.send_after > seen.now:
        return f"{account.about.label} asked for a rest; it is sent {ahead(gate.send_after, seen.now)}."
    if seen.places[account.pk] >= account.parallel:
        return f"Waits for a free place: {account} renders {account.parallel} at a time."
    return "It is sent next."


def next_look(take: Take, now: datetime) -> str:
    """When something happens by itself; nothing for what waits for others or for a person."""
    state = State(take.state)
    if state is State.QUEUED and take.not_before and take.not_before > now:
        return f"Sent again {ahead(take.not_before, now)}."
    if take.wake_at is None or state not in LOOKS:
        return ""
    if is_late(take, now):
        return f"It should have been looked at {spell(now - take.wake_at)} ago."
    return LOOKS[state].format(ahead(take.wake_at, now))


def is_late(take: Take, now: datetime) -> bool:
    return take.state in LOOKS and take.wake_at is not None and take.wake_at < now - LATE


def ahead(moment: datetime, now: datetime) -> str:
    return f"in {spell(moment - now)}" if moment > now + timedelta(seconds=1) else "now"


def spell(span: timedelta) -> str:
    """41 s, 12 min, 3 h, 2 days."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in SIZES:
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''}"
    return f"{seconds} s"
