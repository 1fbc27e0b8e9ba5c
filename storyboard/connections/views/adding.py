"""Add a connection: choose a vendor, then its key. For owners who have just proved who they are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from storyboard.connections import actions
from storyboard.connections.forms import AddForm, ask_again
from storyboard.connections.models import Connection
from storyboard.connections.queries import connections_of
from storyboard.connections.vendors import models_at
from storyboard.connections.views.answers import prove_again
from storyboard.errors import DomainError, Missing
from storyboard.providers import catalog
from storyboard.providers.catalog import VENDOR_FILES, Vendor
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for


@require_safe
@signed_in
def connection_vendors(request: SignedInRequest, team_id: str) -> HttpResponse:
    team = team_for(request.user, team_id, Role.OWNER)
    # At the address that the page shows: Ark's other host has models of its own.
    vendors = [(each, len(models_at(each.id, each.base_url))) for each in catalog.vendors()]
    return render(request, "connections/vendors.html", {"team": team, "vendors": vendors})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connection_add(request: SignedInRequest, team_id: str, vendor: str) -> HttpResponse:
    team = team_for(request.user, team_id, Role.OWNER)
    if vendor not in VENDOR_FILES:
        raise Missing("There is no such vendor. Go back and choose one from the list.")
    if door := prove_again(request):
        return door
    about = catalog.vendor(vendor)
    if request.method != "POST":
        form = AddForm(team=team, vendor=about, initial=first_words(team, about))
    else:
        form = AddForm(request.POST, team=team, vendor=about)
        if form.is_valid() and (added := add(request, form, about)):
            messages.success(request, f"{added.name} is added. Its key is being tested.")
            return redirect("connection", team.public_id, added.public_id)
    context = {"team": team, "vendor": about, "vendors": catalog.vendors(), "form": form}
    return render(request, "connections/add.html", context, status=422 if form.is_bound else 200)


def add(request: SignedInRequest, form: AddForm, about: Vendor) -> Connection | None:
    """The new connection; when the action refuses, the form says why, with what was typed still in it."""
    data = form.cleaned_data
    try:
        return actions.add(
            form.team,
            terms=form.terms,
            vendor=about.id,
            base_url=data["base_url"],
            secret=data["key"],
            by=request.user,
        )
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        form.add_error(None, error.message)
        ask_again(form)
        return None


def first_words(team: Team, about: Vendor) -> dict[str, object]:
    """What the empty form begins with; the vendor's name only while no connection has it."""
    taken = connections_of(team).filter(name__iexact=about.label).exists()
    return {"base_url": about.base_url, "name": "" if taken else about.label, "parallel": 3}
