"""What a cell of a table means as a setting: "5s", "0:05", "16x9", "Full HD", "oui".

The table's reader understands cells with it; limits.py asks it whether a value may stand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from storyboard.boards.formats.draft import Setting
from storyboard.boards.formats.words import JOINTS, NEEDED, NO, NONE, RANDOM, SHAPES, SIZES, YES
from storyboard.providers.catalog import RATIOS

SECONDS = (1, 60)
LONGEST_SEED = 2**32 - 1
LONGEST_WORD = 80
QUOTED = 40
LINES = {480: "480p", 720: "720p", 1080: "1080p", 2160: "4k"}
NAMES = ("seconds", "ratio", "resolution", "audio", "model", "connection", "seed", "search", "safety", "fallback")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a cell means, and what a person should know about it."""

    value: Setting = None
    said: str = ""
    known: bool = True


def unknown(text: str, why: str) -> Understood:
    return Understood(said=f"“{shown(text)}” {why}", known=False)


def shown(text: str) -> str:
    """A cell's text as a remark quotes it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= QUOTED else flat[: QUOTED - 1] + "…"


def plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").strip().strip(".…:").split())


def seconds(text: str) -> Understood:
    found, guessed = length(plain(text))
    if found is None:
        return unknown(text, "is no number of seconds; the board’s length is used.")
    whole = int(found.to_integral_value(ROUND_HALF_UP))
    if not SECONDS[0] <= whole <= SECONDS[1]:
        return unknown(text, f"is not from {SECONDS[0]} to {SECONDS[1]} seconds; the board’s length is used.")
    said = f"“{shown(text)}” is taken as {whole} s." if guessed or whole != found else ""
    return Understood(whole, said)


def length(text: str) -> tuple[Decimal | None, bool]:
    """Seconds, and whether they are a guess."""
    text = re.sub(r"\s*(?:s|secs?|seconds?|sek\.?|sekunden?|secondes?|segundos?|秒|″|\")$", "", text).replace(",", ".")
    if re.fullmatch(r"\d{1,6}(?:\.\d{1,9})?", text):
        return Decimal(text), False
    if not re.fullmatch(r"\d{1,3}(?:[:;]\d{1,3}){0,3}(?:\.\d{1,9})?", text) or not re.search("[:;]", text):
        return None, False
    parts = [Decimal(part) for part in re.split("[:;]", text)]
    return clock(parts)


def clock(parts: list[Decimal]) -> tuple[Decimal, bool]:
    """m:s, h:m:s, or h:m:s:frames, where some frames are a part of a second of unknown length."""
    if len(parts) == 4:  # noqa: PLR2004 - a timecode
        return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) + parts[3] / 25, parts[3] != 0
    if len(parts) == 2:  # noqa: PLR2004 - minutes and seconds
        return parts[0] * 60 + parts[1], False
    # A spreadsheet makes 00:05:00 of 0:05: five minutes are no shot.
    if not parts[0] and parts[1] and not parts[2]:
        return parts[1], True
    return (parts[0] * 60 + parts[1]) * 60 + parts[2], False


def ratio(text: str) -> Understood:
    word = plain(text)
    if word in SHAPES:
        return Understood(SHAPES[word])
    # A spreadsheet makes 16:09:00 of 16:9.
    pair = re.fullmatch(r"(\d{1,5}(?:[.,]\d{1,4})?)\s*[:x×/]\s*(\d{1,5})(?::0+)?", word)
    if pair is None:
        single = re.fullmatch(r"\d[.,]\d{1,6}", word)
        return nearest(text, Decimal(word.replace(",", "."))) if single else no_shape(text)
    high = Decimal(pair[2])
    if not high:
        return no_shape(text)
    exact = f"{pair[1].lstrip('0')}:{pair[2].lstrip('0')}"
    return Understood(exact) if exact in RATIOS else nearest(text, Decimal(pair[1].replace(",", ".")) / high)


def nearest(text: str, value: Decimal) -> Understood:
    known = {name: parted(name) for name in RATIOS if ":" in name}
    name = min(known, key=lambda shape: abs(known[shape] - value))
    apart = abs(known[name] - value) / known[name]
    if apart > Decimal("0.03"):
        return no_shape(text)
    return Understood(name, "" if apart < Decimal("0.005") else f"“{shown(text)}” is nearest to {name}, which is used.")


def parted(name: str) -> Decimal:
    wide, high = name.split(":")
    return Decimal(wide) / Decimal(high)


def no_shape(text: str) -> Understood:
    return unknown(text, f"is none of {', '.join(RATIOS)}; the board’s shape is used.")


def resolution(text: str) -> Understood:
    word = plain(text)
    pair = re.fullmatch(r"(\d{3,4})\s*[x×*]\s*(\d{3,4})", word)
    single = re.fullmatch(r"(\d{3,4})\s*[pi]?", word)
    lines = SIZES.get(word) or (min(int(pair[1]), int(pair[2])) if pair else int(single[1]) if single else 0)
    if lines not in LINES:
        return unknown(text, f"is none of {', '.join(LINES.values())}; the board’s size is used.")
    return Understood(LINES[lines])


def joint(text: str) -> Understood:
    found = JOINTS.get(plain(text))
    if found is None:
        return unknown(text, "is none of cut, continue, land, motion; the shot opens with a cut.")
    return Understood(found)


def choice(text: str) -> Understood:
    word = plain(text) or text.strip()
    if word in YES or word in NO:
        return Understood(word in YES)
    return unknown(text, "is neither yes nor no; it is left as the board has it.")


def approval(text: str) -> Understood:
    word = plain(text)
    if word in NEEDED:
        return Understood(True)
    found = choice(text)
    return found if found.known else unknown(text, "is neither yes nor no; the shot needs no approval.")


def seed(text: str) -> Understood:
    word = plain(text)
    if word in RANDOM:
        return Understood(None)
    number = re.sub(r"(?<=\d)[ ,.'’\u00a0\u202f](?=\d{3}(?:\D|$))|\.0+$", "", word)
    if re.fullmatch(r"\d{1,12}", number) and int(number) <= LONGEST_SEED:
        return Understood(int(number))
    return unknown(text, f"is no whole number from 0 to {LONGEST_SEED:,}; the board’s seed is used.")


def name(text: str) -> Understood:
    """A model's or a connection's, as it is written; whether there is one, the app knows."""
    word = text.strip()
    if len(word) > LONGEST_WORD:
        return unknown(text, "is too long for a name; the board’s choice is used.")
    return Understood("" if word == NONE else word)


READERS: dict[str, Callable[[str], Understood]] = {
    "seconds": seconds,
    "ratio": ratio,
    "resolution": resolution,
    "audio": choice,
    "model": name,
    "connection": name,
    "seed": seed,
    "search": choice,
    "safety": choice,
    "fallback": choice,
}


def wrong(setting: str, value: Setting) -> str:
    """Why this can be nobody's choice of that setting; nothing when it can."""
    if setting not in NAMES:
        return "there is no such setting. Take it out."
    if setting in {"audio", "search", "safety", "fallback"}:
        return "" if isinstance(value, bool) else "choose true or false."
    if setting in {"seconds", "seed"}:
        return wrong_number(setting, value)
    if not isinstance(value, str) or len(value) > LONGEST_WORD:
        return f"choose a word of at most {LONGEST_WORD} characters."
    known = {"ratio": RATIOS, "resolution": tuple(LINES.values())}.get(setting)
    return "" if known is None or value in known else f"choose one of {', '.join(known)}."


def wrong_number(setting: str, value: Setting) -> str:
    if setting == "seed" and value is None:
        return ""
    low, high = SECONDS if setting == "seconds" else (0, LONGEST_SEED)
    fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return "" if fits else f"choose a whole number from {low} to {high:,}."


def word_for(value: Setting) -> str:
    """The setting as a cell of an exported table; its reader understands it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in {None, ""} else NONE
