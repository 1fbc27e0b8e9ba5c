"""Small good files of every format that is taken, made here. Tests of the jail damage them, or expect them to pass."""

import io
import math
import struct
import wave
import zlib
from fractions import Fraction
from functools import cache
from typing import Any, cast

import av
import numpy as np
from PIL import Image

SIZE = (96, 64)
CODECS = {"mp4": ("libx264", "aac"), "mov": ("libx264", "pcm_s16le"), "webm": ("libvpx-vp9", "libopus")}


def seeds() -> dict[str, bytes]:
    pictures = {name: picture(name) for name in ("png", "jpeg", "webp")}
    return pictures | {name: clip(name) for name in CODECS} | {"wav": wav(), "mp3": mp3()}


def drawing(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Grey from left to right and a red corner at the top left: a turn or a wrong colour is seen."""
    image = Image.linear_gradient("L").rotate(90).resize(size).convert("RGB")
    image.paste((220, 30, 40), (0, 0, size[0] // 4, size[1] // 4))
    return image.convert(mode)


def picture(name: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or drawing()).save(file, name, **options)
    return file.getvalue()


@cache
def clip(name: str, *, seconds: float = 1, fps: int = 24, rotation: int = 0, sound: bool = True) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=name) as container:
        # Every stream is added before the first packet.
        video = cast("av.VideoStream", container.add_stream(CODECS[name][0], rate=fps))
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio = cast("av.AudioStream", container.add_stream(CODECS[name][1], rate=48000)) if sound else None
        frame = av.VideoFrame.from_ndarray(np.asarray(drawing()), format="rgb24")
        for number in range(round(seconds * fps)):
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        for part in (*tone(seconds), None) if audio else ():
            container.mux(cast("av.AudioStream", audio).encode(part))
    return turned(file.getvalue(), rotation) if rotation else file.getvalue()


def turned(content: bytes, rotation: int) -> bytes:
    """The matrix in the track's header: a telephone writes one when it is held upright."""
    cosine, sine = round(math.cos(math.radians(rotation))), round(math.sin(math.radians(rotation)))
    at = content.index(b"tkhd") + 4 + 40
    matrix = struct.pack(">9i", cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30)
    return content[:at] + matrix + content[at + 36 :]


def tone(seconds: float, rate: int = 48000) -> list[av.AudioFrame]:
    frames = []
    for start in range(0, round(seconds * rate), 960):
        # It grows louder: a waveform has to rise.
        moments = np.arange(start, start + 960)
        values = np.sin(moments * 440 * 2 * np.pi / rate) * 30000 * moments / (seconds * rate)
        frame = av.AudioFrame.from_ndarray(values.astype(np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        frames.append(frame)
    return frames


def wav(seconds: float = 1, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        moments = np.arange(round(seconds * rate))
        values = np.sin(moments * 440 * 2 * np.pi / rate) * 30000 * moments / (seconds * rate)
        sound.writeframes(values.astype("<i2").tobytes())
    return file.getvalue()


def mp3(seconds: float = 1) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=48000)
        for part in tone(seconds):
            container.mux(stream.encode(part))
        container.mux(stream.encode())
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """One of PNG's."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, rows: bytes, *, depth: int = 8, colour: int = 0, before: bytes = b"") -> bytes:
    """A PNG by hand; `rows` with the filter byte that leads each."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + body + chunk(b"IEND", b"")


def box(name: bytes, content: bytes = b"", *, size: int | None = None) -> bytes:
    """One of MP4's; `size` is a lie when given."""
    return struct.pack(">I", len(content) + 8 if size is None else size) + name + content


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + form + body
