"""Put several fields of one shot at once, as one step that can be undone: what an app above boards has kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from storyboard.boards.actions.saving import prepared
from storyboard.boards.desk import Desk
from storyboard.boards.edits import Done, perform
from storyboard.boards.fields import SHOT_FIELDS
from storyboard.boards.models import Shot
from storyboard.errors import DomainError
from storyboard.teams.models import User


@dataclass(frozen=True, slots=True)
class Put:
    shot_id: str
    values: Mapping[str, object]
    label: str

    def apply(self, desk: Desk) -> None:
        shot = desk.one(self.shot_id)
        # All are checked before the first is set: a joint is looked at beside the others.
        kept = {name: prepared(desk, shot, name, value)[0] for name, value in self.values.items()}
        for name, value in kept.items():
            desk.set(shot, name, value)


def put_fields(shot: Shot, *, values: Mapping[str, object], label: str, by: User) -> Done:
    """`values` as save_field takes them; `label` is what the undo button calls it."""
    if not values or not values.keys() <= SHOT_FIELDS:
        raise DomainError("There is nothing to change. Reload the page and try again.")
    return perform(shot.board, Put(shot.public_id, values, label), by=by)
