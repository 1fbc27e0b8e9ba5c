"""Test, switch off and on, delete; for owners."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.connections import actions
from storyboard.connections.models import Connection
from storyboard.connections.queries import connection_for
from storyboard.connections.views.answers import is_waiting
from storyboard.connections.views.connection import page
from storyboard.pages import toast
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment

ALREADY = "It is being tested already. The result comes in a few seconds."
A_MOMENT_AGO = "Tested a moment ago. Wait a few seconds, then press Test again."


@require_POST
@signed_in
def connection_test(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    found = connection_for(request.user, team_id, connection_id)
    before = found.asked_at
    found = actions.ask_check(found, by=request.user)
    if found.asked_at != before:
        return done(request, found)
    return done(request, found, ALREADY if is_waiting(found) else A_MOMENT_AGO, kind="info")


@require_POST
@signed_in
def connection_disable(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    found = connection_for(request.user, team_id, connection_id)
    return done(request, actions.disable(found, by=request.user), f"Nothing new is rendered with {found.name}.")


@require_POST
@signed_in
def connection_enable(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    found = connection_for(request.user, team_id, connection_id)
    return done(request, actions.enable(found, by=request.user), f"{found.name} is in use again.")


def done(request: SignedInRequest, found: Connection, sentence: str = "", *, kind: str = "good") -> HttpResponse:
    """How it stands now: the fragment for htmx, the page for everybody else."""
    if wants_fragment(request):
        response = render(request, "connections/connection.html#status", page(found))
        return toast(response, sentence, kind) if sentence else response
    if sentence:
        messages.add_message(request, messages.SUCCESS if kind == "good" else messages.INFO, sentence)
    return redirect("connection", found.team.public_id, found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connection_delete(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    found = connection_for(request.user, team_id, connection_id)
    if request.method == "POST":
        actions.delete(found, by=request.user)
        messages.success(request, f"{found.name} is deleted, and its key is wiped.")
        return redirect("connections", team_id)
    return render(request, "connections/delete.html", {"team": found.team, "row": found, "vendor": found.about})
