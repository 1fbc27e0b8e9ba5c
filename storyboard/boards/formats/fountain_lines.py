"""Fountain's elements, told from a screenplay's lines as its syntax has them.

fountain.py makes a board of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, auto

from storyboard.boards.formats.fountain_marks import Line


class Kind(StrEnum):
    HEADING = auto()
    ACTION = auto()
    SPEECH = auto()
    LYRICS = auto()
    TRANSITION = auto()
    CENTERED = auto()
    PAGE_BREAK = auto()
    SECTION = auto()
    SYNOPSIS = auto()
    NOTE = auto()


@dataclass(slots=True)
class Element:
    kind: Kind
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


HEADING = re.compile(r"(?:INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)[. ]", re.IGNORECASE)
FORCED_HEADING = re.compile(r"\.\w")
SCENE_NUMBER = re.compile(r"\s*#([\w.-]+)#$")
# Not in the syntax, but at the ends of most scripts; a shot of nothing but this nobody wants to pay for.
FADE = re.compile(r"FADE (?:IN|OUT|TO BLACK)[.:]?")
EXTENSION = re.compile(r"\([^()]*\)")
# Elements of one line, known by how it begins; the next line begins anew.
SINGLE = (
    (Kind.PAGE_BREAK, re.compile(r"={3,}$")),
    (Kind.CENTERED, re.compile(r">.*<$")),
    (Kind.SECTION, re.compile("#")),
    (Kind.SYNOPSIS, re.compile("=")),
    (Kind.LYRICS, re.compile("~")),
)
SIGNS = {Kind.CENTERED: ">", Kind.SECTION: "#", Kind.SYNOPSIS: "=", Kind.LYRICS: "~", Kind.PAGE_BREAK: "="}
TITLE_KEYS = {
    "title", "credit", "author", "authors", "source", "notes", "draft date", "date", "contact", "copyright", "revision",
    "episode", "written by", "format", "font", "contact info",
}  # fmt: skip
KEY = re.compile(r"([^\s:][^:]{0,60}):(.*)")


def title_page(lines: list[Line]) -> tuple[list[tuple[str, str]], list[Line]]:
    """The title page's fields, if there is one, and the lines after it."""
    body = next((at for at, line in enumerate(lines) if line.stripped), len(lines))
    end = next((at for at in range(body, len(lines)) if not lines[at].stripped), len(lines))
    fields: list[tuple[str, list[str]]] = []
    for line in lines[body:end]:
        pair = KEY.match(line.text)
        if pair:
            fields.append((pair[1].strip(), [pair[2].strip()]))
        elif fields and line.text[:1] in {" ", "\t"}:
            fields[-1][1].append(line.stripped)
        else:
            return [], lines
    if not any(key.casefold() in TITLE_KEYS for key, _ in fields):
        return [], lines
    notes = [note for line in lines[:end] for note in line.notes]
    return [(key, "\n".join(filter(None, text))) for key, text in fields], [Line("", notes), *lines[end:]]


def elements(lines: list[Line]) -> Iterator[Element]:
    for block in blocks(lines):
        if not block[0].stripped:
            yield Element(Kind.NOTE, [], block[0].notes)
        else:
            yield from of_block(block)


def blocks(lines: list[Line]) -> Iterator[list[Line]]:
    """Lines without an empty one between them; a speech goes on over a line of two spaces."""
    block: list[Line] = []
    for line in lines:
        if line.stripped or (line.text.startswith("  ") and len(block) > 1 and is_character(block[0])):
            block.append(line)
            continue
        if block:
            yield block
        block = []
        if line.notes:
            yield [line]
    if block:
        yield block


def of_block(block: list[Line]) -> Iterator[Element]:
    action = Element(Kind.ACTION)
    for at, line in enumerate(block):
        found = single(line) or (None if action.lines else opening(line, alone=at == len(block) - 1))
        if found is None and not action.lines and at < len(block) - 1 and is_character(line):
            yield speech(block[at:])
            return
        if found is None:
            action.lines.append(line.text.replace("!", "", 1) if line.stripped.startswith("!") else line.text)
            action.notes += line.notes
            continue
        if action.lines:
            yield action
            action = Element(Kind.ACTION)
        yield found
    if action.lines:
        yield action


def single(line: Line) -> Element | None:
    text = line.stripped
    for kind, begins in SINGLE:
        if begins.match(text):
            inner = text.lstrip(SIGNS[kind])
            return Element(kind, [(inner.rstrip("<") if kind is Kind.CENTERED else inner).strip()], line.notes)
    return None


def opening(line: Line, *, alone: bool) -> Element | None:
    """A heading or a transition. Its syntax asks for an empty line below; a heading in capitals is known without it."""
    text = line.stripped
    if FORCED_HEADING.match(text):
        return heading(text[1:], line)
    if HEADING.match(text.lstrip("*_")) and (alone or text.isupper()):
        return heading(text, line)
    if text.startswith(">"):
        return Element(Kind.TRANSITION, [text[1:].strip()], line.notes)
    if alone and text.isupper() and (text.endswith("TO:") or FADE.fullmatch(text)):
        return Element(Kind.TRANSITION, [text], line.notes)
    return None


def heading(text: str, line: Line) -> Element:
    """The scene's number stands in front, as scripts print it."""
    number = SCENE_NUMBER.search(text)
    name = f"{number[1]} {text[: number.start()]}" if number else text
    return Element(Kind.HEADING, [name.strip()], line.notes)


def is_character(line: Line) -> bool:
    text = line.stripped
    return text.startswith("@") or (not text.startswith("!") and EXTENSION.sub("", text).isupper())


def speech(block: list[Line]) -> Element:
    """“NAME: what is said”; the second of two who speak at once says so."""
    name = block[0].stripped.removeprefix("@")
    if name.endswith("^"):
        name = f"{name.removesuffix('^').strip()} (at the same time)"
    said = [f"♪ {text[1:].strip()}" if (text := line.stripped).startswith("~") else text for line in block[1:]]
    notes = [note for line in block for note in line.notes]
    return Element(Kind.SPEECH, [f"{name}: {said[0]}", *said[1:]], notes)
