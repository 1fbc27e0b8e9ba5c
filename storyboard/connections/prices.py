"""A connection's own prices: what its owner enters where a vendor's rate is not known or not theirs.

Forms and actions check with it, quotes are made with it. Decimals stand as strings, so that no float comes near money.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from storyboard.connections.models import Connection
from storyboard.connections.vendors import models_at
from storyboard.errors import DomainError
from storyboard.providers import catalog
from storyboard.providers.catalog import Model, Rate

Own = dict[str, dict[str, dict[str, str]]]
MOST, PLACES = Decimal(1000), 6
# More than these would fill the audit log's page.
MOST_IN_WORDS = 3
WRONG = "A price is a number of US dollars, from 0 to 1,000, with six decimals at most."


@dataclass(frozen=True, slots=True)
class Line:
    """One resolution of a model: the vendor's rate where it is known, and the connection's own."""

    resolution: str
    shipped: Rate | None
    own: Rate | None


def checked(vendor: str, rates: object) -> Own:
    """The same, if it is prices of this vendor's models; DomainError for anything else."""
    known = {model.id: set(model.resolutions) for model in catalog.models(vendor)}
    try:
        return {
            model: {one(resolution, known[model]): cells(pair) for resolution, pair in table.items()}
            for model, table in as_table(rates).items()
            if table
        }
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise DomainError(WRONG) from error


def as_table(rates: object) -> dict[str, dict[str, dict[str, str]]]:
    if not isinstance(rates, dict):
        raise TypeError("no table")
    return rates


def one(resolution: str, known: set[str]) -> str:
    if resolution not in known:
        raise KeyError(resolution)
    return resolution


def cells(pair: Mapping[str, str]) -> dict[str, str]:
    return {"text": amount(pair["text"]), "ref": amount(pair["ref"])}


def amount(text: str) -> str:
    found = Decimal(text)
    exponent = found.as_tuple().exponent
    if not found.is_finite() or not 0 <= found <= MOST or not isinstance(exponent, int) or exponent < -PLACES:
        raise InvalidOperation
    return f"{found:f}"


def changes(vendor: str, before: Own, after: Own) -> dict[str, object]:
    """What the audit log says of a change: each price in words, or how many when they are many."""
    found: dict[str, object] = {}
    for model in catalog.models(vendor):
        old, new = before.get(model.id, {}), after.get(model.id, {})
        for name in model.resolutions:
            if old.get(name) != new.get(name):
                found[f"{model.label} {name}"] = pair_in_words(new.get(name))
    return found if len(found) <= MOST_IN_WORDS else {"prices changed": len(found)}


def pair_in_words(pair: Mapping[str, str] | None) -> str:
    return f"${pair['text']} text, ${pair['ref']} with references" if pair else "own price removed"


def own_rates(connection: Connection, model: Model) -> Mapping[str, Rate] | None:
    """What price.quote() takes as `rates`: the shipped rates with the connection's own in their place, or None."""
    own = rates_of(connection, model.id)
    return {**model.rates, **own} if own else None


def rates_of(connection: Connection, model_id: str) -> dict[str, Rate]:
    table = connection.rates.get(model_id, {})
    return {name: Rate(Decimal(pair["text"]), Decimal(pair["ref"])) for name, pair in table.items()}


def lines(connection: Connection) -> list[tuple[Model, list[Line]]]:
    """Every model at this address with its resolutions."""
    found = []
    for model in models_at(connection.vendor, connection.base_url):
        own = rates_of(connection, model.id)
        found.append((model, [Line(each, model.rates.get(each), own.get(each)) for each in model.resolutions]))
    return found


def has_list(connection: Connection) -> bool:
    """Whether any price of this vendor is known here."""
    return any(model.rates for model in models_at(connection.vendor, connection.base_url))


def unit(vendor: str) -> str:
    """What a price is for. Ark counts tokens."""
    return "US dollars per 1,000 tokens" if vendor == "ark" else "US dollars a second"
