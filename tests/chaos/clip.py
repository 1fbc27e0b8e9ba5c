"""A real clip and a real picture, as small as they can be: what the fake vendor's links lead to."""

import io
from functools import cache

import av
import numpy as np
from PIL import Image

SIDE, FRAMES, RATE = (320, 320), 24, 24


def picture(step: int) -> Image.Image:
    """A grey ramp that moves: a decoder has something to do, and not much."""
    ramp = np.add.outer(np.arange(SIDE[1]), np.arange(SIDE[0])) // 3 + step * 4
    return Image.fromarray((ramp % 256).astype(np.uint8)).convert("RGB")


@cache
def tiny_clip() -> bytes:
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIDE, "yuv420p"
        for step in range(FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture(step)), format="rgb24")))
        container.mux(stream.encode())
    return made.getvalue()


@cache
def tiny_frame() -> bytes:
    made = io.BytesIO()
    picture(FRAMES - 1).save(made, "PNG")
    return made.getvalue()
