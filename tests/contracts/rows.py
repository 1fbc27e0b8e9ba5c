"""The shape of a row of the contract tables, and all of them in a row: what is posted, and what comes back.

Each vendor's test tries its own against its rules; all_rows() is for whoever posts them over HTTP.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module

from storyboard.providers.base import Body, Media

# Each has a module of that name and _rows; what stands before a _ is the vendor.
TABLES = ("reapi", "reapi_mini", "apimart", "evolink", "ark")


@dataclass(frozen=True, slots=True)
class Row:
    """A body, what a probe finds in its media, and the answer; a status of 200 is a task, and no message is any."""

    name: str
    body: Body
    media: Mapping[str, Media | None] = field(default_factory=dict)
    status: int = 200
    code: str = ""
    message: str = ""
    # The field that is refused or advised about, where the page says so.
    names: str = ""


def under(heading: str, rows: Iterable[Row]) -> list[Row]:
    """The same rows, named by their table where two tables have rows of one name."""
    return [replace(row, name=f"{heading}: {row.name}") for row in rows]


def all_rows() -> Iterator[tuple[str, Row]]:
    """(vendor, row) of every table, recipe and case; a row's name is its vendor's only one of that name, and stays."""
    for table in TABLES:
        # Imported late: the tables are made of the class above.
        for row in import_module(f"tests.contracts.{table}_rows").ALL:
            yield table.split("_")[0], row


def counts() -> Counter[str]:
    """How many rows each vendor has."""
    return Counter(vendor for vendor, _ in all_rows())
