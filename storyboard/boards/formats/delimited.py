"""Rows of cells from delimited text as spreadsheets write it, and the sign that keeps them from running a cell.

table.py reads with it, table_file.py writes with it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storyboard.boards.formats.draft import Unusable
from storyboard.boards.formats.fields import named
from storyboard.boards.formats.limits import LONGEST_TEXT, MOST_SHOTS

DELIMITERS = (",", ";", "\t", "|")
# Stands between no two cells: a table of one column.
NO_DELIMITER = "\x1f"
MOST_ROWS = MOST_SHOTS + 5_000
MOST_COLUMNS = 200
LOOKED_AT = 200_000
ENOUGH_ROWS = 50
# Only a text without null characters comes here, so no cell can be this.
LAST = "\0"
# What spreadsheets run as a formula, in any width of letters, also behind spaces, apostrophes and what cannot be seen.
RUNS = re.compile(r"'*(?:[\s\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]*[=+\-@＝＋－＠]|[\t\r\n])")

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Cells:
    """Numbered as a spreadsheet numbers its rows; empty ones are left out."""

    rows: list[Row]
    delimiter: str
    # The row with a quotation mark that nothing closes.
    unclosed: int | None = None


def cells(text: str, delimiter: str = "") -> Cells:
    said = re.match(r"sep=([,;\t|])\r?\n", text, re.IGNORECASE)
    if said:
        text, delimiter = text[said.end() :], delimiter or said[1]
    delimiter = delimiter or separator(text)
    rows: list[Row] = []
    found: list[str] = []
    number = 0
    # Were the last quotation mark open, this line would be a part of its cell.
    for number, found in enumerate(split(f"{text}\n{LAST}", delimiter), 1):
        check_row(number, found)
        if any(cell.strip() for cell in found):
            rows.append((number, found))
        if len(rows) > MOST_ROWS:
            raise Unusable(f"The table has more than {MOST_ROWS:,} rows. Divide it into smaller files.")
    if found == [LAST]:
        return Cells(rows[:-1], delimiter)
    found[-1] = found[-1].removesuffix(f"\n{LAST}")
    return Cells(rows, delimiter, number)


def split(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise Unusable(
            f"Line {reader.line_num} has a cell of more than {LONGEST_TEXT:,} characters. Shorten it, or close the "
            "quotation mark that it stands in."
        ) from error


def check_row(number: int, row: list[str]) -> None:
    if len(row) > MOST_COLUMNS:
        raise Unusable(f"Row {number} has more than {MOST_COLUMNS} columns. Choose another delimiter, or divide it.")
    if any(len(cell) > LONGEST_TEXT for cell in row):
        raise Unusable(f"Row {number} has a cell of more than {LONGEST_TEXT:,} characters. Shorten or divide it.")


def separator(text: str) -> str:
    """The delimiter with which the table has known headings, then the most even rows, then the most columns."""
    head = text[:LOOKED_AT]
    scores = {sign: score(head, sign) for sign in DELIMITERS if sign in head}
    best = max(scores, key=lambda sign: scores[sign], default=NO_DELIMITER)
    return best if best in scores and scores[best] > (0, 0.0, 0) else NO_DELIMITER


def score(head: str, sign: str) -> tuple[int, float, int]:
    rows = [row for row, _ in zip(sample(head, sign), range(ENOUGH_ROWS), strict=False) if any(map(str.strip, row))]
    widths = Counter(map(len, rows))
    width, even = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    headings = max((sum(named(cell) is not None for cell in row) for row in rows if len(row) > 1), default=0)
    # Commas in the sentences of a table of one column stand now here, now there.
    if (width < 2 and headings < 2) or (not headings and even < 0.7 * len(rows)):  # noqa: PLR2004 - two make a table
        return (0, 0.0, 0)
    return headings, even / len(rows), width


def sample(head: str, sign: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(head, newline=""), delimiter=sign)
    except csv.Error:
        # A cell longer than any may be: cells() says so.
        return


def guarded(text: str) -> str:
    """The cell, behind an apostrophe when a spreadsheet would run it."""
    return f"'{text}" if RUNS.match(text) else text


def bare(text: str) -> str:
    """The cell without that apostrophe; exactly what guarded() had been given."""
    return text[1:] if text.startswith("'") and RUNS.match(text, 1) else text


def joined(names: list[str]) -> str:
    """Several names in one cell, each on its line."""
    return "\n".join('"' + name.replace('"', '""') + '"' if quoted(name) else name for name in names)


def quoted(name: str) -> bool:
    return not name or name != name.strip() or any(sign in name for sign in '",;\r\n')


def parted(cell: str) -> list[str]:
    """The names in a cell, whether a line end, a comma or a semicolon parts them."""
    found = re.findall(r'[^\S\r\n]*"((?:[^"]|"")*)"\s*(?=[,;\r\n]|$)|([^,;\r\n]+)', cell)
    names = [inner.replace('""', '"') if not plain else plain.strip() for inner, plain in found]
    return [name for name in names if name]
