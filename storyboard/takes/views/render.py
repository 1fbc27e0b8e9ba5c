"""Render: the confirmation sheet, as a dialog or a page, and the one press that spends money."""

import json
import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from storyboard.boards.queries import Sheet
from storyboard.boards.summary import counted
from storyboard.boards.views.load import board_in, sheet_in
from storyboard.boards.views.page import frame_of
from storyboard.boards.views.values import micro
from storyboard.errors import Conflict, DomainError
from storyboard.pages import toast
from storyboard.takes import health
from storyboard.takes.actions import runs
from storyboard.takes.planning import MOST_EACH, chosen, plan
from storyboard.takes.queries import standing
from storyboard.takes.views.planned import shown
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role

PAGE = "takes/render.html"
# What is missing and what is out of date: the button on top of the board.
USUAL = "stale"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def board_render(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    if request.method != "POST":
        return confirm(request, sheet_in(request, team_id, board_id), request.GET)
    board = board_in(request, team_id, board_id, Role.PRODUCER)
    try:
        run = runs.request(board, wish=wish_of(request.POST), by=request.user)
    except DomainError as error:
        # The sheet again, as things are now, with what was in the way.
        return confirm(request, sheet_in(request, team_id, board_id), request.POST, error)
    sentence = f"Rendering {counted(run.takes.count(), 'take')}. You may close this page."
    if wants_fragment(request):
        return toast(HttpResponse(status=204), sentence)
    messages.success(request, sentence)
    return redirect("board", team_id, board_id)


def wish_of(sent: QueryDict) -> runs.Wish:
    ceiling = micro(sent.get("ceiling", ""))
    if ceiling is None:
        raise DomainError("Say how much this may cost at most.")
    return runs.Wish(
        shots=tuple(named(sent)),
        plan_hash=sent.get("plan", ""),
        ceiling_micro_usd=ceiling,
        form_key=sent.get("key", ""),
        takes_each=each_of(sent),
    )


def confirm(request: SignedInRequest, sheet: Sheet, sent: QueryDict, error: DomainError | None = None) -> HttpResponse:
    what, start = sent.get("what", ""), sent.get("start", "")
    names, each = wanted(sheet, sent), each_of(sent)
    agreed = plan(sheet, names, takes_each=each)
    found = shown(sheet, agreed)
    context: dict[str, Any] = frame_of(sheet) | {
        "plan": agreed,
        "found": found,
        "what": what or ("" if named(sent) else USUAL),
        "start": start,
        "shots": ",".join(names),
        "each": each,
        "eaches": range(1, MOST_EACH + 1),
        "form_key": secrets.token_urlsafe(18),
        "ceiling": sent.get("ceiling") if error and not isinstance(error, Conflict) else found.ceiling,
        "problem": error.message if error else "",
        "blocked": bool(agreed.blocks or found.forbidden),
        "left_out": left_out(sheet, sent),
        "health": health.sentences(sheet.board.team, sheet.own.role),
        "address": reverse("board", args=[sheet.board.team.public_id, sheet.board.public_id]),
    }
    part = f"{PAGE}#sheet" if wants_fragment(request) else PAGE
    return render(request, part, context, status=422 if error else 200)


def named(sent: QueryDict) -> list[str]:
    """Boxes send one field each; scripts send them all in one."""
    together = ",".join([*sent.getlist("shot"), *sent.getlist("shots")])
    return list(dict.fromkeys(one for one in together.split(",") if one))


def wanted(sheet: Sheet, sent: QueryDict) -> list[str]:
    what = sent.get("what", "")
    if (names := named(sent)) and not what:
        return names
    stands = standing(sheet)
    idle = {shot.public_id for shot in sheet.shots if not stands[shot.pk].live}
    return [name for name in chosen(sheet, stands, what or USUAL, start=sent.get("start", "")) if name in idle]


def left_out(sheet: Sheet, sent: QueryDict) -> int:
    """From a shot on, those that are being rendered already are passed over; people are told how many."""
    if sent.get("what") != "from":
        return 0
    stands = standing(sheet)
    names = set(chosen(sheet, stands, "from", start=sent.get("start", "")))
    return sum(1 for shot in sheet.shots if shot.public_id in names and stands[shot.pk].live)


def each_of(sent: QueryDict) -> int:
    text = sent.get("each", "1")
    if text not in {str(number) for number in range(1, MOST_EACH + 1)}:
        raise DomainError(f"Ask for 1 to {MOST_EACH} takes of each shot.")
    return int(text)


def opened(response: HttpResponse, shot_id: str) -> HttpResponse:
    """After this answer the board opens the sheet for one shot."""
    response.headers["HX-Trigger"] = json.dumps({"render": {"shot": shot_id}})
    return response
