"""Fountain's marks inside the lines: notes, what is struck out, and emphasis.

fountain_lines.py and fountain.py call it. A text that comes here has no null characters, so they can stand for marks.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from storyboard.boards.formats.decode import lines_of

NOTE, STRUCK = "[[", "/*"
ENDS = {NOTE: "]]", STRUCK: "*/"}
OPENING = re.compile(r"\[\[|/\*")
# A note ends before an empty line; two spaces in it keep the note open.
EMPTY_LINE = re.compile(r"\n ?\n")
PLACE = re.compile("\0(\\d+)\0")
PLACES = re.compile("(?:\0\\d+\0)+")
LETTER = r"[^\W_]"
# A mark within a word, or beside another of its kind, is none: taking it out would make one word of two.
EMPHASIS = [
    re.compile(rf"(?<!{LETTER})(?<!{edge}){mark}(?=[^\s{edge}])([^{edge}]+)(?<=\S){mark}(?!{LETTER})(?!{edge})")
    for mark, edge in ((r"\*", r"\*"), (r"\*\*", r"\*"), (r"\*\*\*", r"\*"), ("_", "_"))
]


@dataclass(slots=True)
class Line:
    text: str
    # Notes and struck-out words that stood in it.
    notes: list[str] = field(default_factory=list)

    @property
    def stripped(self) -> str:
        return self.text.strip()


def lines(source: str) -> list[Line]:
    """The text's lines, with what is not to be seen beside them. A line of nothing else is no line."""
    text, hidden = without_hidden("\n".join(lines_of(source)))
    found = [Line("")]
    for raw in text.split("\n"):
        shown, notes = parted(raw, hidden)
        if PLACE.search(raw) and not shown.strip():
            found[-1].notes += notes
        else:
            found.append(Line(shown, notes))
    return found


def without_hidden(text: str) -> tuple[str, list[str]]:
    """A numbered place for each note and each struck-out part."""
    pieces: list[str] = []
    hidden: list[str] = []
    at = 0
    for start, end, mark in spans(text):
        pieces += [text[at:start], f"\0{len(hidden)}\0"]
        words = text[start + 2 : end].strip()
        hidden.append(f"Struck out: {words}" if words and mark == STRUCK else words)
        at = end + 2
    return "".join([*pieces, text[at:]]), hidden


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Each search goes on where the last one ended: a text of opening marks alone takes no longer than another."""
    after = 0
    near = {NOTE: -1, STRUCK: -1, "empty": -1}
    for opening in OPENING.finditer(text):
        start, mark = opening.start(), opening.group()
        if start < after:
            continue
        if 0 <= near[mark] < start + 2 or near[mark] == -1:
            near[mark] = found_at(text.find(ENDS[mark], start + 2), text)
        if near["empty"] < start:
            empty = EMPTY_LINE.search(text, start)
            near["empty"] = empty.start() if empty else len(text)
        end = near[mark]
        if end < len(text) and (mark == STRUCK or end < near["empty"]):
            yield start, end, mark
            after = end + 2


def found_at(place: int, text: str) -> int:
    return len(text) if place < 0 else place


def parted(raw: str, hidden: list[str]) -> tuple[str, list[str]]:
    notes = [hidden[int(number)] for number in PLACE.findall(raw)]
    return PLACES.sub(gap, raw), [note for note in notes if note]


def gap(places: re.Match[str]) -> str:
    """Without a note between them two words would be one, and two marks another mark; all else stays as it is."""
    line, start, end = places.string, places.start(), places.end()
    return " " if start and holds_on(line[start - 1]) and holds_on(line[end : end + 1]) else ""


def holds_on(sign: str) -> bool:
    """A letter, a number, an accent that stands for itself, or a mark of emphasis."""
    return bool(sign) and (sign in "*_" or unicodedata.category(sign)[0] in "LNM")


def plain(text: str) -> str:
    """Without emphasis, and with the signs that a backslash kept from being one."""
    return "\n".join(plain_line(line) for line in text.split("\n"))


def plain_line(line: str) -> str:
    if "*" not in line and "_" not in line:
        return line
    line = line.replace("\\*", "\0s").replace("\\_", "\0u")
    for mark in EMPHASIS:
        line = mark.sub(r"\1", line)
    return line.replace("\0s", "*").replace("\0u", "_")
