"""One field saved by itself, for the script that saves while somebody types; it answers in JSON.

{"version": 4, "remark": "", "topics": ["shot-…"]} when it is kept; with "theirs" and "by" when somebody else was
quicker, and then nothing was written; {"problem": sentence} when it cannot be kept.
"""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from storyboard.boards import actions
from storyboard.boards.actions import Clash, Saved
from storyboard.boards.choices import merged
from storyboard.boards.models import Board, Scene, Shot
from storyboard.boards.views.load import board_in, in_json, scene_in, shot_in
from storyboard.boards.views.values import TEXTS, as_sent, in_words, model_pair, parsed, version
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import User


@require_POST
@signed_in
@in_json
def shot_save(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    shot = shot_in(request, team_id, board_id, shot_id)
    name = request.POST.get("field", "")
    if name == "model":
        return kept(save_model(shot, request.POST.get("value", ""), request.user), "model", [shot.topic])
    return saved(request, shot, [shot.topic, *(["order"] if name == "joint" else [])])


@require_POST
@signed_in
@in_json
def board_save(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    if request.POST.get("field") == "model":
        return kept(save_default(board, request.POST.get("value", ""), request.user), "model", ["board"])
    return saved(request, board, ["board"])


@require_POST
@signed_in
@in_json
def scene_save(request: SignedInRequest, team_id: str, board_id: str, scene_id: str) -> HttpResponse:
    return saved(request, scene_in(request, team_id, board_id, scene_id), ["order"])


def saved(request: SignedInRequest, row: Board | Scene | Shot, topics: list[str]) -> JsonResponse:
    name, text = request.POST.get("field", ""), request.POST.get("value", "")
    base = version(request.POST.get("base", ""))
    outcome = actions.save_field(row, name=name, value=parsed(name, text), base_version=base, by=request.user)
    if isinstance(outcome, Clash):
        return met(outcome, topics)
    return kept(outcome.version, name, topics, remark=remark_of(outcome))


def kept(number: int, name: str, topics: list[str], *, remark: str = "") -> JsonResponse:
    return JsonResponse({"version": number, "field": name, "topics": topics, "remark": remark})


def remark_of(outcome: Saved) -> str:
    return " ".join([outcome.sentence, *(each.sentence for each in outcome.consequences)]).strip()


def met(clash: Clash, topics: list[str]) -> JsonResponse:
    """Both are shown to choose from; the next save says this version."""
    return JsonResponse(
        {
            "version": clash.version,
            "field": clash.field,
            "theirs": as_sent(clash.theirs),
            "said": in_words(clash.field, clash.theirs),
            "by": str(clash.by or ""),
            "text": clash.field in TEXTS,
            "topics": topics,
        }
    )


def save_model(shot: Shot, text: str, by: User) -> int:
    """Both halves are the shot's own, so that another connection of the board leaves no odd pair behind."""
    done = actions.bulk_change(shot.board, ids=[shot.public_id], values=model_pair(text), by=by)
    versions: dict[str, int] = done.shots[0].versions if done.shots else shot.versions
    return versions.get("model", 0)


def save_default(board: Board, text: str, by: User) -> int:
    pair = model_pair(text)
    if merged(board.settings).connection != pair["connection"]:
        actions.save_field(board, name="connection", value=pair["connection"], base_version=None, by=by)
    outcome = actions.save_field(board, name="model", value=pair["model"], base_version=None, by=by)
    return outcome.version
