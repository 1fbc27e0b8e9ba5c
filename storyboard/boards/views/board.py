"""The board's page and the parts of it that are fetched again when something changed."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard.boards import actions, queries
from storyboard.boards.models import channel_of
from storyboard.boards.views.cells import drawn
from storyboard.boards.views.load import board_in, sheet_in
from storyboard.boards.views.page import board_page, face_for_all, frame_of, people_at, strip_of, sums_of
from storyboard.boards.views.side import board_side
from storyboard.boards.views.values import parsed
from storyboard.errors import Missing
from storyboard.live.queries import position
from storyboard.live.together import together
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role

PAGE = "boards/board.html"
# What a browser without scripts sends of the defaults, all at once.
DEFAULTS = ("look", "seconds", "ratio", "resolution")


@require_safe
@signed_in
def board(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    after = position(channel_of(board_id))
    return board_page(request, sheet_in(request, team_id, board_id), after)


@require_safe
@signed_in
def board_strip(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    response = render(request, f"{PAGE}#strip", strip_of(sheet_in(request, team_id, board_id)))
    return changed(response)


@require_safe
@signed_in
def board_sums(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    sheet = sheet_in(request, team_id, board_id)
    return render(request, f"{PAGE}#sums", frame_of(sheet) | sums_of(sheet))


@require_safe
@signed_in
def board_name(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    sheet = sheet_in(request, team_id, board_id)
    return render(request, f"{PAGE}#name", frame_of(sheet))


@require_safe
@signed_in
def shot_card(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    """One card, fetched again after each change of its shot or of the one that it follows, by all who watch."""
    watcher = queries.watcher_for(request.user, team_id, board_id)
    face = together(channel_of(board_id), shot_id, partial(face_for_all, watcher.board, shot_id))
    if face is not None:
        return changed(HttpResponse(drawn(face._replace(may_edit=watcher.may_edit))))
    if not wants_fragment(request):
        raise Missing(queries.GONE_SHOT)
    # It was deleted while its card was on somebody's page: the strip that follows says so.
    return HttpResponse(status=204)


def changed(response: HttpResponse) -> HttpResponse:
    """The sums above listen to this, and count again when all that changed has come."""
    response.headers["HX-Trigger"] = "changed"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def board_defaults(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """What the board gives to every shot. Posting is for browsers without scripts; theirs save field by field."""
    if request.method == "POST":
        found = board_in(request, team_id, board_id)
        for name in DEFAULTS:
            if name in request.POST:
                value = parsed(name, request.POST[name])
                actions.save_field(found, name=name, value=value, base_version=None, by=request.user)
        return redirect(f"{reverse('board', args=[team_id, board_id])}?tab=board")
    sheet = sheet_in(request, team_id, board_id)
    if not wants_fragment(request):
        return redirect(f"{reverse('board', args=[team_id, board_id])}?tab=board")
    context = frame_of(sheet) | board_side(sheet) | {"side": "board"}
    return render(request, "boards/defaults.html", context)


@require_POST
@signed_in
def board_rename(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """For browsers without scripts; theirs save the name as every other field."""
    found = board_in(request, team_id, board_id)
    name = request.POST.get("name", "")
    actions.save_field(found, name="name", value=name, base_version=None, by=request.user)
    return redirect("board", team_id, board_id)


@require_POST
@signed_in
def board_presence(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """The browser says that somebody is here, and at which shot, or that they go; the answer is who is."""
    found = board_in(request, team_id, board_id, Role.VIEWER)
    if "left" in request.POST:
        actions.left(found, by=request.user)
        return HttpResponse(status=204)
    actions.seen(found, shot_id=request.POST.get("shot", ""), by=request.user)
    return render(request, f"{PAGE}#people", {"people": people_at(found, request.user)})


@require_safe
@signed_in
def board_steps(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    found = board_in(request, team_id, board_id, Role.VIEWER)
    return render(
        request, f"{PAGE}#steps", {"steps": queries.edit_state(found, request.user), "board": found, "team": found.team}
    )
