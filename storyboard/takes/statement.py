"""What became of a team's money: sums of the ledger by board, model, connection, person or month.

views.statement shows them. The database adds up, so a page costs as many queries for any ledger.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.providers import catalog
from storyboard.takes.models import Entry, State
from storyboard.takes.money import UNKNOWN
from storyboard.teams.models import Team, User

# In a row's address: the money of what is not there any more.
GONE = "-"
RELEASED = Q(kind=Entry.Kind.RELEASE)
# Held on at another connection is not given back: see money.move.
MOVED_ON = Q(kind=Entry.Kind.RELEASE, connection=F("take__moved_from"))
UNCLEAR = Q(take__state__in=[State.UNKNOWN, State.UNDECIDED])


class By(models.TextChoices):
    """How the money is put together."""

    BOARD = "board", "Board"
    MODEL = "model", "Model"
    CONNECTION = "connection", "Connection"
    PERSON = "person", "Person"
    MONTH = "month", "Month"


COLUMNS = {
    By.BOARD: "board",
    By.MODEL: "model",
    By.CONNECTION: "connection",
    By.PERSON: "by",
    By.MONTH: "month",
}
PLURALS = {
    By.BOARD: "boards",
    By.MODEL: "models",
    By.CONNECTION: "connections",
    By.PERSON: "people",
    By.MONTH: "months",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Micro-dollars. What is unclear is a part of what is held; refunds have been taken off what is spent."""

    spent: int = 0
    held: int = 0
    unclear: int = 0
    refunded: int = 0
    released: int = 0
    takes: int = 0
    # Of how many takes nobody knows what they cost; they are in none of the sums.
    unknown: int = 0

    @property
    def used(self) -> int:
        """What budgets count."""
        return self.spent + self.held


class Named(NamedTuple):
    """What a row is called, in addresses and for people."""

    key: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table, and which entries are behind it."""

    called: Named
    figures: Figures
    where: Q


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked to see; no month is all of them."""

    team: Team
    by: By = By.BOARD
    month: date | None = None

    @property
    def entries(self) -> QuerySet[Entry]:
        found = Entry.objects.filter(team=self.team)
        return found if self.month is None else found.filter(month=self.month)


def added(column: str, wanted: Q | None = None) -> Coalesce:
    return Coalesce(Sum(column, filter=wanted), 0)


def sums() -> dict[str, Any]:
    """Each figure as the database adds it up."""
    return {
        "sum_spent": added("spent"),
        "sum_held": added("held"),
        "sum_unclear": added("held", UNCLEAR),
        "sum_refunded": -added("spent", Q(kind=Entry.Kind.REFUND)),
        "sum_released": added("held", MOVED_ON) - added("held", RELEASED),
        "sum_takes": Count("take", distinct=True),
        "sum_unknown": Count("take", filter=UNKNOWN, distinct=True),
    }


def figures(row: Mapping[str, Any]) -> Figures:
    return Figures(**{name.removeprefix("sum_"): int(row[name]) for name in row if name.startswith("sum_")})


def totals(entries: QuerySet[Entry]) -> Figures:
    return figures(entries.aggregate(**sums()))


def together(rows: Iterable[Row]) -> Figures:
    """The last line of the table."""
    found = [row.figures for row in rows]
    return Figures(
        spent=sum(one.spent for one in found),
        held=sum(one.held for one in found),
        unclear=sum(one.unclear for one in found),
        refunded=sum(one.refunded for one in found),
        released=sum(one.released for one in found),
        takes=sum(one.takes for one in found),
        unknown=sum(one.unknown for one in found),
    )


def rows(wanted: Wanted) -> list[Row]:
    """The table: what used most comes first, of months the last."""
    column = COLUMNS[wanted.by]
    found = list(wanted.entries.order_by().values(column).annotate(**sums()))
    called = names(wanted.by, [one[column] for one in found])
    table = [
        Row(called=called[one[column]], figures=figures(one), where=Q(**{column: one[column]}))
        if one[column] is not None
        else Row(called=called[None], figures=figures(one), where=Q(**{f"{column}__isnull": True}))
        for one in found
    ]
    if wanted.by is By.MONTH:
        return sorted(table, key=lambda row: row.called.key, reverse=True)
    return sorted(table, key=lambda row: (-row.figures.used, row.called.name.lower(), row.called.key))


def months(team: Team) -> list[date]:
    """Those in which anything was held, the last one first."""
    found = Entry.objects.filter(team=team).order_by("-month").values_list("month", flat=True)
    return list(found.distinct())


def names(by: By, keys: Iterable[Any]) -> dict[Any, Named]:
    """What each key of the ledger is called now; one query, or none."""
    return FINDERS[by]([key for key in keys if key is not None]) | {None: Named(GONE, f"Deleted {PLURALS[by]}")}


def boards(keys: list[int]) -> dict[Any, Named]:
    found = Board.objects.filter(pk__in=keys).only("public_id", "name", "deleted_at")
    return {one.pk: Named(one.public_id, one.name, "deleted" if one.deleted_at else "") for one in found}


def connections(keys: list[int]) -> dict[Any, Named]:
    found = Connection.objects.filter(pk__in=keys).only("public_id", "name", "vendor", "deleted_at")
    return {one.pk: Named(one.public_id, one.name, "deleted" if one.deleted_at else one.about.label) for one in found}


def people(keys: list[int]) -> dict[Any, Named]:
    found = User.objects.filter(pk__in=keys).only("public_id", "name", "email")
    return {one.pk: Named(one.public_id, str(one), one.email if one.name else "") for one in found}


def labels(keys: list[str]) -> dict[Any, Named]:
    """Models by their names; one that the catalog knows no longer by its id."""
    known = {model.id: model.label for vendor in catalog.vendors() for model in catalog.models(vendor.id)}
    found = {key: Named(key, known.get(key, key), key if key in known else "") for key in keys}
    return found | {"": Named(GONE, "No model")}


def calendar(keys: list[date]) -> dict[Any, Named]:
    return {key: Named(f"{key:%Y-%m}", f"{key:%B %Y}") for key in keys}


FINDERS: dict[By, Callable[[list[Any]], dict[Any, Named]]] = {
    By.BOARD: boards,
    By.MODEL: labels,
    By.CONNECTION: connections,
    By.PERSON: people,
    By.MONTH: calendar,
}
