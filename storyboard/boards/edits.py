"""The one way in which a board changes: rows on a desk are changed, and what is different is written as one step.

Every action goes through perform(); undo.py writes with the same functions. Nothing else writes shots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from storyboard.boards import consequences
from storyboard.boards.consequences import Consequence
from storyboard.boards.desk import Desk, lay, places
from storyboard.boards.fields import Row, Values, columns, what
from storyboard.boards.models import Board, Edit, Joint, Scene, Shot, ShotReference
from storyboard.errors import Conflict, Missing
from storyboard.live.publish import publish
from storyboard.teams.access import require
from storyboard.teams.models import Role, User

# Steps that are kept for each person and board, and how often the older ones are removed.
KEPT, PRUNE_EVERY = 200, 16
# Typing goes on: saves of one field within this time are one step.
TYPING = timedelta(seconds=12)
# With more changed shots than this, everybody fetches the whole strip once instead of each card.
CARDS = 12
GONE = "This board was deleted. Its team’s page says how to bring it back."
ARCHIVED = "This board is in the archive. Take it out to change it."
KEYS = {"joint_from", "landing", "scene"}
Changes = list[dict[str, Any]]


class Change(Protocol):
    """Something to do to a board: changes.py has them all."""

    @property
    def label(self) -> str:
        """What the undo button calls it; asked when it is done."""

    def apply(self, desk: Desk) -> None: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. `shots`: those that are new or different; `sentences` say what else people should know."""

    board: Board
    shots: list[Shot]
    consequences: list[Consequence]
    edit: Edit | None = None


@transaction.atomic(durable=True)
def perform(board: Board, change: Change, *, by: User) -> Done:
    """Do it to the whole board, as one step that can be undone."""
    desk = lay(locked(board, by), by)
    change.apply(desk)
    return finish(desk, change.label)


def locked(board: Board, by: User, role: Role = Role.EDITOR) -> Board:
    """The board as it is now, for somebody who may still change it, held until the transaction ends."""
    found = held(board, by, role)
    if found.deleted_at is not None:
        raise Missing(GONE)
    if found.archived_at is not None:
        raise Conflict(ARCHIVED)
    return found


def held(board: Board, by: User, role: Role) -> Board:
    """The same also for a board that was deleted or put into the archive."""
    # Without the key: who writes a row that points at the board, a ledger's line say, need not wait, and so no two
    # can wait for each other.
    rows = Board.objects.select_for_update(of=("self",), no_key=True).select_related("team")
    found = rows.filter(pk=board.pk).first()
    if found is None:
        raise Missing(GONE)
    require(by, found.team, role)
    return found


def finish(desk: Desk, label: str, *, typed: bool = False) -> Done:
    """Write what is different, remember it as a step, and tell everybody who looks."""
    desk.loosen()
    links = consequences.of(desk)
    changes = write(desk)
    if not changes:
        return Done(desk.board, [], links)
    edit = remember(desk, changes, label, typed=typed)
    announce(desk, changes)
    return Done(desk.board, touched(desk, changes), links, edit)


def touched(desk: Desk, changes: Changes) -> list[Shot]:
    return [desk.shots[change["id"]] for change in changes if change["what"] == "shot"]


def write(desk: Desk) -> Changes:
    """Everything that differs from what was read, in a few statements; versions go up field by field."""
    changes = differences(desk)
    found = {(change["what"], change["id"]): written(change) for change in changes}
    for row in desk.rows():
        raise_versions(row, found.get((what(row), row.pk), set()))
    if changes:
        write_board(desk, found.get(("board", desk.board.pk), set()))
    for model, rows in ((Scene, desk.scenes), (Shot, desk.shots)):
        name = model.__name__.lower()
        write_rows(desk, [(row, found[name, pk]) for pk, row in rows.items() if found.get((name, pk))])
    write_references(desk, [change for change in changes if "references" in fields_of(change)])
    write_positions(desk)
    return changes


def differences(desk: Desk) -> Changes:
    placed = placed_now(desk)
    stood = places(desk.order_before, desk.placed_before, set(placed) | removed(desk))
    found = []
    for row in desk.rows():
        key = (what(row), row.pk)
        before, after = (None if key in desk.new else desk.before[key]), desk.values(row)
        change = difference(before, after)
        if isinstance(row, Shot):
            add_places(change, stood.get(row.pk), placed.get(row.pk))
        if change["before"] != change["after"]:
            found.append({"what": key[0], "id": key[1], **change})
    return found


def difference(before: Values | None, after: Values) -> dict[str, Any]:
    """Only the fields that differ; of a new row all of them."""
    if before is None:
        return {"before": None, "after": dict(after)}
    changed = [name for name in {**before, **after} if before.get(name, ...) != after.get(name, ...)]
    return {
        "before": {name: before[name] for name in changed if name in before},
        "after": {name: after[name] for name in changed if name in after},
    }


def placed_now(desk: Desk) -> dict[int, Any]:
    return places(desk.order, {shot.pk: shot.placed for shot in desk.order}, desk.moved)


def removed(desk: Desk) -> set[int]:
    return {shot.pk for shot in desk.order_before if shot.deleted_at is not None}


def add_places(change: dict[str, Any], before: Sequence[object] | None, after: Sequence[object] | None) -> None:
    if before and change["before"] is not None:
        change["before"]["place"] = list(before)
    if after:
        change["after"]["place"] = list(after)


def fields_of(change: dict[str, Any]) -> set[str]:
    return {*(change["before"] or {}), *change["after"]}


def written(change: dict[str, Any]) -> set[str]:
    """The fields that are still to be written: a new shot was made with all of them but its joint."""
    if change["before"] is not None:
        return fields_of(change)
    return {"joint"} if change["after"].get("joint", [Joint.CUT])[0] != Joint.CUT else set()


def raise_versions(row: Row, changed: set[str]) -> None:
    counted = changed - {"place", "deleted", "scene"}
    if counted:
        row.versions = {**row.versions, **{name: row.versions.get(name, 0) + 1 for name in counted}}


def write_board(desk: Desk, changed: set[str]) -> None:
    desk.board.changed_at, desk.board.changed_by = timezone.now(), desk.by
    names = {"changed_at", "changed_by"} | columns(changed) | ({"versions"} if changed else set())
    desk.board.save(update_fields=sorted(names))


def write_rows(desk: Desk, rows: Sequence[tuple[Scene | Shot, set[str]]]) -> None:
    """One statement for one row, a few for many."""
    if not rows:
        return
    names = {"versions"}.union(*(columns(changed) for _, changed in rows))
    always: dict[str, object] = {}
    if isinstance(rows[0][0], Shot):
        always = {"changed_at": timezone.now(), "changed_by": desk.by}
    # After a bulk change most rows say the same, and rows that say the same share a statement.
    alike: dict[str, tuple[dict[str, object], list[int]]] = {}
    for row, _ in rows:
        said = {name: getattr(row, f"{name}_id" if name in KEYS else name) for name in sorted(names)}
        alike.setdefault(repr(said), (said, []))[1].append(row.pk)
        for name, value in always.items():
            setattr(row, name, value)
    manager: Any = type(rows[0][0])._default_manager
    for said, keys in alike.values():
        manager.filter(pk__in=keys).update(**said, **always)


def write_references(desk: Desk, changes: Changes) -> None:
    old = [change["id"] for change in changes if change["before"] is not None]
    if old:
        ShotReference.objects.filter(shot__in=old).delete()
    made = [
        ShotReference(shot_id=change["id"], reference_id=reference, position=position)
        for change in changes
        for position, reference in enumerate(desk.references[change["id"]], 1)
    ]
    if made:
        ShotReference.objects.bulk_create(made, batch_size=500)


def write_positions(desk: Desk) -> None:
    """1, 2, 3 …: shots that go the same way by the same number of places share a statement."""
    steps: dict[int, list[int]] = {}
    for position, shot in enumerate(desk.order, 1):
        if shot.position != position:
            steps.setdefault(position - shot.position, []).append(shot.pk)
            shot.position = position
    for step, keys in steps.items():
        Shot.objects.filter(pk__in=keys).update(position=F("position") + step)


def remember(desk: Desk, changes: Changes, label: str, *, typed: bool = False) -> Edit | None:
    """A new step, or more of the last one while somebody types; what was undone before cannot be redone any more."""
    own = Edit.objects.filter(board=desk.board, by=desk.by)
    last = own.order_by("-pk").first()
    if last and last.undone_at is not None:
        own.exclude(undone_at=None).delete()
    elif last and typed and goes_on(last, changes):
        return longer(last, changes)
    made = Edit.objects.create(board=desk.board, by=desk.by, label=label[:120], changes=changes)
    if made.pk % PRUNE_EVERY == 0:
        older = own.order_by("-pk").values_list("pk", flat=True)[KEPT:]
        Edit.objects.filter(pk__in=list(older)).delete()
    return made


def longer(last: Edit, changes: Changes) -> Edit | None:
    """The step goes on; one that led back to where it began was none."""
    last.changes[0]["after"] = changes[0]["after"]
    if last.changes[0]["before"] == last.changes[0]["after"]:
        last.delete()
        return None
    last.save(update_fields=["changes"])
    return last


def goes_on(last: Edit, changes: Changes) -> bool:
    """Whether this is the same field of the same row, taken up where the last step left it."""
    if timezone.now() - last.done_at > TYPING or len(last.changes) != 1 or len(changes) != 1:
        return False
    old, new = last.changes[0], changes[0]
    same = (old["what"], old["id"]) == (new["what"], new["id"]) and old["before"] is not None
    return same and len(fields_of(new)) == 1 and fields_of(old) == fields_of(new) and old["after"] == new["before"]


def announce(desk: Desk, changes: Changes) -> None:
    """The last thing that happens: hints to all who have the board open."""
    shots = [desk.shots[change["id"]].topic for change in changes if change["what"] == "shot"]
    topics = {"edits"}
    if structural(changes) or len(shots) > CARDS:
        topics.add("order")
    else:
        topics.update(shots)
    if any(change["what"] == "board" for change in changes):
        topics.add("board")
    for topic in sorted(topics):
        publish(desk.board.channel, topic)
    if any(change["what"] == "board" and "name" in change["after"] for change in changes):
        publish(desk.board.team.channel, "boards")


def structural(changes: Changes) -> bool:
    """Whether more than a card looks different: the order, a joint, a scene."""
    apart = {"place", "deleted", "joint", "scene"}
    return any(change["what"] == "scene" or fields_of(change) & apart for change in changes)
