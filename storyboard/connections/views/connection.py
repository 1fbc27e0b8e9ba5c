"""One connection, for owners: how it stands, its limits, and the ways to everything else."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from storyboard.connections import actions
from storyboard.connections.forms import SettingsForm
from storyboard.connections.models import Connection
from storyboard.connections.prices import has_list
from storyboard.connections.queries import connection_for
from storyboard.connections.vendors import models_at
from storyboard.connections.views.answers import arrival, shown
from storyboard.live.queries import position
from storyboard.teams.decorators import SignedInRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connection(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    """Posting changes the name and the limits."""
    found = connection_for(request.user, team_id, connection_id)
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, team=found.team, connection=found)
    if form.is_valid():
        actions.edit(found, terms=form.terms, by=request.user)
        messages.success(request, "Saved.")
        return redirect("connection", team_id, connection_id)
    context = {"form": form, "position": position(found.team.channel)} | page(found)
    return render(request, "connections/connection.html", context, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def connection_status(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    """How it stands, fetched again after every change."""
    found = connection_for(request.user, team_id, connection_id)
    return render(request, "connections/connection.html#status", page(found))


def page(found: Connection) -> dict[str, Any]:
    models = models_at(found.vendor, found.base_url)
    return shown(found) | {
        "team": found.team,
        "arrival": arrival(found),
        "models": models,
        "own_prices": sum(len(table) for table in found.rates.values()),
        "unknown": sum(len(set(model.resolutions) - priced(found, model.id, model.rates)) for model in models),
        "has_list": has_list(found),
    }


def priced(found: Connection, model_id: str, shipped: object) -> set[str]:
    """The resolutions of a model whose price is known."""
    listed = set(shipped) if isinstance(shipped, dict) else set()
    return listed | set(found.rates.get(model_id, {}))
