"""Clips as cameras, telephones and editors write them, small: each frame says its number by its light.

`odd(name, folder)` makes one of NAMES; `number_of` reads a frame's number from a picture of it.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import av
import numpy as np
from PIL import Image

from tests.media.seeds import tone, turned

SIZE = (96, 64)
TICKS = 90_000
STEP, DARKEST = 6, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """When each frame begins, in ticks of a 90,000th, and how long the last one stays; then what is odd about it."""

    starts: Sequence[int]
    last: int
    # Seconds of sound, from the beginning.
    sound: float = 0
    rotation: int = 0
    form: str = "mp4"
    codec: str = "libx264"
    b_frames: int = 0
    # A list of edits ends it here, in milliseconds, be it within a frame.
    cut: int = 0
    # Without a list of edits the first frame stands as late as its decoder needs.
    edits: bool = True


def even(count: int, fps: Fraction | int = 24, late: float = 0) -> list[int]:
    return [round((late + number / fps) * TICKS) for number in range(count)]


# A telephone in changing light: 40 and 20 milliseconds, one long stop, then quicker again.
UNEVEN = [0]
for _gap in [40, 20, 20, 40, 40, 20, 300, 20, 20, 40, 20, 20, 40, 60, 20, 20, 40]:
    UNEVEN.append(UNEVEN[-1] + _gap * 90)
NTSC = Fraction(60_000, 1001)
ODD = {
    "plain": Odd(starts=even(24), last=3750, sound=1),
    "uneven": Odd(starts=UNEVEN, last=1800, sound=0.86),
    "uneven_b": Odd(starts=UNEVEN, last=1800, sound=0.86, b_frames=2),
    "uneven_webm": Odd(starts=UNEVEN, last=1800, sound=0.86, form="webm", codec="libvpx-vp9"),
    "vp8": Odd(starts=even(24), last=3750, form="webm", codec="libvpx"),
    "late": Odd(starts=even(24, late=0.2), last=3750, sound=1.2),
    "late_webm": Odd(starts=even(24, late=0.2), last=3750, sound=1.2, form="webm", codec="libvpx-vp9"),
    "sound_longer": Odd(starts=even(24), last=3750, sound=1.04),
    "sound_much_longer": Odd(starts=even(24), last=3750, sound=2),
    "sound_much_longer_webm": Odd(starts=even(24), last=3750, sound=2, form="webm", codec="libvpx-vp9"),
    "sound_shorter": Odd(starts=even(24), last=3750, sound=0.5),
    "early": Odd(starts=even(24, late=-0.125), last=3750, sound=0.875),
    "trimmed": Odd(starts=even(24), last=3750, cut=700),
    "one": Odd(starts=[0], last=3750),
    "one_long": Odd(starts=[0], last=2 * TICKS),
    "slides": Odd(starts=[0, TICKS, 3 * TICKS], last=2 * TICKS, sound=5),
    "slides_webm": Odd(starts=[0, TICKS, 3 * TICKS], last=2 * TICKS, sound=5, form="webm", codec="libvpx-vp9"),
    "b_frames": Odd(starts=even(24), last=3750, sound=1, b_frames=2),
    "b_frames_late": Odd(starts=even(24), last=3750, b_frames=2, edits=False),
    "upright": Odd(starts=even(24), last=3750, sound=1, rotation=90),
    "ntsc": Odd(starts=even(30, NTSC), last=round(TICKS / NTSC)),
    "mov": Odd(starts=even(24), last=3750, sound=1.04, form="mov"),
}
NAMES = tuple(ODD)
# How many frames a decoder may hold back, where no list of edits makes up for it.
HELD = 2 * 3750


class Shown(NamedTuple):
    """A frame that is to be seen: its number, and from when to when, in milliseconds."""

    number: int
    starts: float
    ends: float


def shown(name: str) -> list[Shown]:
    """What a player has to show of it; what comes before the beginning is cut off by a list of edits."""
    how = ODD[name]
    late = 0 if how.edits else HELD
    starts = [start + late for start in how.starts]
    ends = [*starts[1:], starts[-1] + how.last]
    until = how.cut * 90 or ends[-1]
    each = enumerate(zip(starts, ends, strict=True))
    return [Shown(number, start / 90, min(end, until) / 90) for number, (start, end) in each if 0 <= start < until]


def odd(name: str, folder: Path) -> Path:
    path = folder / f"{name}.{ODD[name].form}"
    path.write_bytes(content(name))
    return path


@cache
def content(name: str) -> bytes:
    how, file = ODD[name], io.BytesIO()
    options = {} if how.edits else {"use_editlist": "0"}
    with av.open(file, "w", format=how.form, options=options) as container:
        video = cast("av.VideoStream", container.add_stream(how.codec, rate=24, options=coded(how)))
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.codec_context.time_base = Fraction(1, TICKS)
        video.codec_context.max_b_frames = how.b_frames
        audio = cast("av.AudioStream", container.add_stream(sound_of(how), rate=48000)) if how.sound else None
        ends = [*how.starts[1:], how.starts[-1] + how.last]
        lasts = {start: end - start for start, end in zip(how.starts, ends, strict=True)}
        for packet in pictures(video, how):
            packet.duration = lasts[cast("int", packet.pts)]
            container.mux(packet)
        for part in (*tone(how.sound), None) if audio else ():
            container.mux(cast("av.AudioStream", audio).encode(part))
    made = shortened(file.getvalue(), how.cut) if how.cut else file.getvalue()
    return turned(made, how.rotation) if how.rotation else made


def shortened(made: bytes, ms: int) -> bytes:
    """As telephones trim a clip: all is still there, and its list of edits ends sooner."""
    at = made.index(b"elst") + 12
    return made[:at] + struct.pack(">I", ms) + made[at + 4 :]


def coded(how: Odd) -> dict[str, str]:
    return (
        {"crf": "4", "g": "12"}
        if how.codec == "libx264"
        else {"crf": "10", "b": "1M", "g": "12", "lag-in-frames": "10", "auto-alt-ref": "1"}
    )


def sound_of(how: Odd) -> str:
    return "libopus" if how.form == "webm" else "aac"


def pictures(video: av.VideoStream, how: Odd) -> list[Any]:
    found: list[Any] = []
    for number, start in enumerate(how.starts):
        frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
        frame.pts, frame.time_base = start, Fraction(1, TICKS)
        found += video.encode(frame)
    return found + video.encode()


def picture(number: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Lighter with each frame, and darker at the left: a turn is seen."""
    grey = np.full((SIZE[1], SIZE[0], 3), DARKEST + STEP * number, np.uint8)
    grey[:, : SIZE[0] // 4] //= 2
    return grey


def number_of(image: Image.Image) -> int:
    """By the light of its middle."""
    grey = np.asarray(image.convert("L"), dtype=float)
    high, wide = grey.shape
    middle = grey[high * 2 // 5 : high * 3 // 5, wide * 2 // 5 : wide * 3 // 5].mean()
    return round(float(middle - DARKEST) / STEP)
