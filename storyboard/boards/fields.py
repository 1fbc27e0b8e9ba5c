"""The fields of a board, a scene and a shot as plain values: how each is read, put back and checked.

edits.py and undo.py compare and restore with these; a setting that a shot does not have of its own is left out.
"""

from collections.abc import Collection, Iterable

from storyboard.boards import choices
from storyboard.boards.choices import NAMES
from storyboard.boards.models import Board, Joint, Scene, Shot
from storyboard.errors import DomainError
from storyboard.teams.fields import one_line

LONGEST_TEXT = 100_000
LONGEST_NAME = 120
Row = Board | Scene | Shot
Values = dict[str, object]

TEXTS = {"prompt", "notes", "look"}
SWITCHES = {"exact", "needs_approval"}
BEHIND = {"deleted": "deleted_at", "place": "placed"}
# A shot that somebody wrote in is not taken away by somebody else's undo.
WORDS = ("prompt", "notes", "landing", "references", *NAMES)
BOARD_FIELDS = frozenset({"name", "look", *NAMES})
SCENE_FIELDS = frozenset({"name"})
SHOT_FIELDS = frozenset({"prompt", "notes", "joint", "exact", "landing", "needs_approval", "references", *NAMES})
LABELS = {
    "name": "name",
    "look": "look",
    "prompt": "prompt",
    "notes": "notes",
    "joint": "opening",
    "exact": "exact opening",
    "landing": "landing picture",
    "needs_approval": "approval",
    "references": "references",
    "scene": "scene",
    "deleted": "deletion",
    "place": "place",
    "connection": "connection",
    "model": "model",
    "seconds": "length",
    "ratio": "shape",
    "resolution": "size",
    "audio": "sound",
    "seed": "seed",
    "search": "web search",
    "safety": "safety check",
    "fallback": "fallback",
}


def listed(words: Iterable[str]) -> str:
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def labelled(names: Collection[str]) -> str:
    """“length, shape and model”; a connection goes with its model."""
    return listed(LABELS[name] for name in names if (name, "model" in names) != ("connection", True))


def is_id(value: object) -> bool:
    """Whether this can be a public id at all: what cannot be one is not asked of a database, which may choke on it."""
    return isinstance(value, str) and value.isascii() and value.isalnum()


class Unset:
    """Stands for a setting that a shot leaves to its board, and a board to the product."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


def what(row: Row) -> str:
    return type(row).__name__.lower()


def values(row: Row) -> Values:
    """Every field that an edit may change; a shot's references are kept beside it, see desk.py."""
    if isinstance(row, Scene):
        return {"name": row.name}
    if isinstance(row, Board):
        return {"name": row.name, "look": row.look, **row.settings}
    return {
        "prompt": row.prompt,
        "notes": row.notes,
        "joint": [str(row.joint), row.joint_from_id],
        "exact": row.exact,
        "landing": row.landing_id,
        "needs_approval": row.needs_approval,
        "scene": row.scene_id,
        "deleted": row.deleted_at is not None,
        **row.settings,
    }


def put(row: Row, field: str, value: object) -> None:
    """Set one field; `deleted` and a shot's references and place are the desk's."""
    if field in NAMES and not isinstance(row, Scene):
        kept = {name: one for name, one in row.settings.items() if name != field}
        row.settings = kept if value is UNSET else {**kept, field: value}
    elif field == "joint" and isinstance(row, Shot):
        row.joint, row.joint_from_id = value  # type: ignore[misc]
    elif field in {"landing", "scene"}:
        setattr(row, f"{field}_id", value)
    else:
        setattr(row, field, value)


def columns(changed: set[str]) -> set[str]:
    """The columns behind these fields; references have a table of their own."""
    found = {"settings" if field in NAMES else BEHIND.get(field, field) for field in changed - {"references"}}
    return found | ({"joint_from"} if "joint" in found else set())


def checked(row: Row, field: str, value: object) -> tuple[object, str]:
    """The value as it is kept, and what had to be left out of it; DomainError when it cannot be kept at all."""
    known = {"board": BOARD_FIELDS, "scene": SCENE_FIELDS, "shot": SHOT_FIELDS}[what(row)]
    if field not in known:
        raise DomainError("There is no such field. Reload the page and try again.")
    if field in NAMES:
        return setting(field, value), ""
    if field in TEXTS:
        return tidy(value, LONGEST_TEXT)
    if field == "name":
        text, said = tidy(value, LONGEST_NAME)
        return named(one_line(text)), said
    if field in SWITCHES and not isinstance(value, bool):
        raise DomainError("Choose yes or no.")
    return value, ""


def setting(name: str, value: object) -> object:
    why = "" if value is UNSET else choices.wrong(name, value)
    if why:
        raise DomainError(why)
    return value


def named(text: str) -> str:
    if not text:
        raise DomainError("Give it a name.")
    return text


def tidy(value: object, most: int) -> tuple[str, str]:
    """Words as they were written, but with one kind of line end and without what no database keeps."""
    if not isinstance(value, str):
        raise DomainError("This has to be a text.")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")
    if len(kept) > most:
        raise DomainError(f"This has {len(kept):,} characters; {most:,} is the most. Shorten it, or divide it.")
    return kept, "" if kept == text else "Characters that cannot be kept were left out."


def joint_of(value: object) -> tuple[Joint, object]:
    """“continue”, or (“continue”, the predecessor)."""
    how, before = value if isinstance(value, list | tuple) and len(value) == 2 else (value, None)  # noqa: PLR2004
    if not isinstance(how, str) or how not in Joint.values:
        raise DomainError("Choose how the shot opens: cut, continue, land or match motion.")
    return Joint(how), before
