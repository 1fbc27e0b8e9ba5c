"""What people write into the cells of a table is understood, or said not to be."""

import pytest

from storyboard.boards.formats import values
from storyboard.boards.formats.draft import Setting


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5), ("5s", 5), (" 5 sec ", 5), ("5 Sekunden", 5), ("5.0", 5), ("5,0", 5), ("0:05", 5), ("00:05", 5),
        (":05", 5), ("00:00:05:00", 5), ("00:00:05;00", 5), ("00:00:05", 5), ("1:00", 60), ("٥", 5), ("12″", 12),
        ("five", None), ("61", None), ("0", None), ("-5", None), ("1:05", None), ("5-6", None), ("9" * 5000, None),
        ("5 6", None), ("1e1", None), ("nan", None), ("", None),
    ],
)  # fmt: skip
def test_a_length_in_seconds(text: str, seconds: int | None) -> None:
    found = values.seconds(text)
    assert (found.value, found.known) == (seconds, seconds is not None)
    assert bool(found.said) == (seconds is None)


@pytest.mark.parametrize(("text", "seconds"), [("4.5", 5), ("4,4", 4), ("00:00:05:13", 6), ("00:05:00", 5)])
def test_a_length_that_is_rounded_or_guessed_says_so(text: str, seconds: int) -> None:
    assert values.seconds(text) == values.Understood(seconds, f"“{text}” is taken as {seconds} s.")


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("16:9", "16:9"), ("16x9", "16:9"), ("16 × 9", "16:9"), ("16/9", "16:9"), ("1.78", "16:9"), ("1,778", "16:9"),
        ("16:09", "16:9"), ("16:09:00", "16:9"), ("09:16:00", "9:16"), ("1:01", "1:1"), ("1920x1080", "16:9"),
        ("Portrait", "9:16"), ("square", "1:1"), ("0.5625", "9:16"), ("auto", "adaptive"), ("21:09", "21:9"),
    ],
)  # fmt: skip
def test_a_shape(text: str, ratio: str) -> None:
    assert values.ratio(text) == values.Understood(ratio)


@pytest.mark.parametrize("text", ["2.39:1", "2.35", "2.4:1"])
def test_a_shape_of_the_cinema_is_the_nearest_one_and_says_so(text: str) -> None:
    assert values.ratio(text) == values.Understood("21:9", f"“{text}” is nearest to 21:9, which is used.")


@pytest.mark.parametrize("text", ["5:1", "16:0", "0:0", "wide-ish", "3", "16:9:7", ":", "9" * 9000])
def test_no_shape_is_guessed_from_something_else(text: str) -> None:
    found = values.ratio(text)
    assert not found.known
    assert "is none of 16:9, 9:16, 1:1" in found.said


@pytest.mark.parametrize(
    ("text", "size"),
    [("720p", "720p"), ("720", "720p"), ("Full HD", "1080p"), ("1920x1080", "1080p"), ("1080 x 1920", "1080p"),
     ("4K", "4k"), ("2160p", "4k"), ("SD", "480p"), ("8k", None), ("big", None)],
)  # fmt: skip
def test_a_size(text: str, size: str | None) -> None:
    found = values.resolution(text)
    assert (found.value, found.known) == (size, size is not None)


@pytest.mark.parametrize(
    ("text", "joint"),
    [("Cut", "cut"), ("HARD CUT", "cut"), ("continue", "continue"), ("Cont’d", "continue"), ("Fortsetzung", "continue"),
     ("Land on…", "land"), ("Match motion", "motion"), ("dissolve", None)],
)  # fmt: skip
def test_a_joint(text: str, joint: str | None) -> None:
    found = values.joint(text)
    assert (found.value, found.known) == (joint, joint is not None)


@pytest.mark.parametrize(
    ("text", "choice"),
    [("yes", True), ("Ja", True), ("OUI", True), ("1", True), ("x", True), ("✓", True), ("no", False), ("Nein", False),
     ("0", False), ("-", False), ("maybe", None), ("...", None)],
)  # fmt: skip
def test_yes_and_no_in_a_few_languages(text: str, choice: bool | None) -> None:
    found = values.choice(text)
    assert (found.value, found.known) == (choice, choice is not None)


@pytest.mark.parametrize(
    ("text", "seed", "known"),
    [("42", 42, True), ("42.0", 42, True), ("1,234,567", 1234567, True), ("4 294 967 295", 2**32 - 1, True),
     ("random", None, True), ("-1", None, True), ("4294967296", None, False), ("1e5", None, False),
     ("1,2", None, False)],
)  # fmt: skip
def test_a_seed(text: str, seed: int | None, known: bool) -> None:
    found = values.seed(text)
    assert (found.value, found.known) == (seed, known)


@pytest.mark.parametrize(
    ("name", "value"),
    [("seconds", 5), ("seconds", 60), ("ratio", "9:16"), ("resolution", "4k"), ("audio", False), ("seed", None),
     ("seed", 0), ("model", ""), ("connection", "abc"), ("search", True)],
)  # fmt: skip
def test_every_choice_that_may_stand_is_written_so_that_it_is_understood(name: str, value: Setting) -> None:
    assert values.wrong(name, value) == ""
    assert values.READERS[name](values.word_for(value)) == values.Understood(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("seconds", "5"), ("seconds", True), ("seconds", 0), ("ratio", "5:1"), ("resolution", 720), ("audio", 1),
     ("seed", -1), ("seed", False), ("model", None), ("connection", "x" * 81), ("colour", "red")],
)  # fmt: skip
def test_what_nobody_can_have_chosen_is_told_with_what_to_choose(name: str, value: Setting) -> None:
    assert "choose" in values.wrong(name, value) or name == "colour"
