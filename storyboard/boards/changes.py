"""What can be done to the order of a board, as values: each is applied to a desk, for real or to see what would happen.

actions call edits.perform() with one; queries.consequences() tries one out. Nothing here writes but new rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storyboard.boards.desk import Desk
from storyboard.boards.fields import LONGEST_TEXT, checked
from storyboard.boards.models import Joint, Shot
from storyboard.errors import Conflict, DomainError

COPIED = ("scene_id", "prompt", "notes", "exact", "landing_id", "needs_approval")


def counted(number: int, verb: str) -> str:
    return f"{verb} {number} shots" if number > 1 else f"{verb} a shot"


@dataclass(frozen=True, slots=True)
class Spot:
    """Beside a shot, named by its public id; the end of the board when both are empty."""

    before: str = ""
    after: str = ""

    @property
    def is_end(self) -> bool:
        return not (self.before or self.after)

    def beside(self, desk: Desk) -> Shot | None:
        """The shot whose scene newcomers join."""
        if self.before or self.after:
            return desk.one(self.before or self.after)
        return desk.order[-1] if desk.order else None

    def index(self, desk: Desk, moving: Sequence[Shot] = ()) -> int:
        """Where that is among the shots that are not moved."""
        beside = self.beside(desk)
        if beside is None:
            return 0
        at = desk.order.index(beside)
        keys = {shot.pk for shot in moving}
        return sum(shot.pk not in keys for shot in desk.order[: at + (0 if self.before else 1)])


END = Spot()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShot:
    """A shot to be; its joint, unless it is a cut, holds on to the shot that it comes to stand behind."""

    prompt: str = ""
    notes: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    joint: Joint = Joint.CUT
    exact: bool = False
    needs_approval: bool = False

    def row(self, beside: Shot | None) -> Shot:
        made = Shot(exact=self.exact, needs_approval=self.needs_approval, scene_id=beside.scene_id if beside else None)
        made.prompt, made.notes = (str(checked(made, name, getattr(self, name))[0]) for name in ("prompt", "notes"))
        made.settings = {name: checked(made, name, value)[0] for name, value in self.settings.items()}
        return made


@dataclass(frozen=True, slots=True)
class Add:
    shots: Sequence[NewShot]
    spot: Spot = END

    @property
    def label(self) -> str:
        return counted(len(self.shots), "Add")

    def apply(self, desk: Desk) -> None:
        beside, index = self.spot.beside(desk), self.spot.index(desk)
        made = desk.add([shot.row(beside) for shot in self.shots], index)
        for at, (row, shot) in enumerate(zip(made, self.shots, strict=True), index):
            if shot.joint is not Joint.CUT and at:
                desk.join(row, shot.joint, desk.order[at - 1].pk)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Copies behind the last of them; joints among them are copied too, the others hold on to what they held on to."""

    ids: Sequence[str]

    @property
    def label(self) -> str:
        return counted(len(self.ids), "Duplicate")

    def apply(self, desk: Desk) -> None:
        originals = desk.named(self.ids)
        made = desk.add([copied(shot) for shot in originals], desk.order.index(originals[-1]) + 1)
        twin = {old.pk: new.pk for old, new in zip(originals, made, strict=True)}
        for old, new in zip(originals, made, strict=True):
            desk.references[new.pk] = list(desk.references[old.pk])
            onto = old.joint_from_id
            new.joint, new.joint_from_id = old.joint, twin.get(onto, onto) if onto else None


def copied(shot: Shot) -> Shot:
    return Shot(settings=dict(shot.settings), **{name: getattr(shot, name) for name in COPIED})


@dataclass(frozen=True, slots=True)
class SplitByLines:
    """Each line of a prompt becomes a shot: the first stays, the others follow it as cuts with the same settings.

    Whoever followed the shot follows the last of them: what they open on is where its words end.
    """

    id: str
    label: str = "Split a shot by lines"

    def apply(self, desk: Desk) -> None:
        shot = desk.one(self.id)
        lines = [line for line in shot.prompt.split("\n") if line.strip()]
        if len(lines) <= 1:
            raise DomainError("There is only one line. Write each new shot on a line of its own, then split.")
        parts = [copied(shot) for _ in lines[1:]]
        for part, line in zip(parts, lines[1:], strict=True):
            part.prompt, part.notes, part.landing_id, part.exact = line, "", None, False
        shot.prompt = lines[0]
        followers = [one for one in desk.order if one.joint_from_id == shot.pk]
        made = desk.add(parts, desk.order.index(shot) + 1)
        for part in made:
            desk.references[part.pk] = list(desk.references[shot.pk])
        for one in followers:
            desk.join(one, Joint(one.joint), made[-1].pk)


@dataclass(frozen=True, slots=True)
class Merge:
    """One shot of several: the first one keeps its place and opening, and gets the words and references of all."""

    ids: Sequence[str]

    @property
    def label(self) -> str:
        return counted(len(self.ids), "Merge")

    def apply(self, desk: Desk) -> None:
        first, *others = desk.named(self.ids)
        if not others:
            raise DomainError("Choose two shots or more to make one of them.")
        for name in ("prompt", "notes"):
            parts = [getattr(shot, name) for shot in (first, *others)]
            text = "\n\n".join(part for part in parts if part.strip())
            if len(text) > LONGEST_TEXT:
                raise DomainError(f"Together these are longer than {LONGEST_TEXT:,} characters. Merge fewer.")
            setattr(first, name, text)
        together = [one for shot in (first, *others) for one in desk.references[shot.pk]]
        desk.references[first.pk] = list(dict.fromkeys(together))
        first.landing_id = next((shot.landing_id for shot in (first, *others) if shot.landing_id), None)
        first.needs_approval = any(shot.needs_approval for shot in (first, *others))
        self.hand_on(desk, first, {shot.pk for shot in others})

    def hand_on(self, desk: Desk, first: Shot, gone: set[int]) -> None:
        """Whoever followed one of them follows the whole: what they open on has only another name."""
        desk.remove([desk.shots[pk] for pk in gone])
        desk.merged = dict.fromkeys(sorted(gone, key=lambda pk: desk.shots[pk].position), first.pk)
        followers = [shot for shot in desk.order if shot.joint_from_id in gone]
        for shot in followers:
            shot.joint_from_id = None
        for shot in followers:
            if shot is not first:
                desk.join(shot, Joint(shot.joint), first.pk)


@dataclass(frozen=True, slots=True)
class Delete:
    ids: Sequence[str]

    @property
    def label(self) -> str:
        return counted(len(self.ids), "Delete")

    def apply(self, desk: Desk) -> None:
        desk.remove(desk.named(self.ids))


@dataclass(frozen=True, slots=True)
class Move:
    """The shots keep their order and their joints, and join the scene that they come to stand in."""

    ids: Sequence[str]
    spot: Spot = END

    @property
    def label(self) -> str:
        return counted(len(self.ids), "Move")

    def apply(self, desk: Desk) -> None:
        shots, beside = desk.named(self.ids), self.spot.beside(desk)
        if beside in shots and not self.spot.is_end:
            raise Conflict("A shot cannot stand beside itself. Choose another place.")
        desk.place(shots, self.spot.index(desk, shots))
        for shot in shots:
            if beside not in shots:
                shot.scene_id = beside.scene_id if beside else None
