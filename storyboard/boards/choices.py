"""The settings that a board gives its shots and a shot may change: which there are, and what counts where.

Forms, actions, asks and imports use it. A choice is kept although the chosen model cannot use it: another may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from storyboard.connections.models import Connection
from storyboard.connections.vendors import models_at
from storyboard.providers import catalog
from storyboard.providers.catalog import Model

LONGEST, LONGEST_SEED = 80, 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Every setting with the value that the product starts from. `connection` is a public id, empty until chosen."""

    connection: str = ""
    model: str = ""
    seconds: int = 5
    ratio: str = "16:9"
    resolution: str = "720p"
    audio: bool = False
    seed: int | None = None
    search: bool = False
    safety: bool = True
    fallback: bool = False


NAMES = tuple(field.name for field in fields(Choices))
STARTING = Choices()
RESOLUTIONS = ("480p", "720p", "1080p", "4k")
# What only some models take: setting -> the fact of the catalog that says so.
TAKEN = {"seed": "takes_seed", "search": "takes_search", "safety": "takes_safety", "fallback": "takes_fallback"}


def merged(board: Mapping[str, object], shot: Mapping[str, object] | None = None) -> Choices:
    """The shot's own choice, else the board's, else the product's."""
    found = {**board, **(shot or {})}
    return Choices(**{name: found[name] for name in NAMES if name in found})  # type: ignore[arg-type]


def wrong(name: str, value: object) -> str:
    """Why this can be nobody's choice of that setting; nothing when it can. Whether a model has it is preflight's."""
    if name not in NAMES:
        return f"There is no setting “{name}”."
    if name in {"audio", "search", "safety", "fallback"}:
        return "" if isinstance(value, bool) else "Choose yes or no."
    if name in {"seconds", "seed"}:
        return wrong_number(name, value)
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        return "Choose one from the list."
    known = {"ratio": catalog.RATIOS, "resolution": RESOLUTIONS}.get(name)
    return "" if known is None or value in known else f"Choose one of {', '.join(known)}."


def wrong_number(name: str, value: object) -> str:
    if name == "seed" and value is None:
        return ""
    low, high = (1, 60) if name == "seconds" else (0, LONGEST_SEED)
    fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return "" if fits else f"Choose a whole number from {low} to {high:,}."


def lost(choices: Choices, model: Model) -> list[str]:
    """The settings that this model would not use: said before it is chosen, kept for when another is."""
    found = [name for name, fact in TAKEN.items() if differs(choices, name) and not getattr(model, fact)]
    found += ["resolution"] if choices.resolution not in model.resolutions else []
    found += ["ratio"] if choices.ratio not in model.ratios else []
    found += ["seconds"] if not model.seconds[0] <= choices.seconds <= model.seconds[1] else []
    return found


def differs(choices: Choices, name: str) -> bool:
    return bool(getattr(choices, name) != getattr(STARTING, name))


def model_of(vendor: str, model: str) -> Model | None:
    try:
        return catalog.model(vendor, model)
    except KeyError:
        return None


def model_for(connection: Connection | None, model: str) -> Model | None:
    """The model, if this connection's address knows it."""
    if connection is None:
        return None
    known = models_at(connection.vendor, connection.base_url)
    return next((one for one in known if one.id == model), None)
