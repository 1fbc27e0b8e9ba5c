"""Which shots there are and where they stand: add, duplicate, split, merge, move, delete, change many, make scenes.

What touches joints is asked first, with what would change, and said again afterwards.
"""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from storyboard.boards import actions, queries
from storyboard.boards.changes import Delete, Merge, Move, NewShot, SplitByLines, Spot
from storyboard.boards.edits import Done
from storyboard.boards.fields import UNSET, is_id
from storyboard.boards.forms import ChangeForm
from storyboard.boards.models import Board
from storyboard.boards.scenes import MoveScene, beyond
from storyboard.boards.undo import Undone
from storyboard.boards.views.done import ask_first, changed, is_sure, told
from storyboard.boards.views.load import board_in, scene_in
from storyboard.boards.views.values import model_pair
from storyboard.errors import DomainError
from storyboard.teams.decorators import SignedInRequest, signed_in

FORGOTTEN = ("seconds", "ratio", "resolution", "audio", "seed", "search", "safety", "fallback", "connection", "model")
WRITE, CARD = "in-prompt", "card"
WAYS = ("earlier", "later")


def ids_of(request: SignedInRequest) -> list[str]:
    """Boxes send one field each; scripts send them all in one."""
    together = request.POST.get("shots", "")
    return [one for one in [*request.POST.getlist("shot"), *together.split(",")] if one]


def spot_of(request: SignedInRequest) -> Spot:
    return Spot(before=request.POST.get("before", ""), after=request.POST.get("after", ""))


def these(board: Board, ids: list[str]) -> str:
    """Shot 3, or 12 shots."""
    if len(ids) != 1:
        return f"{len(ids)} shots"
    position = board.shots.filter(public_id=ids[0]).values_list("position", flat=True).first()
    return f"shot {position}"


@require_POST
@signed_in
def shots_add(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    before = known(board)
    done = actions.add_shots(board, shots=[NewShot()], at=spot_of(request), by=request.user)
    return changed(request, board, "", shot_id=newest(done, before), focus=WRITE, undo=False)


def known(board: Board) -> set[int]:
    return set(board.shots.values_list("pk", flat=True))


def newest(done: Done, before: set[int]) -> str:
    """The first of the shots that were not there before."""
    return next((shot.public_id for shot in done.shots if shot.pk not in before), "")


@require_POST
@signed_in
def shots_duplicate(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board, ids = board_in(request, team_id, board_id), ids_of(request)
    before = known(board)
    done = actions.duplicate_shots(board, ids=ids, by=request.user)
    return changed(request, board, f"Duplicated {these(board, ids)}.", shot_id=newest(done, before), focus=CARD)


@require_POST
@signed_in
def shots_split(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    shot_id = next(iter(ids_of(request)), "")
    if not is_sure(request) and (found := queries.consequences_of(board, SplitByLines(shot_id), request.user)):
        return ask_first(request, board, f"Split {these(board, [shot_id])} by its lines?", found)
    before = known(board)
    done = actions.split_by_lines(board, shot_id=shot_id, by=request.user)
    parts = 1 + sum(shot.pk not in before for shot in done.shots)
    sentence = told(f"{parts} shots now, one for each line.", done.consequences)
    return changed(request, board, sentence, shot_id=shot_id, focus=CARD)


@require_POST
@signed_in
def shots_merge(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board, ids = board_in(request, team_id, board_id), ids_of(request)
    if not is_sure(request) and (found := queries.consequences_of(board, Merge(ids), request.user)):
        return ask_first(request, board, f"Merge {these(board, ids)} into one?", found)
    done = actions.merge_shots(board, ids=ids, by=request.user)
    first = next((shot.public_id for shot in done.shots if shot.deleted_at is None), "")
    return changed(request, board, told(f"Merged {these(board, ids)} into one.", done.consequences), shot_id=first)


@require_POST
@signed_in
def shots_delete(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board, ids = board_in(request, team_id, board_id), ids_of(request)
    if not is_sure(request) and (found := queries.consequences_of(board, Delete(ids), request.user)):
        return ask_first(request, board, f"Delete {these(board, ids)}?", found)
    done = actions.delete_shots(board, ids=ids, by=request.user)
    return changed(request, board, told(f"Deleted {these(board, ids)}.", done.consequences), focus="next")


@require_POST
@signed_in
def shots_move(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board, ids = board_in(request, team_id, board_id), ids_of(request)
    spot = placed(request, board, ids) if "place" in request.POST else spot_of(request)
    if not is_sure(request) and (found := queries.consequences_of(board, Move(ids, spot), request.user)):
        return ask_first(request, board, f"Move {these(board, ids)}?", found)
    done = actions.move_shots(board, ids=ids, to=spot, by=request.user)
    return changed(request, board, told(f"Moved {these(board, ids)}.", done.consequences), focus=CARD)


def placed(request: SignedInRequest, board: Board, ids: list[str]) -> Spot:
    """A place in the film, counted from 1 among the shots that stay where they are."""
    text = request.POST["place"].strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len("99999") or int(text) == 0:
        raise DomainError("Write the place as a number, 1 for the beginning.")
    moving = [one for one in ids if is_id(one)]
    others = board.shots.filter(deleted_at=None).exclude(public_id__in=moving).order_by("position")
    found = others.values_list("public_id", flat=True)[int(text) - 1 : int(text)]
    return Spot(before=found[0]) if found else Spot()


@require_POST
@signed_in
def shots_change(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    """The same settings for many shots; one step to undo."""
    board, ids = board_in(request, team_id, board_id), ids_of(request)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        raise DomainError("Choose what to change from the lists.")
    forgotten = dict.fromkeys(FORGOTTEN, UNSET) if form.cleaned_data["reset"] else {}
    chosen = model_pair(form.cleaned_data["model"]) if form.cleaned_data["model"] else {}
    values = {**forgotten, **form.settings(), **chosen}
    if not values:
        raise DomainError("Choose what to change for all of these shots.")
    done = actions.bulk_change(board, ids=ids, values=values, by=request.user)
    return changed(request, board, told(f"Changed {these(board, ids)}.", done.consequences))


@require_POST
@signed_in
def shots_scene(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board, ids = board_in(request, team_id, board_id), ids_of(request)
    name = request.POST.get("name", "") or f"Scene {board.scenes.count() + 1}"
    done = actions.make_scene(board, ids=ids, name=name, by=request.user)
    return changed(request, board, told("They are a scene now. Give it a name.", done.consequences), focus="scene")


@require_POST
@signed_in
def scene_rename(request: SignedInRequest, team_id: str, board_id: str, scene_id: str) -> HttpResponse:
    """For browsers without scripts; theirs save the name as every other field."""
    scene = scene_in(request, team_id, board_id, scene_id)
    actions.save_field(scene, name="name", value=request.POST.get("value", ""), base_version=None, by=request.user)
    return changed(request, scene.board, "The scene has its new name.")


@require_POST
@signed_in
def scene_move(request: SignedInRequest, team_id: str, board_id: str, scene_id: str) -> HttpResponse:
    """All its shots: over the neighbouring scene (`way`: earlier or later), or beside a shot."""
    scene = scene_in(request, team_id, board_id, scene_id)
    board, way = scene.board, request.POST.get("way", "")
    live = board.shots.filter(deleted_at=None).order_by("position")
    spot = beyond(list(live), scene, earlier=way == "earlier") if way in WAYS else spot_of(request)
    change = MoveScene(scene_id, spot)
    if not is_sure(request) and (found := queries.consequences_of(board, change, request.user)):
        return ask_first(request, board, f"Move the scene “{scene.name}”?", found)
    done = actions.move_scene(board, scene_id=scene_id, to=spot, by=request.user)
    return changed(request, board, told(f"Moved the scene “{scene.name}”.", done.consequences), focus=CARD)


@require_POST
@signed_in
def scene_dissolve(request: SignedInRequest, team_id: str, board_id: str, scene_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    actions.dissolve_scene(board, scene_id=scene_id, by=request.user)
    return changed(request, board, "The scene is dissolved; its shots stay.")


@require_POST
@signed_in
def board_undo(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    undone = actions.undo(board, by=request.user)
    return changed(request, board, walked(undone, "Undone", "Nothing was undone"), undo=False)


@require_POST
@signed_in
def board_redo(request: SignedInRequest, team_id: str, board_id: str) -> HttpResponse:
    board = board_in(request, team_id, board_id)
    undone = actions.redo(board, by=request.user)
    return changed(request, board, walked(undone, "Done again", "Nothing was done again"), undo=False)


def walked(undone: Undone, word: str, nothing: str) -> str:
    """What was undone and what of it stays; where all of it stays, nothing was."""
    if undone.left and not undone.changed:
        return f"{nothing}: " + "\n".join(undone.left)
    return told("\n".join([f"{word}: {undone.edit.label}.", *undone.left]), undone.consequences)
