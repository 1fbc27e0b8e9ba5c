"""The picture that is handed on has exactly the clip's pixels, at its end or at a moment before."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.rendering import frames
from storyboard.rendering.animatic import Result
from storyboard.rendering.probe import Unreadable
from storyboard.rendering.still import still
from tests.media import seeds
from tests.rendering.test_trim import counted


def number(path: Path) -> int:
    with Image.open(path) as image:
        return round((float(np.asarray(image, dtype=float).mean()) - 20) / 3)


def test_the_last_picture_is_the_very_last_one(clip: Result, tmp_path: Path) -> None:
    made = still(clip.video, tmp_path)
    with Image.open(made) as image:
        assert (made.name, image.format, image.mode) == ("frame.png", "PNG", "RGB")
        assert image.tobytes() == frames.last_frame(clip.video).tobytes()


@pytest.mark.parametrize(
    ("at_ms", "shown"),
    [(None, 71), (0, 0), (41, 0), (42, 1), (1000, 24), (1041, 24), (1500, 36), (2999, 71), (9000, 71)],
)
def test_a_moment_shows_the_picture_that_is_on_screen_then(tmp_path: Path, at_ms: int | None, shown: int) -> None:
    counted(tmp_path / "in")
    assert number(still(tmp_path / "in", tmp_path, at_ms=at_ms)) == shown


def test_a_clip_that_was_held_upright_gives_an_upright_picture(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(seeds.clip("mp4", rotation=90))
    with Image.open(still(tmp_path / "in", tmp_path)) as image:
        assert image.size == (64, 96)


@pytest.mark.parametrize("name", ["png", "wav"])
def test_what_does_not_move_has_no_moment(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").write_bytes(seeds.wav() if name == "wav" else seeds.picture(name))
    with pytest.raises(Unreadable, match="picture"):
        still(tmp_path / "in", tmp_path)
