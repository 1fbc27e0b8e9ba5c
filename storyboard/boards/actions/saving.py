"""Save one field of a board, a scene or a shot: by version, so that nobody's words are lost in somebody else's.

A save loads its own row only, for it happens while people type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import datetime

from django.db import transaction

from storyboard.boards import queries
from storyboard.boards.actions.lookup import one_reference, own_connection, references_named
from storyboard.boards.consequences import Consequence
from storyboard.boards.desk import Desk, lay
from storyboard.boards.edits import finish, locked
from storyboard.boards.fields import LABELS, UNSET, Row, checked, is_id, joint_of
from storyboard.boards.models import Board, Joint, Scene, Shot
from storyboard.errors import Missing
from storyboard.teams.models import User


@dataclass(frozen=True, slots=True)
class Saved:
    """It is kept; the next save starts from `version`. `sentence`: what had to be left out, else nothing."""

    row: Row
    field: str
    value: object
    version: int
    sentence: str = ""
    consequences: list[Consequence] = part(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody saved this field meanwhile: nothing was written, and both values are here to choose from."""

    row: Row
    field: str
    yours: object
    theirs: object
    # Save again from this version to put yours in the place of theirs.
    version: int
    by: User | None
    at: datetime | None


@transaction.atomic(durable=True)
def save_field(row: Row, *, name: str, value: object, base_version: int | None, by: User) -> Saved | Clash:
    """`base_version`: which version of the field the person began from; None is whatever it is now."""
    desk, own = opened(row, name, by)
    kept, said = prepared(desk, own, name, value)
    version = own.versions.get(name, 0)
    now = desk.values(own).get(name, UNSET)
    # The same words twice are no quarrel: an answer was lost, and the browser says it again.
    if base_version not in {None, version} and now != kept:
        return Clash(own, name, kept, now, version, queries.author_of(desk.board, own, name), changed_at(own))
    desk.set(own, name, kept)
    done = finish(desk, f"Change the {LABELS[name]} of {called(own)}", typed=True)
    return Saved(own, name, kept, own.versions.get(name, 0), said, done.consequences)


@transaction.atomic(durable=True)
def save_model(
    row: Board | Shot, *, connection: object, model: object, base_version: int | None, by: User
) -> Saved | Clash:
    """A connection and one of its models, chosen as one; `base_version` counts both: see pair_version."""
    desk, own = opened(row, "model", by)
    pair = {"connection": connection, "model": model}
    kept = {name: prepared(desk, own, name, value)[0] for name, value in pair.items()}
    version = pair_version(own.versions)
    values = desk.values(own)
    now = {name: values.get(name, UNSET) for name in pair}
    if base_version not in {None, version} and now != kept:
        author = queries.author_of(desk.board, own, "model") or queries.author_of(desk.board, own, "connection")
        return Clash(own, "model", kept, now, version, author, changed_at(own))
    for name, value in kept.items():
        desk.set(own, name, value)
    done = finish(desk, f"Change the model of {called(own)}", typed=True)
    return Saved(own, "model", kept, pair_version(own.versions), consequences=done.consequences)


def pair_version(versions: Mapping[str, int]) -> int:
    """The same model at another connection is another choice."""
    return versions.get("connection", 0) + versions.get("model", 0)


def set_joint(shot: Shot, *, joint: str, onto: str = "", base_version: int | None = None, by: User) -> Saved | Clash:
    """`onto`: the shot to open on, by public id; the one directly before it when empty."""
    return save_field(shot, name="joint", value=[joint, onto], base_version=base_version, by=by)


def set_landing(shot: Shot, *, reference: str, base_version: int | None = None, by: User) -> Saved | Clash:
    """The picture that the shot ends on, by public id; none when empty."""
    return save_field(shot, name="landing", value=reference, base_version=base_version, by=by)


def set_references(shot: Shot, *, references: list[str], base_version: int | None = None, by: User) -> Saved | Clash:
    """The references in the order in which the prompt counts them, by public ids."""
    return save_field(shot, name="references", value=references, base_version=base_version, by=by)


def reset_to_board(shot: Shot, *, name: str, by: User) -> Saved | Clash:
    """The shot leaves this setting to its board again."""
    return save_field(shot, name=name, value=UNSET, base_version=None, by=by)


def opened(row: Row, name: str, by: User) -> tuple[Desk, Row]:
    """The board's lock, and the row as it is now."""
    board = locked(row if isinstance(row, Board) else row.board, by)
    keys = [row.pk] if isinstance(row, Shot) else []
    desk = lay(board, by, pks=keys, references=name == "references")
    if isinstance(row, Board):
        return desk, board
    if isinstance(row, Scene):
        scene = board.scenes.filter(pk=row.pk).first()
        if scene is None:
            raise Missing(queries.GONE_SCENE)
        desk.scenes[scene.pk] = scene
        desk.look()
        return desk, scene
    shot = desk.shots.get(row.pk)
    if shot is None or shot.deleted_at is not None:
        raise Missing(queries.GONE_SHOT)
    return desk, shot


def prepared(desk: Desk, row: Row, name: str, value: object) -> tuple[object, str]:
    """The value as it is kept, and what had to be left out; DomainError when it cannot be."""
    found, said = checked(row, name, value)
    if name == "connection":
        own_connection(desk.board.team, found)
    elif name == "landing":
        return one_reference(desk.board.team, found), said
    elif name == "references" and isinstance(row, Shot):
        return references_named(desk.board.team, found, desk.references[row.pk]), said
    elif name == "joint" and isinstance(row, Shot):
        return joined(desk, row, found), said
    return found, said


def joined(desk: Desk, shot: Shot, value: object) -> list[object]:
    """The joint as it will be; the desk refuses circles and shots that are gone."""
    how, onto = joint_of(value)
    had = shot.joint, shot.joint_from_id
    desk.join(shot, how, None if how is Joint.CUT else predecessor(desk, shot, onto))
    wanted: list[object] = [str(shot.joint), shot.joint_from_id]
    shot.joint, shot.joint_from_id = had
    return wanted


def predecessor(desk: Desk, shot: Shot, onto: object) -> int | None:
    others = Shot.objects.filter(board=desk.board, deleted_at=None).exclude(pk=shot.pk)
    if not onto:
        return shot.joint_from_id or others.filter(position=shot.position - 1).values_list("pk", flat=True).first()
    found = others.filter(public_id=onto).values_list("pk", flat=True).first() if is_id(onto) else None
    if found is None:
        raise Missing("The shot that this one would follow is not there any more. Choose another.")
    return found


def called(row: Row) -> str:
    if isinstance(row, Shot):
        return f"shot {row.position}"
    return "a scene" if isinstance(row, Scene) else "the board"


def changed_at(row: Row) -> datetime | None:
    return None if isinstance(row, Scene) else row.changed_at
