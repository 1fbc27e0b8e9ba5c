"""A board as JSON that reads back to the very same board: "lastframe-board", version 1.

The export and import pages call write and read; archive.py puts it into a ZIP with its media.
"""

import json
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftScene, DraftShot, Setting, Unusable
from storyboard.boards.formats.limits import MOST_BYTES, MOST_REFERENCES, MOST_SCENES, MOST_SHOTS, checked, too_many
from storyboard.boards.formats.values import NAMES

FORMAT, VERSION = "lastframe-board", 1
BOARD, SCENE = TypeAdapter(DraftBoard), TypeAdapter(DraftScene)
SHOT, REFERENCE = TypeAdapter(DraftShot), TypeAdapter(DraftReference)
Row = TypeVar("Row")
MOST_BRACKETS = 500_000
LISTS = ("scenes", "references", "shots")
SHA256_LETTERS = 64
ANY_SETTING = "a text, a whole number, true or false"
# The reader's name for a mistake, and what must stand there.
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
    board = board_of(data)
    draft = taken(BOARD, {name: value for name, value in board.items() if name not in LISTS}, "The board")
    draft.scenes = listed(board, "scenes", MOST_SCENES, SCENE)
    draft.references = listed(board, "references", MOST_REFERENCES, REFERENCE)
    draft.shots = listed(board, "shots", MOST_SHOTS, SHOT)
    draft.settings = known(draft.settings)
    for shot in draft.shots:
        shot.settings = known(shot.settings)
    return checked(described(draft))


def board_of(data: bytes) -> dict[str, Any]:
    # Each becomes an object that is many times larger than the sign.
    if data.count(b"[") + data.count(b"{") > MOST_BRACKETS:
        raise Unusable("This JSON has too many brackets to be a board. Divide the board before you export it.")
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


def listed(board: dict[str, Any], name: str, most: int, kind: TypeAdapter[Row]) -> list[Row]:
    """One after the other, so that a file of nothing but mistakes ends at the first."""
    entries = board.get(name, [])
    if not isinstance(entries, list):
        raise Unusable(f"The board, {name}: this must be a list. Correct it, or export the board again.")
    if len(entries) > most:
        raise too_many(name, most)
    one = name.removesuffix("s").capitalize()
    return [taken(kind, entry, f"{one} {number}") for number, entry in enumerate(entries, 1)]


def taken(kind: TypeAdapter[Row], values: object, where: str) -> Row:
    try:
        # From JSON, because only there a strict reader lets a word stand for one of a closed list.
        return kind.validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unusable(f"{where}{sentence(first)} Correct it, or export the board again.") from error


def sentence(error: ErrorDetails) -> str:
    """What is wrong, in words: ", prompt: this must be a text."."""
    names = [str(step) for step in error["loc"] if isinstance(step, str)]
    is_setting = names[:1] == ["settings"] and len(names) > 1
    field = f", {names[1] if is_setting else names[0]}" if names else ""
    if error["type"] == "missing":
        return f"{field}: this is missing."
    if error["type"] == "json_invalid":
        return " holds a broken character, or too many brackets."
    if error["type"] == "enum":
        return f"{field}: this must be {error['ctx']['expected']}.".replace("'", "")
    kind = ANY_SETTING if is_setting else KINDS.get(error["type"], "of another kind")
    return f"{field}: this must be {kind}."


def known(settings: dict[str, Setting]) -> dict[str, Setting]:
    return {name: value for name, value in settings.items() if name in NAMES}


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
