"""A clip of one's own as a take: one of the library, or a file from this computer once the library has looked at it."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from storyboard.boards.fields import is_id
from storyboard.boards.views.load import shot_in
from storyboard.errors import DomainError
from storyboard.media.models import File
from storyboard.media.queries import file_for, upload_for
from storyboard.pages import toast
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.takes.views.shelf import alone_of, shelf
from storyboard.takes.views.verbs import board_at
from storyboard.teams.decorators import SignedInRequest, in_json, signed_in, wants_fragment

NOT_ONE = "Choose one clip."
NOT_THERE = "The file did not arrive. Choose it again."


@require_POST
@signed_in
def shot_clip(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """What the picker of the library says: `add` names the reference."""
    shot = shot_in(request, team_id, board_id, shot_id)
    ids = [one for one in request.POST.get("add", "").split(",") if one]
    if len(ids) != 1:
        raise DomainError(NOT_ONE)
    _, file = file_for(request.user, team_id, ids[0] if ids and is_id(ids[0]) else "")
    take = choosing.upload(shot, file=file, by=request.user)
    if not wants_fragment(request):
        messages.success(request, said(take))
        return redirect(board_at(take))
    return toast(shelf(request, alone_of(request, take), take.public_id), said(take))


@require_POST
@signed_in
@in_json
def shot_clip_upload(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """A file that was let go of over the shelf, or chosen there: 202 until the library has looked at it."""
    shot = shot_in(request, team_id, board_id, shot_id)
    upload = upload_for(request.user, team_id, request.POST.get("upload", ""))
    if upload.is_open:
        return JsonResponse({}, status=202)
    file: File | None = upload.reference.file if upload.reference else None
    if file is None:
        raise DomainError(upload.sentence or NOT_THERE)
    take = choosing.upload(shot, file=file, by=request.user)
    return JsonResponse({"topics": [shot.topic], "shot": shot.position, "take": take.public_id, "said": said(take)})


def said(take: Take) -> str:
    chosen = "" if take.is_selected else " Select it to use it in the film."
    return f"Your clip is take {take.number} of shot {take.shot.position}.{chosen}"
