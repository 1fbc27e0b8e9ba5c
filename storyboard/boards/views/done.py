"""How views answer once a board was changed: the strip as it is now, the inspector, and a sentence with Undo.

And how they ask first, when a change would leave joints different from what somebody may think.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from storyboard.boards import queries
from storyboard.boards.consequences import Consequence
from storyboard.boards.models import Board
from storyboard.boards.views.page import side_of, strip_of
from storyboard.teams.decorators import SignedInRequest, wants_fragment

SURE = "sure"
PAGE = "boards/board.html"


def changed(
    request: SignedInRequest, board: Board, sentence: str, *, shot_id: str = "", focus: str = "", undo: bool = True
) -> HttpResponse:
    """`shot_id` is opened beside the strip; `focus`: the field to write in, or the card's shot."""
    address = reverse("board", args=[board.team.public_id, board.public_id])
    if not wants_fragment(request):
        messages.success(request, sentence)
        return redirect(f"{address}?shot={shot_id}" if shot_id else address)
    sheet = queries.sheet_for(request.user, board.team.public_id, board.public_id)
    context = strip_of(sheet) | {"sentence": sentence, "address": "undo/" if undo else "", "target": "#strip"}
    html: str = render_to_string(f"{PAGE}#strip", context, request)
    if shot_id:
        context |= side_of(sheet, context["cells"], shot_id)
        html += render_to_string("boards/_side.html", context, request)
    context |= {"steps": queries.edit_state(board, request.user), "out_of_band": True}
    html += render_to_string(f"{PAGE}#steps", context, request)
    html += render_to_string("boards/_told.html", context, request) if sentence else ""
    response = HttpResponse(html)
    response.headers["HX-Trigger"] = json.dumps({"changed": {}, "went": {"shot": shot_id, "focus": focus}})
    if shot_id:
        response.headers["HX-Push-Url"] = f"{address}?shot={shot_id}"
    return response


def told(sentence: str, consequences: Sequence[Consequence]) -> str:
    """What was done, and what it means for joints."""
    return "\n".join([sentence, *(each.sentence for each in consequences)])


def ask_first(
    request: SignedInRequest, board: Board, question: str, consequences: Sequence[Consequence]
) -> HttpResponse:
    """The same form again, with what would change: as a dialog for htmx, as a page for everybody else."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context: dict[str, Any] = {
        "team": board.team,
        "board": board,
        "question": question,
        # The button says what it does: Delete, Move, Merge, Split.
        "verb": question.partition(" ")[0],
        "consequences": consequences,
        "sent": [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"],
        "address": request.path,
    }
    if not wants_fragment(request):
        return render(request, "boards/ask.html", context)
    response = render(request, "boards/ask.html#ask", context)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#ask", "innerHTML"
    return response


def is_sure(request: SignedInRequest) -> bool:
    return SURE in request.POST
