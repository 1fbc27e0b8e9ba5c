"""The cut, to be played: the footer below a board, and a page of its own, where it is a list of clips without scripts.

The footer is fetched again after each change; scripts then read what it says anew.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.boards.models import channel_of
from storyboard.boards.views.load import sheet_in
from storyboard.live.queries import position
from storyboard.takes.cut import cut_of
from storyboard.takes.drift import drifts
from storyboard.takes.queries import standing_of
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment

PAGE = "takes/cut.html"


@require_safe
@signed_in
def board_cut(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    after = position(channel_of(board_id))
    sheet = sheet_in(request, team_id, board_id)
    stands = standing_of(sheet.shots)
    selected = {key: one.selected for key, one in stands.items() if one.selected}
    steps = {key: f"{one.step.figure:.1f}" for key, one in drifts(sheet.shots, selected).items()}
    context = {
        "team": sheet.board.team,
        "board": sheet.board,
        "cut": cut_of(sheet.shots, stands, steps),
        "position": after,
    }
    return render(request, f"{PAGE}#footer" if wants_fragment(request) else PAGE, context)
