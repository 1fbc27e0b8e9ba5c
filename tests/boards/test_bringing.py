"""A file's shots come among those of a board that is there: in one step, with every word and sensible joints."""

import pytest

from storyboard.boards import actions, bringing, queries
from storyboard.boards.changes import END, Spot
from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftScene, DraftShot, Joint
from storyboard.boards.models import Board, Edit
from storyboard.boards.models import Joint as Opening
from storyboard.errors import Conflict, DomainError, Forbidden
from storyboard.providers.base import Kind
from storyboard.teams.models import Role, Team, User
from tests.boards.films import account, film, ids, joints_of, picture, prompts_of, shot, shots_of


def draft(first: Joint = Joint.CUT, **fields: object) -> DraftBoard:
    """Two shots, the second of which continues the first."""
    shots = [DraftShot(prompt="x", joint=first), DraftShot(prompt="y", joint=Joint.CONTINUE, joint_from=0)]
    return DraftBoard(shots=shots, **fields)  # type: ignore[arg-type]


def after(board: Board, letter: str) -> Spot:
    return Spot(after=ids(board, letter)[0])


@pytest.mark.parametrize(("letter", "order"), [("", "abcxy"), ("a", "axybc"), ("c", "abcxy")])
def test_the_shots_come_where_somebody_says(board: Board, alice: User, letter: str, order: str) -> None:
    actions.extend(board, draft=draft(), at=after(board, letter) if letter else END, by=alice)
    assert prompts_of(board) == order
    assert joints_of(board) == ["y<x"]
    assert [row.position for row in shots_of(board)] == [1, 2, 3, 4, 5]


def test_they_come_before_the_first_shot_too(board: Board, alice: User) -> None:
    actions.extend(board, draft=draft(Joint.CONTINUE), at=Spot(before=ids(board, "a")[0]), by=alice)
    assert (prompts_of(board), joints_of(board)) == ("xyabc", ["x<?", "y<x"])


def test_it_is_one_step_that_goes_back_and_forth(board: Board, team: Team, alice: User) -> None:
    face = picture(team)
    brought = draft(
        scenes=[DraftScene(name="Dusk")],
        references=[
            DraftReference(id="one", name="Face", kind=Kind.IMAGE, sha256=face.file.sha256 if face.file else "")
        ],
    )
    brought.shots[1].scene, brought.shots[1].references, brought.shots[1].landing = 0, ["one"], "one"
    steps = Edit.objects.count()
    actions.extend(board, draft=brought, by=alice)
    assert (Edit.objects.count(), queries.edit_state(board, alice).undo) == (steps + 1, "Import 2 shots")
    actions.undo(board, by=alice)
    assert prompts_of(board) == "abc"
    assert actions.redo(board, by=alice).left == []
    found = shot(board, "y")
    assert (found.scene and found.scene.name, found.landing) == ("Dusk", face)
    assert [row.reference for row in found.references.all()] == [face]
    assert joints_of(board) == ["y<x"]


def test_a_first_shot_that_continues_something_unknown_continues_the_one_before_it(board: Board, alice: User) -> None:
    actions.extend(board, draft=draft(Joint.MOTION), at=after(board, "b"), by=alice)
    assert joints_of(board) == ["x<b", "y<x"]


def test_shots_without_a_scene_join_the_one_they_come_to_stand_in(board: Board, alice: User) -> None:
    actions.make_scene(board, ids=ids(board, "ab"), name="Dusk", by=alice)
    actions.extend(board, draft=draft(), at=after(board, "a"), by=alice)
    assert [row.scene and row.scene.name for row in shots_of(board)] == ["Dusk"] * 4 + [None]


def test_what_is_foreseen_is_what_happens(team: Team, alice: User) -> None:
    board = film(team, alice, joint=Opening.CONTINUE)
    told = bringing.foreseen(board, bringing.coming(draft()), after(board, "a"), alice)
    assert prompts_of(board) == "abc"
    stored = actions.extend(board, draft=draft(), at=after(board, "a"), by=alice)
    assert told == ["The first of them opens with a cut.", *stored.sentences]
    assert stored.sentences == ["Shot 4 (so far 2) still continues shot 1, which is not directly before it any more."]
    assert joints_of(board) == ["y<x", "b<a", "c<b"]


@pytest.mark.parametrize(("first", "said"), [(Joint.CUT, "opens with a cut."), (Joint.CONTINUE, "continues shot 3.")])
def test_the_opening_of_the_first_is_foreseen(board: Board, alice: User, first: Joint, said: str) -> None:
    assert bringing.foreseen(board, bringing.coming(draft(first)), END, alice) == [f"The first of them {said}"]


def test_what_the_file_says_of_all_its_shots_goes_with_them(board: Board, team: Team, alice: User) -> None:
    account(team)
    brought = draft(settings={"seconds": 9, "ratio": "16:9", "connection": "theirs"}, look="grain")
    brought.shots[1].settings = {"seconds": 4}
    stored = actions.extend(board, draft=brought, by=alice)
    assert [row.settings for row in shots_of(board)[3:]] == [{"seconds": 9}, {"seconds": 4}]
    board.refresh_from_db()
    assert board.look == ""
    assert stored.remarks == [
        bringing.NO_LOOK,
        "The file names a connection that this team does not have; it uses the board’s.",
    ]


def test_nothing_comes_onto_a_board_that_cannot_be_changed(board: Board, alice: User, bob: User, team: Team) -> None:
    with pytest.raises(DomainError, match="no shot in it"):
        actions.extend(board, draft=DraftBoard(), by=alice)
    team.memberships.create(user=bob, role=Role.REVIEWER)
    with pytest.raises(Forbidden):
        actions.extend(board, draft=draft(), by=bob)
    actions.archive(board, by=alice)
    with pytest.raises(Conflict):
        actions.extend(board, draft=draft(), by=alice)
    assert prompts_of(board) == "abc"
