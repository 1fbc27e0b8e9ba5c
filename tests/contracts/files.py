"""Real files with exactly the facts that a contract row states, so that a vendor can fetch and probe them.

tests/contracts/test_over_http.py serves them. What no file can have, `made` says by returning None.
"""

import io
import math
import struct
import wave
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from PIL import Image

from storyboard.providers.base import Kind, Media

# A reading of one byte a sample keeps a quarter of an hour of silence small.
WAV_RATE = 8000


@cache
def made(media: Media) -> bytes | None:
    """The file's bytes. HEIC, which nothing here writes, is None."""
    if media.format == "heic":
        return None
    makers = {Kind.IMAGE: picture, Kind.VIDEO: video, Kind.AUDIO: sound}
    return padded(makers[media.kind](media), media)


def usual(url: str, field: str = "") -> Media:
    """What stands behind an address of which a row states nothing."""
    if "video" in field:
        return Media(kind=Kind.VIDEO, seconds=Decimal(2), width=1280, height=720, fps=Decimal(24), format="mp4")
    if "audio" in field:
        return Media(kind=Kind.AUDIO, seconds=Decimal(2), format="wav")
    return Media(kind=Kind.IMAGE, width=1280, height=720, format="png" if url.endswith(".png") else "jpeg")


def picture(media: Media) -> bytes:
    file = io.BytesIO()
    size = (media.width or 1280, media.height or 720)
    Image.new("RGB", size, (40, 70, 90)).save(file, media.format or "jpeg")
    return file.getvalue()


def sound(media: Media) -> bytes:
    """WAV, because MP3 cannot be cut to the sample; MP3 and Ogg where the length is not at a limit."""
    if media.seconds == 5 and media.format in {"mp3", "ogg"}:
        return encoded_sound(media.format, media.seconds)
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(1)
        wav.setframerate(WAV_RATE)
        wav.writeframes(b"\x80" * int((media.seconds or 2) * WAV_RATE))
    return file.getvalue()


def encoded_sound(name: str, seconds: Decimal) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sound.{name}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libmp3lame" if name == "mp3" else "libopus", rate=48_000, layout="mono")
            for start in range(0, int(seconds * 48_000), 960):
                frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), "int16"), format="s16", layout="mono")
                frame.sample_rate, frame.pts = 48_000, start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


def video(media: Media) -> bytes:
    """One colour, as many frames as the rate asks for, and a last one that fills the length to the millisecond."""
    seconds, rate = media.seconds or Decimal(2), media.fps or Decimal(24)
    # Rounded so that a rate at a limit stays on its side of it.
    count = math.ceil(seconds * rate) if rate == int(rate) else math.floor(seconds * rate)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{media.format or 'mp4'}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libvpx" if media.format == "webm" else "libx264", rate=Fraction(rate))
            stream.width, stream.height = media.width or 1280, media.height or 720
            # Odd numbers of pixels, which the usual 4:2:0 has no half of.
            odd = stream.width % 2 or stream.height % 2
            stream.pix_fmt = "yuv444p" if odd else "yuv420p"
            if media.format != "webm":
                stream.options = {"preset": "ultrafast", "bf": "0", "g": "1000"}
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
            fill(container, stream, count, int(seconds * 1000))
        return path.read_bytes()


def fill(container: av.container.OutputContainer, stream: av.VideoStream, count: int, milliseconds: int) -> None:
    """One coded picture, again and again: coding each afresh took most of the time of all rows."""
    frame = av.VideoFrame(stream.width, stream.height, str(stream.pix_fmt))
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.pts, frame.time_base = 0, Fraction(1, 1000)
    picture = bytes([*stream.encode(frame), *stream.encode(None)][0])
    starts = [milliseconds * number // count for number in range(count)] + [milliseconds]
    for start, end in pairwise(starts):
        packet = av.Packet(picture)
        packet.stream, packet.is_keyframe = stream, True
        packet.pts = packet.dts = start
        packet.time_base, packet.duration = Fraction(1, 1000), end - start
        container.mux(packet)


def padded(data: bytes, media: Media) -> bytes:
    """As long as the row says, with bytes that every reader skips."""
    missing = (media.size or 0) - len(data)
    if missing <= 0:
        return data
    if media.format in {"mp4", "mov"} and missing >= 8:
        return data + struct.pack(">I4s", missing, b"free") + bytes(missing - 8)
    if data.startswith((b"ID3", b"\xff")) and media.kind is Kind.AUDIO and missing >= 10:
        # A tag in front; its length is written seven bits a byte.
        length = [(missing - 10) >> shift & 127 for shift in (21, 14, 7, 0)]
        return b"ID3\x03\x00\x00" + bytes(length) + bytes(missing - 10) + data
    return data if media.format == "ogg" else data + bytes(missing)
