"""The rows of a board that an action has on its desk: it changes them freely, edits.py then writes what is different.

Actions and changes.py use it, inside the transaction that holds the board's lock.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone

from storyboard.boards.fields import Row, Values, put, values, what
from storyboard.boards.models import Board, Joint, Scene, Shot, ShotReference
from storyboard.errors import DomainError, Missing
from storyboard.teams.models import User

MOST_SHOTS = 5_000
# So many shots before it are remembered, so that it finds its place again when some of them are gone.
NEIGHBOURS = 6
GONE = "This shot was deleted. Reload the page to see what is there, or undo the deletion."
Key = tuple[str, int]


class Place(NamedTuple):
    """Which move put a shot there, its index, and the shots before it from the nearest on; 0 is the board's begin."""

    token: str
    at: int
    neighbours: list[int]


@dataclass
class Desk:
    """`whole`: every shot is here, so the order may change. Otherwise only what was asked for."""

    board: Board
    by: User
    shots: dict[int, Shot] = field(default_factory=dict)
    scenes: dict[int, Scene] = field(default_factory=dict)
    # Shot -> its references in order; only where they were asked for.
    references: dict[int, list[int]] = field(default_factory=dict)
    whole: bool = False
    # Only to see what would happen: what is new is given a key of no row.
    dry: bool = False
    order: list[Shot] = field(default_factory=list)
    before: dict[Key, Values] = field(default_factory=dict)
    order_before: list[Shot] = field(default_factory=list)
    placed_before: dict[int, str] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    # Shot that is gone -> the one that it became part of.
    merged: dict[int, int] = field(default_factory=dict)
    new: set[Key] = field(default_factory=set)

    def rows(self) -> list[Row]:
        return [self.board, *self.scenes.values(), *self.shots.values()]

    def values(self, row: Row) -> Values:
        found = values(row)
        if isinstance(row, Shot) and row.pk in self.references:
            found["references"] = list(self.references[row.pk])
        return found

    def look(self) -> None:
        """Remember how everything is now, to see later what changed."""
        self.before = {(what(row), row.pk): self.values(row) for row in self.rows()}
        self.order_before = list(self.order)
        self.placed_before = {shot.pk: shot.placed for shot in self.shots.values()}

    def named(self, ids: Iterable[str]) -> list[Shot]:
        """The shots with these public ids, in the board's order; 404 for one that is not there any more."""
        wanted = set(ids)
        found = [shot for shot in self.order if shot.public_id in wanted]
        if len(found) != len(wanted):
            raise Missing(GONE)
        if not found:
            raise DomainError("Choose a shot first.")
        return found

    def one(self, public_id: str) -> Shot:
        return self.named([public_id])[0]

    def set(self, row: Row, name: str, value: object) -> None:
        if name == "references":
            self.references[row.pk] = list(value)  # type: ignore[call-overload]
        else:
            put(row, name, value)

    def place(self, shots: Sequence[Shot], index: int, token: str = "") -> None:
        """Put these, in this order, so that the first stands at `index` of the others (from 0)."""
        moving = {shot.pk for shot in shots}
        others = [shot for shot in self.order if shot.pk not in moving]
        order = [*others[:index], *shots, *others[index:]]
        if [shot.pk for shot in order] == [shot.pk for shot in self.order]:
            return
        self.order, token = order, token or new_token()
        for shot in shots:
            shot.placed = token
        self.moved |= moving

    def add(self, shots: Sequence[Shot], index: int) -> list[Shot]:
        """New shots; they get their keys and places now, and their joints when the desk is written."""
        if len(self.order) + len(shots) > MOST_SHOTS:
            raise DomainError(f"A board takes {MOST_SHOTS:,} shots. Begin a second one for the rest.")
        token = new_token()
        for position, shot in enumerate(shots, index + 1):
            shot.board, shot.position, shot.placed, shot.changed_by = self.board, position, token, self.by
        made = self.unwritten(shots) if self.dry else Shot.objects.bulk_create(shots, batch_size=500)
        for shot in made:
            self.shots[shot.pk] = shot
            self.references.setdefault(shot.pk, [])
            self.new.add(("shot", shot.pk))
        self.place(made, index, token)
        return made

    def unwritten(self, shots: Sequence[Shot]) -> list[Shot]:
        for number, shot in enumerate(shots, len(self.new) + 1):
            shot.pk = -number
        return list(shots)

    def scene(self, name: str) -> Scene:
        made = Scene.objects.create(board=self.board, name=name)
        self.scenes[made.pk] = made
        self.new.add(("scene", made.pk))
        return made

    def remove(self, shots: Sequence[Shot]) -> None:
        now = timezone.now()
        for shot in shots:
            shot.deleted_at = now
        self.order = [shot for shot in self.order if shot.deleted_at is None]

    def loosen(self) -> None:
        """No joint holds on to a shot that is gone."""
        live = {shot.pk for shot in self.order}
        for shot in self.order:
            if shot.joint_from_id is not None and shot.joint_from_id not in live:
                shot.joint_from_id = None

    def put_back(self, places: dict[int, Place]) -> None:
        """Each shot where its place says: behind the nearest shot that is still there."""
        others = [shot.pk for shot in self.order if shot.pk not in places]
        # A chain of “who comes next”, so that thousands of shots go back as quickly as one.
        after = dict(zip([0, *others], [*others, 0], strict=True))
        for pk, place in sorted(places.items(), key=lambda item: item[1].at):
            index = min(place.at, len(others))
            fallback = others[index - 1] if index else 0
            at = next((one for one in place.neighbours if one in after), fallback)
            after[pk], after[at] = after[at], pk
            self.shots[pk].placed = place.token
            self.moved.add(pk)
        self.order, at = [], after[0]
        while at:
            self.order.append(self.shots[at])
            at = after[at]

    def links(self) -> dict[int, int | None]:
        """Every shot that is not deleted, and the one it opens on."""
        if self.whole:
            return {shot.pk: shot.joint_from_id for shot in self.order}
        found = Shot.objects.filter(board=self.board, deleted_at=None).values_list("pk", "joint_from_id")
        return dict(found) | {shot.pk: shot.joint_from_id for shot in self.shots.values()}

    def join(self, shot: Shot, how: Joint, onto: int | None) -> None:
        """Let it open on another shot of this board; a circle is refused."""
        if how is not Joint.CUT and onto is not None:
            links = self.links()
            if onto not in links:
                raise Missing("The shot that this one would follow is not there any more. Choose another.")
            if follows(links, onto, shot.pk):
                raise DomainError("These shots would follow each other in a circle. Choose another one to follow.")
        shot.joint, shot.joint_from_id = how, None if how is Joint.CUT else onto


def new_token() -> str:
    return secrets.token_hex(6)


def places(order: Sequence[Shot], tokens: dict[int, str], wanted: set[int]) -> dict[int, Place]:
    keys = [0, *(shot.pk for shot in order)]
    return {
        pk: Place(tokens[pk], index, keys[max(0, index + 1 - NEIGHBOURS) : index + 1][::-1])
        for index, pk in enumerate(keys[1:])
        if pk in wanted
    }


def follows(links: dict[int, int | None], start: int, goal: int) -> bool:
    """Whether the way back from `start` leads over `goal`."""
    at: int | None = start
    for _ in range(len(links) + 1):
        if at is None or at == goal:
            break
        at = links.get(at)
    return at == goal


def lay(
    board: Board, by: User, *, pks: Iterable[int] | None = None, gone: Iterable[int] = (), references: bool = True
) -> Desk:
    """Everything of the board and, of what is deleted, `gone`; or, without a whole order, just the shots `pks`."""
    everything = Shot.objects.filter(board=board)
    if pks is None:
        live = everything.filter(deleted_at=None)
        shots = list(live | everything.filter(pk__in=list(gone)))
    else:
        shots = list(everything.filter(pk__in=list(pks)))
    desk = Desk(board, by, {shot.pk: shot for shot in shots}, whole=pks is None)
    for shot in shots:
        shot.board = board
    if desk.whole:
        desk.scenes = {scene.pk: scene for scene in board.scenes.all()}
        desk.order = [shot for shot in shots if shot.deleted_at is None]
    if references and shots:
        desk.references = references_of(desk)
    desk.look()
    return desk


def references_of(desk: Desk) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {pk: [] for pk in desk.shots}
    rows = ShotReference.objects.filter(shot__board=desk.board)
    rows = rows if desk.whole else rows.filter(shot__in=list(found))
    for shot, reference in rows.order_by("position", "pk").values_list("shot_id", "reference_id"):
        if shot in found:
            found[shot].append(reference)
    return found
