"""Random walks over a board by one and by two people: what undo gives back, and what may never happen."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from storyboard.boards import actions
from storyboard.boards.changes import NewShot, Spot
from storyboard.boards.desk import lay
from storyboard.boards.models import Board, Edit, Joint, Shot
from storyboard.errors import DomainError
from storyboard.teams.models import Team, User
from tests.boards.films import film, shots_of

pytestmark = pytest.mark.django_db
Numbers = tuple[int, int, int]
Everything = dict[tuple[str, int], dict[str, object]]


@dataclass
class Walker:
    """Does things to a board by number, and counts the texts that it wrote."""

    board: Board
    texts: dict[str, User] = field(default_factory=dict)
    # Texts of one person that the other wrote over.
    covered: set[str] = field(default_factory=set)

    def some(self, first: int, number: int) -> list[str]:
        shots = shots_of(self.board)
        return [shots[(first + at) % len(shots)].public_id for at in range(min(number % 3 + 1, len(shots)))]

    def one(self, number: int) -> Shot:
        shots = shots_of(self.board)
        return shots[number % len(shots)]

    def write(self, by: User, at: Numbers) -> None:
        text, shot, name = f"text {len(self.texts)}.", self.one(at[0]), ("prompt", "notes")[at[1] % 2]
        before = str(getattr(shot, name))
        if self.texts.get(before, by) != by:
            self.covered.add(before)
        saved = actions.save_field(shot, name=name, value=text, base_version=None, by=by)
        assert isinstance(saved, actions.Saved)
        self.texts[text] = by

    def choose(self, by: User, at: Numbers) -> None:
        actions.save_field(self.one(at[0]), name="seconds", value=4 + at[1] % 9, base_version=None, by=by)

    def join(self, by: User, at: Numbers) -> None:
        onto = self.one(at[1]).public_id
        actions.set_joint(self.one(at[0]), joint=list(Joint)[at[2] % 4], onto=onto, by=by)

    def add(self, by: User, at: Numbers) -> None:
        new = [NewShot(prompt=f"new {number}", joint=Joint.CONTINUE) for number in range(at[1] % 2 + 1)]
        actions.add_shots(self.board, shots=new, at=Spot(before=self.one(at[0]).public_id), by=by)

    def move(self, by: User, at: Numbers) -> None:
        actions.move_shots(self.board, ids=self.some(*at[:2]), to=Spot(after=self.one(at[2]).public_id), by=by)

    def delete(self, by: User, at: Numbers) -> None:
        if len(shots_of(self.board)) > 2:
            actions.delete_shots(self.board, ids=self.some(*at[:2])[:2], by=by)

    def merge(self, by: User, at: Numbers) -> None:
        if len(shots_of(self.board)) > 4:
            actions.merge_shots(self.board, ids=self.some(*at[:2]), by=by)

    def split(self, by: User, at: Numbers) -> None:
        shot = self.one(at[0])
        actions.save_field(shot, name="prompt", value="One\nTwo", base_version=None, by=by)
        actions.split_by_lines(self.board, shot_id=shot.public_id, by=by)

    def duplicate(self, by: User, at: Numbers) -> None:
        actions.duplicate_shots(self.board, ids=self.some(*at[:2]), by=by)

    def scene(self, by: User, at: Numbers) -> None:
        actions.make_scene(self.board, ids=self.some(*at[:2]), name="Scene", by=by)

    def undo(self, by: User, at: Numbers) -> None:
        (actions.redo if at[0] % 3 == 0 else actions.undo)(self.board, by=by)

    def go(self, by: User, verb: str, at: Numbers) -> None:
        do: Callable[[User, Numbers], None] = getattr(self, verb)
        with suppress(DomainError):
            do(by, at)
        self.check()

    def check(self) -> None:
        shots = shots_of(self.board)
        assert [shot.position for shot in shots] == list(range(1, len(shots) + 1))
        live = {shot.pk: shot.joint_from_id for shot in shots}
        for start in live:
            at: int | None = start
            for _ in live:
                at = live[at] if at is not None else None
            assert at is None, "a circle, or a joint that holds on to a shot that is gone"


def everything(board: Board, by: User) -> Everything:
    desk = lay(board, by)
    found = {key: values for key, values in desk.before.items() if key[0] == "shot"}
    for shot in desk.order:
        found["shot", shot.pk]["position"] = shot.position
    return found


VERBS = ("write", "choose", "join", "add", "move", "delete", "merge", "split", "duplicate", "scene", "undo")
NUMBER = st.integers(0, 40)
STEP = st.tuples(st.booleans(), st.sampled_from(VERBS), st.tuples(NUMBER, NUMBER, NUMBER))
Steps = list[tuple[bool, str, Numbers]]
# A shorter walk to the same fall costs minutes to find; the seed that fails is printed.
walks = settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def begin(team: Team, by: User) -> Walker:
    """Six shots, each continuing the one before; nothing to undo yet."""
    board = film(team, by, "abcdef", joint=Joint.CONTINUE)
    Edit.objects.filter(board=board).delete()
    return Walker(board)


def undo_all(board: Board, by: User) -> None:
    while Edit.objects.filter(board=board, by=by, undone_at=None).exists():
        actions.undo(board, by=by)


def redo_all(board: Board, by: User) -> None:
    while Edit.objects.filter(board=board, by=by).exclude(undone_at=None).exists():
        actions.redo(board, by=by)


@walks
@given(steps=st.lists(STEP, max_size=20))
def test_undoing_everything_gives_back_the_very_same_board(team: Team, alice: User, steps: Steps) -> None:
    walker = begin(team, alice)
    before = everything(walker.board, alice)
    for _, verb, at in steps:
        walker.go(alice, verb, at)
    redo_all(walker.board, alice)
    after = everything(walker.board, alice)
    undo_all(walker.board, alice)
    assert everything(walker.board, alice) == before
    redo_all(walker.board, alice)
    assert everything(walker.board, alice) == after


@walks
@given(steps=st.lists(STEP, max_size=24))
def test_undo_gives_back_what_the_other_person_did_not_touch(
    team: Team, alice: User, editor: User, steps: Steps
) -> None:
    walker = begin(team, alice)
    board, before = walker.board, everything(walker.board, alice)
    for hers, verb, at in steps:
        walker.go(alice if hers else editor, verb, at)
    touched = fields_touched(board, editor)
    undo_all(board, alice)
    walker.check()
    now = everything_ever(board, alice)
    for (kind, pk), values in before.items():
        for name in values.keys() - {"position"} - {name for one, name in touched if one == pk or name == "joint"}:
            assert now[kind, pk].get(name) == values[name], (pk, name)
    kept = json.dumps([list(Edit.objects.filter(board=board).values_list("changes", flat=True)), list(now.values())])
    assert not [text for text in walker.covered if text not in kept]


def fields_touched(board: Board, by: User) -> set[tuple[int, str]]:
    """Everything that this person ever changed, also what they undid."""
    found = set()
    for edit in Edit.objects.filter(board=board, by=by):
        for change in edit.changes:
            found |= {(change["id"], name) for name in {**(change["before"] or {}), **change["after"]}}
    return found


def everything_ever(board: Board, by: User) -> Everything:
    return dict(lay(board, by, gone=Shot.objects.filter(board=board).values_list("pk", flat=True)).before)
