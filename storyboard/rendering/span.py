"""When the frames of a clip are on screen, told by its packets, undecoded. check.py asks in the jailed process.

Cameras begin a picture later than its sound or end it sooner, and telephones show each frame for as long as they like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from av.container import InputContainer
from av.video.stream import VideoStream

from storyboard.rendering.probe import decimal, moving_pictures, promise

# Ten minutes of 300 pictures a second, and sound beside them; a file that goes on longer keeps its times to itself.
MOST_PACKETS = 300_000
# An answer of the jail is bounded; of a longer clip only the average is known.
MOST_FRAMES = 3600
# Some containers round each time to a millisecond, and a rate has three digits.
ROUNDED = 0.0011
MILLI = 1000
MICRO = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """In seconds; `over` is when everything in the file has come to its end, sound too."""

    starts: Fraction
    ends: Fraction
    over: Fraction
    fps: Decimal | None
    # When each frame begins, in milliseconds, where the rate does not tell.
    frames: tuple[int, ...] = ()


def span_of(container: InputContainer, declared: Decimal | None) -> Span | None:
    """Of the first moving picture; `declared` is its rate as its head says. None when nobody can tell."""
    stream = next(iter(moving_pictures(container)), None)
    shown: list[tuple[int, int]] = []
    # Of each track, in its own time: fractions would take as long as all the rest.
    over: dict[Fraction, int] = {}
    for count, packet in enumerate(container.demux()):
        if count > MOST_PACKETS:
            return None
        # What a list of edits leaves out is decoded and never shown.
        if packet.pts is None or packet.is_discard:
            continue
        length = packet.duration or 0
        over[packet.time_base] = max(over.get(packet.time_base, 0), packet.pts + length)
        if packet.stream is stream:
            shown.append((packet.pts, length))
    if stream is None or not stream.time_base or not shown:
        return None
    base = stream.time_base
    exact = [(start * base, length * base) for start, length in sorted(shown)]
    return spanned(within(exact, stream), max(end * base for base, end in over.items()), declared)


def within(shown: list[tuple[Fraction, Fraction]], stream: VideoStream) -> list[tuple[Fraction, Fraction]]:
    """A list of edits may end in the middle of the last frame."""
    (first, _), (last, length) = shown[0], shown[-1]
    promised = promise(stream)
    left = first + promised - last if promised else length
    return [*shown[:-1], (last, left)] if 0 < left < length else shown


def spanned(shown: Sequence[tuple[Fraction, Fraction]], over: Fraction, declared: Decimal | None) -> Span:
    starts = [start for start, _ in shown]
    ends = starts[-1] + (shown[-1][1] or usual(starts, declared))
    rate = even_rate(starts, ends, declared)
    if rate is not None:
        return Span(starts=starts[0], ends=ends, over=over, fps=rate)
    average = decimal(len(starts) / (ends - starts[0])) if ends > starts[0] else declared
    known = starts if len(starts) <= MOST_FRAMES else []
    frames = tuple(max(0, round(start * MILLI)) for start in known)
    return Span(starts=starts[0], ends=ends, over=over, fps=average, frames=frames)


def usual(starts: Sequence[Fraction], declared: Decimal | None) -> Fraction:
    """How long the last frame stays where its packet does not say."""
    if len(starts) > 1:
        return starts[-1] - starts[-2]
    return 1 / Fraction(declared) if declared else Fraction(1, 24)


def even_rate(starts: Sequence[Fraction], ends: Fraction, declared: Decimal | None) -> Decimal | None:
    """The rate that tells when each frame begins: the declared one, or what is measured; None when there is none."""
    if len(starts) == 1:
        return declared if declared and is_even(starts, ends, declared) else None
    way = starts[-1] - starts[0]
    measured = decimal((len(starts) - 1) / way) if way > 0 else None
    return next((rate for rate in (declared, measured) if rate and is_even(starts, ends, rate)), None)


def is_even(starts: Sequence[Fraction], ends: Fraction, rate: Decimal) -> bool:
    frame = 1 / float(rate)
    if abs(float(ends - starts[0]) - len(starts) * frame) > frame / 4:
        return False
    first = float(starts[0])
    return all(abs(float(start) - first - at * frame) <= ROUNDED for at, start in enumerate(starts))


def exactly(value: Fraction) -> Decimal:
    """Six digits: a frame is found by its time, and a 24th of a second has no end."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(MICRO).normalize() + Decimal(0)
