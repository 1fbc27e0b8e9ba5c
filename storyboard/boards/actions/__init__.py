"""Every write to boards, scenes and shots: verbs, one transaction each. Views and tasks call them."""

from storyboard.boards.actions.boards import (
    archive,
    create_board,
    delete_board,
    duplicate_board,
    purge_board,
    reopen,
    restore_board,
    set_budget,
)
from storyboard.boards.actions.bulk import bulk_change
from storyboard.boards.actions.imports import extend, store
from storyboard.boards.actions.presence import forget_absent, left, seen
from storyboard.boards.actions.sample import create_sample
from storyboard.boards.actions.saving import (
    Clash,
    Saved,
    reset_to_board,
    save_field,
    set_joint,
    set_landing,
    set_references,
)
from storyboard.boards.actions.shots import (
    add_shots,
    delete_shots,
    dissolve_scene,
    duplicate_shots,
    make_scene,
    merge_shots,
    move_scene,
    move_shots,
    split_by_lines,
)
from storyboard.boards.undo import redo, undo

__all__ = [
    "Clash",
    "Saved",
    "add_shots",
    "archive",
    "bulk_change",
    "create_board",
    "create_sample",
    "delete_board",
    "delete_shots",
    "dissolve_scene",
    "duplicate_board",
    "duplicate_shots",
    "extend",
    "forget_absent",
    "left",
    "make_scene",
    "merge_shots",
    "move_scene",
    "move_shots",
    "purge_board",
    "redo",
    "reopen",
    "reset_to_board",
    "restore_board",
    "save_field",
    "seen",
    "set_budget",
    "set_joint",
    "set_landing",
    "set_references",
    "split_by_lines",
    "store",
    "undo",
]
