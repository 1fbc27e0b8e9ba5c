"""Boards that come with their media: a ZIP is announced and sent as every upload, shown, and then imported.

The doors for sending are the library's (media.views.uploads), under this app's address.
"""

from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from storyboard.boards import actions, queries
from storyboard.boards.bringing import Coming, foreseen
from storyboard.boards.changes import END, Spot
from storyboard.boards.forms import PlaceForm, TitleForm
from storyboard.boards.models import Board, Import, Joint
from storyboard.boards.views.load import board_in
from storyboard.errors import DomainError
from storyboard.media.actions.uploads import Announced
from storyboard.media.forms import StartForm, sentence_of
from storyboard.media.models import Upload
from storyboard.media.views.uploads import as_json
from storyboard.teams.decorators import SignedInRequest, in_json, signed_in, wants_fragment
from storyboard.teams.models import Role, Team, User
from storyboard.teams.queries import team_for


@require_POST
@signed_in
@in_json
def zip_start(request: SignedInRequest, team_id: str) -> HttpResponse:
    """For each announced ZIP its id and how to send it, or the sentence why not: as the upload script knows it."""
    team = team_for(request.user, team_id, Role.EDITOR)
    form = StartForm(request.POST)
    if not form.is_valid():
        raise DomainError(sentence_of(form))
    return JsonResponse({"files": [started(team, request, file) for file in form.cleaned_data["named"]]})


def started(team: Team, request: SignedInRequest, file: Announced) -> dict[str, object]:
    try:
        return as_json(actions.start_import(team, file=file, by=request.user).upload)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        return as_json(error.message)


@dataclass(frozen=True, slots=True)
class Row:
    """One ZIP of the list, and what adding it to the board of the page would mean."""

    one: Import
    foreseen: list[str]


def rows_of(team: Team, user: User, board: Board | None, form: PlaceForm | None = None) -> list[Row]:
    """Those of this person that are on their way or ended today."""
    return [Row(one, meaning(one, board, form, user)) for one in queries.imports_of(team, user)]


def meaning(one: Import, board: Board | None, form: PlaceForm | None, user: User) -> list[str]:
    if board is None or one.stage != Import.Stage.SHOWN or one.upload.state != Upload.State.CHECKING:
        return []
    try:
        spot = spot_of(board, form)
    except DomainError as error:
        return [error.message]
    opens = one.shown["opens"]
    return foreseen(board, Coming(one.shown["shots"], Joint(opens["joint"]), opens["follows"]), spot, user)


def spot_of(board: Board, form: PlaceForm | None) -> Spot:
    if form is None:
        return END
    if not form.is_valid():
        raise DomainError(sentence_of(form))
    return form.spot(board)


@require_safe
@signed_in
def zips(request: SignedInRequest, team_id: str) -> HttpResponse:
    """The list; `board` and `place`: where they would be added."""
    team = team_for(request.user, team_id, Role.EDITOR)
    board_id = request.GET.get("board", "")
    return listed(request, team, board_in(request, team_id, board_id) if board_id else None)


def listed(request: SignedInRequest, team: Team, board: Board | None) -> HttpResponse:
    if not wants_fragment(request) and board:
        return redirect("board_import", team.public_id, board.public_id)
    if not wants_fragment(request):
        return redirect("boards_import", team.public_id)
    rows = rows_of(team, request.user, board, PlaceForm(request.GET))
    context = {"team": team, "board": board, "brought": rows, "place": request.GET.get("place", "")}
    return render(request, "boards/import.html#brought", context)


@require_POST
@signed_in
def zip_take(request: SignedInRequest, team_id: str, zip_id: str) -> HttpResponse:
    """Somebody has seen what is in it and wants it: as a board, or on the board that is named."""
    found = queries.import_for(request.user, team_id, zip_id)
    board_id = request.POST.get("board", "")
    board = board_in(request, team_id, board_id) if board_id else None
    take(request, found, board)
    return listed(request, found.upload.team, board)


def take(request: SignedInRequest, found: Import, board: Board | None) -> None:
    if board:
        actions.take_import(found, into=board, at=spot_of(board, PlaceForm(request.POST)), by=request.user)
        return
    form = TitleForm(request.POST)
    if not form.is_valid():
        raise DomainError(sentence_of(form))
    actions.take_import(found, name=form.cleaned_data["name"], by=request.user)
