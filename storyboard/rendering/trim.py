"""A part of a clip or a sound as a file of its own, exact to the frame and the sample. The jailed process calls it.

The part is coded afresh: copied packets could begin at a keyframe only.
"""

import math
import mmap
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from storyboard.rendering import check, probe, sniff
from storyboard.rendering.probe import Kind, Unreadable

TICKS = 90_000
# No B-frames: packets then leave in the order of their frames, and each gets the very time of its own.
ENCODER = {"preset": "veryfast", "crf": "18", "bf": "0"}
SOUNDS = {"wav": ("pcm_s16le", {}), "mp3": ("libmp3lame", {"b": "192k"})}
# Decoders need a little run-up after a jump.
RUN_UP = 2
# Where the matrix stands behind the name of a track's header, version 0.
MATRIX = 44


def trim(path: Path, folder: Path, *, in_ms: int, out_ms: int) -> Path:
    """From `in_ms` up to `out_ms`: a clip becomes an MP4, a sound stays what it was."""
    found = sniff.sniff(path)
    if found.kind is Kind.IMAGE:
        raise Unreadable("A picture cannot be trimmed.")
    name = "mp4" if found.kind is Kind.VIDEO else found.name
    made = folder / f"trimmed.{name}"
    with check.opened(path, found) as source, av.open(str(made), "w", format=name) as target:
        check.check_streams(source)
        part = Part(source, target, name, Fraction(in_ms, 1000), Fraction(out_ms, 1000))
        part.write()
    if part.shown and part.shown[1].rotation:
        turn(made, part.shown[1].rotation)
    return made


def turn(path: Path, rotation: int) -> None:
    """Say in the track's header how players have to turn it, as the source did; libav's muxer cannot be told to."""
    cosine, sine = round(math.cos(math.radians(rotation))), -round(math.sin(math.radians(rotation)))
    matrix = struct.pack(">9i", cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        header = content.find(b"tkhd", content.rfind(b"moov"))
        content[header + MATRIX : header + MATRIX + len(matrix)] = matrix


class Part:
    """What is kept of one file."""

    def __init__(
        self, source: InputContainer, target: OutputContainer, name: str, start: Fraction, end: Fraction
    ) -> None:
        self.source, self.target, self.start, self.end = source, target, start, end
        self.video = next(iter(probe.moving_pictures(source)), None)
        self.audio = source.streams.audio[0] if source.streams.audio else None
        self.video_to = self.picture_stream() if self.video else None
        self.audio_to = self.sound_stream(name) if self.audio else None
        # The picture on screen at the start may be older than the start.
        self.shown: tuple[Fraction, av.VideoFrame] | None = None
        self.waiting: av.Packet[Any] | None = None

    def picture_stream(self) -> VideoStream:
        video = cast("VideoStream", self.video)
        rate = video.average_rate or video.guessed_rate or Fraction(25)
        stream = self.target.add_stream("libx264", rate=rate, options=ENCODER)
        # H.264 as players take it has even sides.
        stream.width, stream.height = video.width - video.width % 2, video.height - video.height % 2
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        stream.codec_context.thread_count = 1
        return stream

    def sound_stream(self, name: str) -> AudioStream:
        audio = cast("AudioStream", self.audio)
        codec, options = SOUNDS.get(name, ("aac", {"b": "192k"}))
        layout = "mono" if audio.codec_context.channels == 1 else "stereo"
        stream = self.target.add_stream(codec, rate=audio.rate, options=options, layout=layout)
        return cast("AudioStream", stream)

    def write(self) -> None:
        streams = [stream for stream in (self.video, self.audio) if stream]
        if self.video and self.start > RUN_UP:
            self.source.seek(int((self.start - RUN_UP) * av.time_base), backward=True)
        over: set[int] = set()
        for frame in self.source.decode(*streams):
            if not isinstance(frame, av.VideoFrame | av.AudioFrame):
                continue
            if exact(frame) >= self.end:
                over.add(isinstance(frame, av.VideoFrame))
                if len(over) == len(streams):
                    break
            elif isinstance(frame, av.VideoFrame):
                self.picture(frame)
            else:
                self.sound(frame)
        self.finish()

    def picture(self, frame: av.VideoFrame) -> None:
        # Its time is kept beside it: coding it writes another into it.
        at, before = exact(frame), self.shown
        self.shown = at, frame
        if at < self.start:
            return
        if before is not None and before[0] < self.start < at:
            self.encode_picture(before[1], Fraction(0))
        self.encode_picture(frame, at - self.start)

    def encode_picture(self, frame: av.VideoFrame, at: Fraction) -> None:
        stream = cast("VideoStream", self.video_to)
        fresh = frame.reformat(width=stream.width, height=stream.height, format="yuv420p", threads=1)
        fresh.pts, fresh.time_base = round(at * TICKS), Fraction(1, TICKS)
        # What the source thought a keyframe is of no interest here.
        fresh.pict_type = av.video.frame.PictureType.NONE
        self.write_packets(stream.encode(fresh))

    def write_packets(self, packets: list[Any]) -> None:
        """One behind: only the next picture tells how long this one is shown."""
        for packet in packets:
            if self.waiting is not None:
                self.waiting.duration = packet.pts - self.waiting.pts
                self.target.mux(self.waiting)
            self.waiting = packet

    def sound(self, frame: av.AudioFrame) -> None:
        """The samples of this frame that lie inside."""
        stream = cast("AudioStream", self.audio_to)
        rate = frame.sample_rate
        first = round(exact(frame) * rate)
        low = max(0, round(self.start * rate) - first)
        high = min(frame.samples, round(self.end * rate) - first)
        if low >= high:
            return
        for piece in pieces(frame, low, high):
            piece.pts, piece.time_base = first + low - round(self.start * rate), Fraction(1, rate)
            self.target.mux(stream.encode(piece))

    def finish(self) -> None:
        if self.video_to:
            if self.shown is not None and self.shown[0] < self.start:
                self.encode_picture(self.shown[1], Fraction(0))
            self.write_packets(self.video_to.encode())
            if self.waiting is None:
                raise Unreadable("There is no picture in this part. Choose another one.")
            self.waiting.duration = max(1, round((self.end - self.start) * TICKS) - (self.waiting.pts or 0))
            self.target.mux(self.waiting)
        if self.audio_to:
            self.target.mux(self.audio_to.encode())


def exact(frame: av.VideoFrame | av.AudioFrame) -> Fraction:
    return Fraction(frame.pts or 0) * (frame.time_base or Fraction(1, TICKS))


def pieces(frame: av.AudioFrame, low: int, high: int) -> Iterator[av.AudioFrame]:
    if low == 0 and high == frame.samples:
        yield frame
        return
    channels = frame.layout.nb_channels
    samples = frame.to_ndarray()
    # Packed samples stand in one row, channel beside channel.
    cut = samples[:, low:high] if frame.format.is_planar else samples[:, low * channels : high * channels]
    part = av.AudioFrame.from_ndarray(cut.copy(), format=frame.format.name, layout=frame.layout.name)
    part.sample_rate = frame.sample_rate
    yield part
