"""What a form or the saving script sends, as the values that actions take; and back, for whoever meets a conflict."""

import re
from decimal import Decimal

from storyboard.boards.fields import SWITCHES, UNSET
from storyboard.boards.models import Joint
from storyboard.errors import Conflict, DomainError

ON = "on"
YES_OR_NO = {"audio", "search", "safety", "fallback", *SWITCHES}
TEXTS = {"prompt", "notes", "look", "name"}
DIGITS = 12
NO_VERSION = "Nothing was saved: it was not said what was there before. Copy your text, reload the page and try again."
MICRO = 1_000_000
# Commas part thousands: “99,50” is no amount, least of all 9,950.
AMOUNT = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2})(\.[0-9]{1,2})?", re.ASCII)


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


def version(text: str) -> int:
    """The version that an edit began from. Scripts always say it: without, nobody's words would be safe."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise Conflict(NO_VERSION)
    return int(text)


def micro(text: str) -> int | None:
    """Dollars as people write them, with or without the sign and commas, in micro-dollars; nothing is no limit."""
    plain = text.strip().removeprefix("$").strip()
    if not plain:
        return None
    if not AMOUNT.fullmatch(plain):
        raise DomainError("Write an amount of dollars like 250 or 99.50, or nothing for no limit.")
    return int(Decimal(plain.replace(",", "")) * MICRO)


def amount(micro_usd: int | None) -> str:
    """The same as the field shows it: 250, 99.50."""
    if micro_usd is None:
        return ""
    found = (Decimal(micro_usd) / MICRO).quantize(Decimal("0.01"))
    return f"{found:,.0f}" if found == found.to_integral() else f"{found:,.2f}"


def as_sent(name: str, value: object) -> str:
    """A value in the form's own words."""
    if name == "budget":
        return amount(value if isinstance(value, int) else None)
    if name == "model" and isinstance(value, dict):
        return "/".join(str(half) for half in value.values()) if UNSET not in value.values() else ""
    if name == "joint" and isinstance(value, list):
        return str(value[0])
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
    if name == "budget":
        return f"${amount(value)}" if isinstance(value, int) else "No limit"
    if value is None or value == "":
        return "Nothing"
    return f"{value} s" if name == "seconds" else str(value)


def model_pair(text: str) -> dict[str, str]:
    """A connection and one of its models, chosen as one."""
    connection, slash, model = text.partition("/")
    if not slash or not model:
        raise DomainError("Choose a model from the list.")
    return {"connection": connection, "model": model}
