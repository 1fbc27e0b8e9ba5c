"""The cut: the selected takes in order, each from which frame to which, and what stands where a clip is missing. Pure.

views.cut draws it, static/js/cut.js and its like play it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from storyboard.boards.asks import OPENED
from storyboard.boards.choices import merged
from storyboard.boards.models import Joint, Shot
from storyboard.media.models import Reference
from storyboard.takes.models import State, Take
from storyboard.takes.queries import Standing
from storyboard.takes.timing import FPS, SECOND, timing_of

MINUTE = 60_000
# What a card in the place of a clip shows of the prompt.
EXCERPT = 240
NOTHING: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A shot's part of the film: its clip from `in_ms` to `out_ms`, or for so long a picture or its words."""

    shot: Shot
    starts_ms: int
    in_ms: int
    out_ms: int
    # The one that is played.
    take: Take | None = None
    # Without it: a take that nobody has selected, or a picture of the library.
    still: Take | None = None
    picture: Reference | None = None
    # The shot opens on where the one before it ends.
    is_joined: bool = False
    # How far apart both sides of that joint look, once that is measured.
    step: str = ""

    @property
    def length_ms(self) -> int:
        return self.out_ms - self.in_ms

    @property
    def fps(self) -> Decimal:
        return (self.take.clip.fps if self.take and self.take.clip else None) or FPS

    @property
    def frames(self) -> str:
        """When each frame of its clip begins, for players that step through it; empty where the rate tells."""
        clip = self.take.clip if self.take else None
        return " ".join(str(ms) for ms in clip.frames) if clip else ""

    @property
    def prompt(self) -> str:
        words = self.shot.prompt
        return f"{words[:EXCERPT].rstrip()}…" if len(words) > EXCERPT else words

    @property
    def before(self) -> int:
        """The number of the shot on the other side of its joint."""
        return self.shot.position - 1


@dataclass(frozen=True, slots=True)
class Cut:
    segments: list[Segment]

    @property
    def total_ms(self) -> int:
        return sum(segment.length_ms for segment in self.segments)

    @property
    def length(self) -> str:
        """0:41.0"""
        tenths = int((Decimal(self.total_ms) / 100).to_integral_value(ROUND_HALF_UP))
        minutes, rest = divmod(tenths, MINUTE // 100)
        return f"{minutes}:{rest // 10:02}.{rest % 10}"

    @property
    def missing(self) -> int:
        return sum(segment.take is None for segment in self.segments)

    @property
    def biggest(self) -> Segment | None:
        """The joint whose two sides look least alike."""
        measured = [segment for segment in self.segments if segment.step]
        return max(measured, key=lambda segment: Decimal(segment.step), default=None)


def cut_of(shots: Sequence[Shot], stands: Mapping[int, Standing], steps: Mapping[int, str] = NOTHING) -> Cut:
    """Of a board's shots in order. `steps`: for each shot how far its first frame is from what it opens on."""
    found: list[Segment] = []
    starts_ms = 0
    for at, shot in enumerate(shots):
        before = shots[at - 1] if at else None
        after = shots[at + 1] if at + 1 < len(shots) else None
        is_joined, hands_on = opens_on(shot, before), opens_on(after, shot)
        own = stands[shot.pk]
        first, last = played(shot, own.selected, is_doubled(shot, before, stands), hands_on)
        segment = Segment(
            shot=shot,
            starts_ms=starts_ms,
            in_ms=first,
            out_ms=last,
            take=own.selected if own.selected and own.selected.clip else None,
            still=still_of(own),
            picture=picture_of(shot),
            is_joined=is_joined,
            step=steps.get(shot.pk, "") if is_joined else "",
        )
        found.append(segment)
        starts_ms += segment.length_ms
    return Cut(found)


def opens_on(shot: Shot | None, before: Shot | None) -> bool:
    """Whether a joint holds them together, and they stand side by side."""
    return bool(shot and before and shot.joint != Joint.CUT and shot.joint_from_id == before.pk)


def is_doubled(shot: Shot, before: Shot | None, stands: Mapping[int, Standing]) -> bool:
    """Its first frame is the very frame on which the clip before it ends, as long as it was made from that."""
    if before is None or shot.joint not in OPENED or not opens_on(shot, before):
        return False
    own, ahead = stands[shot.pk].selected, stands[before.pk].selected
    return bool(own and ahead and own.upstream_id == ahead.pk and own.upstream_ms == ahead.hand_off_ms)


def played(shot: Shot, take: Take | None, is_doubled: bool, hands_on: bool) -> tuple[int, int]:
    """From which millisecond to which. Where the next shot takes over earlier, its frame is the last one."""
    timing = timing_of(take.clip) if take else None
    if take is None or timing is None:
        return 0, merged(shot.board.settings, shot.settings).seconds * SECOND
    last = timing.count - 1
    if hands_on and take.hand_off_ms is not None:
        last = timing.at(take.hand_off_ms)
    first = 1 if is_doubled and last > 0 else 0
    return timing.first_ms(first), timing.over_ms(last)


def still_of(found: Standing) -> Take | None:
    """The newest take, when it is done and waits for somebody to select it."""
    last = found.last
    is_shown = found.selected is None and last is not None and last.state == State.DONE
    return last if is_shown and last and last.clip and last.clip.poster_key else None


def picture_of(shot: Shot) -> Reference | None:
    """What its card shows, too, until there is a take."""
    landing = [shot.landing] if shot.landing and shot.joint == Joint.LAND else []
    pictures = [*landing, *(row.reference for row in shot.references.all())]
    return next((one for one in pictures if one.file and one.file.poster_key), None)
