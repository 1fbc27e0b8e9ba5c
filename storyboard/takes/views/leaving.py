"""What the hand-off pages show: where a shot leaves, what the next one opens on, and what each frame would be worth.

handoff.py answers with it. Everything here is read; the frames are rows of takes.models.Measure.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from storyboard.boards.asks import against_landing
from storyboard.boards.models import Joint, Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.views.side import joints_of
from storyboard.rendering.looks import Look, difference, step, weak
from storyboard.takes import cards, handoff
from storyboard.takes.drift import Drift, drifts, in_words
from storyboard.takes.models import Measure, Take
from storyboard.takes.queries import standing_of
from storyboard.takes.timing import Timing, nearest, timing_of

# The picture of the curve, in units of its own.
WIDTH, HEIGHT = 1000, 100
MOST_FRAMES = 100_000
# So much further apart than the last two are frames between which some were left out.
FEW, SKIPS = 3, 1.5
Row = list[object]


class Pair(NamedTuple):
    """A joint as the inspector shows it; each picture is an address of a clip and the moment in it."""

    before: Shot
    leaves: Take | None
    opens: Take | None
    # There is no clip any more to hand anything over.
    is_lost: bool
    left_at: str
    leaves_on: str
    opens_on: str
    drift: Drift | None
    said: str
    in_all: str
    # Whether this shot's model can end on a picture of somebody's choice.
    can_land: bool
    # Why not as the shot is; empty where nothing stands in the way.
    no_landing: str
    references: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """A clip to choose a frame of. `frames`: [ms, weakness, figure, difference, words] of each, as JSON."""

    take: Take
    is_lost: bool
    follower: Shot | None
    opens: Take | None
    opens_on: str
    leaves_on: str
    frames: str
    count: int
    at: int
    seconds: str
    is_measured: bool
    # Without some frames nobody can say which number one has.
    is_whole: bool
    sharpness: str
    brightness: str
    spans: list[tuple[str, int, int]]


def pair_of(sheet: Sheet) -> Pair | None:
    """Of a sheet with one shot; None where it opens fresh."""
    (shot,) = sheet.shots
    before = shot.joint_from
    if shot.joint == Joint.CUT or before is None or before.deleted_at is not None:
        return None
    whole, (asked,) = cards.with_those_before(sheet), sheet.asks()
    selected = {key: one.selected for key, one in standing_of(whole.shots).items() if one.selected}
    found = drifts(whole.shots, selected).get(shot.pk)
    leaves, opens = selected.get(before.pk), selected.get(shot.pk)
    return Pair(
        before=before,
        leaves=leaves,
        opens=opens,
        is_lost=leaves is not None and handoff.is_lost(leaves),
        left_at=left_at(leaves),
        leaves_on=still(sheet, leaves, leaving_ms(leaves)) if leaves else "",
        opens_on=still(sheet, opens, opening_ms(opens)) if opens else "",
        drift=found,
        said=in_words(found.step) if found else "",
        in_all=in_all(found) if found else "",
        can_land=shot.joint != Joint.LAND and Joint.LAND in dict(joints_of(asked)),
        no_landing=against_landing(asked),
        references=len(shot.references.all()),
    )


def in_all(found: Drift) -> str:
    """What the steps along the chain add up to; nothing where there is only one."""
    if found.since.pk == found.before.pk:
        return ""
    return f"{found.total.figure:.1f} since shot {found.since.position}: {in_words(found.total)}"


def still(sheet: Sheet, take: Take, ms: int) -> str:
    """The clip at one of its frames: players show that one without being asked to play."""
    ids = [sheet.board.team.public_id, sheet.board.public_id, take.public_id]
    return f"{reverse('take_play', args=ids)}#t={ms / 1000:.3f}"


def left_at(take: Take | None) -> str:
    if take is None or take.hand_off_ms is None:
        return "at its end"
    return f"at {in_seconds(take.hand_off_ms)} s"


def in_seconds(ms: int) -> str:
    return f"{Decimal(ms) / 1000:.2f}"


def leaving_ms(take: Take) -> int:
    if take.hand_off_ms is not None:
        return take.hand_off_ms
    own = measure_of(take)
    timing = timing_of(take.clip)
    return own.last[0] if own else timing.middle_ms(timing.count - 1) if timing else 0


def opening_ms(take: Take) -> int:
    own = measure_of(take)
    timing = timing_of(take.clip)
    return int(own.first[0]) if own else timing.middle_ms(0) if timing else 0


def measure_of(take: Take, *, frames: bool = False) -> Measure | None:
    own = Measure.objects.filter(take=take).exclude(made_at=None)
    return own.first() if frames else own.defer("frames").first()


def scrub_of(sheet: Sheet, take: Take) -> Scrub:
    """`sheet`: the take's shot alone."""
    own = measure_of(take, frames=True)
    looks = [Look(*row) for row in own.frames] if own else []
    timing = timing_of(take.clip)
    times = [look.ms for look in looks] or guessed(timing)
    follower, opens = follower_of(take)
    reasons = weak(looks)
    return Scrub(
        take=take,
        is_lost=handoff.is_lost(take),
        follower=follower,
        opens=opens,
        opens_on=still(sheet, opens, opening_ms(opens)) if opens else "",
        leaves_on=still(sheet, take, leaving_ms(take)),
        frames=json.dumps(rows_of(times, looks, reasons, opens), separators=(",", ":"), ensure_ascii=False),
        count=len(times),
        at=nearest(times, leaving_ms(take), timing),
        seconds=in_seconds(leaving_ms(take)),
        is_measured=bool(looks),
        is_whole=is_whole(times, timing),
        sharpness=curve([look.sharpness for look in looks]),
        brightness=curve([look.brightness for look in looks]),
        spans=spans(reasons),
    )


def is_whole(times: list[int], timing: Timing | None) -> bool:
    """Of a long clip only every so many frames are kept, but each of the last ones."""
    if timing and timing.frames:
        return len(times) == timing.count
    return len(times) < FEW or times[1] - times[0] < SKIPS * (times[-1] - times[-2])


def guessed(timing: Timing | None) -> list[int]:
    """The middles of its frames, as far as its file tells, while it is not measured yet."""
    if timing is None:
        return [0]
    return [timing.middle_ms(number) for number in range(min(timing.count, MOST_FRAMES))]


def follower_of(take: Take) -> tuple[Shot | None, Take | None]:
    """The first shot that opens on it, and its selected take."""
    shots = Shot.objects.filter(joint_from=take.shot_id, deleted_at=None).exclude(joint=Joint.CUT)
    shot = shots.order_by("position").first()
    chosen = Take.objects.filter(shot=shot, is_selected=True).select_related("clip").first() if shot else None
    return shot, chosen


def rows_of(
    times: Sequence[int], looks: Sequence[Look], reasons: Sequence[str], opens: Take | None
) -> list[list[object]]:
    """One for each frame; what nobody measured is empty."""
    other = measure_of(opens) if opens else None
    if not looks:
        return [[ms, "", None, None, ""] for ms in times]
    goal = Look(*other.first) if other else None
    return [[look.ms, reason, *compared(look, goal)] for look, reason in zip(looks, reasons, strict=True)]


def compared(look: Look, goal: Look | None) -> Row:
    if goal is None:
        return [None, None, ""]
    apart = step(look, goal)
    return [apart.figure, difference(look.mosaic, goal.mosaic), in_words(apart)]


def curve(values: Sequence[float]) -> str:
    """Points of a line over the whole width, the highest value on top."""
    least, most = (min(values), max(values)) if values else (0.0, 0.0)
    # What hardly changes is drawn as hardly changing.
    room = max(most - least, 20.0)
    wide = WIDTH / max(1, len(values) - 1)
    return " ".join(
        f"{at * wide:.0f},{HEIGHT - (value - least) / room * HEIGHT:.0f}" for at, value in enumerate(values)
    )


def spans(reasons: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of weak frames: why, where each begins and how wide it is."""
    found: list[tuple[str, int, int]] = []
    wide = WIDTH / max(1, len(reasons))
    at = 0
    while at < len(reasons):
        end = at
        while end < len(reasons) and reasons[end] == reasons[at]:
            end += 1
        if reasons[at]:
            found.append((reasons[at], round(at * wide), max(3, round((end - at) * wide))))
        at = end
    return found
