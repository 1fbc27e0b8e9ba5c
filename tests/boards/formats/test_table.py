"""Tables of all kinds become boards; what was not understood is said with its row and column."""

import pytest

from storyboard.boards.formats import table
from storyboard.boards.formats.draft import DraftBoard, DraftShot, Joint, Unusable
from storyboard.boards.formats.fields import Field

ROWS = [
    ["Scene", "Prompt", "Length", "Notes"],
    ["Harbour", "A boat, “late”", "5", "wide"],
    ["Harbour", "Rain", "4", ""],
]


def text_of(delimiter: str, rows: list[list[str]] = ROWS, end: str = "\r\n") -> bytes:
    cells = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in rows]
    return end.join(delimiter.join(row) for row in cells).encode()


def board(data: bytes | str) -> DraftBoard:
    found, remarks = taken(data)
    assert remarks == []
    return found


def taken(data: bytes | str) -> tuple[DraftBoard, list[str]]:
    found, remarks = table.read(table.columns(data if isinstance(data, bytes) else data.encode()))
    return found, [str(remark) for remark in remarks]


def prompts(data: bytes | str) -> list[str]:
    return [shot.prompt for shot in taken(data)[0].shots]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_found(delimiter: str, end: str) -> None:
    found = board(text_of(delimiter, end=end))
    assert [scene.name for scene in found.scenes] == ["Harbour"]
    assert found.shots == [
        DraftShot(prompt="A boat, “late”", notes="wide", scene=0, settings={"seconds": 5}),
        DraftShot(prompt="Rain", scene=0, settings={"seconds": 4}),
    ]


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    found = table.columns(b"sep=;\r\nPrompt;Length\r\nA, b, c;5\r\n")
    assert (found.headers, found.delimiter, found.rows) == (["Prompt", "Length"], ";", [(2, ["A, b, c", "5"])])


@pytest.mark.parametrize("head", ["prompt\n", ""])
def test_one_column_of_sentences_is_not_torn_at_its_commas(head: str) -> None:
    sentences = ["A fox, in snow, waits.", "Rain; and night.", "The street, empty.", "Nothing", '"Quoted, too"']
    assert prompts(head + "\n".join(sentences)) == [sentence.strip('"') for sentence in sentences]


def test_cells_keep_quotes_lines_and_spaces() -> None:
    cell = '  He says ""no"".\r\nThen, nothing;\n\tnight '
    assert prompts(f'Prompt,Length\r\n"{cell}",5') == [cell.replace('""', '"')]


def test_rows_of_any_length_lose_nothing() -> None:
    found = table.columns(b"Prompt,Length\nA fox,5,why,not\n\nRain\n")
    assert found.headers == ["Prompt", "Length", "Column 3", "Column 4"]
    assert found.rows == [(2, ["A fox", "5", "why", "not"]), (4, ["Rain", "", "", ""])]
    said = "this column is not taken over. Match it with Notes to keep its words."
    assert [str(remark) for remark in table.read(found)[1]] == [f"Column 3: {said}", f"Column 4: {said}"]


def test_a_quotation_mark_that_is_never_closed_is_said() -> None:
    found, remarks = taken('Prompt,Length\nA fox,5\n"Rain,4\nNight,3\n')
    assert [shot.prompt for shot in found.shots] == ["A fox", "Rain,4\nNight,3\n"]
    assert remarks == ["Row 3: a quotation mark is opened and never closed; all that follows it is in this row."]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Shot #,Scene,Description,Duration (s)", [Field.NUMBER, Field.SCENE, Field.PROMPT, Field.SECONDS]),
        ("Szene;Beschreibung;Dauer;Bemerkungen", [Field.SCENE, Field.PROMPT, Field.SECONDS, Field.NOTES]),
        ("NO.,scene_no,VISUAL PROMPT,Aspect Ratio", [Field.NUMBER, Field.SCENE_NUMBER, Field.PROMPT, Field.RATIO]),
        ("镜号,画面,时长,备注", [Field.NUMBER, Field.PROMPT, Field.SECONDS, Field.NOTES]),
        ("Camera,My prompt,Notes,Lens", [None, Field.PROMPT, Field.NOTES, None]),
    ],
)
def test_headings_are_understood(headings: str, fields: list[Field | None]) -> None:
    found = table.columns((headings + "\n1,2,3,4").encode())
    assert [found.guess.get(index) for index in range(4)] == fields


def test_headings_that_nobody_knows_still_are_no_shot() -> None:
    found = table.columns(b"Kamera,Idee\n35 mm,A fox crosses the frozen lake at night and stops.\n")
    assert (found.headers, found.guess) == (["Kamera", "Idee"], {1: Field.PROMPT})


def test_without_headings_the_wordiest_column_is_the_prompt() -> None:
    found = table.columns(b"1,A fox crosses the lake.\n2,It rains.\n")
    assert (found.headers, found.header_row, found.guess) == (["Column 1", "Column 2"], 0, {1: Field.PROMPT})
    assert found.sample == [["1", "A fox crosses the lake."], ["2", "It rains."]]


def test_a_person_may_know_better() -> None:
    data = b"Prompt,Notes\nA fox,wide\n"
    assert len(table.columns(data, header=False).rows) == 2
    found = table.columns(data, delimiter=";", header=True)
    assert (found.headers, found.rows) == (["Prompt,Notes"], [(2, ["A fox,wide"])])
    draft, _ = table.read(table.columns(data), {0: Field.NOTES, 1: Field.PROMPT, 9: Field.SEED})
    assert draft.shots == [DraftShot(prompt="wide", notes="A fox")]


def test_a_title_above_the_headings_is_said_to_be_left_out() -> None:
    found, remarks = taken("My film,,\n,,\nScene,Prompt,Length\nA,Rain,5\n")
    assert found.shots == [DraftShot(prompt="Rain", scene=0, settings={"seconds": 5})]
    assert remarks == ["Row 1: “My film” stands above the headings; it is not taken over."]


def test_several_columns_may_become_notes() -> None:
    found = table.columns(b"Prompt,Notes,Camera,Lens\nA fox,wide,dolly,35\nRain,,static,\n")
    draft, remarks = table.read(found, {**found.guess, 2: Field.NOTES, 3: Field.NOTES})
    assert [shot.notes for shot in draft.shots] == ["wide\n\nCamera: dolly\n\nLens: 35", "Camera: static"]
    assert remarks == []


def test_of_two_columns_for_one_choice_the_second_is_said_not_to_count() -> None:
    found = table.columns(b"Prompt,Length,Planned\nA fox,5,7\n")
    draft, remarks = table.read(found, {**found.guess, 2: Field.SECONDS})
    assert draft.shots[0].settings == {"seconds": 5}
    said = "Row 2, Planned: “7” is not taken over: another column is matched with Length."
    assert [str(remark) for remark in remarks] == [said]


def test_what_is_not_understood_is_said_with_its_row_and_column() -> None:
    found, remarks = taken("Prompt,Dauer,Joint,Audio,Seed\nA,five,cut,ja,1\nB,4.5,dissolve,vielleicht,x\n")
    assert [shot.settings for shot in found.shots] == [{"audio": True, "seed": 1}, {"seconds": 5}]
    assert remarks == [
        "Row 2, Dauer: “five” is no number of seconds; the board’s length is used.",
        "Row 3, Joint: “dissolve” is none of cut, continue, land, motion; the shot opens with a cut.",
        "Row 3, Dauer: “4.5” is taken as 5 s.",
        "Row 3, Audio: “vielleicht” is neither yes nor no; it is left as the board has it.",
        "Row 3, Seed: “x” is no whole number from 0 to 4,294,967,295; the board’s seed is used.",
    ]


def test_a_joint_follows_the_row_before_unless_it_says_another() -> None:
    head = "Shot,Prompt,Joint,Follows\n"
    found = board(head + "1A,a,cut,\n1B,b,continue,\n2,c,land,1A\n3,d,,1B\n4,e,motion,none\n")
    assert [shot.joint_from for shot in found.shots] == [None, 0, 0, 1, None]
    assert [shot.joint for shot in found.shots][2:] == [Joint.LAND, Joint.CONTINUE, Joint.MOTION]


def test_where_each_scene_counts_anew_the_nearest_shot_is_followed() -> None:
    found = board("Shot,Prompt,Joint,Follows\n1,a,,\n2,b,,\n1,c,,\n2,d,continue,1\n")
    assert found.shots[3].joint_from == 2


def test_joints_that_lead_nowhere_or_in_a_circle_become_cuts_and_are_said() -> None:
    rows = "1,a,continue,\n2,b,continue,9\n3,c,continue,4\n4,d,continue,3\n5,e,cut,1\n6,f,land,6\n"
    found, remarks = taken("Shot,Prompt,Joint,Follows\n" + rows)
    assert [shot.joint_from for shot in found.shots] == [None, None, None, 2, None, None]
    assert remarks == [
        "Row 2, Joint: there is no shot before the first; it opens with a cut.",
        "Row 3, Follows: “9” is no other shot of this table; the shot opens with a cut.",
        "Row 6, Follows: “1” is not used: a cut follows no shot.",
        "Row 7, Follows: “6” is no other shot of this table; the shot opens with a cut.",
        "Row 4, Follows: the shot would follow itself over other shots; it opens with a cut.",
    ]


def test_an_apostrophe_against_formulas_goes_and_is_said() -> None:
    found, remarks = taken("Prompt,Notes\n'=cmd,'tis\n")
    assert found.shots == [DraftShot(prompt="=cmd", notes="'tis")]
    assert remarks == ["Row 2, Prompt: the apostrophe in front is left out: spreadsheets mark text with it."]


def test_names_that_are_too_long_are_cut_and_said() -> None:
    found, remarks = taken(f"Scene,Prompt,Refs\n{'x' * 130},A fox,{'y' * 401}\n")
    assert found.scenes[0].name == "x" * 119 + "…"
    assert [remark.split(": ")[0] for remark in remarks] == ["Row 2, Scene", "Row 2, Refs"]


def test_references_stand_side_by_side_in_a_cell() -> None:
    found = board('Prompt,References\nA fox,"fox.png, hat.png;den.png\n""a, b"""\n')
    assert found.shots[0].references == ["fox.png", "hat.png", "den.png", "a, b"]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_of_spreadsheets_are_read(name: str) -> None:
    data = "Größe;Prompt;Länge\n720p;Ein Fuchs läuft über die Straße.;5\n".encode(name)
    assert prompts(data) == ["Ein Fuchs läuft über die Straße."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "has no rows"),
        (b"\n,,\n \n", "has no rows"),
        (b"Prompt\nA\0B", "Line 2 holds an invisible null character"),
        (b"Prompt,Notes\nA,b\n" + b"x" * 100_001 + b",b", "Row 3 has a cell of more than 100,000 characters"),
        (b'Prompt,Notes\nA,b\n"' + b"x" * 200_000, "has a cell of more than 100,000 characters"),
        (b"Prompt,Notes\n" + b"x,y\n" * 10_001, "more than 10,000 rows"),
        (b"," * 300 + b"\n" + b"x," * 300, "Row 1 has more than 200 columns"),
    ],
)
def test_what_cannot_be_a_table_is_said_with_what_to_do(data: bytes, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        table.columns(data, delimiter=",")


def test_a_cell_of_a_hundred_thousand_letters_is_kept() -> None:
    assert prompts("Prompt,Notes\n" + "é" * 100_000 + ",b") == ["é" * 100_000]


@pytest.mark.parametrize(
    "cell", ["\n" * 90_000, " " * 90_000, '"' * 90_000, '""a,' * 20_000, "'" * 90_000, "9:" * 40_000]
)
def test_no_cell_takes_for_ever(cell: str) -> None:
    quoted = f'"x{cell.replace(chr(34), chr(34) * 2)}"'
    data = f"Scene,Prompt,Length,Shape,Refs,Seed,Joint,Landing\n{','.join([quoted] * 8)}\nA,b,5,,,,,\n"
    assert len(taken(data)[0].shots) == 2


def test_a_remark_by_its_german_name_is_a_note() -> None:
    found = table.columns(b"Beschreibung;Anmerkung\nEin Fuchs;leise")
    assert found.guess == {0: Field.PROMPT, 1: Field.NOTES}
