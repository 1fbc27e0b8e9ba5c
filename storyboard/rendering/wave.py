"""How loud a sound is over its length, as a row of bars. The jailed process calls it; pages draw the bars."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from storyboard.rendering import check, sniff
from storyboard.rendering.probe import Kind, Unreadable

BARS = 200
HIGHEST = 100
# Enough for a picture of loudness, and light.
RATE = 8000


def peaks(path: Path, bars: int = BARS) -> list[int]:
    """0 to 100 each, where 100 is the loudest moment of this file; silence is all zero."""
    found = sniff.sniff(path)
    if found.kind is Kind.IMAGE:
        raise Unreadable("A picture has no sound.")
    with check.opened(path, found) as container:
        check.check_streams(container)
        if not container.streams.audio:
            raise Unreadable("The video has no sound.")
        samples = np.concatenate([np.zeros(0, np.int16), *loudness(container)])
    if not samples.size:
        raise Unreadable("The sound is empty. Please export it again.")
    return scaled(samples, bars)


def loudness(container: av.container.InputContainer) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int16]]]:
    """The loudest of each 10 ms or so: ten minutes are then 60,000 numbers, however long a frame claims to be."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    for frame in container.decode(container.streams.audio[0]):
        for part in resampler.resample(frame):
            values = np.abs(np.frombuffer(bytes(part.planes[0]), np.int16)[: part.samples].astype(np.int32))
            yield np.array([chunk.max() for chunk in np.array_split(values, max(1, len(values) // 80)) if chunk.size])


def scaled(samples: np.ndarray[tuple[int], np.dtype[np.int16]], bars: int) -> list[int]:
    loudest = max(1, int(samples.max()))
    # A sound of fewer chunks than bars shows each of them as long as it lasts.
    places = np.linspace(0, samples.size, bars + 1).astype(int)
    return [
        round(HIGHEST * int(samples[min(start, samples.size - 1) : max(end, start + 1)].max()) / loudest)
        for start, end in pairwise(places)
    ]
