"""A text file is read in whatever encoding it was left, or the sentence says what to do."""

import codecs

import pytest

from storyboard.boards.formats import text
from storyboard.boards.formats.decode import ENCODINGS, decoded
from storyboard.boards.formats.draft import Unusable

FILM = "Ein Fuchs läuft über die Straße.\r\n\r\nRegen – „leise“."


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_encoding_is_found(name: str) -> None:
    found, _ = decoded(FILM.encode(name))
    assert found == FILM


def test_a_big_endian_mark_is_understood() -> None:
    assert decoded(codecs.BOM_UTF16_BE + FILM.encode("utf-16-be")) == (FILM, "utf-16-be")


def test_lines_that_end_as_on_a_macintosh_have_its_letters() -> None:
    old = FILM.replace("\r\n", "\r")
    assert decoded(old.encode("mac_roman")) == (old, "mac_roman")
    assert decoded(old.encode()) == (old, "utf-8")


def test_what_windows_cannot_have_written_is_latin_1() -> None:
    assert decoded(b"caf\xe9 \x81") == ("café \x81", "latin-1")


@pytest.mark.parametrize(("name", "film"), [("shift_jis", "雨の街①"), ("gb18030", "雨中的城市")])
def test_an_encoding_that_a_person_names_is_used(name: str, film: str) -> None:
    assert name in ENCODINGS
    assert decoded(film.encode("cp932" if name == "shift_jis" else name), name) == (film, name)


def test_the_files_own_mark_counts_more_than_what_a_person_chose() -> None:
    assert decoded(FILM.encode("utf-8-sig"), "shift_jis") == (FILM, "utf-8")


@pytest.mark.parametrize(
    ("data", "encoding", "sentence"),
    [
        (b"\xef\xbb\xbfone\ntwo \xff", "", r"Line 2 is not Unicode \(UTF-8\). Choose another encoding"),
        (b"caf\x81", "shift_jis", "Line 1 is not Japanese"),
        (b"one", "klingon", "Choose one from the list"),
        (b"one\ntwo\nth\0ree, and more words without any", "", "Line 3 holds an invisible null character"),
        (b"x" * 20_000_001, "", "more than 20 MB"),
        (b"\xff\xfea", "", "is not Unicode"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(data: bytes, encoding: str, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        decoded(data, encoding)


def prompts(source: bytes | str) -> list[str]:
    return [shot.prompt for shot in text.read(source).shots]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_each_paragraph_is_a_shot_whatever_ends_a_line(end: str) -> None:
    lines = ["", "A fox,\twaits. ", "  It rains.", " \t", "", "Night.", ""]
    assert prompts(end.join(lines).encode("utf-8-sig")) == ["A fox,\twaits. \n  It rains.", "Night."]


def test_a_page_break_parts_two_shots_and_no_words_make_no_shot() -> None:
    assert prompts("One\fTwo\u2029Three") == ["One", "Two", "Three"]
    assert prompts("") == prompts(b"\xef\xbb\xbf \r\n\t") == []


def test_pasted_text_may_be_anything_but_broken() -> None:
    assert prompts("שלום 👩‍🚀 <b>") == ["שלום 👩‍🚀 <b>"]
    with pytest.raises(Unusable, match="is not Unicode"):
        text.read("half of an emoji: \ud83d")


def test_a_shot_longer_than_any_is_named() -> None:
    assert prompts("x" * 100_000) == ["x" * 100_000]
    with pytest.raises(Unusable, match=r"The prompt of shot 2 has 100,001 characters; 100,000 is the most"):
        text.read("one\n\n" + "x" * 100_001)


def test_more_shots_than_a_board_takes_are_refused() -> None:
    with pytest.raises(Unusable, match="There are more than 5,000 shots"):
        text.read("x\n\n" * 5_001)


def test_more_lines_than_anyone_wrote_are_refused() -> None:
    with pytest.raises(Unusable, match="more than 100,000 lines"):
        text.read("\n" * 200_001)
