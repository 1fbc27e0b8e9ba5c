"""The sample's pictures are painted alike each time, large enough for every vendor, and not one like the other."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.rendering import keeper
from storyboard.rendering.probe import Kind, probe

pytestmark = pytest.mark.once


@pytest.mark.parametrize("name", list(keeper.PICTURES))
def test_a_picture_is_a_png_and_the_same_each_time(tmp_path: Path, name: str) -> None:
    first, again = (keeper.painted(name, tmp_path / f"{number}.png") for number in (1, 2))
    facts = probe(first)
    assert (facts.kind, facts.format, facts.width, facts.height) == (Kind.IMAGE, "png", *keeper.SIZE)
    assert first.read_bytes() == again.read_bytes()


def test_each_shows_something_else(tmp_path: Path) -> None:
    made = [np.asarray(Image.open(keeper.painted(name, tmp_path / name)), dtype=float) for name in keeper.PICTURES]
    assert all(np.abs(one - other).mean() > 20 for one, other in combinations(made, 2))
    # Light and dark in each: no picture is an even surface.
    assert all(picture.std() > 25 for picture in made)
