"""The board's page and its parts as contexts: the strip, the sums above it, who is here, what can be undone.

Views of a board answer with these; access was checked when the sheet was loaded.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from storyboard.boards import queries
from storyboard.boards.asks import ask
from storyboard.boards.choices import merged
from storyboard.boards.forms import ChangeForm, Groups
from storyboard.boards.models import Board, Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.status import DRAFT
from storyboard.boards.summary import summary_of
from storyboard.boards.views.cells import Cell, Face, cell_of, groups_of
from storyboard.boards.views.load import shot_for_all
from storyboard.boards.views.side import board_side, offers, shot_side
from storyboard.boards.views.tour import stop_of
from storyboard.media.formats import ACCEPT
from storyboard.teams.decorators import SignedInRequest
from storyboard.teams.models import Role, User

VIEWS = ("strip", "list")


def frame_of(sheet: Sheet) -> dict[str, Any]:
    """What every part needs to know."""
    board = sheet.board
    editor = sheet.own.role >= Role.EDITOR
    return {
        "team": board.team,
        "board": board,
        "may_edit": editor and board.archived_at is None,
        "may_reopen": editor,
        "is_owner": sheet.own.role == Role.OWNER,
    }


def strip_of(sheet: Sheet) -> dict[str, Any]:
    frame = frame_of(sheet)
    stood = sheet.statuses()
    cells = [cell_of(one, stood.get(one.shot.pk, DRAFT), may_edit=frame["may_edit"]) for one in sheet.asks()]
    return frame | {"cells": cells, "groups": groups_of(cells)}


def face_for_all(board: int, shot_id: str) -> Face | None:
    """What the card of one shot shows to everybody; nothing when it was deleted."""
    sheet = shot_for_all(board, shot_id)
    return alone(sheet).face if sheet else None


def alone(sheet: Sheet) -> Cell:
    """The card of a sheet that has one shot; what hands on to another asks for its last frame."""
    (shot,) = sheet.shots
    handed_on = Shot.objects.filter(joint_from=shot, deleted_at=None).exists()
    asked = ask(shot, sheet.connections, handed_on=handed_on)
    sheet.asked = [asked]
    return cell_of(asked, sheet.statuses().get(shot.pk, DRAFT), may_edit=frame_of(sheet)["may_edit"])


def side_of(sheet: Sheet, cells: Iterable[Cell], shot_id: str = "", tab: str = "") -> dict[str, Any]:
    """The shot's inspector, else the board's; a shot that is gone is no reason to show no board."""
    cell = next((cell for cell in cells if cell.shot.public_id == shot_id), None)
    if cell and tab != "board":
        found = shot_side(sheet, cell, tab)
        # Its takes come from an app above this one, by themselves.
        return found | {"side": "takes"} if tab == "takes" else found
    return board_side(sheet) | {"side": "board" if tab == "board" else ""}


def board_page(
    request: SignedInRequest, sheet: Sheet, position: int, *, status: int = 200, **extra: Any
) -> HttpResponse:
    view = request.GET.get("view", request.COOKIES.get("board-view", ""))
    context = strip_of(sheet) | {"view": view if view in VIEWS else VIEWS[0], "position": position}
    context |= side_of(sheet, context["cells"], request.GET.get("shot", ""), request.GET.get("tab", ""))
    context |= sums_of(sheet) | {"people": people_at(sheet.board, request.user)}
    context |= {"steps": queries.edit_state(sheet.board, request.user), "accept": ACCEPT}
    context["stop"] = stop_of(sheet.board, request.user)
    context["change_form"] = ChangeForm().offer(models_of(sheet))
    return render(request, "boards/board.html", context | extra, status=status)


def models_of(sheet: Sheet) -> Groups:
    """Every model, by connection, for the dialog that changes many shots."""
    offered = offers(sheet, merged(sheet.board.settings))
    return [
        (str(each.connection), [(one.value, f"{each.connection} · {one.label}") for one in each.models])
        for each in offered
    ]


def sums_of(sheet: Sheet) -> dict[str, Any]:
    """What the film comes to, where its first problem is, and what of it is to be rendered."""
    sums, stood = summary_of(sheet), sheet.statuses()
    first = next((shot.public_id for shot in sheet.shots if shot.pk in sums.problems), "")
    wanted = [shot.public_id for shot in sheet.shots if stood.get(shot.pk, DRAFT).to_render]
    stale = [shot.public_id for shot in sheet.shots if stood.get(shot.pk, DRAFT).is_stale]
    to_render = summary_of(sheet, wanted)
    return {"sums": sums, "first_problem": first, "to_render": to_render, "stale": " ".join(stale)}


def people_at(board: Board, user: User) -> list[dict[str, Any]]:
    """Everybody who has the board open, the reader too, and at which shot."""
    found = []
    for one in queries.present(board):
        shot = one.shot if one.shot and one.shot.deleted_at is None else None
        said = f"{one.user}, at shot {shot.position}" if shot else str(one.user)
        found.append({"user": one.user, "shot": shot, "me": "yes" if one.user_id == user.pk else "", "said": said})
    return found
