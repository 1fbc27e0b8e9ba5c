"""When each frame of a take's clip is on screen, in milliseconds of the clip: by its own times, or by its rate. Pure.

cut.py, handoff.py, planning.py and the pages where a hand-off is chosen ask; old files know their length only.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from storyboard.media.models import File

SECOND = 1000
# Where a clip does not say how many frames a second has.
FPS = Decimal(24)
# Lengths are written in whole milliseconds, and where only the file's is known its sound may last a little longer.
NEARLY, EXACT = Decimal("0.1"), Decimal("0.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds; `frames` says when each begins where the rate is only an average."""

    begins: Decimal
    ends: Decimal
    fps: Decimal
    count: int
    frames: Sequence[int] = ()

    def at(self, ms: int) -> int:
        """The number of the frame on screen at this moment; before the first and after the last it is those."""
        found = (
            bisect_right(self.frames, ms) - 1 if self.frames else int((ms - self.begins) * self.fps / SECOND + EXACT)
        )
        return min(max(0, found), self.count - 1)

    def start(self, number: int) -> Decimal:
        if self.frames:
            return Decimal(self.frames[number])
        return self.begins + number * SECOND / self.fps

    def first_ms(self, number: int) -> int:
        """Where a player shows this frame and not the one before: within it, for players cut digits off."""
        if number == 0:
            return whole(self.begins)
        return whole(self.start(number), ROUND_FLOOR) + 1

    def over_ms(self, number: int) -> int:
        """When its time is over."""
        return whole(self.ends if number >= self.count - 1 else self.start(number + 1))

    def middle_ms(self, number: int) -> int:
        ends = self.ends if number >= self.count - 1 else self.start(number + 1)
        return whole((self.start(number) + ends) / 2, ROUND_FLOOR)

    def holds(self, ms: int) -> bool:
        """Whether there is a picture at this moment."""
        return self.begins <= ms < self.ends and ms > 0


def timing_of(clip: File | None) -> Timing | None:
    """None without a clip, and for one of unknown length."""
    if clip is None or not clip.seconds:
        return None
    fps = clip.fps or FPS
    if clip.picture_from is None or clip.picture_to is None:
        # Kept when only the container was asked.
        count = max(1, int(clip.seconds * fps + NEARLY))
        return Timing(begins=Decimal(0), ends=count * SECOND / fps, fps=fps, count=count)
    begins, ends = clip.picture_from * SECOND, clip.picture_to * SECOND
    frames = tuple(clip.frames)
    count = len(frames) or max(1, whole((ends - begins) * fps / SECOND))
    return Timing(begins=begins, ends=ends, fps=fps, count=count, frames=frames)


def nearest(moments: Sequence[int], ms: int, timing: Timing | None) -> int:
    """Which of these moments lies in the frame that is on screen at `ms`; where none does, the nearest."""
    wanted = timing.at(ms) if timing else None
    same = [at for at, moment in enumerate(moments) if timing and timing.at(moment) == wanted]
    return same[0] if same else min(range(len(moments)), key=lambda at: abs(moments[at] - ms))


def whole(value: Decimal, rounding: str = ROUND_HALF_UP) -> int:
    return int(value.to_integral_value(rounding))
