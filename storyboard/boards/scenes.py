"""What can be done to scenes: made of shots, dissolved, moved as a whole. Like changes.py, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from storyboard.boards.changes import END, Spot
from storyboard.boards.desk import Desk
from storyboard.boards.fields import checked
from storyboard.boards.models import Scene, Shot
from storyboard.errors import Conflict, Missing

GONE = "This scene is not there any more. Reload the page to see what is."


@dataclass(frozen=True, slots=True)
class MakeScene:
    """The chosen shots under one name; those that stand apart are moved behind the first."""

    ids: Sequence[str]
    name: str
    label: str = "Make a scene"

    def apply(self, desk: Desk) -> None:
        shots = desk.named(self.ids)
        scene = desk.scene(str(checked(Scene(), "name", self.name)[0]))
        desk.place(shots, desk.order.index(shots[0]))
        for shot in shots:
            shot.scene_id = scene.pk


@dataclass(frozen=True, slots=True)
class DissolveScene:
    """The shots stay; only the name above them goes."""

    id: str
    label: str = "Dissolve a scene"

    def apply(self, desk: Desk) -> None:
        for shot in shots_in(desk, self.id):
            shot.scene_id = None


@dataclass(frozen=True, slots=True)
class MoveScene:
    """All its shots, before or behind another shot; a scene is not torn apart by one that comes to stand in it."""

    id: str
    spot: Spot = END
    label: str = "Move a scene"

    def apply(self, desk: Desk) -> None:
        shots = shots_in(desk, self.id)
        beside = self.spot.beside(desk)
        if beside in shots and not self.spot.is_end:
            raise Conflict("A scene cannot stand beside itself. Choose another place.")
        others = [shot for shot in desk.order if shot not in shots]
        if beside not in others:
            index = len(others)
        else:
            index = edge(others, others.index(beside), before=bool(self.spot.before))
        desk.place(shots, index)


def beyond(shots: Sequence[Shot], scene: Scene, *, earlier: bool) -> Spot:
    """The spot on the other side of the neighbouring scene, or of the shots without one that stand there."""
    runs = [list(run) for _, run in groupby(shots, key=lambda shot: shot.scene_id)]
    at = next((number for number, run in enumerate(runs) if run[0].scene_id == scene.pk), None)
    if at is None:
        raise Missing(GONE)
    if earlier and at > 0:
        return Spot(before=runs[at - 1][0].public_id)
    others = [run for run in runs[at + 1 :] if run[0].scene_id != scene.pk]
    if earlier or not others:
        raise Conflict(f"The scene “{scene.name}” is {'first' if earlier else 'last'} already.")
    return Spot(after=others[0][-1].public_id)


def shots_in(desk: Desk, scene_id: str) -> list[Shot]:
    found = [shot for shot in desk.order if shot.scene_id and desk.scenes[shot.scene_id].public_id == scene_id]
    if not found:
        raise Missing(GONE)
    return found


def edge(order: Sequence[Shot], at: int, *, before: bool) -> int:
    """The nearest place on that side which is between two scenes."""
    step = -1 if before else 1
    inside = order[at].scene_id is not None
    while inside and 0 <= at + step < len(order) and order[at + step].scene_id == order[at].scene_id:
        at += step
    return at if before else at + 1
