"""Small pictures of a picture or a video, for grids and players. The jailed process calls it after a file was taken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from PIL import Image

from storyboard.rendering import check, frames, pictures, probe, sniff
from storyboard.rendering.probe import Kind, Unreadable

SAVED: dict[str, dict[str, Any]] = {
    "jpeg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
}
WHITE = (255, 255, 255, 255)


def posters(path: Path, folder: Path, *, widths: list[int], at: float = 0, name: str = "webp") -> list[Path]:
    """One file for each width, never larger than the original; of a video its picture at that second."""
    whole = picture_of(path, at, max(widths))
    made = []
    for width in widths:
        small = whole.copy()
        small.thumbnail((width, round(width * whole.height / whole.width) + 1), Image.Resampling.LANCZOS)
        made.append(folder / f"poster-{width}.{name}")
        (on_white(small) if name == "jpeg" else small).save(made[-1], **SAVED[name])
    return made


def picture_of(path: Path, at: float, width: int) -> Image.Image:
    found = sniff.sniff(path)
    if found.kind is Kind.AUDIO:
        raise Unreadable("A sound has no picture. Please show its waveform.")
    if found.kind is Kind.VIDEO:
        return frame_of(path, found, at)
    with pictures.opened(path, found) as picture:
        # A JPEG is read at an eighth, a quarter or half its size, whichever is enough: upright or on its side.
        picture.draft("RGB", (width * 2, width * 2))
        return pictures.plain(picture, alpha=True)


def frame_of(path: Path, found: sniff.Format, at: float) -> Image.Image:
    with check.opened(path, found) as container:
        check.check_streams(container)
        shown = None
        for frame in moving(container):
            if shown is not None and (frame.time or 0) > at:
                break
            shown = frame
        if shown is None:
            raise Unreadable("The video holds no picture. Please export it again.")
        return frames.upright(frames.picture(shown, threads=1), shown.rotation)


def moving(container: InputContainer) -> Iterator[av.VideoFrame]:
    for stream in probe.moving_pictures(container)[:1]:
        yield from container.decode(stream)


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, WHITE), picture).convert("RGB")
