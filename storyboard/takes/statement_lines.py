"""The takes behind a row of the statement, in words and as cells of a table; and money of takes that are gone.

views.statement shows and streams them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Min, QuerySet
from django.urls import reverse

from storyboard.boards.formats.delimited import guarded
from storyboard.boards.summary import DOLLAR, dollars
from storyboard.takes import money
from storyboard.takes.models import Entry, State, Take
from storyboard.takes.statement import By, Figures, figures, labels, names, sums

HEADINGS = (
    *("date", "month", "board", "shot", "take", "model", "connection", "person", "state"),
    *("quote_usd", "quote_credits", "charge_usd", "spent_usd", "held_usd", "refunded_usd", "released_usd"),
    "remark",
)
# All that a line says: a statement may have fifty thousand of them.
COLUMNS = (
    *("public_id", "number", "state", "model", "quote_micro_usd", "quote_credits", "charge_micro_usd", "deleted_at"),
    *("shot__public_id", "shot__position", "shot__deleted_at"),
    *("shot__board__public_id", "shot__board__name", "shot__board__deleted_at", "shot__board__team__public_id"),
    *("connection__name", "by__name", "by__email", "moved_from__name"),
)
UNKNOWN = "charge unknown, look it up in the vendor’s console"
LOST = "Takes that were deleted for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A take and what it moved in the ledger."""

    take: Take
    at: datetime
    month: str
    figures: Figures
    model: str

    @property
    def address(self) -> str:
        """Of its receipt; nothing when it or what it stands on was deleted."""
        take, board = self.take, self.take.shot.board
        if take.deleted_at or take.shot.deleted_at or board.deleted_at:
            return ""
        place = [board.team.public_id, board.public_id, take.shot.public_id]
        return f"{reverse('takes', args=place)}?{urlencode({'take': take.public_id})}"

    @property
    def quote(self) -> str:
        """In dollars, and in credits where the vendor counts in them."""
        micro, credit = self.take.quote_micro_usd, self.take.quote_credits
        said = [dollars(micro)] if micro is not None else []
        said += [f"{credit:,} credits"] if credit is not None else []
        return " · ".join(said)

    @property
    def charge(self) -> str:
        return dollars(self.take.charge_micro_usd) if self.take.charge_micro_usd is not None else ""

    @property
    def flags(self) -> list[str]:
        """What somebody should look at."""
        found = [money.difference(self.take)] if money.difference(self.take) else []
        found += [UNKNOWN] if self.figures.unknown else []
        return [*found, "unclear, counts as held until somebody decides"] if self.figures.unclear else found

    @property
    def notes(self) -> list[str]:
        """Whatever else is not simply paid."""
        found, became = [], self.figures
        if became.refunded:
            found.append(f"{dollars(became.refunded)} refunded")
        if became.released:
            found.append(f"{dollars(became.released)} released")
        if self.take.moved_from:
            found.append(f"moved from {self.take.moved_from}")
        return found

    @property
    def cells(self) -> list[str]:
        take = self.take
        texts = [take.shot.board.name, str(take.shot.position), str(take.number), take.model]
        texts = [*texts, str(take.connection or ""), str(take.by or ""), State(take.state).label]
        asked = [exact(take.quote_micro_usd), str(take.quote_credits or ""), exact(take.charge_micro_usd)]
        at = self.at.isoformat(timespec="seconds")
        remark = guarded(", ".join([*self.flags, *self.notes]))
        return [at, self.month, *map(guarded, texts), *asked, *moved(self.figures), remark]


def exact(micro: int | None) -> str:
    """All six decimals, for a spreadsheet to add up."""
    return "" if micro is None else f"{Decimal(micro) / DOLLAR:.6f}"


def moved(became: Figures) -> list[str]:
    return [exact(one) for one in (became.spent, became.held, became.refunded, became.released)]


def grouped(entries: QuerySet[Entry]) -> QuerySet[Entry, Any]:
    """One row for each take that is still there, the newest first."""
    found = entries.exclude(take=None).order_by().values("take")
    found = found.annotate(first=Min("at"), counts=Min("month"), **sums())
    return found.order_by("-first", "-take")


def takes_of(found: Iterable[dict[str, Any]]) -> QuerySet[Take]:
    """The takes of these rows with all that a line says of them: one query."""
    rows = Take.objects.filter(pk__in=[one["take"] for one in found])
    rows = rows.select_related("shot__board__team", "connection", "by", "moved_from")
    return rows.only(*COLUMNS)


def lines(found: Iterable[dict[str, Any]], takes: Iterable[Take]) -> list[Line]:
    by_key = {take.pk: take for take in takes}
    called = labels([take.model for take in by_key.values()])
    # One that was deleted for good between the two questions is told of at the next look.
    return [line(one, by_key[one["take"]], called) for one in found if one["take"] in by_key]


def line(found: dict[str, Any], take: Take, called: dict[Any, Any]) -> Line:
    month = f"{found['counts']:%Y-%m}"
    return Line(take=take, at=found["first"], month=month, figures=figures(found), model=called[take.model].name)


def lost_cells(entries: QuerySet[Entry]) -> list[list[str]]:
    """What the ledger still knows of takes that are gone: a row for each month, board, model, connection and person."""
    keys = ("month", "board", "model", "connection", "by")
    found = list(entries.filter(take=None).order_by().values(*keys).annotate(**sums()).order_by(*keys))
    called = {by: names(by, {one[key] for one in found}) for by, key in NAMED.items()}
    return [lost_row(one, called) for one in found]


NAMED = {By.BOARD: "board", By.CONNECTION: "connection", By.PERSON: "by"}


def lost_row(found: dict[str, Any], called: dict[By, dict[Any, Any]]) -> list[str]:
    board, connection, person = (guarded(called[by][found[key]].name) for by, key in NAMED.items())
    place = [board, "", "", guarded(found["model"]), connection, person, "Deleted"]
    return ["", f"{found['month']:%Y-%m}", *place, "", "", "", *moved(figures(found)), LOST]
