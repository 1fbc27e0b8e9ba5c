"""Clips made of given pictures, frame by frame, for tests of measuring; `scene` has detail, light, colour."""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
FPS = 24
SIZE = (320, 180)


def scene(light: float = 1.0, *, shift: int = 0) -> Pixels:
    """Fine tiles over a ramp, reddish; `light` scales it, `shift` moves it to the side."""
    along, down = np.meshgrid(np.arange(SIZE[0]) + shift, np.arange(SIZE[1]))
    grey = 60 + along % 256 * 0.35 + ((along // 6 + down // 6) % 2) * 40
    colours = np.stack([grey * 1.15, grey, grey * 0.85], axis=2) * light
    return np.clip(colours, 0, 255).astype(np.uint8)


def blurred(pixels: Pixels) -> Pixels:
    few = Image.fromarray(pixels).resize((SIZE[0] // 16, SIZE[1] // 16), Image.Resampling.BOX)
    return np.asarray(few.resize(SIZE, Image.Resampling.BICUBIC))


def clip(path: Path, pictures: Iterable[Pixels]) -> Path:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "12", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for pixels in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def ending(path: Path, how: str) -> Path:
    """Two seconds of which the last twelve frames go wrong: 'black', 'blurred', 'fading'; '' is a good one."""
    last = {
        "black": [scene(0.0)] * 12,
        "blurred": [blurred(scene(shift=number)) for number in range(12)],
        "fading": [scene(1 - number / 13, shift=number) for number in range(1, 13)],
        "": [scene(shift=number) for number in range(12)],
    }[how]
    return clip(path, [*(scene(shift=number) for number in range(36)), *last])
