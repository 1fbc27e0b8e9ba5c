"""One field saved by itself, for the script that saves while somebody types; it answers in JSON.

{"version": 4, "remark": "", "topics": ["shot-…"]} when it is kept; with "theirs" and "by" when somebody else was
quicker, and then nothing was written; {"problem": sentence} when it cannot be kept.
"""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from storyboard.boards import actions
from storyboard.boards.actions import Clash, Saved
from storyboard.boards.choices import model_for
from storyboard.boards.fields import is_id
from storyboard.boards.models import Board, Scene, Shot
from storyboard.boards.views.load import board_in, scene_in, shot_in
from storyboard.boards.views.values import TEXTS, as_sent, in_words, micro, model_pair, parsed, version
from storyboard.connections.queries import usable
from storyboard.teams.decorators import SignedInRequest, in_json, signed_in
from storyboard.teams.models import Role


@require_POST
@signed_in
@in_json
def shot_save(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    shot = shot_in(request, team_id, board_id, shot_id)
    name = request.POST.get("field", "")
    if name == "model":
        return saved_model(request, shot, [shot.topic])
    return saved(request, shot, [shot.topic, *(["order"] if name == "joint" else [])])


@require_POST
@signed_in
@in_json
def board_save(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    if request.POST.get("field") == "model":
        return saved_model(request, board, ["board"])
    return saved(request, board, ["board"])


@require_POST
@signed_in
@in_json
def board_budget(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """Owners only: a budget is the team's money, and no part of the film that editors undo and redo."""
    board = board_in(request, team_id, board_id, Role.OWNER)
    amount, base = micro(request.POST.get("value", "")), version(request.POST.get("base", ""))
    return answer(actions.set_budget(board, micro_usd=amount, base_version=base, by=request.user), ["board"])


@require_POST
@signed_in
@in_json
def scene_save(request: SignedInRequest, team_id: str, board_id: str, scene_id: str) -> HttpResponse:
    return saved(request, scene_in(request, team_id, board_id, scene_id), ["order"])


def saved(request: SignedInRequest, row: Board | Scene | Shot, topics: list[str]) -> JsonResponse:
    name, text = request.POST.get("field", ""), request.POST.get("value", "")
    base = version(request.POST.get("base", ""))
    outcome = actions.save_field(row, name=name, value=parsed(name, text), base_version=base, by=request.user)
    return answer(outcome, topics)


def saved_model(request: SignedInRequest, row: Board | Shot, topics: list[str]) -> JsonResponse:
    """Both halves are the row's own, so that another connection of the board leaves no odd pair behind."""
    pair, base = model_pair(request.POST.get("value", "")), version(request.POST.get("base", ""))
    return answer(actions.save_model(row, **pair, base_version=base, by=request.user), topics)


def answer(outcome: Saved | Clash, topics: list[str]) -> JsonResponse:
    if isinstance(outcome, Clash):
        return met(outcome, topics)
    said = {"version": outcome.version, "field": outcome.field, "topics": topics, "remark": remark_of(outcome)}
    return JsonResponse(said)


def remark_of(outcome: Saved) -> str:
    return " ".join([outcome.sentence, *(each.sentence for each in outcome.consequences)]).strip()


def said_of(clash: Clash) -> str:
    """What they chose, for a person: a model by its name."""
    if not isinstance(clash.theirs, dict):
        return in_words(clash.field, clash.theirs)
    connection, model = clash.theirs.values()
    team = clash.row.team if isinstance(clash.row, Board) else clash.row.board.team
    found = usable(team).filter(public_id=connection).first() if is_id(connection) else None
    known = model_for(found, str(model))
    return f"{known.label} at {found}" if known else in_words("model", model)


def met(clash: Clash, topics: list[str]) -> JsonResponse:
    """Both are shown to choose from; the next save says this version."""
    return JsonResponse(
        {
            "version": clash.version,
            "field": clash.field,
            "theirs": as_sent(clash.field, clash.theirs),
            "said": said_of(clash),
            "by": str(clash.by or ""),
            "text": clash.field in TEXTS,
            "topics": topics,
        }
    )
