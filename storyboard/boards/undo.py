"""Undo and redo: a person walks back along their own steps, and leaves alone what somebody else changed since.

actions call it; it writes with edits.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from storyboard.boards import consequences, queries
from storyboard.boards.consequences import Consequence
from storyboard.boards.desk import Desk, Place, lay
from storyboard.boards.edits import announce, fields_of, locked, structural, touched, write
from storyboard.boards.fields import LABELS, UNSET, WORDS, Row
from storyboard.boards.models import Board, Edit, Joint, Scene, Shot
from storyboard.errors import DomainError
from storyboard.media.models import Reference
from storyboard.teams.models import User

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """`left`: in words, what stays because somebody else has changed it since; not `changed`: all of it."""

    edit: Edit
    shots: list[Shot]
    left: list[str]
    consequences: list[Consequence]
    changed: bool = True


@transaction.atomic(durable=True)
def undo(board: Board, *, by: User) -> Undone:
    """Take back the person's last step that is not undone."""
    board = locked(board, by)
    edit = queries.last_step(board, by)
    if edit is None:
        raise DomainError("There is nothing of yours left to undo on this board.")
    return Walk(board, by, edit, back=True).go()


@transaction.atomic(durable=True)
def redo(board: Board, *, by: User) -> Undone:
    """Do again what the person undid last."""
    board = locked(board, by)
    edit = queries.next_step(board, by)
    if edit is None:
        raise DomainError("There is nothing of yours to do again on this board.")
    return Walk(board, by, edit, back=False).go()


@dataclass
class Walk:
    """One step along one edit."""

    board: Board
    by: User
    edit: Edit
    back: bool
    left: list[str] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    joints: list[tuple[Shot, list[Any]]] = field(default_factory=list)

    def go(self) -> Undone:
        self.desk = laid_for(self.board, self.by, self.edit)
        self.kept = existing(self.board, self.edit.changes)
        for change in self.edit.changes:
            self.turn(change)
        self.desk.put_back(self.places)
        self.join_again()
        self.desk.loosen()
        links = consequences.of(self.desk)
        changes = write(self.desk)
        self.edit.undone_at = timezone.now() if self.back else None
        self.edit.save(update_fields=["undone_at"])
        announce(self.desk, changes)
        return Undone(self.edit, touched(self.desk, changes), self.left, links, bool(changes))

    def turn(self, change: Change) -> None:
        row = find(self.desk, change)
        goal, found = (change["before"], change["after"]) if self.back else (change["after"], change["before"])
        if row is None:
            self.left.append("A scene or shot of this step was removed for good since.")
        elif goal is None:
            self.unmake(row, found)
        elif found is None:
            self.revive(row, goal)
        else:
            self.turn_fields(row, goal, found)

    def turn_fields(self, row: Row, goal: Change, found: Change) -> None:
        if isinstance(row, Shot) and "deleted" in goal:
            return self.turn_deletion(row, goal)
        if isinstance(row, Shot) and row.deleted_at is not None:
            # Its fields still go back: whoever undoes the deletion finds them so.
            self.left.append(f"{name_of(row)} was deleted since and stays deleted.")
        elif isinstance(row, Shot) and "place" in goal:
            self.move(row, goal["place"], found["place"])
        for name in dict.fromkeys([*found, *goal]):
            if name != "place":
                self.turn_field(row, name, goal.get(name, UNSET), found.get(name, UNSET))
        return None

    def turn_deletion(self, shot: Shot, goal: Change) -> None:
        """What else the step changed of a shot that it deleted is nothing: see Merge, which changes the other one."""
        if goal["deleted"]:
            self.unmake(shot, None)
        else:
            self.revive(shot, goal)

    def turn_field(self, row: Row, name: str, goal: object, found: object) -> None:
        now = self.desk.values(row).get(name, UNSET)
        if now == goal:
            return
        if now != found:
            self.left.append(
                f"{self.somebody(row, name)} changed the {LABELS[name]} of {whose(row)} since, so it stays."
            )
        elif missing := self.missing(name, goal):
            self.left.append(f"{missing} of {whose(row)} is not in the library any more.")
        elif name == "joint" and isinstance(row, Shot) and row.deleted_at is None:
            self.joints.append((row, list(goal)))  # type: ignore[call-overload]
        else:
            self.desk.set(row, name, goal)

    def move(self, shot: Shot, goal: list[Any], found: list[Any]) -> None:
        if shot.placed != found[0]:
            self.left.append(f"{name_of(shot)} was moved by somebody else since: it stays where it is.")
            return
        self.places[shot.pk] = Place(*goal)

    def revive(self, row: Row, goal: Change) -> None:
        """Bring a shot back; what it says is as it was, for nobody could change it meanwhile."""
        if isinstance(row, Shot) and row.deleted_at is not None:
            row.deleted_at = None
            self.places[row.pk] = Place(*goal["place"])

    def unmake(self, row: Row, made: Change | None) -> None:
        """Take away a shot that this person added, unless somebody else worked on it since."""
        if not isinstance(row, Shot) or row.deleted_at is not None:
            return
        now = self.desk.values(row)
        different = made is not None and any(now.get(name, UNSET) != made.get(name, UNSET) for name in WORDS)
        if different or (made is None and row.changed_by_id not in {None, self.by.pk}):
            self.left.append(f"{name_of(row)} stays, because it was worked on since.")
            return
        self.desk.remove([row])

    def join_again(self) -> None:
        """Joints last, when every shot is there again: first all of them open, then each to its predecessor."""
        had = [(shot, Joint(shot.joint), shot.joint_from_id) for shot, _ in self.joints]
        for shot, _ in self.joints:
            shot.joint, shot.joint_from_id = Joint.CUT, None
        for (shot, (how, onto)), (_, before, held) in zip(self.joints, had, strict=True):
            try:
                self.desk.join(shot, Joint(how), onto)
            except DomainError as error:
                self.left.append(f"{name_of(shot)} opens as before: {error.message}")
                shot.joint, shot.joint_from_id = before, held

    def missing(self, name: str, goal: object) -> str:
        if name == "landing" and goal is not None and goal not in self.kept:
            return "The landing picture"
        if name == "references" and not self.kept.issuperset(goal):  # type: ignore[arg-type]
            return "A reference"
        return ""

    def somebody(self, row: Row, name: str) -> str:
        author = queries.author_of(self.board, row, name)
        return str(author) if author and author != self.by else "Somebody"


def laid_for(board: Board, by: User, edit: Edit) -> Desk:
    """The whole board where its order may change, else only the rows of the step."""
    shots = [change["id"] for change in edit.changes if change["what"] == "shot"]
    references = any("references" in fields_of(change) for change in edit.changes)
    if structural(edit.changes):
        return lay(board, by, gone=shots)
    return lay(board, by, pks=shots, references=references)


def existing(board: Board, changes: Iterable[Change]) -> set[int]:
    """The references that these changes speak of, as far as they still exist."""
    named: set[int] = set()
    for change in changes:
        for side in (change["before"] or {}, change["after"]):
            named.update(side.get("references", []), [side["landing"]] if side.get("landing") else [])
    if not named:
        return named
    return set(Reference.objects.filter(team=board.team_id, pk__in=named).values_list("pk", flat=True))


def find(desk: Desk, change: Change) -> Row | None:
    rows: dict[str, dict[int, Any]] = {"shot": desk.shots, "scene": desk.scenes, "board": {desk.board.pk: desk.board}}
    found: Row | None = rows[change["what"]].get(change["id"])
    return found


def name_of(shot: Shot) -> str:
    return f"Shot {shot.position}"


def whose(row: Row) -> str:
    if isinstance(row, Shot):
        return f"shot {row.position}"
    return f"the scene “{row.name}”" if isinstance(row, Scene) else "the board"
