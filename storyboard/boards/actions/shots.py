"""Change which shots there are and where they stand; each is one step that can be undone."""

from collections.abc import Sequence

from storyboard.boards.changes import END, Add, Delete, Duplicate, Merge, Move, NewShot, SplitByLines, Spot
from storyboard.boards.edits import Done, perform
from storyboard.boards.models import Board
from storyboard.boards.scenes import DissolveScene, MakeScene, MoveScene
from storyboard.errors import DomainError
from storyboard.teams.models import User


def add_shots(board: Board, *, shots: Sequence[NewShot], at: Spot = END, by: User) -> Done:
    """The new shots are `done.shots` in their order, besides others whose place is the same."""
    if not shots:
        raise DomainError("There is nothing to add. Write a shot first.")
    return perform(board, Add(shots, at), by=by)


def duplicate_shots(board: Board, *, ids: Sequence[str], by: User) -> Done:
    return perform(board, Duplicate(ids), by=by)


def split_by_lines(board: Board, *, shot_id: str, by: User) -> Done:
    return perform(board, SplitByLines(shot_id), by=by)


def merge_shots(board: Board, *, ids: Sequence[str], by: User) -> Done:
    return perform(board, Merge(ids), by=by)


def delete_shots(board: Board, *, ids: Sequence[str], by: User) -> Done:
    return perform(board, Delete(ids), by=by)


def move_shots(board: Board, *, ids: Sequence[str], to: Spot = END, by: User) -> Done:
    return perform(board, Move(ids, to), by=by)


def make_scene(board: Board, *, ids: Sequence[str], name: str, by: User) -> Done:
    return perform(board, MakeScene(ids, name), by=by)


def dissolve_scene(board: Board, *, scene_id: str, by: User) -> Done:
    return perform(board, DissolveScene(scene_id), by=by)


def move_scene(board: Board, *, scene_id: str, to: Spot = END, by: User) -> Done:
    return perform(board, MoveScene(scene_id, to), by=by)
