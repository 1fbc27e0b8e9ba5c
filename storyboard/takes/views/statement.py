"""The statement of a team: what was spent, held and given back, the takes behind it, its budgets; and the same as CSV.

For producers and owners. One table at a time: `?by=board&month=2026-11`, a row of it opened by `of=`.
"""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.errors import Missing
from storyboard.live.queries import position
from storyboard.takes import limits
from storyboard.takes import statement as ledger
from storyboard.takes import statement_lines as behind
from storyboard.takes.models import Entry
from storyboard.takes.money import this_month
from storyboard.takes.statement import By, Row, Wanted
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Membership, Role, Team
from storyboard.teams.queries import membership_for

PAGE = "takes/statement.html"
A_PAGE = 50
A_PART = 500
ALL = "all"
NO_ROW = "Nothing of this is in the statement of that month. Go back to the statement to see what is."


@require_safe
@signed_in
def statement(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id, Role.PRODUCER)
    # Read before the rows: what changes in between is fetched again, not missed.
    after = position(own.team.channel)
    wanted = wanted_of(request, own.team)
    table = ledger.rows(wanted)
    row = opened(request, table)
    context = {"team": own.team, "position": after, "is_owner": own.role == Role.OWNER}
    context |= summed(wanted, table, row) | filters(wanted) | budgets(own)
    if row is not None:
        context |= listed(wanted.entries.filter(row.where), request.GET.get("page"))
    return render(request, f"{PAGE}#statement" if wants_fragment(request) else PAGE, context)


def wanted_of(request: SignedInRequest, team: Team) -> Wanted:
    """What the address asks for; what it says wrongly is as if it said nothing."""
    said = request.GET.get("by", "")
    by = By(said) if said in By.values else By.BOARD
    return Wanted(team=team, by=by, month=month_of(request.GET.get("month", ""), by))


def month_of(text: str, by: By) -> date | None:
    """This month, unless another one or all of them are asked for; a table of months shows them all."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if found:
        return date(int(found[1]), int(found[2]), 1)
    return None if text == ALL or by is By.MONTH else this_month()


def opened(request: SignedInRequest, table: list[Row]) -> Row | None:
    """Looked for in the table, so what stands in an address never gets as far as the database."""
    key = request.GET.get("of", "")
    if not key:
        return None
    found = next((row for row in table if row.called.key == key), None)
    if found is None:
        raise Missing(NO_ROW)
    return found


def summed(wanted: Wanted, table: list[Row], row: Row | None) -> dict[str, Any]:
    month = this_month()
    now = ledger.totals(Entry.objects.filter(team=wanted.team, month=month))
    return {
        "this_month": month,
        "now": now,
        "table": [(one, query_of(wanted, of=one.called.key)) for one in table],
        "total": ledger.together(table),
        "by": wanted.by,
        "month": wanted.month,
        "row": row,
        "query": query_of(wanted, of=row.called.key if row else ""),
        "table_query": query_of(wanted),
    }


def filters(wanted: Wanted) -> dict[str, Any]:
    """The switch, and the months to choose from."""
    known = dict.fromkeys([this_month(), *ledger.months(wanted.team), *([wanted.month] if wanted.month else [])])
    months = [(f"{one:%Y-%m}", f"{one:%B %Y}", one == wanted.month) for one in sorted(known, reverse=True)]
    return {
        "switch": [(by.label, query_of(wanted, by=by), by is wanted.by) for by in By],
        "months": [*months, (ALL, "All months", wanted.month is None)],
        "has_history": len(known) > 1,
    }


def budgets(own: Membership) -> dict[str, Any]:
    team = own.team
    found: dict[str, Any] = {
        "team_limit": limits.of_team(team),
        "connection_limits": limits.of_connections(team),
        "board_limits": limits.of_boards(team),
    }
    return found | {"other_boards": limits.boards_without(team) if own.role == Role.OWNER else []}


def listed(entries: QuerySet[Entry], page: str | None) -> dict[str, Any]:
    """A page of the takes behind a row, and what the ledger holds of takes that are gone."""
    shown = Paginator(behind.grouped(entries), A_PAGE).get_page(page)
    found = list(shown)
    return {
        "page": shown,
        "lines": behind.lines(found, behind.takes_of(found)),
        "lost": ledger.totals(entries.filter(take=None)),
    }


def query_of(wanted: Wanted, *, by: By | None = None, of: str = "") -> str:
    """The address of the same, by something else or with a row opened."""
    month = f"{wanted.month:%Y-%m}" if wanted.month else ALL
    return urlencode({"by": (by or wanted.by).value, "month": month} | ({"of": of} if of else {}))


@require_safe
@signed_in
def statement_csv(request: SignedInRequest, team_id: str) -> HttpResponseBase:
    team = membership_for(request.user, team_id, Role.PRODUCER).team
    wanted = wanted_of(request, team)
    row = opened(request, ledger.rows(wanted)) if request.GET.get("of") else None
    entries = wanted.entries.filter(row.where) if row else wanted.entries
    parts = as_csv(entries, behind.lost_cells(entries))
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    month = f"{wanted.month:%Y-%m}" if wanted.month else ALL
    response.headers["Content-Disposition"] = f'attachment; filename="statement-{team.public_id}-{month}.csv"'
    return response


async def as_csv(entries: QuerySet[Entry], lost: list[list[str]]) -> AsyncIterator[str]:
    """A statement of any length in little memory. The mark in front tells spreadsheets that this is UTF-8."""
    yield "\ufeff" + csv_lines([list(behind.HEADINGS)])
    part: list[dict[str, Any]] = []
    async for one in behind.grouped(entries).aiterator(chunk_size=A_PART):
        part.append(one)
        if len(part) == A_PART:
            yield await written(part)
            part = []
    yield await written(part) + csv_lines(lost)


async def written(part: list[dict[str, Any]]) -> str:
    takes = [take async for take in behind.takes_of(part)]
    return csv_lines([line.cells for line in behind.lines(part, takes)])


def csv_lines(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
