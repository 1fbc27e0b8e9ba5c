"""Change the same settings of many shots at once; one step that can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storyboard.boards.actions.lookup import own_connection
from storyboard.boards.choices import NAMES
from storyboard.boards.desk import Desk
from storyboard.boards.edits import Done, perform
from storyboard.boards.fields import SWITCHES, checked, labelled
from storyboard.boards.models import Board, Shot
from storyboard.errors import DomainError
from storyboard.teams.models import User

CHANGED = {*NAMES, *SWITCHES}


@dataclass(frozen=True, slots=True)
class Bulk:
    ids: Sequence[str]
    values: Mapping[str, object]

    @property
    def label(self) -> str:
        return f"Change the {labelled(self.values)} of {len(self.ids)} shot{'s' * (len(self.ids) > 1)}"

    def apply(self, desk: Desk) -> None:
        if "connection" in self.values:
            own_connection(desk.board.team, self.values["connection"])
        for shot in desk.named(self.ids):
            for name, value in self.values.items():
                desk.set(shot, name, value)


def bulk_change(board: Board, *, ids: Sequence[str], values: Mapping[str, object], by: User) -> Done:
    """`values`: settings, `exact` and `needs_approval`; UNSET leaves a setting to the board."""
    if not values or not values.keys() <= CHANGED:
        raise DomainError("Choose what to change for all of these shots.")
    kept = {name: checked(Shot(), name, value)[0] for name, value in values.items()}
    return perform(board, Bulk(ids, kept), by=by)
