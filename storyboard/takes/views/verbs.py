"""What people do to one take: select, approve, reject, keep, delete and bring back, cancel, decide.

Each answers with the shelf as it is now for htmx, and leads back to the board for everybody else.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from storyboard.errors import DomainError
from storyboard.pages import toast
from storyboard.takes.actions import cancelling, choosing, decisions, runs
from storyboard.takes.models import Take
from storyboard.takes.queries import take_for
from storyboard.takes.views.render import opened
from storyboard.takes.views.shelf import PAGE, alone_of, context_of, shelf
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role, User


def told(request: SignedInRequest, take: Take, sentence: str, *, show: str = "") -> HttpResponse:
    """The shelf of the take's shot, open at `show`, and a sentence."""
    if not wants_fragment(request):
        messages.success(request, sentence)
        return redirect(compare_at(request, take) or board_at(take))
    return toast(shelf(request, alone_of(request, take), show), sentence)


def board_at(take: Take) -> str:
    board = take.shot.board
    return f"{reverse('board', args=[board.team.public_id, board.public_id])}?shot={take.shot.public_id}&tab=takes"


def compare_at(request: SignedInRequest, take: Take) -> str:
    """Back to the two that it was chosen from."""
    beside = {name: request.POST.get(name, "") for name in ("a", "b")}
    if not all(beside.values()):
        return ""
    board, shot = take.shot.board, take.shot
    address = reverse("takes_compare", args=[board.team.public_id, board.public_id, shot.public_id])
    return f"{address}?{urlencode(beside)}"


@require_POST
@signed_in
def take_select(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.EDITOR)
    choosing.select(take, by=request.user)
    said = f"Take {take.number} is selected. Shots that follow open on it from now on."
    return told(request, take, said, show=take_id)


@require_POST
@signed_in
def take_approve(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.REVIEWER)
    choosing.approve(take, note=request.POST.get("note"), by=request.user)
    return told(request, take, f"Take {take.number} is approved.", show=take_id)


@require_POST
@signed_in
def take_reject(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    """It stays selected; the toast offers another one to whoever may select it."""
    take = take_for(request.user, team_id, board_id, take_id, Role.REVIEWER)
    done = choosing.reject(take, note=request.POST.get("note", ""), by=request.user)
    said = f"Take {take.number} is rejected. Your note stands beside it."
    if not (done.is_selected and wants_fragment(request)):
        return told(request, take, said, show=take_id)
    context = context_of(alone_of(request, take), take_id)
    other = context["instead"] if context["may_edit"] else None
    if other is None:
        return toast(render(request, f"{PAGE}#shelf", context), said)
    at = reverse("take_select", args=[team_id, board_id, other.public_id])
    offer = {"sentence": f"{said} It is still selected.", "address": at, "label": f"Select take {other.number}"}
    return with_offer(request, context, offer)


@require_POST
@signed_in
def take_keep(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.EDITOR)
    choosing.keep(take, by=request.user)
    return told(request, take, "Kept as it is, up to the next change of the shot.", show=take_id)


@require_POST
@signed_in
def take_cancel(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.PRODUCER)
    return told(request, take, cancelling.said(runs.cancel_take(take, by=request.user)), show=take_id)


@require_POST
@signed_in
def take_delete(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    """The toast brings it back."""
    take = take_for(request.user, team_id, board_id, take_id, Role.EDITOR)
    choosing.delete(take, by=request.user)
    sentence = f"Take {take.number} is deleted."
    if not wants_fragment(request):
        messages.success(request, sentence)
        return redirect(board_at(take))
    again = reverse("take_restore", args=[team_id, board_id, take_id])
    return with_offer(request, context_of(alone_of(request, take)), {"sentence": sentence, "address": again})


def with_offer(request: SignedInRequest, context: dict[str, Any], offer: dict[str, str]) -> HttpResponse:
    """The shelf, and a toast with a button: Undo, unless the offer has a label of its own."""
    html = render_to_string(f"{PAGE}#shelf", context, request)
    return HttpResponse(html + render_to_string("boards/_told.html", offer | {"target": "#inspector"}, request))


@require_POST
@signed_in
def take_restore(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.EDITOR, deleted=True)
    choosing.restore(take, by=request.user)
    return told(request, take, f"Take {take.number} is back.", show=take_id)


@require_POST
@signed_in
def take_decide(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    """What a person found at the vendor: its task, that nothing was charged, or that nobody will know."""
    take = take_for(request.user, team_id, board_id, take_id, Role.PRODUCER)
    what, by = request.POST.get("what", ""), request.user
    if what == "task":
        decisions.paste_task_id(take, remote_id=request.POST.get("task", ""), by=by)
        return told(request, take, "The vendor is being asked about this task.", show=take_id)
    if what == "free":
        return retried(request, take, by)
    if what != "lost":
        raise DomainError("Choose what you found: the task, that it was not charged, or to give up.")
    decisions.give_up(take, by=by)
    return told(request, take, "Given up. It counts as charged.", show=take_id)


def retried(request: SignedInRequest, take: Take, by: User) -> HttpResponse:
    """Its money is free again; rendering anew is a new price to say yes to."""
    shot = decisions.not_charged(take, by=by)
    if wants_fragment(request):
        return opened(shelf(request, alone_of(request, take)), shot.public_id)
    messages.success(request, "The money is free again. Look at the plan and render once more.")
    board = take.shot.board
    return redirect(f"{reverse('board_render', args=[board.team.public_id, board.public_id])}?shot={shot.public_id}")
