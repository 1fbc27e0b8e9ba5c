"""Render one shot as an animatic: H.264 and AAC at exact size, length and rate, and its last frame as a PNG.

The sandbox calls this in place of a vendor's model. It begins on exactly the opening picture and ends on the landing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

import av
from PIL import Image, ImageOps

from storyboard.rendering import caption, frames, paint, probe, tone
from storyboard.rendering.stage import BT709, FPS, LIMITED, Stage

# Fixed, because x264's output depends on the number of threads, and the same plan gives the same bytes everywhere.
THREADS = 4
# At this quality an opening picture comes back within two parts in 255, which no eye sees at the joint.
ENCODER = {"preset": "superfast", "crf": "17"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One shot. Pictures may be pictures or clips (their first frame); `sound_from` is where in the film it starts."""

    prompt: str
    width: int
    height: int
    seconds: int
    folder: Path
    seed: int = 0
    opening: Path | None = None
    landing: Path | None = None
    references: tuple[Path, ...] = ()
    audio: bool = False
    sound_from: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def frames(self) -> int:
        return self.seconds * FPS


@dataclass(frozen=True, slots=True)
class Result:
    video: Path
    last_frame: Path


def render(plan: Plan) -> Result:
    if plan.width % 2 or plan.height % 2 or min(plan.width, plan.height, plan.seconds) < 1:
        raise ValueError("A clip needs even numbers of pixels and at least one second.")
    plan.folder.mkdir(parents=True, exist_ok=True)
    result = Result(plan.folder / "clip.mp4", plan.folder / "last.png")
    with av.open(str(result.video), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        video = video_stream(file, plan)
        sound = file.add_stream("aac", rate=tone.RATE, layout="stereo", bit_rate=128_000) if plan.audio else None
        for frame in moving(plan):
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        if sound:
            for block in tone.frames(plan.sound_from, plan.seconds):
                file.mux(sound.encode(block))
            file.mux(sound.encode(None))
    # Decoded again rather than kept: what the next shot opens on is what a player shows.
    result.last_frame.write_bytes(frames.png(frames.last_frame(result.video)))
    return result


def video_stream(file: av.container.OutputContainer, plan: Plan) -> av.VideoStream:
    stream = file.add_stream("libx264", rate=FPS, options=ENCODER)
    stream.width, stream.height, stream.pix_fmt = plan.width, plan.height, "yuv420p"
    stream.thread_count = THREADS
    stream.time_base = Fraction(1, FPS)
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED
    return stream


def moving(plan: Plan) -> Iterator[av.VideoFrame]:
    """Every frame of the clip: one picture with a slow camera, or two with a dissolve, and the caption over them."""
    stage = Stage(plan.size, plan.frames, Random(f"{plan.seed} {plan.prompt}"))  # noqa: S311 - a camera's way
    first, second = pictures(plan)
    shown = stage.dissolved(first, second) if second else stage.leaving(first, plan.frames)
    for layer in caption.layers(plan.size, plan.prompt, [still(path) for path in plan.references]):
        shown = stage.captioned(shown, layer)
    return stage.frames(shown)


def pictures(plan: Plan) -> tuple[Image.Image, Image.Image | None]:
    """What the clip begins on and what it ends on; a scene of the prompt stands in for what is not given."""
    opening = fitted(plan.opening, plan.size) if plan.opening else None
    landing = fitted(plan.landing, plan.size) if plan.landing else None
    if opening and landing:
        return opening, landing
    scene = paint.scene(plan.prompt, plan.seed, plan.size)
    return (opening, scene) if opening else (scene, landing)


def fitted(path: Path, size: tuple[int, int]) -> Image.Image:
    picture = still(path)
    return picture if picture.size == size else ImageOps.fit(picture, size, Image.Resampling.LANCZOS)


def still(path: Path) -> Image.Image:
    """A picture, or the first frame of a clip."""
    facts = probe.probe(path, to_the_end=False)
    if facts.kind is probe.Kind.VIDEO:
        return frames.first_frame(path)
    if facts.kind is probe.Kind.AUDIO:
        raise probe.Unreadable("A sound cannot be shown. Please choose a picture or a clip.")
    with Image.open(path, formats=probe.PICTURES) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")
