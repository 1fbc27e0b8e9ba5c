"""The team's queue: everything under way on all its boards; takes are cancelled, runs paused and resumed there."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from storyboard.boards.summary import dollars
from storyboard.errors import DomainError, Forbidden
from storyboard.live.queries import position
from storyboard.pages import toast
from storyboard.takes import office
from storyboard.takes.actions import cancelling, runs, switch
from storyboard.takes.models import Run
from storyboard.takes.office import A_PAGE, Film, Party, Show
from storyboard.takes.queries import run_for, take_for
from storyboard.takes.views.runs import Bar, bars
from storyboard.teams.access import reach
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Membership, Role
from storyboard.teams.queries import membership_for

PAGE = "takes/queue.html"
Act = Callable[..., Run]
# What to do, and what is said when it is done.
ACTS: dict[str, tuple[Act, str]] = {
    "pause": (runs.pause, "Paused. What a vendor has begun goes on; nothing more is sent."),
    "resume": (runs.resume, "Going on."),
    "cancel": (
        runs.cancel_run,
        "Cancelled. What a vendor has begun and does not cancel still comes, and is charged.",
    ),
}


@require_safe
@signed_in
def queue(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id)
    if wants_fragment(request):
        return render(request, f"{PAGE}#queue", shown(request, own))
    # Read before the rows: what changes in between is fetched again, not missed.
    return render(request, PAGE, {"position": position(own.team.channel)} | shown(request, own))


def shown(request: SignedInRequest, own: Membership) -> dict[str, Any]:
    crowd, show = office.crowd(own.team), show_of(request)
    page = Paginator(crowd.chosen(show, request.user), A_PAGE).get_page(request.GET.get("page"))
    rows = office.lines(list(page), crowd.takes, paused=switch.is_paused())
    return {
        "team": own.team,
        "forbidden": forbidden(own),
        "films": with_bars(office.films(rows)),
        "page": page,
        "show": show,
        "shows": [(each, label, len(crowd.chosen(each, request.user))) for each, label in SHOWS],
        "total": len(crowd.takes),
        "held": dollars(crowd.held),
        "query": query_of(show, page.number),
        "filter": query_of(show),
    }


SHOWS = [(Show.ALL, "All"), (Show.NEEDED, "Needs somebody"), (Show.MINE, "Mine")]


def show_of(request: SignedInRequest) -> Show:
    wanted = request.GET.get("show", "")
    return Show(wanted) if wanted in set(Show) else Show.ALL


def query_of(show: Show, page: int = 1) -> str:
    parts = {"show": show.value} if show else {}
    return urlencode(parts | ({"page": str(page)} if page > 1 else {}))


def forbidden(own: Membership) -> str:
    """Why this person may not stop anything here; empty when they may."""
    try:
        reach(own, Role.PRODUCER)
    except Forbidden as error:
        return error.message
    return ""


def with_bars(films: list[Film]) -> list[tuple[Film, list[tuple[Party, Bar | None]]]]:
    """Each run with its own bar, as its board shows it."""
    found = [party.run for film in films for party in film.parties if party.run]
    known = {bar.run.pk: bar for bar in bars(found)}
    return [
        (film, [(party, known.get(party.run.pk) if party.run else None) for party in film.parties]) for film in films
    ]


@require_POST
@signed_in
def queue_run(request: SignedInRequest, team_id: str, board_id: str, run_id: str) -> HttpResponse:
    """Pause, resume or cancel a run."""
    run = run_for(request.user, team_id, board_id, run_id, Role.PRODUCER)
    what = request.POST.get("what", "")
    if what not in ACTS:
        raise DomainError("Choose what to do with this render: pause it, let it go on, or cancel it.")
    act, said = ACTS[what]
    act(run, by=request.user)
    return told(request, team_id, said)


@require_POST
@signed_in
def queue_cancel(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id, Role.PRODUCER)
    return told(request, team_id, cancelling.said(runs.cancel_take(take, by=request.user)))


def told(request: SignedInRequest, team_id: str, sentence: str) -> HttpResponse:
    """The queue as it is now, under the filter that was chosen."""
    if wants_fragment(request):
        own = membership_for(request.user, team_id)
        return toast(render(request, f"{PAGE}#queue", shown(request, own)), sentence)
    messages.success(request, sentence)
    query = query_of(show_of(request))
    return redirect(reverse("queue", args=[team_id]) + (f"?{query}" if query else ""))
