"""The takes of a shot, beside the board: which there are, the one that is looked at, and its receipt.

A fragment of the inspector for htmx, a page of its own for everybody else.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.boards.queries import Sheet
from storyboard.boards.status import Status
from storyboard.boards.views.load import shot_alone
from storyboard.boards.views.page import alone, frame_of
from storyboard.errors import Missing
from storyboard.takes import cards
from storyboard.takes.actions.decisions import is_early
from storyboard.takes.actions.results import is_stuck
from storyboard.takes.measured import usual
from storyboard.takes.models import FINAL, State, Take
from storyboard.takes.queries import SHOT_GONE
from storyboard.takes.reuse import plan
from storyboard.takes.views.receipt import receipt
from storyboard.takes.waits import around
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role

PAGE = "takes/shelf.html"
# What is collected is selected in the same step; nobody is as quick.
BY_ITSELF = timedelta(seconds=1)
OVER = {
    State.DONE: Status("done", "Done", "done"),
    State.FAILED: Status("failed", "Failed", "fail"),
    State.CANCELLED: Status("wait", "Cancelled"),
}


class Shelved(NamedTuple):
    """A take among the others of its shot."""

    take: Take
    status: Status
    price: str
    is_open: bool


class Deleted(NamedTuple):
    """A take that was put away, and can be brought back."""

    take: Take
    poster: str
    price: str


@require_safe
@signed_in
def takes(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    sheet = shot_alone(request, team_id, board_id, shot_id)
    return about(request, PAGE, sheet, lambda sheet: context_of(sheet, request.GET.get("take", "")))


def shelf(request: SignedInRequest, sheet: Sheet, take_id: str = "") -> HttpResponse:
    return about(request, PAGE, sheet, lambda sheet: context_of(sheet, take_id))


def about(
    request: SignedInRequest, page: str, sheet: Sheet | None, context: Callable[[Sheet], dict[str, Any]]
) -> HttpResponse:
    """A page about one shot, or its part, which is called like the page; nothing where the shot is gone."""
    if sheet is None:
        return HttpResponse(status=204)
    return render(request, f"{page}#{PurePath(page).stem}" if wants_fragment(request) else page, context(sheet))


def context_of(sheet: Sheet, take_id: str = "") -> dict[str, Any]:
    (shot,) = sheet.shots
    cell = alone(sheet)
    found = list(
        Take.objects.filter(shot=shot, deleted_at=None)
        .select_related("clip", "last_frame", "hand_off_frame", "tail", "connection", "moved_from", "by", "approved_by")
        .select_related("run", "follows", "upstream__shot", "shot")
        .order_by("-number")
    )
    for take in found:
        take.shot = shot
    rows = shelved(sheet, found, take_id)
    opened = next((row for row in rows if row.is_open), None)
    role = sheet.own.role
    return (
        frame_of(sheet)
        | rejection(rows)
        | {
            "shot": shot,
            "cell": cell,
            "tab": "takes",
            "rows": rows,
            "deleted": deleted_of(sheet),
            "open": opened,
            "receipt": receipt(opened.take) if opened else None,
            "may_review": role >= Role.REVIEWER and sheet.board.archived_at is None,
            "may_spend": role >= Role.PRODUCER and sheet.board.archived_at is None,
            "can_cancel": opened is not None and can_cancel(opened.take),
            "is_stuck": opened is not None and is_stuck(opened.take),
            "is_undecided": opened is not None and (opened.take.state == State.UNDECIDED or is_early(opened.take)),
            "is_over": opened is not None and opened.take.state in FINAL,
            "other": other_than(opened, rows),
            "took_its_place": opened is not None and took_its_place(opened.take, found),
            "reuse": plan(opened.take, cell.ask, sheet.connections) if opened and role >= Role.EDITOR else None,
        }
    )


def took_its_place(take: Take, found: Sequence[Take]) -> bool:
    """It is selected because it is the newest, and nobody said so: what people ask themselves when they see it."""
    if not take.is_selected or take.approved_at or take.selected_at is None or take.finished_at is None:
        return False
    older = any(one.state == State.DONE and one.number < take.number for one in found)
    return older and take.run is not None and abs(take.selected_at - take.finished_at) < BY_ITSELF


def rejection(rows: Sequence[Shelved]) -> dict[str, Any]:
    """The selected take where it was rejected, and the newest that could stand in its place."""
    rejected = next((row.take for row in rows if row.take.is_selected and row.take.rejected_at), None)
    others = [row.take for row in rows if row.take.state == State.DONE and not row.take.rejected_at]
    return {"rejected": rejected, "instead": others[0] if rejected and others else None}


def deleted_of(sheet: Sheet) -> list[Deleted]:
    """The one that was deleted last comes first."""
    (shot,) = sheet.shots
    found = Take.objects.filter(shot=shot).exclude(deleted_at=None).order_by("-deleted_at", "-pk")
    seen = cards.Seen(sheet.board)
    return [
        Deleted(take, cards.poster(take, seen), price(take))
        for take in found.select_related("clip", "deleted_by").defer("asked", "request")
    ]


def other_than(opened: Shelved | None, rows: Sequence[Shelved]) -> Take | None:
    """What the open take is compared with: the selected one, else the newest that has a clip."""
    if opened is None or opened.take.clip is None:
        return None
    others = [row.take for row in rows if row.take.clip and row is not opened]
    return next((take for take in others if take.is_selected), others[0] if others else None)


def can_cancel(take: Take) -> bool:
    """Before it is sent always; afterwards where the vendor cancels."""
    if take.state in {State.WAITING, State.QUEUED}:
        return True
    return take.state == State.RUNNING and take.connection is not None and take.connection.about.can_cancel


def shelved(sheet: Sheet, found: Sequence[Take], take_id: str) -> list[Shelved]:
    """The one that was asked for is open; else one that needs somebody, the selected one, the newest."""
    waiting = [take for take in found if take.state == State.WAITING]
    timed = [take for take in found if take.state == State.RUNNING and take.progress is None]
    seen = cards.Seen(sheet.board, around(waiting), usual(timed))
    by_id = {take.public_id: take for take in found}
    undecided = next((take for take in found if take.state == State.UNDECIDED), None)
    chosen = next((take for take in found if take.is_selected), None)
    current = by_id.get(take_id) or undecided or chosen or (found[0] if found else None)
    return [Shelved(take, status(take, seen), price(take), take is current) for take in found]


def status(take: Take, seen: cards.Seen) -> Status:
    state = State(take.state)
    if state not in FINAL:
        return cards.under_way(take, seen)
    own = OVER[state]._replace(detail=take.sentence, poster=cards.poster(take, seen))
    if take.approved_at:
        return own._replace(word="Approved", detail=take.note or take.sentence)
    return own._replace(word="Rejected", dot="fail", detail=take.note or take.sentence) if take.rejected_at else own


def price(take: Take) -> str:
    if take.charge_micro_usd is not None:
        return cards.paid(take)
    return "" if take.state in FINAL else cards.held(take)


def alone_of(request: SignedInRequest, take: Take) -> Sheet:
    """The take's shot by itself, after something was done to it."""
    board = take.shot.board
    sheet = shot_alone(request, board.team.public_id, board.public_id, take.shot.public_id)
    if sheet is None:
        raise Missing(SHOT_GONE)
    return sheet
