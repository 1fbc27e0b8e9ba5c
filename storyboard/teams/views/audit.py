"""The audit log, for owners: a page with a filter, and the same as CSV."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.errors import DomainError
from storyboard.teams import queries
from storyboard.teams.audit_log import HEADINGS, chosen, in_words, lines
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.forms import AuditFilter
from storyboard.teams.models import AuditEntry, Role, Team

A_PAGE = 50


def filter_of(request: SignedInRequest, team: Team) -> AuditFilter:
    return AuditFilter(request.GET, people=queries.actors_of(team))


@require_safe
@signed_in
def team_audit(request: SignedInRequest, team_id: str) -> HttpResponse:
    team = queries.team_for(request.user, team_id, Role.OWNER)
    form = filter_of(request, team)
    valid = form.is_valid()
    entries = chosen(queries.audit_of(team), form.cleaned_data) if valid else AuditEntry.objects.none()
    page = Paginator(entries, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "team": team,
        "form": form,
        "page": page,
        "lines": lines(page),
        "query": query.urlencode(),
    }
    context["filtered"] = any(form.cleaned_data.values())
    return render(request, "teams/audit.html", context, status=200 if valid else 422)


@require_safe
@signed_in
def team_audit_csv(request: SignedInRequest, team_id: str) -> HttpResponseBase:
    team = queries.team_for(request.user, team_id, Role.OWNER)
    form = filter_of(request, team)
    if not form.is_valid():
        raise DomainError("The filter has a mistake. Go back, correct it and download again.")
    rows = as_csv(chosen(queries.audit_of(team), form.cleaned_data))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{team.public_id}.csv"'
    return response


async def as_csv(entries: QuerySet[AuditEntry]) -> AsyncIterator[str]:
    """A log of any length in little memory. The mark in front tells spreadsheets that this is UTF-8."""
    yield "\ufeff" + csv_line(HEADINGS)
    async for entry in entries.aiterator(chunk_size=500):
        yield csv_line(in_words(entry).cells)


def csv_line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
