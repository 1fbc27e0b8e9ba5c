"""One small clip that most tests look at, and pictures that are easy to tell apart."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.rendering.animatic import Plan, Result, render

SIZE = (256, 144)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("clip")
    return render(plan_in(folder, audio=True))


def plan_in(folder: Path, **changes: object) -> Plan:
    facts: dict[str, object] = {"prompt": "A boat at dusk", "width": SIZE[0], "height": SIZE[1], "seconds": 1}
    return Plan(folder=folder, **(facts | changes))  # type: ignore[arg-type]


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[str, tuple[int, int, int]], Path]:
    """A soft gradient of one colour with a mark, as a PNG of the clip's size."""

    def draw(name: str, colour: tuple[int, int, int]) -> Path:
        ramp = Image.linear_gradient("L").resize(SIZE)
        image = Image.composite(Image.new("RGB", SIZE, colour), Image.new("RGB", SIZE, (20, 30, 40)), ramp)
        image.paste((240, 240, 240), (40, 40, 90, 90))
        image.save(tmp_path / name)
        return tmp_path / name

    return draw


def apart(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, of 255."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other.convert("RGB"), dtype=float)).mean())
