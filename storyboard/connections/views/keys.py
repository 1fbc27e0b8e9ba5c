"""Replace a key or change an address, for owners who have just proved who they are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from storyboard.connections import actions
from storyboard.connections.forms import KeyForm, ask_again
from storyboard.connections.keys import KeyTrouble
from storyboard.connections.models import Connection
from storyboard.connections.queries import connection_for
from storyboard.connections.views.answers import prove_again
from storyboard.teams.decorators import SignedInRequest, signed_in

UNCHANGED = "The key and the address are as they were. Press Test to have them tested."


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connection_key(request: SignedInRequest, team_id: str, connection_id: str) -> HttpResponse:
    found = connection_for(request.user, team_id, connection_id)
    if door := prove_again(request):
        return door
    form = KeyForm(request.POST if request.method == "POST" else None, connection=found)
    if form.is_valid() and changed(request, form, found):
        if form.is_unchanged:
            messages.info(request, UNCHANGED)
        else:
            messages.success(request, "Saved. Its key is being tested.")
        return redirect("connection", team_id, connection_id)
    context = {"team": found.team, "row": found, "vendor": found.about, "form": form}
    return render(request, "connections/key.html", context, status=422 if form.is_bound else 200)


def changed(request: SignedInRequest, form: KeyForm, found: Connection) -> bool:
    secret, url = form.cleaned_data["key"], form.cleaned_data["base_url"]
    try:
        if secret is None:
            actions.move(found, base_url=url, by=request.user)
        else:
            actions.replace_key(found, secret=secret, base_url=url, by=request.user)
    except KeyTrouble as error:
        form.add_error(None, error.message)
        ask_again(form)
        return False
    return True
