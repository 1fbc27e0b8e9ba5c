"""A caption is legible or says what it leaves out; it never shows a box."""

import pytest
from PIL import ImageFont

from storyboard.rendering import caption, fonts

SIZE = (640, 360)
LACKED = "\u0c85\ue000\U0001f98a"


@pytest.fixture
def only_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any font of its own."""
    monkeypatch.setattr(fonts, "found", tuple)
    fonts.at.cache_clear()
    fonts.font_for.cache_clear()
    monkeypatch.setattr(fonts, "at", lambda size: (ImageFont.load_default(size),))


def test_latin_letters_are_drawn_on_any_machine(only_built_in: None) -> None:
    assert caption.fitted("A fox, waiting.", SIZE) == (["A fox, waiting."], 0)
    fonts.font_for.cache_clear()


def test_letters_that_no_font_has_are_left_out_and_counted(only_built_in: None) -> None:
    assert caption.fitted("Rain 雨の街 falls", SIZE) == (["Rain falls"], 3)
    assert caption.note_for(3) == "3 characters are left out: no font here can draw them."
    fonts.font_for.cache_clear()


@pytest.mark.parametrize("letter", [*LACKED])
def test_a_letter_is_drawn_by_a_font_that_has_it_or_not_at_all(letter: str) -> None:
    font = fonts.font_for(letter, 24)
    assert font is None or bytes(font.getmask(letter)) != bytes(font.getmask(fonts.NEVER))


def test_every_font_at_hand_draws_something_else_for_a_letter_it_lacks() -> None:
    for font in fonts.at(24):
        assert fonts.has(font, "A")
        assert not fonts.has(font, "\ue123")


def test_chinese_and_japanese_are_drawn_where_a_font_is_at_hand() -> None:
    lines, left_out = caption.fitted("雨の夜の街", SIZE)
    at_hand = any(fonts.has(font, "雨") for font in fonts.at(caption.point_size(SIZE)))
    assert (lines, left_out) == ((["雨の夜の街"], 0) if at_hand else ([], 5))


@pytest.mark.parametrize("text", ["word " * 200, "x" * 900, "a", "Ünïcödé — “quotes” … " * 9])
def test_a_caption_keeps_to_three_lines_within_the_picture(text: str) -> None:
    lines, _ = caption.fitted(text, SIZE)
    assert 1 <= len(lines) <= caption.LINES
    assert all(caption.length(line, caption.point_size(SIZE)) <= SIZE[0] * 0.84 for line in lines)


def test_lines_may_break_between_wide_letters() -> None:
    assert list(caption.pieces("雨。の a街")) == ["雨。", "の ", "a", "街"]


def test_without_words_and_references_nothing_lies_over_the_clip() -> None:
    assert [layer.getbbox() for layer in caption.layers(SIZE, " ", [])] == [None, None]


@pytest.mark.parametrize("text", ["x" * 4000, "W" * 4000, "ab " * 1300])
def test_only_what_can_be_seen_of_a_long_prompt_is_measured(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []
    measure = caption.length

    def counted(line: str, points: int) -> float:
        measured.append(len(line))
        return measure(line, points)

    monkeypatch.setattr(caption, "length", counted)
    assert len(caption.fitted(text, (1280, 720))[0]) == caption.LINES
    # Halving four times thousands of letters, not each beginning of the whole.
    assert sum(measured) < 100_000


def test_a_script_that_runs_to_the_left_is_not_drawn_backwards() -> None:
    lines, left_out = caption.fitted("مرحبا sea", (1280, 720))
    assert (lines, left_out) == (["sea"], 5)
