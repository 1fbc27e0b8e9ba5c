"""The tour of a board: five notes, each beside what it speaks of. It stands in nobody's way, and goes when told to."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from storyboard.boards import actions, queries
from storyboard.boards.models import Board
from storyboard.boards.views.load import board_in
from storyboard.errors import DomainError
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role, User


class Note(NamedTuple):
    """`near`: selectors of what it stands beside, the first that is on the page."""

    title: str
    text: str
    near: str


NOTES = (
    Note(
        "A film is a row of shots",
        "Press a card to write in it. The sign before it is its joint: this shot opens on the very frame that the one "
        "before it ended on.",
        ".cell[data-number='2'] .joint, .cell .joint",
    ),
    Note(
        "The price first, then one press",
        "Render shows the shots in order, what each costs and when they are done. Nothing is sent before you say yes. "
        "The sandbox takes play money.",
        "#render-all",
    ),
    Note(
        "Watch it happen, or leave",
        "Every card says how far it is, by itself and in every open browser. Shots that open on another wait for it; "
        "the others go side by side.",
        "#runs .run, .cell .shot",
    ),
    Note(
        "You decide what goes on",
        "A shot can ask for a yes, as shot 4 of the sample does: open its takes, look, and press Approve. Whatever "
        "follows it waits, and costs nothing until then.",
        "#approve-take, .cell[data-number='4'] .shot, .cell .shot",
    ),
    Note(
        "Play the cut",
        "Down here the selected takes run one after the other, without a gap. The space bar plays and stops.",
        "#cut",
    ),
)


class Stop(NamedTuple):
    """A note as the page shows it; before the first and after the last there is none."""

    note: Note
    step: int
    before: int | None
    after: int | None
    of: int = len(NOTES)


def stop(step: int) -> Stop:
    return Stop(NOTES[step - 1], step, step - 1 or None, step + 1 if step < len(NOTES) else None)


def stop_of(board: Board, user: User) -> Stop | None:
    """Where this person is in the tour, if they are shown around on this board."""
    tour = queries.tour_on(board, user)
    return stop(min(max(tour.step, 1), len(NOTES))) if tour else None


@require_POST
@signed_in
def board_tour(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """To a step, from the beginning, or out of it: 0."""
    board = board_in(request, team_id, board_id, Role.VIEWER)
    sent = request.POST.get("step", "")
    if sent not in {str(step) for step in range(len(NOTES) + 1)}:
        raise DomainError(f"The tour has {len(NOTES)} steps. Choose one of them.")
    if step := int(sent):
        actions.show_tour(board, step=step, by=request.user)
    else:
        actions.end_tour(by=request.user)
    if not wants_fragment(request):
        return redirect("board", team_id, board_id)
    return render(
        request, "boards/_tour.html", {"team": board.team, "board": board, "stop": stop(step) if step else None}
    )
