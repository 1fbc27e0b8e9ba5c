"""Outlines of the land in a painted scene: peaks, dunes, trees and towers, and what lives on them.

The painter calls this, once per layer, from far to near.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
Size = tuple[int, int]


def outline(kind: str, depth: float, noise: np.random.Generator, size: Size, horizon: float) -> Plane:
    """How far down the layer begins, per column, 0 to 1."""
    if kind == "city":
        return towers(depth, noise, size, horizon)
    if kind == "forest":
        return trees(depth, noise, size, horizon)
    rough, tall = {"peaks": (0.56, 0.26), "sea": (0.5, 0.1), "dunes": (0.24, 0.13)}[kind]
    base = horizon + (0 if kind == "sea" else 0.36 * depth**1.5) + (0.02 if kind == "sea" else 0.0)
    heights = ridge(noise, size[0], rough, 3 if kind == "dunes" else 5)
    return np.asarray(base - heights * tall * (1.15 - 0.5 * depth), dtype=np.float32)


def ridge(noise: np.random.Generator, width: int, rough: float, start: int) -> Plane:
    """A line from 0 to 1 with detail at every scale; `rough` is how much of it each finer scale keeps."""
    along = np.linspace(0, 1, width)
    total, amount, points = np.zeros(width), 1.0, start
    while points < width // 3 and amount > 0.01:
        knots = noise.random(points + 1)
        place = along * points
        left = np.minimum(place.astype(int), points - 1)
        part = place - left
        # Smooth between the knots where the land is soft, straight where it is rock.
        part = part * part * (3 - 2 * part) if rough < 0.4 else part
        total += amount * (knots[left] * (1 - part) + knots[left + 1] * part)
        amount, points = amount * rough, points * 2
    total -= total.min()
    return np.asarray(total / (total.max() + 1e-6), dtype=np.float32)


def trees(depth: float, noise: np.random.Generator, size: Size, horizon: float) -> Plane:
    """A row of firs on a gentle slope: taller, fewer and wider the nearer they are."""
    width, height = size
    along = np.arange(width) / height
    top = horizon + 0.14 * (depth - 0.5) - 0.08 * ridge(noise, width, 0.3, 3)
    ground = np.asarray(top, dtype=np.float32)
    line = ground.copy()
    # Narrow pictures show a part of the same wood, not a denser one.
    for _ in range(int((70 - 48 * depth) * width / height * 0.6) + 2):
        place = noise.random() * width / height
        tall = (0.1 + 0.3 * depth**1.4) * (0.6 + 0.7 * noise.random())
        wide = tall * (0.2 + 0.08 * noise.random())
        off = np.abs(along - place) / wide
        # Each bough reaches out a little below the one above it: a saw along the fir's side.
        saw = (off * (5 + 4 * noise.random())) % 1
        side = np.clip(1 - off, 0, 1) ** 1.25 - 0.13 * saw * np.clip(off * 3, 0, 1)
        line = np.where(off < 1, np.minimum(line, ground + 0.02 - tall * side), line)
    return np.asarray(line, dtype=np.float32)


def towers(depth: float, noise: np.random.Generator, size: Size, horizon: float) -> Plane:
    width, height = size
    line = np.full(width, horizon + 0.12 * depth, dtype=np.float32)
    x = -int(noise.random() * height * 0.1)
    while x < width:
        wide = max(3, int(height * (0.03 + 0.05 * depth) * (0.6 + noise.random())))
        tall = (0.16 + 0.42 * noise.random() ** 2.2) * (1.1 - 0.45 * depth)
        begin, end = max(0, x), min(width, x + wide)
        line[begin:end] = np.minimum(line[begin:end], horizon + 0.1 * depth - tall)
        if noise.random() > 0.72 and wide > 8 and begin < end:
            mast = min(width - 1, (begin + end) // 2)
            line[mast : mast + max(1, wide // 16)] -= 0.05 * (1.2 - depth)
        x += wide + int(noise.random() * height * 0.012 * (noise.random() > 0.6))
    return line


def windows(line: Plane, depth: float, noise: np.random.Generator, size: Size) -> Plane:
    """Lit windows in a grid on each front, more of them low down."""
    width, height = size
    cell = max(3, round(height * (0.008 + 0.007 * depth)))
    rows, columns = height // cell + 1, width // cell + 1
    lit = (noise.random((rows, columns)) < 0.16 + 0.12 * depth).astype(np.float32)
    lit *= 0.35 + 0.65 * noise.random((rows, columns)).astype(np.float32)
    pane = np.zeros((cell, cell), dtype=np.float32)
    pane[cell // 3 :, cell // 3 :] = 1
    full = np.kron(lit, pane)[:height, :width]
    down = np.arange(height, dtype=np.float32)[:, None] / height
    return np.asarray(full * (down > line[None, :] + 0.012), dtype=np.float32)


def ripples(noise: np.random.Generator, size: Size) -> Plane:
    """Waves seen at a slant: fine and flat far away, long and tall near by; about -1 to 1."""
    width, height = size
    total = np.zeros((height, width), dtype=np.float32)
    # The square root of the way down spreads the near rows, as perspective does.
    rows = (np.sqrt(np.linspace(0, 1, height)) * (height - 1)).astype(int)
    for scale in (10, 22, 48):
        rough = noise.random((max(2, scale * 3), scale), dtype=np.float32)
        spread = np.asarray(Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC))
        total += (spread - 0.5)[rows] / 0.9
    return np.asarray(total.clip(-1, 1), dtype=np.float32)
