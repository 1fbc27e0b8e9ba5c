"""Put a take's settings back onto its shot: first what would change, in words; then it is done, and can be undone."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from storyboard.boards import actions
from storyboard.boards.views.page import alone, frame_of
from storyboard.errors import DomainError
from storyboard.takes.models import Take
from storyboard.takes.queries import take_for
from storyboard.takes.reuse import Reuse, plan
from storyboard.takes.views.shelf import PAGE, alone_of, context_of
from storyboard.takes.views.verbs import board_at
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role

ASK = "takes/reuse.html"
NOTHING = "The shot is as it was for this take already."
AN_UPLOAD = "This take is a clip of your own, so it has no settings."


@require_POST
@signed_in
def take_reuse(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.EDITOR)
    sheet = alone_of(request, take)
    found = plan(take, alone(sheet).ask, sheet.connections)
    if found is None:
        raise DomainError(AN_UPLOAD)
    if not (found.values or found.lost):
        raise DomainError(NOTHING)
    # What somebody has changed meanwhile is shown before it is lost.
    if not found.values or request.POST.get("sure") != found.hash:
        return asked(request, take, found, frame_of(sheet))
    label = f"Reuse the settings of take {take.number}"
    actions.put_fields(sheet.shots[0], values=found.values, label=label, by=request.user)
    return done(request, take)


def asked(request: SignedInRequest, take: Take, found: Reuse, frame: dict[str, object]) -> HttpResponse:
    context = frame | {"take": take, "found": found, "leave": board_at(take)}
    if not wants_fragment(request):
        return render(request, ASK, context)
    # Asked once more: 422 keeps the dialog open.
    status = 422 if "sure" in request.POST else 200
    response = render(request, f"{ASK}#ask", context, status=status)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#ask", "innerHTML"
    return response


def done(request: SignedInRequest, take: Take) -> HttpResponse:
    sentence = f"Shot {take.shot.position} is set as it was for take {take.number}."
    if not wants_fragment(request):
        messages.success(request, sentence)
        return redirect(board_at(take))
    board = take.shot.board
    context = context_of(alone_of(request, take), take.public_id)
    html = render_to_string(f"{PAGE}#shelf", context, request)
    undo = {"sentence": sentence, "address": undo_at(take), "target": "#strip"}
    response = HttpResponse(html + render_to_string("boards/_told.html", undo | {"team": board.team}, request))
    response.headers["HX-Trigger"] = json.dumps({"changed": {}})
    return response


def undo_at(take: Take) -> str:
    board = take.shot.board
    return reverse("board_undo", args=[board.team.public_id, board.public_id])
