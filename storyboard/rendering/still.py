"""One picture of a clip as a file, exact to the pixel: what the next shot opens on. The jailed process calls it."""

from pathlib import Path

import av

from storyboard.rendering import check, frames, poster, sniff
from storyboard.rendering.probe import Kind, Unreadable

NO_PICTURE = "The clip holds no picture. Please export it again."


def still(path: Path, folder: Path, *, at_ms: int | None = None) -> Path:
    """The picture on screen at that moment as a PNG; the last one without a moment, or after the end."""
    shown = shown_at(path, at_ms)
    made = folder / "frame.png"
    image = frames.upright(frames.picture(shown, threads=1), shown.rotation)
    made.write_bytes(frames.png(image))
    return made


def shown_at(path: Path, at_ms: int | None) -> av.VideoFrame:
    """A short clip has one keyframe, at its start, so seeking would not spare any decoding."""
    found = sniff.sniff(path)
    if found.kind is not Kind.VIDEO:
        raise Unreadable(NO_PICTURE)
    shown = None
    with check.opened(path, found) as container:
        check.check_streams(container)
        for frame in poster.moving(container):
            if shown is not None and at_ms is not None and milliseconds(frame) > at_ms:
                break
            shown = frame
    if shown is None:
        raise Unreadable(NO_PICTURE)
    return shown


def milliseconds(frame: av.VideoFrame) -> float:
    """Rounded to a thousandth of it: times of frames are fractions that no float holds."""
    return round((frame.time or 0) * 1000, 3)
