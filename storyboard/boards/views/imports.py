"""A film from a file or from pasted words: a look at what would come of it, the columns of a table matched, then done.

It becomes a new board, or goes among the shots of one that is there. The preview is a part of the page; the browser
sends the same file again with the final press, so nothing is kept of a file that nobody imports. For ZIPs see zips.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.boards import actions
from storyboard.boards.bringing import Stored, coming, foreseen
from storyboard.boards.formats import bundle, fountain, table, text
from storyboard.boards.formats.draft import DraftBoard, Unusable
from storyboard.boards.formats.fields import LABELS
from storyboard.boards.formats.kinds import kind_of
from storyboard.boards.formats.limits import filled
from storyboard.boards.formats.table import Table
from storyboard.boards.forms import AddForm, ImportForm, PlaceForm
from storyboard.boards.models import Board
from storyboard.boards.views.load import board_in
from storyboard.boards.views.zips import rows_of
from storyboard.errors import DomainError
from storyboard.live.queries import position
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

SHOWN = 12


@dataclass
class Read:
    """What a file holds, and in words what of it was not understood."""

    draft: DraftBoard
    remarks: list[str] = field(default_factory=list)
    # Only of a table.
    table: Table | None = None
    columns: list[tuple[str, list[str], str]] = field(default_factory=list)

    @property
    def first(self) -> list[Any]:
        return self.draft.shots[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.draft.shots) - SHOWN)


def plain(read: Callable[..., DraftBoard]) -> Callable[[bytes, ImportForm], Read]:
    return lambda data, form: Read(filled(read(data, form.cleaned_data["encoding"])))


def from_table(data: bytes, form: ImportForm) -> Read:
    found = table.columns(data, encoding=form.cleaned_data["encoding"])
    mapping = form.mapping(len(found.headers)) if form.cleaned_data["matched"] else found.guess
    draft, remarks = table.read(found, mapping)
    samples = [[row[at] for row in found.sample] for at in range(len(found.headers))]
    chosen = [mapping[at].value if at in mapping else "" for at in range(len(found.headers))]
    return Read(draft, [str(one) for one in remarks], found, list(zip(found.headers, samples, chosen, strict=True)))


READERS: dict[str, Callable[[bytes, ImportForm], Read]] = {
    "text": plain(text.read),
    "screenplay": plain(fountain.read),
    "table": from_table,
    "bundle": lambda data, form: Read(bundle.read(data)),
}


def read(form: ImportForm) -> Read:
    data, name = form.source()
    return READERS[form.cleaned_data["kind"] or kind_of(name, data)](data, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def boards_import(request: SignedInRequest, team_id: str) -> HttpResponse:
    team = team_for(request.user, team_id, Role.EDITOR)
    if request.method != "POST":
        return import_page(request, team, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    stored = made(form, lambda found: new_board(request, team, form, found))
    return done(request, stored) if stored else import_page(request, team, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def board_import(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """The same for a board that is there."""
    board = board_in(request, team_id, board_id)
    if request.method != "POST":
        return import_page(request, board.team, AddForm(), board=board)
    form = AddForm(request.POST, request.FILES)

    def add(found: Read) -> Stored:
        return actions.extend(board, draft=found.draft, at=form.spot(board), by=request.user)

    stored = made(form, add)
    return done(request, stored) if stored else import_page(request, board.team, form, board=board, status=422)


def new_board(request: SignedInRequest, team: Team, form: ImportForm, found: Read) -> Stored:
    found.draft.name = form.cleaned_data["name"] or found.draft.name
    return actions.store(team, draft=found.draft, name=form.title(), by=request.user)


def made(form: ImportForm, keep: Callable[[Read], Stored]) -> Stored | None:
    """What came of the file; None when the form says why nothing did."""
    if not form.is_valid():
        return None
    try:
        found = read(form)
        filled(found.draft)
        return keep(found)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        form.add_error(None, error.message)
        return None


def done(request: SignedInRequest, stored: Stored) -> HttpResponse:
    messages.success(request, f"{stored.count} shot{'' if stored.count == 1 else 's'} imported.")
    for remark in (stored.sentences + stored.remarks)[:3]:
        messages.info(request, remark)
    return redirect("board", stored.board.team.public_id, stored.board.public_id)


@require_POST
@signed_in
def boards_preview(request: SignedInRequest, team_id: str) -> HttpResponse:
    """What would come of it; asked anew whenever the file, the words or a column's meaning changes."""
    team_for(request.user, team_id, Role.EDITOR)
    return preview(request, ImportForm(request.POST, request.FILES))


@require_POST
@signed_in
def board_import_preview(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """The same, with what it would mean for the joints of the board."""
    board = board_in(request, team_id, board_id)
    return preview(request, AddForm(request.POST, request.FILES), board)


def preview(request: SignedInRequest, form: ImportForm, board: Board | None = None) -> HttpResponse:
    context: dict[str, Any] = {"fields": [("", "Leave out"), *LABELS.items()]}
    try:
        if form.is_valid():
            context["read"] = found = read(form)
            if board and isinstance(form, PlaceForm):
                context["foreseen"] = foreseen(board, coming(found.draft), form.spot(board), request.user)
        elif form.files or form.data.get("text"):
            context["problem"] = " ".join(str(error) for errors in form.errors.values() for error in errors)
    except (Unusable, DomainError) as error:
        context["problem"] = error.message
    return render(request, "boards/import.html#preview", context)


def import_page(
    request: SignedInRequest, team: Team, form: ImportForm, *, board: Board | None = None, status: int = 200
) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    after = position(team.channel)
    name, ids = ("board_import", [team.public_id, board.public_id]) if board else ("boards_import", [team.public_id])
    context = {
        "team": team,
        "board": board,
        "form": form,
        "address": reverse(name, args=ids),
        "position": after,
        "brought": rows_of(team, request.user, board),
    }
    return render(request, "boards/import.html", context, status=status)
