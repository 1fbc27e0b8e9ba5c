"""The moving part of an animatic, as one libav filter graph: slow cameras, a dissolve, and the caption's fade.

The animatic builds one per clip and pulls its frames. Every picture goes in once; the graph makes the frames.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import cast

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

FPS = 24
# libav's numbers for the colour space and for the range that video uses.
BT709, LIMITED = 1, 1
# zoompan moves by whole pixels of its input; twice the size makes the steps too small to see.
FINER = 2
CLOSER = 0.16
# The caption comes and goes inside the clip: its last frame opens the next shot and has to be clean.
FADE = 0.12


class Stage:
    def __init__(self, size: tuple[int, int], count: int, chance: Random) -> None:
        self.size, self.count, self.chance = size, count, chance
        self.graph = Graph()
        self.sources: list[tuple[FilterContext, av.VideoFrame]] = []

    def leaving(self, picture: Image.Image, count: int) -> FilterContext:
        """Begins on the picture itself, at rest, and moves into it."""
        return self.camera(picture, count, f"pow(on/{max(1, count - 1)},1.5)")

    def arriving(self, picture: Image.Image, count: int) -> FilterContext:
        """Ends on the picture itself, and comes to rest there."""
        return self.camera(picture, count, f"pow(1-on/{max(1, count - 1)},1.5)")

    def dissolved(self, first: Image.Image, second: Image.Image) -> FilterContext:
        start, length = round(self.count * 0.4), max(2, round(self.count * 0.3))
        one = self.leaving(first, start + length)
        two = self.arriving(second, self.count - start)
        mixed = self.graph.add("xfade", f"transition=fade:duration={length / FPS:.6f}:offset={start / FPS:.6f}")
        one.link_to(mixed, 0, 0)
        two.link_to(mixed, 0, 1)
        return mixed

    def camera(self, picture: Image.Image, count: int, way: str) -> FilterContext:
        large = picture.resize((self.size[0] * FINER, self.size[1] * FINER), Image.Resampling.BICUBIC)
        source = self.source(converted(large, "yuv420p"))
        across, down = (self.chance.uniform(0.2, 0.8) for _ in range(2))
        zoom = self.graph.add(
            "zoompan",
            f"z='1+{CLOSER}*{way}':x='(iw-iw/zoom)*{across:.3f}':y='(ih-ih/zoom)*{down:.3f}'"
            f":d={count}:s={self.size[0]}x{self.size[1]}:fps={FPS}",
        )
        source.link_to(zoom)
        return zoom

    def captioned(self, shown: FilterContext, layer: Image.Image) -> FilterContext:
        """The layer over the clip, coming in after the first frame and gone before the last."""
        box = layer.getbbox()
        if not box:
            return shown
        # Only the part that holds something, on even pixels as the halved colour planes need.
        left, top = box[0] // 2 * 2, box[1] // 2 * 2
        part = layer.crop((left, top, box[2] + box[2] % 2, box[3] + box[3] % 2))
        fade = max(2, round(min(self.count * FADE, FPS * 0.6)))
        steps = [
            self.source(converted(part, "yuva420p")),
            self.graph.add("loop", f"loop={self.count - 1}:size=1"),
            self.graph.add("setpts", f"N/({FPS}*TB)"),
            self.graph.add("fade", f"in:s=2:n={fade}:alpha=1"),
            self.graph.add("fade", f"out:s={self.count - fade - 2}:n={fade}:alpha=1"),
        ]
        for before, after in pairwise(steps):
            before.link_to(after)
        over = self.graph.add("overlay", f"x={left}:y={top}:format=yuv420:shortest=1")
        shown.link_to(over, 0, 0)
        steps[-1].link_to(over, 0, 1)
        return over

    def source(self, frame: av.VideoFrame) -> FilterContext:
        colours = f"colorspace={BT709}:range={LIMITED}"
        source = self.graph.add(
            "buffer",
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/{FPS}"
            f":frame_rate={FPS}/1:pixel_aspect=1/1:{colours}",
        )
        frame.pts, frame.time_base = 0, Fraction(1, FPS)
        self.sources.append((source, frame))
        return source

    def frames(self, shown: FilterContext) -> Iterator[av.VideoFrame]:
        sink = self.graph.add("buffersink")
        shown.link_to(sink)
        self.graph.configure()
        for source, frame in self.sources:
            source.push(frame)
            source.push(None)
        for number in range(self.count):
            frame = cast("av.VideoFrame", sink.pull())
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            yield frame


def converted(picture: Image.Image, form: str) -> av.VideoFrame:
    """In BT.709 at video range: what the clip is tagged as. libav would take BT.601 by itself."""
    # Not from_image: that would lose the transparency.
    frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgba" if picture.mode == "RGBA" else "rgb24")
    frame = frame.reformat(format=form, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
    frame.colorspace, frame.color_range = BT709, LIMITED
    return frame
