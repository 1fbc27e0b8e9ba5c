"""A table (CSV and its kin) as a board: first what its columns may be, then its rows as shots.

The import page shows columns(), lets a person correct the guess, and calls read(); table_file.py writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from storyboard.boards.formats.decode import decoded
from storyboard.boards.formats.delimited import Row, cells
from storyboard.boards.formats.draft import DraftBoard, Unusable
from storyboard.boards.formats.fields import LABELS, Field, guess, named
from storyboard.boards.formats.limits import checked
from storyboard.boards.formats.rows import Reading, Remark

# A table may have a title and empty rows above its headings.
HEADINGS_WITHIN = 10
SAMPLE = 5
LONG_CELL, SHORT_CELL = 40, 30


@dataclass(frozen=True, slots=True)
class Table:
    headers: list[str]
    rows: list[Row]
    # Column -> field; what is not in it is not taken over.
    guess: dict[int, Field]
    encoding: str
    delimiter: str
    # The headings' row, 0 when there are none, and what stands above it.
    header_row: int = 0
    above: tuple[Row, ...] = ()
    unclosed: int | None = None

    @property
    def sample(self) -> list[list[str]]:
        return [row for _, row in self.rows[:SAMPLE]]

    @property
    def is_ours(self) -> bool:
        return self.headers[: len(LABELS)] == list(LABELS.values())


def columns(data: bytes, *, encoding: str = "", delimiter: str = "", header: bool | None = None) -> Table:
    """What the file's columns are; the keywords are a person's, where the guess was wrong."""
    text, encoding = decoded(data, encoding)
    found = cells(text, delimiter)
    if not found.rows:
        raise Unusable("The table has no rows. Choose a file with one shot in each row.")
    at = header_at(found.rows) if header is None else 0 if header else None
    body = found.rows if at is None else found.rows[at + 1 :]
    width = max(len(row) for _, row in found.rows)
    names = [] if at is None else found.rows[at][1]
    headers = [(names[index].strip() if index < len(names) else "") or f"Column {index + 1}" for index in range(width)]
    return Table(
        headers=headers,
        rows=[(number, row + [""] * (width - len(row))) for number, row in body],
        guess=with_prompt(guess(headers), [row for _, row in body]),
        encoding=encoding,
        delimiter=found.delimiter,
        header_row=0 if at is None else found.rows[at][0],
        above=tuple(found.rows[: at or 0]),
        unclosed=found.unclosed,
    )


def header_at(rows: list[Row]) -> int | None:
    known = [sum(named(cell) is not None for cell in row) for _, row in rows[:HEADINGS_WITHIN]]
    if max(known) > 1:
        return known.index(max(known))
    return 0 if known[0] or looks_like_headings(rows) else None


def looks_like_headings(rows: list[Row]) -> bool:
    """Short words, no numbers, none twice, and below them something that is longer or a number."""
    first, rest = rows[0][1], rows[1:]
    if not rest or len(first) < 2 or len(set(first)) < len(first):  # noqa: PLR2004 - one column has no headings
        return False
    if any(not cell.strip() or len(cell) > SHORT_CELL or any(map(str.isdigit, cell)) for cell in first):
        return False
    return all(any(len(cell) > LONG_CELL or cell[:1].isdigit() for cell in row) for _, row in rest[:SAMPLE])


def with_prompt(found: dict[int, Field], rows: list[list[str]]) -> dict[int, Field]:
    """The guess; where no heading speaks of the prompt, it is the free column with the most words."""
    if Field.PROMPT in found.values():
        return found
    sizes = {index: 0 for index in range(max(map(len, rows), default=0)) if index not in found}
    for row in rows:
        for index in sizes.keys() & range(len(row)):
            sizes[index] += len(row[index])
    best = max(sizes, key=lambda index: (sizes[index], -index), default=None)
    return found if best is None or not sizes[best] else dict(sorted({**found, best: Field.PROMPT}.items()))


def read(table: Table, mapping: Mapping[int, Field] | None = None) -> tuple[DraftBoard, list[Remark]]:
    """The board, and in words whatever was not understood or not taken over: nothing is dropped in silence."""
    chosen = {
        index: field
        for index, field in sorted((table.guess if mapping is None else mapping).items())
        if 0 <= index < len(table.headers)
    }
    reading = Reading(headers=table.headers, columns=chosen, is_ours=table.is_ours)
    for number, row in table.rows:
        reading.take(number, row)
    # While its columns are being matched, none of them may stand for anything yet.
    if reading.board == DraftBoard() and (chosen or not table.rows):
        raise Unusable(
            "There are headings and no shots below them. Write one shot in each row, or choose another file."
        )
    reading.link()
    return checked(reading.board), [*left_out(table, chosen), *reading.remarks]


def left_out(table: Table, chosen: Mapping[int, Field]) -> list[Remark]:
    remarks = [
        Remark(number, "", f"“{' '.join(' '.join(row).split())}” stands above the headings; it is not taken over.")
        for number, row in table.above
    ]
    for index, header in enumerate(table.headers):
        if index not in chosen and any(row[index].strip() for _, row in table.rows):
            remarks.append(Remark(0, header, "this column is not taken over. Match it with Notes to keep its words."))
    if table.unclosed:
        said = "a quotation mark is opened and never closed; all that follows it is in this row."
        remarks.append(Remark(table.unclosed, "", said))
    return remarks
