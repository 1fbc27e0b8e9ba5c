"""The team's boards: find, make, duplicate, archive, delete and bring back."""

import zlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from storyboard.boards import actions, queries
from storyboard.boards.forms import SORTS, FindForm
from storyboard.boards.models import Board
from storyboard.boards.queries import Card
from storyboard.boards.views.load import board_in
from storyboard.errors import Missing
from storyboard.live.queries import position
from storyboard.media import links
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Membership, Role
from storyboard.teams.queries import membership_for, team_for
from storyboard.teams.views.teams import remember

PAGE = "boards/list.html"
A_PAGE = 48
PAINTS = 4
UNTITLED = "Untitled film"
SHELVES = [("", "Boards"), ("archive", "Archive"), ("deleted", "Deleted")]
ORDERS = {"name": ("name", "pk"), "made": ("-created_at", "-pk")}


@require_safe
@signed_in
def boards(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id)
    if wants_fragment(request):
        return render(request, f"{PAGE}#shelf", shelf(request, own))
    remember(request, own.team)
    # Read before the rows: what changes in between is fetched again, not missed.
    return render(request, PAGE, {"position": position(own.team.channel)} | shelf(request, own))


def shelf(request: SignedInRequest, own: Membership) -> dict[str, Any]:
    wanted = FindForm(request.GET)
    find = wanted.cleaned_data if wanted.is_valid() else {}
    page = Paginator(chosen(own, find), A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "team": own.team,
        "may_edit": own.role >= Role.EDITOR,
        "page": page,
        "cards": [pictured(card) for card in queries.cards(page.object_list)],
        "total": queries.boards_of(own.team).count(),
        "find": find,
        "filtered": bool(find.get("text") or find.get("shown")),
        "sorts": SORTS,
        "shelves": SHELVES,
        "query": query.urlencode(),
    }


def chosen(own: Membership, find: dict[str, str]) -> QuerySet[Board]:
    text, shown = find.get("text", ""), find.get("shown", "")
    if shown == "deleted":
        found = queries.deleted_boards_of(own.team)
        return found.filter(name__icontains=text) if text else found
    found = queries.boards_of(own.team, archived=shown == "archive", text=text)
    order = ORDERS.get(find.get("sort", ""))
    return found.order_by(*order) if order else found


def pictured(card: Card) -> dict[str, Any]:
    """The board's picture, or which of the painted ones stands in its place."""
    poster = links.to_small(card.poster) if card.poster and card.poster.small_key else ""
    paint = zlib.crc32(card.board.public_id.encode()) % PAINTS
    return {"board": card.board, "shots": card.shots, "seconds": card.seconds, "poster": poster, "paint": paint}


@require_POST
@signed_in
def boards_new(request: SignedInRequest, team_id: str) -> HttpResponse:
    """One press, and somebody can write: the name is a field of the board like every other."""
    team = team_for(request.user, team_id, Role.EDITOR)
    return opened(actions.create_board(team, name=UNTITLED, by=request.user))


@require_POST
@signed_in
def boards_sample(request: SignedInRequest, team_id: str) -> HttpResponse:
    team = team_for(request.user, team_id, Role.EDITOR)
    return opened(actions.create_sample(team, by=request.user))


@require_POST
@signed_in
def board_duplicate(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    return opened(actions.duplicate_board(board_in(request, team_id, board_id), by=request.user))


def opened(board: Board) -> HttpResponse:
    return redirect("board", board.team.public_id, board.public_id)


@require_POST
@signed_in
def board_archive(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = actions.archive(board_in(request, team_id, board_id), by=request.user)
    return shelved(request, board, f"{board.name} is in the archive.", "board_unarchive")


@require_POST
@signed_in
def board_unarchive(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = actions.reopen(board_in(request, team_id, board_id), by=request.user)
    return shelved(request, board, f"{board.name} is out of the archive.", "board_archive")


@require_POST
@signed_in
def board_delete(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = actions.delete_board(board_in(request, team_id, board_id), by=request.user)
    return shelved(request, board, f"{board.name} is deleted. It is kept for 30 days.", "board_restore")


@require_POST
@signed_in
def board_restore(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = actions.restore_board(deleted_or_not(request, team_id, board_id), by=request.user)
    return shelved(request, board, f"{board.name} is back.")


def deleted_or_not(request: SignedInRequest, team_id: str, board_id: str) -> Board:
    """Somebody else may have brought it back already: then it is there, which is all that was wanted."""
    try:
        return queries.board_for(request.user, team_id, board_id, Role.EDITOR, deleted=True)
    except Missing:
        return board_in(request, team_id, board_id)


def shelved(request: SignedInRequest, board: Board, sentence: str, back: str = "") -> HttpResponse:
    """The shelf as it is now, and a sentence with the way back."""
    team_id = board.team.public_id
    if not wants_fragment(request):
        messages.success(request, sentence)
        return redirect("boards", team_id)
    own = membership_for(request.user, team_id)
    html = render_to_string(f"{PAGE}#shelf", shelf(request, own), request)
    address = f"{reverse(back, args=[team_id, board.public_id])}?{request.GET.urlencode()}" if back else ""
    told = {"sentence": sentence, "address": address, "target": "#shelf"}
    return HttpResponse(html + render_to_string("boards/_told.html", told, request))
