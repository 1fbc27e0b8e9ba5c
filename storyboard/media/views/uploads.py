"""The upload script's doors: announce files, get links, say that all is sent, change one's mind. JSON both ways."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from storyboard.errors import DomainError
from storyboard.media import actions, queries
from storyboard.media.forms import LinksForm, StartForm, sentence_of
from storyboard.media.models import Upload
from storyboard.media.storage import PART_BYTES, store
from storyboard.media.storage.base import Upload as Link
from storyboard.teams.decorators import SignedInRequest, in_json, signed_in
from storyboard.teams.models import Role
from storyboard.teams.queries import team_for

# As long as a link lives; whoever is slower asks again.
LINK_SECONDS = 300


@require_POST
@signed_in
@in_json
def upload_start(request: SignedInRequest, team_id: str) -> HttpResponse:
    """For each announced file its id and how to send it, or the sentence why not, in the order they were named."""
    team = team_for(request.user, team_id, Role.EDITOR)
    form = StartForm(request.POST)
    if not form.is_valid():
        raise DomainError(sentence_of(form))
    wanted = form.cleaned_data["replaces"]
    replaces = queries.reference_for(request.user, team_id, wanted, Role.EDITOR) if wanted else None
    started = actions.start(team, files=form.cleaned_data["named"], by=request.user, replaces=replaces)
    return JsonResponse({"files": [as_json(each) for each in started]})


def as_json(started: Upload | str) -> dict[str, Any]:
    if isinstance(started, str):
        return {"problem": started}
    if started.in_parts:
        return {"id": started.public_id, "part_bytes": PART_BYTES}
    return {"id": started.public_id, "link": link_of(started)}


def link_of(upload: Upload) -> dict[str, Any]:
    return as_link(store().presign_upload(upload.key, upload.content_type, upload.size, seconds=LINK_SECONDS))


def as_link(link: Link) -> dict[str, Any]:
    return {"url": link.url, "method": link.method, "headers": link.headers}


@require_POST
@signed_in
@in_json
def upload_links(request: SignedInRequest, team_id: str, upload_id: str) -> HttpResponse:
    """Fresh links for what is still to be sent; 202 while the storage has not yet said that it expects parts."""
    upload = queries.upload_for(request.user, team_id, upload_id)
    form = LinksForm(request.POST)
    if not form.is_valid():
        raise DomainError(sentence_of(form))
    upload = actions.renew(upload, by=request.user)
    if not upload.in_parts:
        return JsonResponse({"link": link_of(upload)})
    if not upload.parts_id:
        return JsonResponse({}, status=202)
    return JsonResponse({"parts": {str(number): part_link(upload, number) for number in form.cleaned_data["parts"]}})


def part_link(upload: Upload, number: int) -> dict[str, Any]:
    size = min(PART_BYTES, upload.size - PART_BYTES * (number - 1))
    if size <= 0:
        raise DomainError("The file has fewer parts. Reload the page and choose it again.")
    return as_link(store().presign_part(upload.key, upload.parts_id, number, size, seconds=LINK_SECONDS))


@require_POST
@signed_in
@in_json
def upload_done(request: SignedInRequest, team_id: str, upload_id: str) -> HttpResponse:
    actions.arrived(queries.upload_for(request.user, team_id, upload_id), by=request.user)
    return JsonResponse({})


@require_POST
@signed_in
@in_json
def upload_cancel(request: SignedInRequest, team_id: str, upload_id: str) -> HttpResponse:
    """Also for one that was refused: its sentence was read."""
    actions.cancel(queries.upload_for(request.user, team_id, upload_id), by=request.user)
    return JsonResponse({})
