"""How a picture looks, as four numbers and a mosaic, and how far two pictures are apart. Plain numbers, no media here.

compare.py measures them; takes ask what the step between two shots is, and where a clip is no good to leave.
"""

import base64
import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

# Six colours in a row and four rows: what is where, and nothing finer.
MOSAIC = 6 * 4 * 3
# An answer of the jail is bounded: that many fit.
MOST_FRAMES = 400
# What people see most at a cut is light; detail differs most from picture to picture without being seen.
WEIGHTS = (1.0, 0.7, 0.5, 0.3)
WHITE = 255
# Very dark, and flat: a night has lamps.
DARK, FLAT = 6.0, 6.0
# Sharpness is a logarithm: so much less is a fifth of the detail. What is a little softer is no worse to go on from.
SOFTER = 18.0
# A fade takes a third of the light at least, goes on up to the end, and has begun when a tenth is gone.
FADED, BEGUN, LEAST_FRAMES = 0.7, 0.9, 4
WAVER = 0.2


class Look(NamedTuple):
    """One frame of a clip, each figure from 0 to 100; `ms` is the middle of the time for which it is on screen."""

    ms: int
    brightness: float
    contrast: float
    saturation: float
    sharpness: float
    mosaic: str = ""

    @property
    def figures(self) -> tuple[float, float, float, float]:
        return self.brightness, self.contrast, self.saturation, self.sharpness


class Step(NamedTuple):
    """From one picture to another; above zero is brighter, more contrast, more colour, sharper."""

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    sharpness: float = 0.0

    @property
    def figure(self) -> float:
        """One figure for all four: the length of the way, brightness counting fully and sharpness least.

        A clip that goes on exactly where another ended stays below 1, for coding alone moves each number a little.
        A picture of medium light that becomes a tenth brighter is about 5 away.
        """
        return round(math.hypot(*(weight * part for weight, part in zip(WEIGHTS, self, strict=True))), 1)

    def then(self, other: "Step") -> "Step":
        """Both, one after the other: what was lost and came back is no step."""
        return Step(*(round(one + more, 1) for one, more in zip(self, other, strict=True)))


def step(before: Look, after: Look) -> Step:
    return Step(*(round(now - then, 1) for then, now in zip(before.figures, after.figures, strict=True)))


def difference(one: str, other: str) -> float | None:
    """How much the colours of two mosaics differ on average, from 0 to 100; None where one of them is missing."""
    first, second = tiles(one), tiles(other)
    if not first or not second:
        return None
    apart = sum(abs(left - right) for left, right in zip(first, second, strict=True))
    return round(apart / MOSAIC / WHITE * 100, 1)


def tiles(mosaic: str) -> bytes:
    found = base64.b64decode(mosaic)
    return found if len(found) == MOSAIC else b""


def weak(looks: Sequence[Look]) -> list[str]:
    """Of each frame why a shot should not be left there: 'black', 'fading' or 'blurred'; '' when it is fine."""
    usual = median(look.sharpness for look in looks) if looks else 0.0
    fades = fade(looks)
    return [reason(look, usual, at >= fades) for at, look in enumerate(looks)]


def reason(look: Look, usual: float, is_fading: bool) -> str:
    if look.brightness < DARK and look.contrast < FLAT:
        return "black"
    if is_fading:
        return "fading"
    return "blurred" if look.sharpness < usual - SOFTER else ""


def fade(looks: Sequence[Look]) -> int:
    """Where the fade at the end has begun; behind the last frame when the clip ends in its own light."""
    start = len(looks) - 1
    while start > 0 and looks[start - 1].brightness >= looks[start].brightness - WAVER:
        start -= 1
    falling = [look.brightness for look in looks[max(0, start) :]]
    if len(falling) < LEAST_FRAMES or falling[-1] > falling[0] * FADED:
        return len(looks)
    return start + next(at for at, light in enumerate(falling) if light < falling[0] * BEGUN)
