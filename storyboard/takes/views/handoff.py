"""Where a shot hands over: the pair beside the shot that follows, the page to choose the frame, and re-anchoring.

Fragments of the board for htmx, pages of their own for everybody else.
"""

import json
import re
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard.boards import actions
from storyboard.boards.models import Joint, Shot
from storyboard.boards.views.done import changed
from storyboard.boards.views.load import shot_alone, shot_in
from storyboard.boards.views.page import frame_of
from storyboard.errors import Conflict, DomainError
from storyboard.pages import toast
from storyboard.takes.actions import choosing
from storyboard.takes.models import Measure, State, Take
from storyboard.takes.queries import take_for
from storyboard.takes.views.leaving import in_seconds, pair_of, scrub_of
from storyboard.takes.views.shelf import alone_of
from storyboard.takes.views.verbs import board_at
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role

PAIR, PAGE = "takes/pair.html", "takes/handoff.html"
SECONDS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?", re.ASCII)
MILLI = re.compile(r"[0-9]{1,7}", re.ASCII)
END = "end"


@require_safe
@signed_in
def shot_hand_off(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """The frame that the shot before hands over, beside the one that this shot opens on."""
    sheet = shot_alone(request, team_id, board_id, shot_id)
    if sheet is None:
        return HttpResponse(status=204)
    context = frame_of(sheet) | {"shot": sheet.shots[0], "pair": pair_of(sheet)}
    return render(request, f"{PAIR}#pair" if wants_fragment(request) else PAIR, context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take_hand_off(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    if request.method != "POST":
        return chooser(request, take_for(request.user, team_id, board_id, take_id))
    take = take_for(request.user, team_id, board_id, take_id, Role.EDITOR)
    try:
        left = choosing.set_hand_off(take, ms=moment_of(request, take), by=request.user)
    except Conflict:
        raise
    except DomainError as error:
        return chooser(request, take, error.message)
    if wants_fragment(request):
        return toast(HttpResponse(status=204), said_of(left))
    messages.success(request, said_of(left))
    return redirect(board_at(take))


def moment_of(request: SignedInRequest, take: Take) -> int | None:
    """As the script says it, or as somebody typed it; None at the end."""
    sent = request.POST
    if sent.get("what") == END:
        return None
    chosen, typed = sent.get("ms", ""), sent.get("seconds", "").strip().replace(",", ".")
    if MILLI.fullmatch(chosen):
        ms = int(chosen)
    elif SECONDS.fullmatch(typed):
        ms = int(Decimal(typed) * 1000)
    else:
        raise DomainError("Write the time in seconds, like 4.9.")
    return None if is_last(take, ms) else ms


def is_last(take: Take, ms: int) -> bool:
    """Whoever chooses the last frame chooses the end: then the vendor's own picture of it is good."""
    own = Measure.objects.filter(take=take).exclude(made_at=None).defer("frames").first()
    return own is not None and ms == own.last[0]


def said_of(take: Take) -> str:
    where = "at its end" if take.hand_off_ms is None else f"at {in_seconds(take.hand_off_ms)} s"
    said = f"Shot {take.shot.position} hands over {where}."
    made_on = Take.objects.filter(upstream=take, is_selected=True).values_list("upstream_ms", flat=True)
    other = any(ms != take.hand_off_ms for ms in made_on)
    return f"{said} What was made on another frame is out of date: render it again, or keep it." if other else said


def chooser(request: SignedInRequest, take: Take, problem: str = "") -> HttpResponse:
    if take.state != State.DONE or take.clip is None:
        raise Conflict(choosing.NOT_DONE)
    sheet = alone_of(request, take)
    context: dict[str, Any] = frame_of(sheet) | {
        "shot": sheet.shots[0],
        "take": take,
        "scrub": scrub_of(sheet, take),
        "problem": problem,
        "back": board_at(take),
    }
    part = f"{PAGE}#sheet" if wants_fragment(request) else PAGE
    return render(request, part, context, status=422 if problem else 200)


@require_POST
@signed_in
def shot_re_anchor(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """Let the chain begin anew at this shot: an edit of the board like every other, with Undo."""
    shot = shot_in(request, team_id, board_id, shot_id)
    what = request.POST.get("what", "")
    if what not in {Joint.CUT, Joint.LAND}:
        raise DomainError("Choose how the chain begins anew: by a cut, or by landing on a picture.")
    actions.set_joint(shot, joint=what, by=request.user)
    answer = changed(request, shot.board, anchored(shot, what), shot_id=shot_id)
    if what == Joint.LAND and wants_fragment(request):
        # static/js/handoff.js opens the library for the picture.
        answer.headers["HX-Trigger"] = json.dumps(json.loads(answer.headers["HX-Trigger"]) | {"land": {}})
    return answer


def anchored(shot: Shot, what: str) -> str:
    if what == Joint.CUT:
        return f"Shot {shot.position} opens fresh now, from its prompt and its references."
    return f"Shot {shot.position} lands on a picture now. Choose which."
