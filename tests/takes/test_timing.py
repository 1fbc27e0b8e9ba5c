"""When frames of a take's clip are on screen: of clips as cameras write them, and of those that know only a rate."""

from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from storyboard.media.examine import Examined
from storyboard.media.keep import columns
from storyboard.media.models import File
from storyboard.rendering import check
from storyboard.rendering.still import still
from storyboard.takes.timing import Timing, nearest, timing_of
from tests.rendering.odd import NAMES, number_of, odd, shown


def file_of(path: Path) -> File:
    """The row that its facts make; nobody keeps it."""
    return File(**columns(Examined(path=path, facts=check.inspect(path), content_type="video/mp4", sha256="")))


def timed(**facts: object) -> Timing:
    found = timing_of(File(**facts))
    assert found
    return found


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def timing(name: str, tmp_path: Path) -> Timing:
    found = timing_of(file_of(odd(name, tmp_path)))
    assert found
    return found


def test_each_moment_shows_the_frame_that_is_told(name: str, timing: Timing, tmp_path: Path) -> None:
    wanted = shown(name)
    assert timing.count == len(wanted)
    for number in range(0, timing.count, 4):
        for ms in {timing.first_ms(number), timing.middle_ms(number), timing.over_ms(number) - 2}:
            with Image.open(still(odd(name, tmp_path), tmp_path, at_ms=ms)) as image:
                assert number_of(image) == wanted[number].number, (ms, number)
            assert timing.at(ms) == number


def test_no_frame_is_left_out_and_none_is_told_twice(name: str, timing: Timing) -> None:
    wanted = shown(name)
    ends = [timing.over_ms(number) for number in range(timing.count)]
    assert ends == pytest.approx([one.ends for one in wanted], abs=1.1)
    assert timing.first_ms(0) == pytest.approx(wanted[0].starts, abs=1)
    assert [timing.at(timing.middle_ms(number)) for number in range(timing.count)] == list(range(timing.count))


def test_a_file_that_was_kept_before_is_timed_by_its_rate() -> None:
    found = timed(seconds=Decimal("5.021"), fps=Decimal(24))
    assert (found.count, found.first_ms(0), found.first_ms(1), found.over_ms(119)) == (120, 0, 42, 5000)
    assert (found.at(41), found.at(42), found.at(9000), found.at(-1)) == (0, 1, 119, 0)


def test_a_clip_of_a_vendor_is_timed_as_before() -> None:
    facts = {"seconds": Decimal("5.042"), "fps": Decimal(24)}
    before, after = timed(**facts), timed(**facts, picture_from=Decimal(0), picture_to=Decimal("5.041667"))
    for number in range(121):
        assert before.first_ms(number) == after.first_ms(number)
        assert before.over_ms(number) == after.over_ms(number)
        assert before.at(number * 41) == after.at(number * 41)


def test_what_has_no_length_has_no_times() -> None:
    assert timing_of(None) is None
    assert timing_of(File(seconds=None, fps=Decimal(24))) is None


def test_the_frame_on_screen_counts_and_not_the_moment_that_is_nearer() -> None:
    uneven = timed(seconds=1, fps=Decimal(3), picture_from=0, picture_to=Decimal("0.2"), frames=[0, 110, 120])
    assert nearest([55, 115, 160], 100, uneven) == 0
    assert nearest([55, 115, 160], 100, None) == 1
    # Of a long clip only some frames are known.
    assert nearest([55, 160], 118, uneven) == 1
