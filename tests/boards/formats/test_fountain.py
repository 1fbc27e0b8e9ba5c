"""Everything in Fountain's syntax becomes scenes, shots and notes, and no word of a screenplay is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.boards.formats import fountain
from storyboard.boards.formats.draft import DraftBoard, DraftScene, DraftShot, Unusable
from tests.boards.formats.drafts import TEXTS

FILM = """\
Title:
    _**Harbour**_
    *at night*
Credit: Written by
Author: Ann Example
Draft date: 1 May

FADE IN:

# Act One

= Two people wait for a boat.

INT. HARBOUR OFFICE - NIGHT #1A#

[[Colder light?]]
Rain on the *window*. A lamp **flickers**.
Water on the floor. [[real
water]]

MARA (on the radio)
(whispering)
Where is it?
{two spaces}
I can’t see it.

IVO ^
~It will come, it will come

!BANG
The door opens.

CUT TO:

.ON THE BOAT

= The engine has stopped.

> Slow dissolve

ext. pier - dawn

/* The old ending:

Nobody comes. */

@McAllister
You\\*re late.

> **The end** <

===

~Row, row
""".replace("{two spaces}", "  ")


def shots(source: str) -> list[str]:
    return [shot.prompt for shot in fountain.read(source).shots]


def noted(source: str) -> list[str]:
    return [shot.notes for shot in fountain.read(source).shots]


def test_a_whole_screenplay_becomes_a_board() -> None:
    film = fountain.read(FILM.encode("utf-8-sig").replace(b"\n", b"\r\n"))
    assert (film.name, [scene.name for scene in film.scenes]) == (
        "Harbour at night", ["1A INT. HARBOUR OFFICE - NIGHT", "ON THE BOAT", "ext. pier - dawn"],
    )  # fmt: skip
    assert [(shot.scene, shot.prompt) for shot in film.shots] == [
        (0, "Rain on the window. A lamp flickers.\nWater on the floor. \n\nMARA (on the radio): (whispering)\n"
            "Where is it?\n\nI can’t see it.\n\nIVO (at the same time): ♪ It will come, it will come"),
        (0, "BANG\nThe door opens."),
        (1, ""),
        (2, "McAllister: You*re late."),
        (2, "The end\n\n♪ Row, row"),
    ]  # fmt: skip
    assert fountain.lost_words(FILM, film) == []


def test_what_is_no_picture_goes_to_the_notes_of_the_shot_it_speaks_of() -> None:
    assert noted(FILM) == [
        "Section: Act One\n\nCredit: Written by\n\nAuthor: Ann Example\n\nDraft date: 1 May\n\nTransition: FADE IN:"
        "\n\nTwo people wait for a boat.\n\nColder light?\n\nreal\nwater",
        "Transition: CUT TO:",
        "The engine has stopped.\n\nTransition: Slow dissolve",
        "Struck out: The old ending:\n\nNobody comes.",
        "",
    ]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("INT. HOUSE", "INT. HOUSE"), ("int/ext house - day", "int/ext house - day"), ("I/E. CAR", "I/E. CAR"),
        ("INT./EXT. CAR", "INT./EXT. CAR"), ("EST. TOWN", "EST. TOWN"), (".Anywhere", "Anywhere"),
        ("EXT. PIER\nIt rains.", "EXT. PIER"), ("**EXT. PIER**", "EXT. PIER"), ("INT. HALL #12-b.#", "12-b. INT. HALL"),
        ("# Act\nINT. HOUSE", "INT. HOUSE"),
    ],
)  # fmt: skip
def test_headings_open_a_scene(source: str, name: str) -> None:
    assert fountain.read(source).scenes == [DraftScene(name=name)]


@pytest.mark.parametrize(
    "source",
    ["Interior.", "...and then", "Ext. is what he\nsaid.", "INTO THE DARK.", "It rains.\nINT. HOUSE", "FADE IN: night"],
)
def test_what_only_looks_like_a_heading_is_action(source: str) -> None:
    assert fountain.read(source) == DraftBoard(shots=[DraftShot(prompt=source)])


@pytest.mark.parametrize(
    ("source", "prompts"),
    [
        ("A fox.\n\nRain.", ["A fox.", "Rain."]),
        ("  Indented\n\twords  ", ["  Indented\n\twords  "]),
        ("BANG", ["BANG"]),
        ("!BANG\nboom", ["BANG\nboom"]),
        ("雨の街\n夜", ["雨の街\n夜"]),
        ("A fox.\n\nANN\nHello.\n\nBOB\nNo.\n\nRain.", ["A fox.\n\nANN: Hello.\n\nBOB: No.", "Rain."]),
        ("INT. A\n\nA fox.\n\nINT. B\n\nANN\nHello.", ["A fox.", "ANN: Hello."]),
        ("R2D2\nBeep.", ["R2D2: Beep."]),
        ("23\nskidoo", ["23\nskidoo"]),
        ("> centred <\nrest", ["centred", "rest"]),
        ("Some words\n= a synopsis\nmore words", ["Some words", "more words"]),
    ],
)
def test_action_and_speech_become_shots(source: str, prompts: list[str]) -> None:
    assert shots(source) == prompts


@pytest.mark.parametrize(
    ("source", "prompt"),
    [
        ("*a* **b** ***c*** _d_", "a b c d"), ("**a *b* c** _*d*_", "a b c d"), (r"\*a\* \_b\_", "*a* _b_"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"), ("* a * b", "* a * b"), ("*a\nb*", "*a\nb*"),
        ("*a**b*", "*a**b*"), ("a [[x]][[y]] b", "a  b"), ("a[[x]]b", "a b"), ("a [[never closed", "a [[never closed"),
        ("a /* never closed", "a /* never closed"), ("a [[not\n\nb]]", "a [[not"), ("C:/x /*y*/z", "C:/x z"),
        ("A lamp, shining[[dim]].", "A lamp, shining."), ("She[[who?]], he (/*x*/him)", "She, he (him)"),
        ("*a*[[x]]*b*", "a b"), ("क्या[[x]]है", "क्या है"), ("雨[[x]]。夜", "雨。夜"), ("a[[x]] b", "a b"),
    ],
)  # fmt: skip
def test_marks_inside_a_line(source: str, prompt: str) -> None:
    assert shots(source)[0] == prompt


def test_a_note_may_stand_alone_at_either_end() -> None:
    assert noted("[[first]]\n\nA fox.\n\n[[last]]") == ["first\n\nlast"]
    assert fountain.read("[[only]]").shots == [DraftShot(notes="only")]


def test_a_first_line_with_a_colon_is_no_title_page() -> None:
    found = fountain.read("He says: no.\nAnd goes.\n\nRain.")
    assert (found.name, len(found.shots)) == ("", 2)


def test_names_that_are_too_long_are_cut_and_noted_whole() -> None:
    long = " ".join(["LONG"] * 40)
    found = fountain.read(f"Title: {long}\n\nINT. {long}\n\nRain.")
    assert (len(found.name), len(found.scenes[0].name)) == (120, 120)
    assert found.shots[0].notes == f"{long}\n\nINT. {long}"


def test_lost_words_finds_what_is_missing() -> None:
    assert fountain.lost_words("A fox and a fox.", DraftBoard(shots=[DraftShot(prompt="A fox and")])) == ["a", "fox"]


PIECES = [
    "INT. HOUSE - DAY #1#", ".A", "ANN", "ANN ^", "(x)", "@a", "~la", "> x <", "> x", "CUT TO:", "# a", "= b", "===",
    "!c", "[[d]]", "[[e", "]]", "/* f", "*/", "/*g*/", "*h*", "**i**j", "_k_", "\\*", "  ", "", "", "Title: t",
    "Author: u", " v",
]  # fmt: skip
SCRIPTS = st.lists(st.sampled_from(PIECES) | TEXTS, max_size=30)


@given(SCRIPTS, st.sampled_from(["\n", "\r\n", "", " "]))
def test_no_word_of_any_screenplay_is_lost(pieces: list[str], between: str) -> None:
    source = between.join(pieces)
    assert fountain.lost_words(source, fountain.read(source)) == []


@given(st.text("a*_\\[]/ \n~#=>.!@(^)A0:"))
def test_no_word_is_lost_among_marks_alone(source: str) -> None:
    assert fountain.lost_words(source, fountain.read(source)) == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "mark", ["[[", "/*", "]]", "*a", "_a ", "**", "[[a]]", "/**/", "\\", "\n ", "A", "(", "#", "[[\n\n"]
)
def test_no_mark_takes_for_ever_however_often_it_stands_there(mark: str) -> None:
    try:
        assert fountain.read("x " + mark * (400_000 // len(mark))).shots[0].prompt.startswith("x")
    except Unusable as refused:
        assert "ivide it" in refused.message  # noqa: PT017 - either will do


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("a\n\n" * 5_001, "more than 5,000 shots"),
        (".A\n\n" * 5_001, "more than 5,000 scenes"),
        ("x" * 5_000_001, "more than 5 MB"),
        ("a\0", "null character"),
        ("x" * 100_001, "100,000 is the most"),
    ],
)
def test_what_no_board_takes_is_said(source: str, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        fountain.read(source)
