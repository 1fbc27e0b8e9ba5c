"""One shot in the inspector: its fields, what it lands on, its references, back to the board's settings."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.boards import actions
from storyboard.boards.actions import Clash
from storyboard.boards.fields import UNSET
from storyboard.boards.models import Shot
from storyboard.boards.views.load import shot_alone, shot_in, wants_fragment
from storyboard.boards.views.page import alone, frame_of
from storyboard.boards.views.side import shot_side
from storyboard.boards.views.values import YES_OR_NO, model_pair, parsed
from storyboard.errors import Conflict
from storyboard.teams.decorators import SignedInRequest, signed_in

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
    """All of them in their new order, or one that goes out or up; said with the version that the page showed."""
    found = shot_in(request, team_id, board_id, shot_id)
    now = [row.reference.public_id for row in found.references.all()]
    base = found.versions.get("references", 0)
    outcome = actions.set_references(found, references=wanted(request, now), base_version=base, by=request.user)
    if isinstance(outcome, Clash):
        raise Conflict(MEANWHILE)
    return answered(request, found, team_id)


def wanted(request: SignedInRequest, now: list[str]) -> list[str]:
    sent = request.POST
    if "references" in sent:
        return [one for one in sent["references"].split(",") if one]
    if sent.get("out") in now:
        return [one for one in now if one != sent["out"]]
    if sent.get("up") in now[1:]:
        at = now.index(sent["up"])
        return [*now[: at - 1], now[at], now[at - 1], *now[at + 1 :]]
    return now
