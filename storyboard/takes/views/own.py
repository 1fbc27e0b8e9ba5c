"""A clip of one's own as a take: one of the library, or a file from this computer once the library has looked at it."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from storyboard.boards.fields import is_id
from storyboard.boards.models import Shot
from storyboard.boards.views.load import shot_in
from storyboard.errors import Conflict, DomainError
from storyboard.media.models import File, Upload
from storyboard.media.queries import file_for, upload_for
from storyboard.pages import toast
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.takes.views.shelf import alone_of, shelf
from storyboard.takes.views.verbs import board_at
from storyboard.teams.decorators import SignedInRequest, in_json, signed_in, wants_fragment

NOT_ONE = "Choose one clip."
NOT_THERE = "The file did not arrive. Choose it again."
DELETED = "It was take {number} of shot {position}, and that was deleted. Bring it back beside the other takes."


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
    file = brought(upload)
    if file is None:
        raise DomainError(upload.sentence or NOT_THERE)
    take = made_of(shot, upload, file) or choosing.upload(shot, file=file, by=request.user)
    return JsonResponse({"topics": [shot.topic], "shot": shot.position, "take": take.public_id, "said": said(take)})


def brought(upload: Upload) -> File | None:
    """What came with it: its entry in the library may show another file since."""
    entry = upload.reference
    if entry is None:
        return None
    before = entry.versions.filter(replaced_at__gt=upload.changed_at).order_by("number").first()
    return before.file if before else entry.file


def made_of(shot: Shot, upload: Upload, file: File) -> Take | None:
    """The take that somebody asked for already: another tab, or a page whose answer was lost. Deleted, it stays so."""
    rows = Take.objects.filter(shot=shot, connection=None, clip=file, created_at__gte=upload.changed_at)
    take = rows.select_related("shot").order_by(F("deleted_at").asc(nulls_first=True), "pk").first()
    if take is not None and take.deleted_at is not None:
        raise Conflict(DELETED.format(number=take.number, position=shot.position))
    return take


def said(take: Take) -> str:
    chosen = "" if take.is_selected else " Select it to use it in the film."
    return f"Your clip is take {take.number} of shot {take.shot.position}.{chosen}"
