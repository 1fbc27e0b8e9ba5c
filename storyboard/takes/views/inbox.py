"""The inbox, for owners: what vendors posted to the team's doorbells, and their tasks that no take knows."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from storyboard.connections.queries import usable
from storyboard.connections.views.answers import arrival
from storyboard.live.queries import position
from storyboard.pages import toast
from storyboard.takes import inbox as queries
from storyboard.takes.actions import inbox as actions
from storyboard.takes.filters import InboxFilter
from storyboard.takes.inbox import MOST_ORPHANS
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

PAGE = "takes/inbox.html"
UNFIT = 422


@require_safe
@signed_in
def inbox(request: SignedInRequest, team_id: str) -> HttpResponse:
    """All of it, or for htmx the part that is asked for."""
    team = team_for(request.user, team_id, Role.OWNER)
    if wants_fragment(request) and "tasks" in request.GET:
        return render(request, f"{PAGE}#orphans", orphans(request, team))
    form = InboxFilter(request.GET, team=team)
    status = 200 if form.is_valid() else UNFIT
    if wants_fragment(request):
        return render(request, f"{PAGE}#deliveries", deliveries(team, form), status=status)
    # Read before the rows: what changes in between is fetched again, not missed.
    context = {"position": position(team.channel)} | deliveries(team, form) | orphans(request, team)
    return render(request, PAGE, context, status=status)


def deliveries(team: Team, form: InboxFilter) -> dict[str, Any]:
    page, wanted = None, form.cleaned_data
    if form.is_valid():
        rows = queries.chosen(queries.deliveries_of(team), wanted)
        page = queries.page_of(rows, before=wanted["before"] or 0, after=wanted["after"] or 0)
    slips = [queries.slip(row) for row in page.rows] if page else []
    return {
        "team": team,
        "form": form,
        "page": page,
        "slips": slips,
        "filtered": form.is_narrow or not form.is_valid(),
        "query": query_of(wanted, "text", "vendor", "verdict", "board", "before", "after"),
        "filter": query_of(wanted, "text", "vendor", "verdict", "board"),
        # Only for somebody who sees nothing yet.
        "arrivals": [] if slips or form.is_narrow else [(each, arrival(each)) for each in usable(team)],
    }


def query_of(wanted: dict[str, Any], *names: str) -> str:
    return urlencode({name: wanted[name] for name in names if wanted.get(name)})


def orphans(request: SignedInRequest, team: Team) -> dict[str, Any]:
    """Those that wait for somebody to look, or with `away` those that were put away."""
    away = "away" in request.GET
    found = list(queries.orphans_of(team, dismissed=away)[:MOST_ORPHANS])
    return {
        "team": team,
        "orphans": [(one, queries.word(one.remote_state)) for one in found],
        "away": away,
        "put_away": len(found) if away else queries.orphans_of(team, dismissed=True).count(),
        "is_all": len(found) < MOST_ORPHANS,
    }


@require_POST
@signed_in
def inbox_replay(request: SignedInRequest, team_id: str, delivery_id: int) -> HttpResponse:
    """Ring once more; the sentence says whether anybody is asked."""
    found = queries.delivery_for(request.user, team_id, delivery_id)
    said = actions.replay(found, by=request.user)
    found.refresh_from_db(fields=["verdict"])
    team = team_for(request.user, team_id, Role.OWNER)
    return told(request, team, said, "delivery", lambda: {"team": team, "slip": queries.slip(found)})


@require_POST
@signed_in
def orphan_dismiss(request: SignedInRequest, team_id: str, orphan_id: int) -> HttpResponse:
    """The toast brings it back."""
    found = queries.orphan_for(request.user, team_id, orphan_id)
    actions.dismiss(found, by=request.user)
    team, said = found.connection.team, f"Task {found.remote_id} is put away."
    undo = reverse("orphan_restore", args=[team_id, orphan_id])
    return told(request, team, said, "orphans", lambda: orphans(request, team), undo)


@require_POST
@signed_in
def orphan_restore(request: SignedInRequest, team_id: str, orphan_id: int) -> HttpResponse:
    found = queries.orphan_for(request.user, team_id, orphan_id)
    actions.bring_back(found, by=request.user)
    team, said = found.connection.team, f"Task {found.remote_id} is listed again."
    return told(request, team, said, "orphans", lambda: orphans(request, team))


def told(
    request: SignedInRequest, team: Team, sentence: str, part: str, shown: Callable[[], dict[str, Any]], undo: str = ""
) -> HttpResponse:
    """That part of the page as it is now, and the sentence; `undo`: where its button leads."""
    if not wants_fragment(request):
        messages.info(request, sentence)
        return redirect("inbox", team.public_id)
    response = render(request, f"{PAGE}#{part}", shown())
    if not undo:
        return toast(response, sentence, "info")
    offer = {"sentence": sentence, "address": undo, "target": f"#{part}"}
    response.write(render_to_string("boards/_told.html", offer, request))
    return response
