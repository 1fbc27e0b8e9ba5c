"""What a form or the saving script sends, as the values that actions take; and back, for whoever meets a conflict."""

from storyboard.boards.fields import SWITCHES, UNSET
from storyboard.boards.models import Joint
from storyboard.errors import DomainError

ON = "on"
YES_OR_NO = {"audio", "search", "safety", "fallback", *SWITCHES}
TEXTS = {"prompt", "notes", "look", "name"}
DIGITS = 12


def parsed(name: str, text: str) -> object:
    """The value of a field; what cannot be one is left to the action's own sentence."""
    if name in YES_OR_NO:
        return text == ON
    if name in {"seconds", "seed"}:
        return number(name, text)
    if name == "joint":
        how, _, onto = text.partition("/")
        return [how, onto]
    return text


def number(name: str, text: str) -> int | None:
    plain = text.strip()
    if name == "seed" and not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) <= DIGITS):
        raise DomainError("Write a whole number.")
    return int(plain)


def version(text: str) -> int | None:
    """The version that an edit began from; nothing said is whatever it is now."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def as_sent(value: object) -> str:
    """A value in the form's own words."""
    if isinstance(value, bool):
        return ON if value else ""
    return "" if value is None or value is UNSET or isinstance(value, list) else str(value)


def in_words(name: str, value: object) -> str:
    """The same for a person."""
    if name in YES_OR_NO:
        return "On" if value is True else "Off"
    if value is UNSET:
        return "As the board has it"
    if name == "joint" and isinstance(value, list):
        return str(Joint(value[0]).label)
    if value is None or value == "":
        return "Nothing"
    return f"{value} s" if name == "seconds" else str(value)


def model_pair(text: str) -> dict[str, object]:
    """A connection and one of its models, chosen as one."""
    connection, slash, model = text.partition("/")
    if not slash or not model:
        raise DomainError("Choose a model from the list.")
    return {"connection": connection, "model": model}
