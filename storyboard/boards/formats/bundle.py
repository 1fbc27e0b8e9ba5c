"""A board as JSON that reads back to the very same board: "lastframe-board", version 1.

The export and import pages call write and read; archive.py puts it into a ZIP with its media.
"""

import json
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftShot, Setting, Unusable
from storyboard.boards.formats.limits import MOST_BYTES, checked
from storyboard.boards.formats.values import NAMES

FORMAT, VERSION = "lastframe-board", 1
BOARD = TypeAdapter(DraftBoard)
SHA256_LETTERS = 64
# A Python type's name for what must stand there.
KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a group of named values",
    "dataclass_type": "a group of named values",
    "dataclass_exact_type": "a group of named values",
}


def write(draft: DraftBoard) -> bytes:
    board = {"format": FORMAT, "version": VERSION, "board": asdict(checked(described(draft)))}
    data = json.dumps(board, ensure_ascii=False, indent=1).encode()
    if len(data) > MOST_BYTES:
        raise Unusable(f"The board has more than {MOST_BYTES // 1_000_000} MB of words. Divide it into two boards.")
    return data


def read(data: bytes) -> DraftBoard:
    """Fields and settings that are not known are passed over: a later version may have written them."""
    if len(data) > MOST_BYTES:
        raise Unusable(f"The file has more than {MOST_BYTES // 1_000_000} MB. Divide the board before you export it.")
    try:
        # From JSON, because only there a strict reader lets a word stand for one of a closed list.
        draft = BOARD.validate_json(json.dumps(board_of(data)), strict=True)
    except ValidationError as error:
        raise Unusable(sentence(error)) from error
    draft.settings = known(draft.settings)
    for shot in draft.shots:
        shot.settings = known(shot.settings)
    return checked(described(draft))


def known(settings: dict[str, Setting]) -> dict[str, Setting]:
    return {name: value for name, value in settings.items() if name in NAMES}


def board_of(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data.removeprefix(b"\xef\xbb\xbf").decode())
    except (ValueError, RecursionError) as error:
        raise Unusable("This is no readable JSON. Export the board again and import that file.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Unusable("This JSON is no board of Lastframe. Choose a file that Export made.")
    if found.get("version") != VERSION:
        raise Unusable("This board was written by another version. Export it there again as CSV and import that.")
    board = found.get("board")
    if not isinstance(board, dict):
        raise Unusable("The file holds no board. Export it again and import that file.")
    return board


def sentence(error: ValidationError) -> str:
    """The first thing that is wrong, in words, and where: "Shot 4, prompt: this must be a text."."""
    first = error.errors(include_url=False, include_context=True, include_input=False)[0]
    kind = first["type"]
    if kind == "json_invalid":
        return "The file holds a broken character or too many brackets. Export the board again and import that."
    if kind == "missing":
        said = "is missing"
    elif inside(first["loc"]):
        said = "must be a text, a whole number, true or false"
    elif kind in {"enum", "literal_error"}:
        said = f"must be {first['ctx']['expected']}".replace("'", "")
    else:
        said = f"must be {KINDS.get(kind, 'of another kind')}"
    return f"{place(first['loc'])}: this {said}. Correct it, or export the board again."


def inside(loc: tuple[int | str, ...]) -> bool:
    """A setting's value, which may be of several kinds."""
    return "settings" in loc[:-1]


def place(loc: tuple[int | str, ...]) -> str:
    words = {"shots": "Shot", "scenes": "Scene", "references": "Reference"}
    match loc:
        case (str(group), int(number), "settings", str(name), *_) if group in words:
            return f"{words[group]} {number + 1}, {name}"
        case (str(group), int(number), str(name), *_) if group in words:
            return f"{words[group]} {number + 1}, {name}"
        case (str(group), int(number), *_) if group in words:
            return f"{words[group]} {number + 1}"
        case (str(name), *_):
            return f"The board, {name}"
    return "The board"


def described(draft: DraftBoard) -> DraftBoard:
    """The draft itself; every reference that a shot names must be in its list, once."""
    ids = {entry.id for entry in draft.references}
    if len(ids) < len(draft.references) or "" in ids:
        raise Unusable("Two references have the same id, or one has none. Export the board again.")
    for number, entry in enumerate(draft.references, 1):
        check_sum(number, entry)
    for number, shot in enumerate(draft.shots, 1):
        check_named(number, shot, ids)
    return draft


def check_sum(number: int, entry: DraftReference) -> None:
    if entry.sha256 and (len(entry.sha256) != SHA256_LETTERS or set(entry.sha256) - set("0123456789abcdef")):
        raise Unusable(f"Reference {number}: its sha256 must be 64 hexadecimal digits. Export the board again.")


def check_named(number: int, shot: DraftShot, ids: set[str]) -> None:
    for name in (*shot.references, *([shot.landing] if shot.landing else [])):
        if name not in ids:
            raise Unusable(f"Shot {number} names a reference that the file does not describe. Export the board again.")
