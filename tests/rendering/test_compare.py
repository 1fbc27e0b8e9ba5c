"""What is measured of pictures and clips says what people see, on one scale for all of them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from storyboard.rendering import compare, looks
from storyboard.rendering.frames import last_frame
from storyboard.rendering.looks import Look, Step
from storyboard.rendering.probe import Unreadable
from storyboard.rendering.still import still
from tests.media import seeds
from tests.rendering import made
from tests.rendering.test_trim import FPS, counted, numbers


@pytest.fixture
def image() -> Image.Image:
    return Image.fromarray(made.scene()).resize((1280, 720))


def test_black_has_nothing_and_white_has_only_light() -> None:
    assert compare.look(Image.new("RGB", (320, 180))).figures == (0, 0, 0, 0)
    assert compare.look(Image.new("RGB", (320, 180), "white")).figures == (100, 0, 0, 0)


def test_half_black_and_half_white_is_all_the_contrast_there_is() -> None:
    image = Image.new("RGB", (384, 216))
    image.paste((255, 255, 255), (0, 0, 192, 216))
    assert compare.look(image).figures[:3] == (50, 100, 0)


def test_each_figure_follows_what_was_done_to_the_picture(image: Image.Image) -> None:
    before = compare.look(image)
    brighter = looks.step(before, compare.look(ImageEnhance.Brightness(image).enhance(1.2)))
    paler = looks.step(before, compare.look(ImageEnhance.Color(image).enhance(0.3)))
    softer = looks.step(before, compare.look(image.filter(ImageFilter.GaussianBlur(6))))
    assert brighter.brightness > 5
    assert (paler.saturation < -5, abs(paler.brightness) < 1) == (True, True)
    assert (softer.sharpness < -10, abs(softer.brightness) < 1) == (True, True)


def test_a_tenth_more_light_is_a_step_of_about_five(image: Image.Image) -> None:
    brighter = ImageEnhance.Brightness(image).enhance(1.1)
    assert 4 < looks.step(compare.look(image), compare.look(brighter)).figure < 6


def test_a_clip_that_goes_on_exactly_is_hardly_a_step(tmp_path: Path) -> None:
    first = made.clip(tmp_path / "first", (made.scene(shift=number) for number in range(24)))
    again = made.clip(tmp_path / "again", [np.asarray(last_frame(first))] * 3)
    assert looks.step(compare.measure(first)[-1], compare.measure(again)[0]).figure <= 1


def test_the_size_of_a_picture_changes_little(image: Image.Image) -> None:
    small = compare.look(image.resize((854, 480), Image.Resampling.LANCZOS))
    assert looks.step(compare.look(image), small).figure < 1


def test_every_frame_is_measured_at_the_middle_of_its_time(tmp_path: Path) -> None:
    counted(tmp_path / "in")
    found = compare.measure(tmp_path / "in")
    assert [look.ms for look in found] == [int((number + 0.5) * 1000 / FPS) for number in range(72)]
    assert found[10].brightness == pytest.approx((20 + 30) / 2.55, abs=0.5)


@pytest.mark.parametrize("number", [0, 1, 35, 70, 71])
def test_a_frames_own_time_leads_to_exactly_that_frame(tmp_path: Path, number: int) -> None:
    counted(tmp_path / "in")
    ms = compare.measure(tmp_path / "in")[number].ms
    with Image.open(still(tmp_path / "in", tmp_path, at_ms=ms)) as image:
        assert round((image.convert("L").resize((1, 1)).getpixel((0, 0)) - 20) / 3) == number  # type: ignore[operator]
    assert numbers(tmp_path / "in")[number] == number


def test_of_a_long_clip_every_frame_near_the_end_is_kept() -> None:
    found = compare.kept([Look(number, 1, 1, 1, 1) for number in range(3000)])
    assert len(found) <= looks.MOST_FRAMES
    assert [look.ms for look in found[-200:]] == list(range(2800, 3000))
    assert (found[0].ms, found[1].ms) == (0, 14)


@pytest.mark.parametrize("name", ["png", "wav"])
def test_only_clips_are_measured(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").write_bytes(seeds.wav() if name == "wav" else seeds.picture(name))
    with pytest.raises(Unreadable):
        compare.measure(tmp_path / "in")


def test_pictures_differ_by_as_much_as_their_colours(image: Image.Image) -> None:
    black, white = (compare.look(Image.new("RGB", (320, 180), colour)).mosaic for colour in ("black", "white"))
    assert (looks.difference(black, black), looks.difference(black, white)) == (0, 100)
    assert looks.difference(black, "") is None


def test_steps_add_up_and_what_comes_back_is_none() -> None:
    there = Step(2.0, 0.0, -1.0, 3.0)
    assert there.then(there).brightness == 4
    assert there.then(Step(-2.0, 0.0, 1.0, -3.0)).figure == 0


@pytest.mark.parametrize("how", ["black", "blurred", "fading"])
def test_the_places_where_nobody_should_leave_are_told(tmp_path: Path, how: str) -> None:
    found = looks.weak(compare.measure(made.ending(tmp_path / "in", how)))
    assert found[:34] == [""] * 34
    assert found[40] == how
    assert "" not in found[40:]


def test_a_clip_that_is_fine_to_its_end_has_no_such_place(tmp_path: Path) -> None:
    assert set(looks.weak(compare.measure(made.ending(tmp_path / "in", "")))) == {""}


def test_without_frames_there_is_nothing_to_say() -> None:
    assert looks.weak([]) == []
