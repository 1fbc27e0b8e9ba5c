"""Measure pictures, and each frame of a clip in one go: light, contrast, colour, detail. The jailed process calls it.

What the numbers mean, and how far two of them are apart, is in looks.py.
"""

import base64
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storyboard.rendering import check, frames, poster, sniff, still
from storyboard.rendering.looks import MOST_FRAMES, Look
from storyboard.rendering.probe import Kind, Unreadable

Plane = NDArray[np.float32]
# All pictures are measured at about this size, whatever their shape: detail counts differently in larger ones.
PIXELS = 384 * 216
LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
WHITE, PERCENT = 255, 100
# Four powers of ten from one grey to noise, so that 25 points are ten times the detail.
POWERS = 4
COLUMNS, ROWS = 6, 4


def look(image: Image.Image, ms: int = 0) -> Look:
    return of(image.convert("RGB").resize(size_for(*image.size), Image.Resampling.BOX), ms)


def size_for(width: int, height: int) -> tuple[int, int]:
    scale = math.sqrt(PIXELS / (width * height))
    # Two pixels more than fields at least, for the outermost have no neighbours.
    return max(COLUMNS + 2, round(width * scale)), max(ROWS + 2, round(height * scale))


def of(small: Image.Image, ms: int) -> Look:
    """The four figures and the mosaic of a small picture."""
    pixels = np.asarray(small)
    luma: Plane = (pixels @ LUMA).astype(np.float32)
    # A quarter of the pixels tells as much about colour.
    red, green, blue = (pixels[::2, ::2, channel] for channel in range(3))
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return Look(
        ms=ms,
        brightness=percent(float(luma.mean())),
        # Half black and half white is as far from its mean as can be.
        contrast=percent(float(luma.std()) * 2),
        saturation=percent(float(chroma.mean())),
        sharpness=detail(luma),
        mosaic=mosaic(small),
    )


def percent(value: float) -> float:
    return round(min(max(value / WHITE * PERCENT, 0.0), float(PERCENT)), 1)


def detail(luma: Plane) -> float:
    """How much each pixel differs from its four neighbours, on a scale where ten times as much is 25 more.

    Of the fields of the picture the one in the middle counts: lines of text in some make no sharp picture.
    """
    edges = 4 * luma[1:-1, 1:-1] - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    height, width = edges.shape[0] // ROWS, edges.shape[1] // COLUMNS
    fields = edges[: height * ROWS, : width * COLUMNS].reshape(ROWS, height, COLUMNS, width)
    powers = np.log10(1 + fields.var(axis=(1, 3)))
    return round(min(PERCENT * float(np.median(powers)) / POWERS, float(PERCENT)), 1)


def mosaic(small: Image.Image) -> str:
    """The mean colours of a few fields, as text: enough to tell whether two show the same in the same place."""
    return base64.b64encode(small.resize((COLUMNS, ROWS), Image.Resampling.BOX).tobytes()).decode()


def measure(path: Path) -> list[Look]:
    """Every frame of a clip, decoded once; of a long one some."""
    found = sniff.sniff(path)
    if found.kind is not Kind.VIDEO:
        raise Unreadable(still.NO_PICTURE)
    with check.opened(path, found) as container:
        check.check_streams(container)
        looks = kept(list(looked_at(container)))
    if not looks:
        raise Unreadable(still.NO_PICTURE)
    return looks


def looked_at(container: av.container.InputContainer) -> Iterator[Look]:
    """One behind, for only the next frame tells how long this one is on screen."""
    before: tuple[float, float, Image.Image] | None = None
    shown = 1000 / 24
    for frame in poster.moving(container):
        starts = still.milliseconds(frame)
        if before is not None:
            shown = starts - before[0]
            # Browsers believe a frame's own length, too, and show the next one after that.
            yield of(before[2], middle(before[0], min(shown, before[1] or shown)))
        before = starts, length(frame), small_picture(frame)
    if before is not None:
        yield of(before[2], middle(before[0], before[1] or shown))


def length(frame: av.VideoFrame) -> float:
    """In milliseconds as its packet says; 0 where it says nothing."""
    return round(float((frame.duration or 0) * (frame.time_base or 0)) * 1000, 3)


def middle(starts: float, shown: float) -> int:
    """A whole millisecond within the time of a frame, if there is one."""
    return max(0, math.ceil(starts), math.floor(Fraction(starts) + Fraction(shown) / 2))


def small_picture(frame: av.VideoFrame) -> Image.Image:
    small = frames.picture(frame, threads=1, size=size_for(frame.width, frame.height))
    return frames.upright(small, frame.rotation)


def kept(looks: Sequence[Look]) -> list[Look]:
    """All that an answer holds: of a long clip each frame near its end, where people leave it, and some before."""
    if len(looks) <= MOST_FRAMES:
        return list(looks)
    half = MOST_FRAMES // 2
    rest = looks[:-half]
    return [*rest[:: math.ceil(len(rest) / half)], *looks[-half:]]
