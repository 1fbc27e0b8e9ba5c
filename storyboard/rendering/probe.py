"""Facts of a media file that a stranger may have made; what cannot be read is refused with a sentence.

Uploads, finished takes and the sandbox's preflight call this. Nothing but the file itself is ever opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from time import process_time
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image, UnidentifiedImageError

# Demuxers that read one file and nothing else: a playlist (hls, concat, dash) would open others.
DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,wav,mp3,aac,flac,ogg"
OPTIONS = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}
# Pillow would run Ghostscript for an EPS and follow other odd formats; these are pictures only.
PICTURES = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
PICTURE_NAMES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
MOST_PIXELS = 8192 * 8192
# A tail that goes on for longer than this is taken for whole: nobody's upload may keep a worker busy.
MOST_FRAMES = 3000
MOST_CPU_SECONDS = 8
# How much earlier than declared the last frame may end: sound often outlasts the picture a little.
SLACK = Decimal("0.5")
MILLI = Decimal("0.001")
CUT_SHORT = "The file is cut short: its end is missing. Please upload or export it again."


class Unreadable(Exception):
    """The message is a sentence for the person who brought the file."""


class Kind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file holds; a fact that does not apply is None or empty."""

    kind: Kind
    format: str
    size: int
    seconds: Decimal | None = None
    width: int | None = None
    height: int | None = None
    fps: Decimal | None = None
    video_codec: str = ""
    audio_codec: str = ""
    # Of a clip that span.py looked at: when its picture begins and ends, and each frame where the rate does not tell.
    picture_from: Decimal | None = None
    picture_to: Decimal | None = None
    frames: tuple[int, ...] = ()

    @property
    def has_sound(self) -> bool:
        return bool(self.audio_codec)


def probe(path: Path, *, to_the_end: bool = True) -> Facts:
    """Read the facts; with `to_the_end` the last second is decoded too, because a file cut short still starts well."""
    if not path.is_file() or not path.stat().st_size:
        raise Unreadable("The file is empty. Please export it again and try once more.")
    facts = picture_facts(path)
    if facts is None:
        with opened(path) as container:
            facts = stream_facts(path, container)
            if to_the_end:
                check_tail(container, facts)
    elif path.suffix.lower() not in PICTURE_NAMES | {""}:
        raise Unreadable(f"The file is named {path.suffix.lower()} but holds a {facts.format.upper()} picture.")
    return facts


@contextmanager
def opened(path: Path, *, reader: str | None = None, **options: str) -> Iterator[InputContainer]:
    """A video or sound file, opened alone; every way in which libav gives up becomes a sentence."""
    try:
        # The resolved path starts with a slash, so its name can never be read as a protocol.
        with av.open(
            str(path.resolve()), format=reader, options=OPTIONS | options, metadata_errors="replace"
        ) as container:
            yield container
    except (av.FFmpegError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise Unreadable("The file is not a picture, video or sound that can be read, or it is cut short.") from error


def picture_facts(path: Path) -> Facts | None:
    """None when the file is no picture of the formats above."""
    try:
        with Image.open(path, formats=PICTURES) as picture:
            width, height, name = *picture.size, (picture.format or "").lower()
            check_pixels(width, height)
            picture.load()
    except UnidentifiedImageError:
        return None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable("The picture is cut short or damaged. Please export it again.") from error
    return Facts(kind=Kind.IMAGE, format=name, size=path.stat().st_size, width=width, height=height)


def stream_facts(path: Path, container: InputContainer) -> Facts:
    videos = moving_pictures(container)
    sounds = container.streams.audio
    if not videos and not sounds:
        raise Unreadable("The file holds neither a picture nor a sound.")
    facts: dict[str, Any] = {"kind": Kind.VIDEO if videos else Kind.AUDIO, "format": name_of(path, container)}
    if videos:
        video = videos[0]
        check_pixels(video.width, video.height)
        rate = video.average_rate or video.guessed_rate
        facts |= {"width": video.width, "height": video.height, "video_codec": video.codec_context.codec.canonical_name}
        facts["fps"] = decimal(Fraction(rate)) if rate else None
    if sounds:
        facts["audio_codec"] = sounds[0].codec_context.codec.canonical_name
    return Facts(size=path.stat().st_size, seconds=seconds_of(container), **facts)


def moving_pictures(container: InputContainer) -> list[VideoStream]:
    """A cover picture inside a song is a video stream that shows nothing moving."""
    return [one for one in container.streams.video if not one.disposition & one.disposition.attached_pic]


def check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unreadable("The picture is larger than 8192 × 8192 pixels. Please make it smaller.")
    if not width or not height:
        raise Unreadable("The picture has no size. Please export the file again.")


def name_of(path: Path, container: InputContainer) -> str:
    """The format as people name it: libav has one reader for mov and mp4, and one for mkv and webm."""
    names = container.format.name.split(",")
    if "mp4" in names:
        return "mov" if container.metadata.get("major_brand", "").strip() == "qt" else "mp4"
    if "webm" in names:
        with path.open("rb") as file:
            return "webm" if b"webm" in file.read(64) else "mkv"
    return names[0]


def seconds_of(container: InputContainer) -> Decimal:
    """As declared; a browser's recording declares nothing, so its packets are counted."""
    if container.duration:
        return decimal(Fraction(container.duration, av.time_base))
    end = Fraction(0)
    for packet in container.demux():
        if packet.pts is not None:
            end = max(end, (packet.pts + (packet.duration or 0)) * Fraction(packet.time_base))
    container.seek(0)
    return decimal(end)


def check_tail(container: InputContainer, facts: Facts, *, promised: Fraction | None = None) -> None:
    """Decode from the last keyframe on: the head of a file that was cut short promises what is not there.

    `promised`: when the last frame is over, where that is known better than from the head.
    """
    stream = moving_pictures(container)[0] if facts.kind is Kind.VIDEO else container.streams.audio[0]
    length, started = facts.seconds or Decimal(0), process_time()
    container.seek(max(0, int((length - 1) * av.time_base)))
    end = Fraction(0)
    for count, frame in enumerate(container.decode(stream)):
        end = max(end, over(frame))
        if count > MOST_FRAMES or process_time() - started > MOST_CPU_SECONDS:
            return
    declared = promised or promise(stream) or Fraction(length)
    if (not end and declared > 1) or decimal(end) + SLACK < decimal(declared):
        raise Unreadable(CUT_SHORT)


def over(frame: object) -> Fraction:
    """When its time on screen is over; a long one counts in full."""
    pts, base, length = (getattr(frame, name, None) or 0 for name in ("pts", "time_base", "duration"))
    return Fraction(pts + length) * Fraction(base)


def promise(stream: VideoStream | AudioStream) -> Fraction | None:
    """The length that the head gives one stream; some formats give none."""
    return stream.duration * stream.time_base if stream.duration and stream.time_base else None


def decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(MILLI).normalize() + Decimal(0)
