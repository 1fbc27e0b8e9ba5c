"""The colours of both themes reach WCAG AA wherever one stands on another."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
PAIRS = re.findall(r"(--[\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)", (CSS / "tokens.css").read_text())
THEMES = {"light": {name: light for name, light, _ in PAIRS}, "dark": {name: dark for name, _, dark in PAIRS}}
GROUNDS = ("--bg", "--surface", "--raised", "--hover")
WORDS = ("--ink", "--muted", "--accent", "--done", "--busy", "--fail", "--stale")
FACES = re.findall(r"\.avatar\.hue-\d \{ background: (#\w{6}); \}", (CSS / "parts.css").read_text())


def light(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_every_ground(theme: str, words: str, ground: str) -> None:
    assert contrast(THEMES[theme][words], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_words_on_coloured_buttons_can_be_read(theme: str) -> None:
    colours = THEMES[theme]
    for words, ground in (
        ("--accent-ink", "--accent"),
        ("--accent-ink", "--accent-hover"),
        ("--fail-ink", "--fail"),
    ):
        assert contrast(colours[words], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["--bg", "--surface", "--raised"])
def test_the_edge_of_a_field_can_be_seen(theme: str, ground: str) -> None:
    assert contrast(THEMES[theme]["--edge"], THEMES[theme][ground]) >= 3


def test_initials_can_be_read_on_every_face() -> None:
    assert len(FACES) == 8
    assert min(contrast("#ffffff", face) for face in FACES) >= 4.5
