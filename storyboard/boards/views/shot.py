"""One shot in the inspector: its fields, what it lands on, its references, back to the board's settings."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.boards import actions
from storyboard.boards.actions import Clash
from storyboard.boards.fields import UNSET
from storyboard.boards.models import Shot
from storyboard.boards.views.load import shot_alone, shot_in
from storyboard.boards.views.page import alone, frame_of
from storyboard.boards.views.side import shot_side
from storyboard.boards.views.values import YES_OR_NO, model_pair, parsed, version
from storyboard.errors import Conflict, DomainError
from storyboard.media.queries import upload_for
from storyboard.teams.decorators import SignedInRequest, in_json, signed_in, wants_fragment

# What a browser without scripts sends of a tab, all at once; of a box that is not ticked it sends nothing.
PLAIN = {
    "shot": ("prompt", "seconds", "ratio", "resolution", "needs_approval"),
    "notes": ("notes",),
}
MEANWHILE = "Somebody changed this meanwhile. Reload the page, then do it again."


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def shot(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """Posting is for browsers without scripts; theirs save field by field."""
    tab = request.POST.get("tab") or request.GET.get("tab", "")
    if request.method == "POST":
        save_all(request, shot_in(request, team_id, board_id, shot_id), tab)
    elif wants_fragment(request):
        return inspector(request, team_id, board_id, shot_id, tab=tab)
    else:
        shot_alone(request, team_id, board_id, shot_id)
    address = reverse("board", args=[team_id, board_id])
    return redirect(f"{address}?shot={shot_id}" + (f"&tab={tab}" if tab in PLAIN else ""))


def save_all(request: SignedInRequest, found: Shot, tab: str) -> None:
    sent = request.POST
    for name in PLAIN.get(tab, PLAIN["shot"]):
        if name in sent or name in YES_OR_NO:
            value = parsed(name, sent.get(name, ""))
            actions.save_field(found, name=name, value=value, base_version=None, by=request.user)
    if "joint" in sent and sent["joint"] != found.joint:
        actions.set_joint(found, joint=sent["joint"], by=request.user)
    if "/" in sent.get("model", ""):
        actions.bulk_change(found.board, ids=[found.public_id], values=model_pair(sent["model"]), by=request.user)


def inspector(request: SignedInRequest, team_id: str, board_id: str, shot_id: str, *, tab: str = "") -> HttpResponse:
    sheet = shot_alone(request, team_id, board_id, shot_id)
    if sheet is None:
        return HttpResponse(status=204)
    context = frame_of(sheet) | shot_side(sheet, alone(sheet), tab)
    return render(request, "boards/shot.html", context)


def answered(request: SignedInRequest, found: Shot, team_id: str) -> HttpResponse:
    board_id = found.board.public_id
    if wants_fragment(request):
        return inspector(request, team_id, board_id, found.public_id)
    return redirect(f"{reverse('board', args=[team_id, board_id])}?shot={found.public_id}")


@require_POST
@signed_in
def shot_reset(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """The shot takes the board's again; a model goes with its connection."""
    found = shot_in(request, team_id, board_id, shot_id)
    name = request.POST.get("reset", "")
    if name == "model":
        pair = {"connection": UNSET, "model": UNSET}
        actions.bulk_change(found.board, ids=[shot_id], values=pair, by=request.user)
    else:
        actions.reset_to_board(found, name=name, by=request.user)
    return answered(request, found, team_id)


@require_POST
@signed_in
def shot_landing(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    found = shot_in(request, team_id, board_id, shot_id)
    actions.set_landing(found, reference=request.POST.get("landing", ""), by=request.user)
    return answered(request, found, team_id)


@require_POST
@signed_in
def shot_references(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """All of them in a new order, from the version that the page showed; or some that come, go or change places."""
    found = shot_in(request, team_id, board_id, shot_id)
    base: int = found.versions.get("references", 0)
    if "references" in request.POST:
        base = version(request.POST.get("base", ""))
    outcome = actions.set_references(found, references=wanted(request, found), base_version=base, by=request.user)
    if isinstance(outcome, Clash):
        raise Conflict(MEANWHILE)
    return answered(request, found, team_id)


def wanted(request: SignedInRequest, shot: Shot) -> list[str]:
    """What comes and goes is added to and taken from what is there: nobody else's choice is lost by it."""
    sent = request.POST
    now = [row.reference.public_id for row in shot.references.all()]
    if "references" in sent:
        return named(sent["references"])
    if way := next((name for name in ("up", "down") if sent.get(name) in now), ""):
        return swapped(shot, now.index(sent[way]), -1 if way == "up" else 1)
    gone = named(sent.get("out", ""))
    return [one for one in dict.fromkeys([*now, *named(sent.get("add", ""))]) if one not in gone]


def named(text: str) -> list[str]:
    return [one for one in text.split(",") if one]


def swapped(shot: Shot, at: int, step: int) -> list[str]:
    """Past the next one of its own kind, for those are counted together: Image 1, Image 2."""
    row = [one.reference for one in shot.references.all()]
    to = at + step
    while 0 <= to < len(row) and row[to].kind != row[at].kind:
        to += step
    if 0 <= to < len(row):
        row[at], row[to] = row[to], row[at]
    return [one.public_id for one in row]


@require_POST
@signed_in
@in_json
def shot_upload(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """A file that was let go of over the shot: 202 until the library has looked at it, then it takes its place."""
    found = shot_in(request, team_id, board_id, shot_id)
    upload = upload_for(request.user, team_id, request.POST.get("upload", ""))
    if upload.is_open:
        return JsonResponse({}, status=202)
    if upload.reference is None:
        raise DomainError(upload.sentence or "The file did not arrive. Drop it again.")
    reference = upload.reference.public_id
    if request.POST.get("role") == "landing":
        actions.set_landing(found, reference=reference, by=request.user)
    else:
        now = [row.reference.public_id for row in found.references.all()]
        wish, base = list(dict.fromkeys([*now, reference])), found.versions.get("references", 0)
        if isinstance(actions.set_references(found, references=wish, base_version=base, by=request.user), Clash):
            # Another file came at the same moment: the script asks again, and finds that one there.
            return JsonResponse({}, status=202)
    return JsonResponse({"topics": [found.topic], "shot": found.position})
