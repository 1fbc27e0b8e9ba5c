"""The facts of a stranger's file, or a sentence that says why it is not taken. The jailed process calls it.

Stricter than probe: the first bytes choose the one reader that may open the file, and there are caps on everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer

from storyboard.rendering import pictures, probe, sniff, span
from storyboard.rendering.probe import Facts, Kind, Unreadable

MOST_SECONDS = 600
MOST_SIDE = 8192
MOST_FPS = 300
MOST_STREAMS = 8
# libav's own names of decoders. The many others are older than their last user, and nobody looks after them.
CODECS = frozenset({
    "h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "mpeg2video", "mjpeg", "prores",
    "png", "dnxhd", "aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "libvorbis", "alac", "ac3", "eac3", "flac",
    "pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be",
    "pcm_f64le", "pcm_alaw", "pcm_mulaw",
})  # fmt: skip
# More streams than are told of is an attack: they are not even made.
OPTIONS = {"codec_whitelist": ",".join(sorted(CODECS)), "max_streams": "64"}


def inspect(path: Path) -> Facts:
    """Everything else about a file may rest on these facts: it was decoded at its start and at its end."""
    if not path.is_file() or not path.stat().st_size:
        raise Unreadable("The file is empty. Please export it again and try once more.")
    found = sniff.sniff(path)
    if found.kind is Kind.IMAGE:
        with pictures.opened(path, found) as picture:
            width, height = pictures.shown_size(picture)
            picture.load()
        return Facts(kind=found.kind, format=found.name, size=path.stat().st_size, width=width, height=height)
    with opened(path, found) as container:
        return moving(path, container, found)


@contextmanager
def opened(path: Path, found: sniff.Format) -> Iterator[InputContainer]:
    """By the one reader that its first bytes allow; decoded in this thread, for the jail allows no other."""
    with probe.opened(path, reader=found.reader, **OPTIONS) as container:
        for stream in (*container.streams.video, *container.streams.audio):
            if stream.codec_context:
                stream.codec_context.thread_count = 1
        yield container


def moving(path: Path, container: InputContainer, found: sniff.Format) -> Facts:
    check_streams(container)
    facts = replace(probe.stream_facts(path, container), format=found.name)
    if facts.kind is not found.kind:
        raise Unreadable(f"This {found.name.upper()} holds no {found.kind}. Please save it as {right(facts.kind)}.")
    check_length(facts)
    if facts.kind is Kind.VIDEO:
        width, height = shown_size(container)
        facts = replace(facts, width=width, height=height)
    check_size(facts)
    times = timed(path, found, facts)
    if times is not None:
        check_reach(container, facts, times)
        facts = in_time(facts, times)
        check_length(facts)
        check_size(facts)
    probe.check_tail(container, facts, promised=times.ends if times else None)
    return facts


def timed(path: Path, found: sniff.Format, facts: Facts) -> span.Span | None:
    """By a reading of its own, from the very first packet on."""
    if facts.kind is not Kind.VIDEO:
        return None
    with opened(path, found) as container:
        return span.span_of(container, facts.fps)


def check_reach(container: InputContainer, facts: Facts, times: span.Span) -> None:
    """Whether as much is there as the head promises: of the picture where it says so, and otherwise of everything."""
    own = probe.promise(probe.moving_pictures(container)[0])
    declared, there = (own, times.ends - times.starts) if own else (Fraction(facts.seconds or 0), times.over)
    if there + Fraction(probe.SLACK) < declared:
        raise Unreadable(probe.CUT_SHORT)


def in_time(facts: Facts, times: span.Span) -> Facts:
    """A picture that goes on for longer than its file says is believed."""
    begins, ends = span.exactly(max(Fraction(0), times.starts)), span.exactly(times.ends)
    seconds = max(facts.seconds or Decimal(0), probe.decimal(times.ends - times.starts))
    return replace(facts, seconds=seconds, fps=times.fps, picture_from=begins, picture_to=ends, frames=times.frames)


def right(kind: Kind) -> str:
    return sniff.a(sniff.TAKEN[kind])


def check_streams(container: InputContainer) -> None:
    if len(container.streams) > MOST_STREAMS:
        raise Unreadable(
            f"The file has {len(container.streams)} tracks, and {MOST_STREAMS} are the most. "
            "Please export it with one picture track and one sound track."
        )
    wanted = "H.264 with AAC" if container.streams.video else "a WAV of 16 bits or an MP3"
    for stream in (*container.streams.video, *container.streams.audio):
        codec = stream.codec_context.codec if stream.codec_context else None
        if codec is None or codec.name not in CODECS:
            name = codec.canonical_name if codec else "something unknown"
            raise Unreadable(f"A track is coded as {name}, which is not taken. Please export it as {wanted}.")


def check_length(facts: Facts) -> None:
    seconds = facts.seconds or Decimal(0)
    noun = {Kind.VIDEO: "video", Kind.AUDIO: "sound"}[facts.kind]
    if seconds <= 0:
        raise Unreadable(f"The {noun} has no length. Please export it again.")
    if seconds > MOST_SECONDS:
        raise Unreadable(f"The {noun} is {length(seconds)} long, and 10 min are the most. Please cut it.")
    if facts.picture_to is not None and facts.picture_to > MOST_SECONDS:
        ends = length(facts.picture_to)
        raise Unreadable(f"The picture of the video ends after {ends}, and 10 min are the most. Please cut it.")


def length(seconds: Decimal) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {rest} s"


def shown_size(container: InputContainer) -> tuple[int, int]:
    """As it is played: a telephone held upright films on its side and says so; and what is declared may be a lie."""
    for frame in container.decode(probe.moving_pictures(container)[0]):
        return (frame.width, frame.height) if frame.rotation % 180 == 0 else (frame.height, frame.width)
    raise Unreadable("The video holds no picture. Please export it again.")


def check_size(facts: Facts) -> None:
    if max(facts.width or 0, facts.height or 0) > MOST_SIDE:
        raise Unreadable(
            f"The video is {facts.width} × {facts.height} pixels, and {MOST_SIDE} a side are the most. "
            "Please export it smaller."
        )
    if facts.fps is not None and not 0 < facts.fps <= MOST_FPS:
        raise Unreadable(
            f"The video says it has {facts.fps:,f} pictures a second, and {MOST_FPS} are the most. "
            "Please export it with 24 to 60."
        )
