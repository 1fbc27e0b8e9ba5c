"""The sound bed of an animatic: a quiet chord that one shot takes up exactly where the one before left it.

The animatic calls this. Everything is a function of the film's own time, so no state goes from shot to shot.
"""

from collections.abc import Iterator

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
BLOCK = 1024
# Pitch in Hz, loudness, and how many seconds its swell takes: no two swells meet again soon.
VOICES = [(110.0, 0.075, 17.0), (164.8, 0.05, 11.0), (220.0, 0.045, 13.0), (277.2, 0.03, 19.0), (329.6, 0.02, 7.0)]
# A film begins out of silence; a later shot does not.
FADE = 0.8


def samples(start: float, count: int) -> NDArray[np.float32]:
    """Two rows, left and right, from `start` seconds into the film."""
    time = (np.arange(count) + round(start * RATE)) / RATE
    rows = [sum(voice(time, *each, side * 0.9) for each in VOICES) for side in (0, 1)]
    return np.asarray(rows * np.clip(time / FADE, 0, 1), dtype=np.float32)


def voice(time: NDArray[np.float64], pitch: float, loudness: float, swell: float, shift: float) -> NDArray[np.float64]:
    breath = 0.65 + 0.35 * np.sin(2 * np.pi * time / swell + shift * 2 + pitch)
    # A twin a fraction of a hertz away makes the tone float; an octave above gives it some air.
    tone = np.sin(2 * np.pi * pitch * time) + 0.6 * np.sin(2 * np.pi * (pitch + 0.35 + shift * 0.2) * time)
    air = 0.12 * np.sin(2 * np.pi * pitch * 2 * time + shift)
    return np.asarray(loudness * breath * (tone + air))


def frames(start: float, seconds: int) -> Iterator[av.AudioFrame]:
    sound = samples(start, seconds * RATE)
    for at in range(0, sound.shape[1], BLOCK):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, at : at + BLOCK]), "fltp", "stereo")
        frame.sample_rate, frame.pts = RATE, at
        yield frame
