"""Single frames of a clip, exact: the last one is what the next shot opens on.

Takes call this after a clip has arrived; the animatic uses it for the picture beside its clip.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from PIL import Image

from storyboard.rendering import probe

BT709 = 1
BT601 = (5, 6)
# Untagged clips are read as every player reads them: BT.709 from this height on.
HIGH_DEFINITION = 720


def last_frame(path: Path) -> Image.Image:
    """The very last frame. A short clip has one keyframe at its start, so seeking would not spare any decoding."""
    last = None
    with probe.opened(path) as container:
        for frame in decoded(container):
            last = frame
        if last is None:
            raise probe.Unreadable("The file holds no picture.")
        return upright(picture(last), last.rotation)


def first_frame(path: Path) -> Image.Image:
    return frame_at(path, 0)


def frame_at(path: Path, seconds: float) -> Image.Image:
    """The frame on screen at that moment; after the end, the last one."""
    shown = None
    with probe.opened(path) as container:
        for frame in decoded(container):
            if shown is not None and frame.time is not None and frame.time > seconds + 1e-6:
                break
            shown = frame
        if shown is None:
            raise probe.Unreadable("The file holds no picture.")
        return upright(picture(shown), shown.rotation)


def decoded(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    for stream in probe.moving_pictures(container)[:1]:
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def picture(frame: av.VideoFrame, *, threads: int = 0, size: tuple[int, int] | None = None) -> Image.Image:
    """A frame in the colours that a player shows; libav would otherwise read everything as BT.601.

    Without a number of threads libav takes as many as there are processors; without a size it is as large as it is.
    """
    width, height = size or (frame.width, frame.height)
    high = frame.colorspace == BT709 or (frame.colorspace not in BT601 and frame.height >= HIGH_DEFINITION)
    converted = frame.reformat(
        width,
        height,
        format="rgb24",
        src_colorspace=Colorspace.ITU709 if high else Colorspace.ITU601,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA if size else None,
        threads=threads,
    )
    return Image.fromarray(converted.to_ndarray())


def upright(image: Image.Image, rotation: int) -> Image.Image:
    """libav counts the turn that sets it right, against the clock, as Pillow does."""
    return image.rotate(rotation, expand=True) if rotation else image


def png(image: Image.Image) -> bytes:
    """Level 1 takes a fifth of the time of the default and costs little: the next shot is waiting."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()
