"""One reference: its page, another name, delete, bring back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.live.queries import position
from storyboard.media import actions, queries
from storyboard.media.fit import by_vendor
from storyboard.media.formats import ACCEPT
from storyboard.media.forms import EditForm, FindForm
from storyboard.media.models import Reference
from storyboard.media.views.answers import done, shelf
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role
from storyboard.teams.queries import membership_for


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reference(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    """What it is, where it is used, and the form that names it."""
    role = Role.EDITOR if request.method == "POST" else Role.VIEWER
    found = queries.reference_for(request.user, team_id, reference_id, role)
    form = EditForm(request.POST if request.method == "POST" else None, initial=said(found))
    if form.is_valid():
        edited = actions.edit(found, by=request.user, **form.cleaned_data)
        messages.success(request, f"{edited.name} is saved.")
        return redirect("reference", team_id, reference_id)
    return reference_page(request, found, form)


def reference_page(request: SignedInRequest, found: Reference, form: EditForm) -> HttpResponse:
    own = membership_for(request.user, found.team.public_id)
    context = {
        "position": position(found.team.channel),
        "team": found.team,
        "own": own,
        "may_edit": own.role >= Role.EDITOR,
        "reference": found,
        "file": found.file,
        "form": form,
        "accept": ACCEPT,
        "fits": by_vendor(found.file) if found.file else [],
        "places": queries.uses_of([found])[found.pk],
        "trims": found.trims.filter(deleted_at=None),
        "versions": found.versions.select_related("file", "replaced_by"),
    }
    return render(request, "media/reference.html", context, status=422 if form.is_bound else 200)


def said(found: Reference) -> dict[str, str]:
    return {"name": found.name, "tags": ", ".join(tag.name for tag in found.tags.all())}


@require_POST
@signed_in
def reference_delete(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id, Role.EDITOR)
    found = queries.reference_for(request.user, team_id, reference_id, Role.EDITOR)
    actions.delete(found, by=request.user)
    if not wants_fragment(request):
        messages.success(request, f"{found.name} is deleted. The library’s page brings it back.")
        return redirect("library", team_id)
    context = shelf(request, own, FindForm(request.GET))
    html = render_to_string("media/library.html#shelf", context, request)
    # What is brought back comes into the shelf that is shown, which may be what somebody searched for.
    undo = render_to_string("media/_undo.html", context | {"reference": found}, request)
    return HttpResponse(html + undo)


@require_POST
@signed_in
def reference_restore(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id, Role.EDITOR)
    found = queries.reference_for(request.user, team_id, reference_id, Role.EDITOR, deleted=True)
    return done(request, own, f"{actions.restore(found, by=request.user).name} is back.")
