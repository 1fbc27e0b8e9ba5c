"""The library's page, and two ways in beside uploads: by a link, and by a vendor's asset id."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from storyboard.media import actions
from storyboard.media.forms import AssetForm, FindForm, ImportForm
from storyboard.media.views.answers import done, library_page, shelf
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role
from storyboard.teams.queries import membership_for


@require_safe
@signed_in
def library(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id)
    if wants_fragment(request):
        return render(request, "media/library.html#shelf", shelf(request, own, FindForm(request.GET)))
    return library_page(request, own)


@require_POST
@signed_in
def library_import(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id, Role.EDITOR)
    form = ImportForm(request.POST, prefix="import")
    if not form.is_valid():
        return library_page(request, own, status=422, import_form=form)
    url, name = form.cleaned_data["url"], form.cleaned_data["name"]
    upload = actions.import_link(own.team, url=url, name=name or name_in(url), by=request.user)
    return done(request, own, f"{upload.name} is being fetched. It appears here when it was looked at.")


def name_in(url: str) -> str:
    """The last part of a link's path, which usually is the file's name."""
    return url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2] or "From a link"


@require_POST
@signed_in
def library_asset(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id, Role.EDITOR)
    form = AssetForm(request.POST, prefix="asset")
    if not form.is_valid():
        return library_page(request, own, status=422, asset_form=form)
    reference = actions.register_asset(own.team, by=request.user, **form.cleaned_data)
    return done(request, own, f"{reference.name} is in the library. Only vendors that keep it can use it.")
