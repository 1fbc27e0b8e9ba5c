"""Three pictures of the sample film, painted: the lighthouse at dusk, its keeper, and the lamp of a ship at night.

The boards' task for a new sample calls painted(); a picture comes out the same each time.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from storyboard.rendering import paint
from storyboard.rendering.palette import Ink

SIZE = (1280, 720)
# Outlines are drawn larger and scaled down, which makes their edges smooth.
FINER = 3
WARM, AMBER, ROCK = (255, 232, 178), (255, 178, 92), (20, 16, 32)
COAT, LAPEL, CAP, SKIN, BEARD = (24, 32, 52), (36, 44, 66), (14, 18, 32), (164, 112, 82), (178, 170, 160)
# Places in a picture, in parts of its width and height.
Point = tuple[float, float]
Outline = list[Point]
Plane = NDArray[np.float32]

CLIFF: Outline = [(1, 1), (0.4, 1), (0.44, 0.9), (0.5, 0.86), (0.53, 0.76), (0.59, 0.71), (0.62, 0.655), (0.73, 0.65)]
CLIFF += [(0.78, 0.69), (0.84, 0.68), (0.9, 0.74), (1, 0.72)]
TOWER = [
    (CLIFF, ROCK),
    ([(0.645, 0.67), (0.656, 0.262), (0.69, 0.262), (0.703, 0.67)], (84, 62, 82)),
    ([(0.676, 0.67), (0.675, 0.262), (0.69, 0.262), (0.703, 0.67)], (50, 38, 60)),
    ([(0.653, 0.37), (0.694, 0.37), (0.696, 0.43), (0.6515, 0.43)], (122, 52, 56)),
    ([(0.6495, 0.52), (0.699, 0.52), (0.701, 0.59), (0.6475, 0.59)], (122, 52, 56)),
    ([(0.641, 0.246), (0.705, 0.246), (0.7, 0.27), (0.646, 0.27)], ROCK),
    ([(0.6575, 0.18), (0.6885, 0.18), (0.6885, 0.25), (0.6575, 0.25)], WARM),
    ([(0.652, 0.186), (0.673, 0.128), (0.694, 0.186)], ROCK),
]
KEEPER = [
    ([(0.16, 1), (0.215, 0.82), (0.36, 0.7), (0.58, 0.7), (0.725, 0.82), (0.78, 1)], COAT),
    ([(0.415, 0.75), (0.415, 0.56), (0.525, 0.56), (0.525, 0.75), (0.47, 0.83)], (122, 80, 60)),
    ([(0.355, 0.74), (0.41, 0.655), (0.47, 0.86), (0.39, 0.94)], LAPEL),
    ([(0.585, 0.74), (0.53, 0.655), (0.47, 0.86), (0.55, 0.94)], LAPEL),
]
BRIM: Outline = [(0.374, 0.325), (0.566, 0.325), (0.582, 0.368), (0.53, 0.386), (0.41, 0.386), (0.358, 0.368)]
CHIN: Outline = [(0.381, 0.47), (0.392, 0.6), (0.43, 0.69), (0.47, 0.71), (0.51, 0.69), (0.548, 0.6), (0.559, 0.47)]
CHIN += [(0.535, 0.535), (0.5, 0.555), (0.47, 0.547), (0.44, 0.555), (0.405, 0.535)]
SHIP = [
    ([(0.262, 0.56), (0.285, 0.622), (0.52, 0.622), (0.565, 0.545), (0.5, 0.57), (0.3, 0.572)], (7, 8, 16)),
    ([(0.325, 0.575), (0.325, 0.517), (0.375, 0.517), (0.375, 0.575)], (9, 10, 19)),
    ([(0.4, 0.31), (0.403, 0.31), (0.405, 0.575), (0.399, 0.575)], (7, 8, 16)),
    ([(0.478, 0.36), (0.481, 0.36), (0.483, 0.575), (0.477, 0.575)], (7, 8, 16)),
]


def painted(name: str, to: Path) -> Path:
    """The picture as a PNG file."""
    PICTURES[name]().save(to, "PNG")
    return to


def lighthouse() -> Image.Image:
    lamp = (0.673, 0.215)
    picture = paint.scene("A lighthouse by the sea at dusk", 11, SIZE)
    for towards in (-0.16, 0.1):
        picture = lit(picture, beam(lamp, towards), WARM)
    picture = filled(picture, TOWER)
    return lit(lit(picture, 0.7 * glow(lamp, 0.07), AMBER), glow(lamp, 0.018), WARM)


def keeper() -> Image.Image:
    """He stands before the window of the lantern room, and the lamp beside him lights one side of his face."""
    outside = paint.scene("The open sea at dusk", 23, SIZE).filter(ImageFilter.GaussianBlur(6))
    picture = filled(outside, frames_of_the_window())
    picture = filled(picture, KEEPER)
    picture = filled(picture, [(oval((0.47, 0.45), 0.093, 0.21), SKIN)])
    picture = lit(picture, 0.55 * glow((0.36, 0.5), 0.05), (70, 40, 38))
    face = [(oval((eye, 0.432), 0.011, 0.011), (34, 24, 26)) for eye in (0.434, 0.506)]
    nose: Outline = [(0.464, 0.43), (0.476, 0.43), (0.487, 0.512), (0.47, 0.523), (0.453, 0.512)]
    face += [(nose, (148, 96, 70)), (CHIN, BEARD), (oval((0.47, 0.577), 0.026, 0.009), (112, 66, 60))]
    picture = filled(picture, [*face, (oval((0.47, 0.29), 0.107, 0.103), CAP), (BRIM, (8, 10, 20))]).filter(
        ImageFilter.GaussianBlur(1)
    )
    picture = lit(picture, 0.5 * glow((0.1, 0.75), 0.3), (12, 12, 26))
    return lit(lit(picture, 0.75 * glow((0.93, 0.4), 0.17), AMBER), glow((0.93, 0.4), 0.05), WARM)


def ship() -> Image.Image:
    lamp = (0.402, 0.46)
    picture = filled(paint.scene("A dark sea at night, far from the coast", 5, SIZE), SHIP)
    picture = lit(picture, path_on_water(lamp[0], 0.622), AMBER)
    return lit(lit(picture, 0.8 * glow(lamp, 0.06), AMBER), glow(lamp, 0.013), WARM)


PICTURES: dict[str, Callable[[], Image.Image]] = {"lighthouse": lighthouse, "keeper": keeper, "ship": ship}


def filled(picture: Image.Image, shapes: Iterable[tuple[Outline, Ink]]) -> Image.Image:
    """Each outline in its colour, one over the other."""
    width, height = (side * FINER for side in picture.size)
    for outline, colour in shapes:
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).polygon([(x * width, y * height) for x, y in outline], fill=255)
        smooth = mask.resize(picture.size, Image.Resampling.BOX)
        picture = Image.composite(Image.new("RGB", picture.size, colour), picture, smooth)
    return picture


def frames_of_the_window() -> list[tuple[Outline, Ink]]:
    dark = (26, 22, 34)
    bars = [[(at, 0.0), (at + 0.016, 0.0), (at + 0.016, 1.0), (at, 1.0)] for at in (0.0, 0.2, 0.69, 0.984)]
    sills = [[(0.0, at), (1.0, at), (1.0, at + 0.03), (0.0, at + 0.03)] for at in (0.0, 0.3)]
    return [(outline, dark) for outline in (*bars, *sills, [(0.0, 0.86), (1.0, 0.86), (1.0, 1.0), (0.0, 1.0)])]


def oval(middle: Point, wide: float, tall: float) -> Outline:
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    return [(middle[0] + wide * float(np.cos(turn)), middle[1] + tall * float(np.sin(turn))) for turn in turns]


def lit(picture: Image.Image, amount: Plane, colour: Ink) -> Image.Image:
    """Mix a colour in, as strongly as each pixel of `amount` says."""
    pixels = np.asarray(picture, dtype=np.float32)
    mixed = pixels + (np.array(colour, dtype=np.float32) - pixels) * np.clip(amount, 0, 1)[..., None]
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


def grid() -> tuple[Plane, Plane]:
    """How far each pixel is across and down, in parts of the width: a circle in them is round."""
    width, height = SIZE
    across, down = np.meshgrid(np.arange(width) / width, np.arange(height) / width)
    return across.astype(np.float32), down.astype(np.float32)


def glow(middle: Point, size: float) -> Plane:
    across, down = grid()
    away = np.hypot(across - middle[0], down - middle[1] * SIZE[1] / SIZE[0])
    return np.asarray(np.exp(-((away / size) ** 1.4)), dtype=np.float32)


def beam(lamp: Point, slope: float) -> Plane:
    """A cone of light that leaves the lamp sideways and fades; to the left with a negative slope."""
    across, down = grid()
    along = (across - lamp[0]) * (1 if slope > 0 else -1)
    off = np.abs(down - lamp[1] * SIZE[1] / SIZE[0] - abs(slope) * along * 0.4)
    wide = 0.006 + 0.11 * np.clip(along, 0, 1)
    return np.asarray(0.5 * np.exp(-((off / wide) ** 2)) * np.exp(-along * 2.6) * (along > 0), dtype=np.float32)


def path_on_water(x: float, horizon: float) -> Plane:
    """Light broken by waves: bright bars that grow wider and rarer towards us."""
    across, down = grid()
    near = np.clip((down * SIZE[0] / SIZE[1] - horizon) / (1 - horizon), 0, 1)
    waves = np.sin(34 * np.sqrt(near) * np.pi + 3 * np.sin(across * 60)) * 0.5 + 0.5
    wide = 0.008 + 0.05 * near
    return np.asarray(
        0.85 * np.exp(-(((across - x) / wide) ** 2)) * waves**2 * (1 - near) * (near > 0), dtype=np.float32
    )
