"""The team's connections: for owners with everything, for producers how they stand."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.connections.queries import connections_of
from storyboard.connections.views.answers import shown
from storyboard.live.queries import position
from storyboard.providers import catalog
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import Membership, Role
from storyboard.teams.queries import membership_for


@require_safe
@signed_in
def connections(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id, Role.PRODUCER)
    # Read before the rows: what changes in between is fetched again, not missed.
    context = {"position": position(own.team.channel)} | listed(own)
    return render(request, "connections/list.html", context)


@require_safe
@signed_in
def connection_list(request: SignedInRequest, team_id: str) -> HttpResponse:
    """The rows alone, fetched again after every change of them."""
    own = membership_for(request.user, team_id, Role.PRODUCER)
    return render(request, "connections/list.html#list", listed(own))


def listed(own: Membership) -> dict[str, Any]:
    return {
        "team": own.team,
        "is_owner": own.role == Role.OWNER,
        "connections": [shown(row) for row in connections_of(own.team)],
        "vendors": catalog.vendors(),
    }
