"""Paint a scene from a prompt: a sky with its light, land in layers, weather and grain.

The animatic calls this when a shot has no picture to show. The same prompt, seed and size give the same picture.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from storyboard.rendering import land
from storyboard.rendering.palette import Ink, Mood, mood

# Larger pictures are painted at this width and scaled: nobody sees the difference in motion.
WIDEST = 1280
LAYERS = 5
Plane = NDArray[np.float32]


@dataclass(slots=True)
class Canvas:
    """The picture so far (height × width × 3, 0 to 255), and what its layers share."""

    pixels: Plane
    mood: Mood
    noise: np.random.Generator
    horizon: float
    sun: tuple[float, float]

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]


def scene(prompt: str, seed: int, size: tuple[int, int]) -> Image.Image:
    number = int.from_bytes(hashlib.sha256(f"{seed}\n{prompt}".encode()).digest()[:8])
    chance = Random(number)  # noqa: S311 - a picture, not a secret
    share = min(1.0, WIDEST / max(size))
    width, height = max(2, round(size[0] * share)), max(2, round(size[1] * share))
    canvas = begun(mood(prompt, chance), chance, (width, height), number)
    sky(canvas)
    clouds(canvas)
    for depth, mask in layers(canvas):
        cover(canvas, depth, mask)
    if canvas.mood.land == "sea":
        water(canvas)
    finish(canvas)
    image = Image.fromarray(canvas.pixels.clip(0, 255).astype(np.uint8))
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def begun(what: Mood, chance: Random, size: tuple[int, int], number: int) -> Canvas:
    horizon = {"sea": 0.58, "city": 0.78, "forest": 0.8}.get(what.land, 0.62) + chance.uniform(-0.04, 0.03)
    sun = (
        chance.choice([chance.uniform(0.2, 0.4), chance.uniform(0.6, 0.8)]),
        horizon * (1 - what.palette.height) - 0.03,
    )
    pixels = np.zeros((size[1], size[0], 3), dtype=np.float32)
    return Canvas(pixels, what, np.random.default_rng(number), horizon, sun)


def ink(colour: Ink) -> Plane:
    return np.array(colour, dtype=np.float32)


def grid(canvas: Canvas) -> tuple[Plane, Plane]:
    """Across and down, both 0 to 1; ready to be broadcast."""
    width, height = canvas.size
    return np.linspace(0, 1, width, dtype=np.float32)[None, :], np.linspace(0, 1, height, dtype=np.float32)[:, None]


def sky(canvas: Canvas) -> None:
    palette, (across, down) = canvas.mood.palette, grid(canvas)
    stops = np.array([0, canvas.horizon * 0.55, canvas.horizon], dtype=np.float32)
    tints = np.array([palette.top, palette.middle, palette.horizon], dtype=np.float32)
    column = np.stack([np.interp(down[:, 0], stops, tints[:, part]) for part in range(3)], axis=1)
    canvas.pixels[:] = column[:, None, :]
    if palette.stars:
        stars(canvas)
    width, height = canvas.size
    away = np.hypot((across - canvas.sun[0]) * width, (down - canvas.sun[1]) * height) / min(width, height)
    radius = 0.045 if palette.stars else 0.055
    disc = np.clip((radius - away) * min(width, height) / 1.5, 0, 1)
    glow = 0.62 * np.exp(-away * 5.5) + 0.3 * np.exp(-away * 1.7)
    veil = 0.25 if canvas.mood.weather else 1.0
    light(canvas, glow * (0.5 if palette.stars else 1) * (0.4 + 0.6 * veil) + disc * veil, palette.light)


def light(canvas: Canvas, amount: Plane, colour: Ink) -> None:
    """Mix a colour in, as strongly as each pixel of `amount` says."""
    share = np.clip(amount, 0, 1)[..., None]
    canvas.pixels += (ink(colour) - canvas.pixels) * share


def stars(canvas: Canvas) -> None:
    width, height = canvas.size
    for row, column, shine in canvas.noise.random((max(30, width // 5), 3)):
        y, x = int(row**1.4 * canvas.horizon * height), int(column * width)
        canvas.pixels[y : y + 1 + (shine > 0.9), x : x + 1 + (shine > 0.9)] += 40 + 150 * shine**3


def clouds(canvas: Canvas) -> None:
    """Long soft banks: noise at a few scales, stretched sideways and lit from below."""
    width, height = canvas.size
    total = np.zeros((height, width), dtype=np.float32)
    for scale in (3, 6, 12, 24):
        rough = canvas.noise.random((scale * 3, scale), dtype=np.float32)
        spread = Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC)
        total += np.asarray(spread) / scale**0.8
    total = (total - total.mean()) / (total.std() + 1e-6)
    _, down = grid(canvas)
    band = np.clip(down / canvas.horizon, 0, 1) * np.clip((canvas.horizon - down) * 9, 0, 1)
    heavy = 0.75 if canvas.mood.weather == "rain" else 0.42
    light(canvas, np.clip(total - 0.25, 0, 1.4) * band * heavy, canvas.mood.palette.horizon)
    light(canvas, np.clip(-total - 0.5, 0, 1.2) * (1 - band) * 0.25, canvas.mood.palette.top)


def layers(canvas: Canvas) -> Iterator[tuple[float, Plane]]:
    """The land from far to near: how near each layer is, and the rows of its outline."""
    width, height = canvas.size
    count = 2 if canvas.mood.land == "sea" else LAYERS
    for number in range(count):
        depth = (number + 1) / count * (0.45 if canvas.mood.land == "sea" else 1)
        outline = land.outline(canvas.mood.land, depth, canvas.noise, (width, height), canvas.horizon)
        yield depth, outline


def cover(canvas: Canvas, depth: float, outline: Plane) -> None:
    """Paint one layer below its outline; air lies between the layers, so each fades towards its foot."""
    palette, (across, down) = canvas.mood.palette, grid(canvas)
    width, height = canvas.size
    edge = np.clip((down * height - outline[None, :] * height) + 0.5, 0, 1)
    foot = np.clip((down - outline[None, :]) / 0.34, 0, 1)
    air = (0.62 if canvas.mood.weather == "fog" else 0.42) * (1 - depth) + 0.05
    body = ink(palette.far) + (ink(palette.near) - ink(palette.far)) * depth**0.85
    haze = (foot * air)[..., None]
    warm = np.exp(-(((across - canvas.sun[0]) * 3.2) ** 2)) * (1 - depth) * 0.4 * np.exp(-foot * 3)
    colour = body + (ink(palette.horizon) - body) * haze
    colour += (ink(palette.light) - colour) * warm[..., None]
    canvas.pixels += (colour - canvas.pixels) * edge[..., None]
    if canvas.mood.land == "city" and depth > 0.3:
        windows = land.windows(outline, depth, canvas.noise, (width, height))
        light(canvas, windows * (0.9 if palette.stars else 0.5), (255, 206, 128))


def water(canvas: Canvas) -> None:
    """The sky upside down, broken by ripples, with the light's path on it."""
    palette, (across, _) = canvas.mood.palette, grid(canvas)
    width, height = canvas.size
    top = int((canvas.horizon + 0.02) * height)
    below = height - top
    mirror = canvas.pixels[max(0, top - below) : top][::-1]
    mirror = (
        np.concatenate([mirror, np.repeat(mirror[-1:], below - len(mirror), axis=0)]) if len(mirror) < below else mirror
    )
    nearness = np.linspace(0, 1, below, endpoint=False, dtype=np.float32)[:, None]
    ripples = land.ripples(canvas.noise, (width, below))
    shift = (ripples * (2 + nearness * width * 0.02)).astype(np.int64)
    columns = np.clip(np.arange(width)[None, :] + shift, 0, width - 1)
    seen = np.take_along_axis(mirror, columns[..., None], axis=1)
    seen = seen * (0.8 - 0.38 * nearness[..., None]) + ink(palette.near) * (0.1 + 0.3 * nearness[..., None])
    canvas.pixels[top:] = seen + ripples[..., None] * (7 + 9 * nearness[..., None])
    path = np.exp(-(((across - canvas.sun[0]) / (0.035 + 0.16 * nearness)) ** 2)) * np.clip(ripples - 0.15, 0, 1)
    amount = np.zeros((height, width), dtype=np.float32)
    amount[top:] = path * (0.75 - 0.35 * nearness)
    light(canvas, amount, palette.light)


def finish(canvas: Canvas) -> None:
    """Weather, a darker rim, and the grain that keeps large even areas from banding."""
    width, height = canvas.size
    across, down = grid(canvas)
    if canvas.mood.weather in {"rain", "snow"}:
        light(canvas, flecks(canvas), (236, 240, 244))
    if canvas.mood.weather == "fog":
        light(
            canvas,
            0.5 * np.exp(-(((down - canvas.horizon - 0.06) / 0.14) ** 2)) + across * 0,
            canvas.mood.palette.horizon,
        )
    rim = 1 - 0.34 * np.clip(np.hypot((across - 0.5) * 1.25, (down - 0.5) * 1.2) - 0.22, 0, 1) ** 1.4
    canvas.pixels *= rim[..., None]
    canvas.pixels += canvas.noise.normal(0, 1.8, (height, width, 1)).astype(np.float32)


def flecks(canvas: Canvas) -> Plane:
    """Snowflakes in three sizes, or rain drawn out along its fall."""
    width, height = canvas.size
    snow = canvas.mood.weather == "snow"
    total = np.zeros((height, width), dtype=np.float32)
    for size, share in ((1, 0.0012), (2, 0.0005), (4, 0.00012)) if snow else ((1, 0.0011),):
        points = (canvas.noise.random((height, width), dtype=np.float32) < share).astype(np.uint8) * 255
        image = Image.fromarray(points)
        if snow:
            image = image.filter(ImageFilter.MaxFilter(size | 1)).filter(ImageFilter.GaussianBlur(size * 0.45))
            total += np.asarray(image, dtype=np.float32) / 255
        else:
            fall = np.asarray(image, dtype=np.float32) / 255
            total += sum(np.roll(np.roll(fall, step, 0), -step // 4, 1) for step in range(max(4, height // 30))) * 0.22
    return total * 0.85
