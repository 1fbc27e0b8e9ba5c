"""Which settings the inspector shows for a model, with what is chosen, what differs from the board, and the hints.

The pages of a shot and of the board's defaults ask here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storyboard.boards.choices import RESOLUTIONS, TAKEN, Choices, lost
from storyboard.boards.fields import listed
from storyboard.connections.models import Connection
from storyboard.connections.vendors import models_at
from storyboard.providers.base import Problem
from storyboard.providers.catalog import RATIOS, Model

Option = tuple[str, str]
LABELS = {
    "seconds": "Length",
    "ratio": "Shape",
    "resolution": "Size",
    "audio": "Sound",
    "seed": "Seed",
    "search": "Web search",
    "safety": "Content filter",
    "fallback": "Second channel when the first is busy",
}
SIZES = ("seconds", "ratio", "resolution")
EXTRAS = ("audio", "seed", "search", "safety", "fallback")
# Where a hint stands whose field has no control of its own.
BESIDE = {"opening": "joint", "motion_tail": "joint", "exact": "joint", "connection": "model"}
PLACES = {"prompt", "joint", "landing", "model", "references", *LABELS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One setting with its control."""

    name: str
    label: str
    kind: str
    value: object
    options: list[Option]
    version: int
    hints: Sequence[Problem] = ()
    # The shot has a choice of its own, and what it would have without.
    own: bool = False
    board_says: str = ""


class Offered(NamedTuple):
    """A model as one line of the list; `loses` names what is chosen and it would not use."""

    value: str
    label: str
    chosen: bool
    loses: str


class OfConnection(NamedTuple):
    connection: Connection
    models: list[Offered]


def hints_of(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """By the place where each is shown; what has no place stands at the top, under `rest`."""
    found: dict[str, list[Problem]] = {"rest": []}
    for problem in problems:
        place = BESIDE.get(problem.field, problem.field)
        found.setdefault(place if place in PLACES else "rest", []).append(problem)
    return found


def shown(
    choices: Choices,
    model: Model | None,
    versions: Mapping[str, int],
    *,
    own: Mapping[str, object] | None = None,
    board: Choices | None = None,
    hints: Mapping[str, Sequence[Problem]] | None = None,
) -> dict[str, list[Shown]]:
    """`sizes` and `extras`; `own` and `board` for a shot, which may differ from its board."""

    def one(name: str) -> Shown:
        return Shown(
            name=name,
            label=LABELS[name],
            kind=kind_of(name),
            value=as_text(name, getattr(choices, name)),
            options=options_of(name, choices, model),
            version=versions.get(name, 0),
            hints=(hints or {}).get(name, ()),
            own=board is not None and name in (own or {}),
            board_says=said(name, getattr(board, name)) if board else "",
        )

    takes = [name for name in EXTRAS if can_use(name, model)]
    return {"sizes": [one(name) for name in SIZES], "extras": [one(name) for name in takes]}


def can_use(name: str, model: Model | None) -> bool:
    """Without a model everything that any could use, except what most cannot."""
    if name not in TAKEN:
        return True
    return bool(model and getattr(model, TAKEN[name]))


def kind_of(name: str) -> str:
    if name in SIZES:
        return "choice"
    return "number" if name == "seed" else "check"


def as_text(name: str, value: object) -> object:
    return str(value) if name in SIZES else value


def options_of(name: str, choices: Choices, model: Model | None) -> list[Option]:
    """What the model takes, and the present choice although it may not be among them."""
    if name not in SIZES:
        return []
    low, high = model.seconds if model else (4, 15)
    known: dict[str, list[str]] = {
        "seconds": [str(number) for number in range(low, high + 1)],
        "ratio": list(model.ratios if model else RATIOS),
        "resolution": list(model.resolutions if model else RESOLUTIONS),
    }
    present = str(getattr(choices, name))
    values = known[name] if present in known[name] else [present, *known[name]]
    return [(value, said(name, value)) for value in values]


def said(name: str, value: object) -> str:
    """A value as people say it."""
    if name == "seconds":
        return f"{value} s"
    if isinstance(value, bool):
        return "it on" if value else "it off"
    if name == "seed":
        return "no seed" if value is None else f"seed {value}"
    return "as the picture" if value == "adaptive" else str(value)


def models_offered(connections: Iterable[Connection], choices: Choices) -> list[OfConnection]:
    """Every model of every connection that may be rendered with, and of the one that is chosen."""
    found = []
    for connection in connections:
        if connection.disabled_at and connection.public_id != choices.connection:
            continue
        lines = [offered(connection, model, choices) for model in models_at(connection.vendor, connection.base_url)]
        found.append(OfConnection(connection, lines))
    return found


def offered(connection: Connection, model: Model, choices: Choices) -> Offered:
    chosen = (choices.connection, choices.model) == (connection.public_id, model.id)
    loses = "" if chosen else listed(name_of(choices, name) for name in lost(choices, model))
    return Offered(f"{connection.public_id}/{model.id}", model.label, chosen, loses)


def name_of(choices: Choices, name: str) -> str:
    """A choice in a few words: seed 7, 4k, 12 s, web search."""
    value = getattr(choices, name)
    return LABELS[name].lower() if isinstance(value, bool) else said(name, value)


def kept(choices: Choices, model: Model | None) -> str:
    """What was chosen and this model does not use: kept for when another is chosen."""
    unused = [name for name in (lost(choices, model) if model else []) if name in TAKEN]
    if model is None or not unused:
        return ""
    words = listed(name_of(choices, name) for name in unused)
    return f"{model.label} does not use {words}. It is kept for other models."


def short(model: Model) -> str:
    """A model in a word or two, for its card."""
    name = model.label.replace("Seedance", "").replace("2.0", "").replace("(ModelArk)", "").replace("(Volcengine)", "")
    return " ".join(name.strip(" ,").split()) or "2.0"
