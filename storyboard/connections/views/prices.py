"""A connection's own prices, for owners."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from storyboard.connections import actions
from storyboard.connections.forms import PricesForm
from storyboard.connections.prices import has_list, unit
from storyboard.connections.queries import connection_for
from storyboard.teams.decorators import SignedInRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connection_prices(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    found = connection_for(request.user, team_id, connection_id)
    form = PricesForm(request.POST if request.method == "POST" else None, connection=found)
    if form.is_valid():
        actions.set_prices(found, rates=form.rates, by=request.user)
        messages.success(request, "The prices are saved. Plans made from now on use them.")
        return redirect("connection", team_id, connection_id)
    context = {"team": found.team, "row": found, "vendor": found.about, "form": form}
    context |= {"unit": unit(found.vendor), "has_list": has_list(found)}
    return render(request, "connections/prices.html", context, status=422 if form.is_bound else 200)
