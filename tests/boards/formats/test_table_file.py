"""A board goes out as CSV and comes back the same, whatever its words are, and no spreadsheet runs a cell of it."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import assume, given

from storyboard.boards.formats import table, table_file
from storyboard.boards.formats.delimited import bare, guarded, joined, parted
from storyboard.boards.formats.draft import DraftBoard, DraftScene, DraftShot, Joint, Unusable
from tests.boards.formats.drafts import HOSTILE, TEXTS, boards


def there_and_back(draft: DraftBoard, delimiter: str = "") -> DraftBoard:
    found, remarks = table.read(table.columns(table_file.write(draft), delimiter=delimiter))
    assert remarks == []
    return found


@given(boards())
def test_a_board_reads_back_as_it_was_written(draft: DraftBoard) -> None:
    # A table has no place for the files behind the references, and headings alone are no film.
    kept = replace(draft, references=[])
    assume(kept != DraftBoard())
    assert there_and_back(draft) == kept


@given(TEXTS)
def test_an_apostrophe_guards_a_cell_and_goes_again(text: str) -> None:
    assert bare(guarded(text)) == text
    assert not guarded(text).strip("\ufeff \t\r\n").startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.lstrip(" '\t\r\n")[:1] in [*"=+-@＝"]])
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    data = table_file.write(DraftBoard(name=text, look=text, shots=[DraftShot(prompt=text, notes=text, landing=text)]))
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell[:1] for cell in cells if text in cell] == ["'"] * 5


@given(boards())
def test_names_in_one_cell_come_back_as_they_were(draft: DraftBoard) -> None:
    names = [entry.id for entry in draft.references]
    assert parted(joined(names)) == names


def test_an_order_that_the_shots_do_not_tell_is_written_down() -> None:
    scenes = [DraftScene(name="Same"), DraftScene(name="Empty"), DraftScene(name="Same")]
    draft = DraftBoard(scenes=scenes, shots=[DraftShot(scene=2), DraftShot(scene=0), DraftShot()])
    assert there_and_back(draft) == draft


def test_a_joint_that_lost_its_shot_stays_without_one() -> None:
    shots = [DraftShot(joint=Joint.LAND), DraftShot(joint=Joint.MOTION, joint_from=2), DraftShot()]
    assert there_and_back(DraftBoard(shots=shots)).shots == shots


def test_spreadsheets_know_the_file_as_unicode_and_its_headings_are_words() -> None:
    head = table_file.write(DraftBoard()).split(b"\r\n")[0]
    assert head.startswith(b"\xef\xbb\xbfShot,Scene number,Scene,Prompt,Notes,Length,Shape,Size,Joint,Follows,")


def test_a_null_character_is_refused_in_words() -> None:
    with pytest.raises(Unusable, match="The prompt of shot 1 holds an invisible null character"):
        table_file.write(DraftBoard(shots=[DraftShot(prompt="a\0b")]))
