"""Choose a part of a clip or a sound; a job makes a file of it, which stands beside the original."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from storyboard.errors import DomainError
from storyboard.media import actions, queries
from storyboard.media.forms import TrimForm
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reference_trim(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    found = queries.reference_for(request.user, team_id, reference_id, Role.EDITOR)
    file = found.file
    if file is None or not file.seconds:
        raise DomainError("Only clips and sounds with a file here can be trimmed.")
    form = TrimForm(request.POST if request.method == "POST" else None, initial={"start": 0, "end": file.seconds})
    if form.is_valid():
        try:
            actions.trim(found, in_ms=form.in_ms(), out_ms=form.out_ms(), by=request.user)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The part is being made. It appears here beside the original.")
            return redirect("library", team_id)
    context = {"team": found.team, "reference": found, "file": file, "form": form}
    return render(request, "media/trim.html", context, status=422 if form.is_bound else 200)
