"""A board that was read from a file is kept with every word; what the team does not have is said."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storyboard.boards import actions, queries
from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftScene, DraftShot, Joint, Setting, Unusable
from storyboard.errors import Forbidden
from storyboard.providers.base import Kind
from storyboard.teams.models import Role, Team, User
from tests.boards.films import account, joints_of, picture, prompts_of, shots_of


def draft() -> DraftBoard:
    """Three shots in a scene, joined, with a reference."""
    return DraftBoard(
        name="Tide",
        look="grain",
        settings={"seconds": 7},
        scenes=[DraftScene(name="Dusk")],
        shots=[
            DraftShot(prompt="a", notes=" as it was \n", scene=0, settings={"seconds": 4}),
            DraftShot(prompt="b", joint=Joint.CONTINUE, joint_from=0, references=["one", "two"], exact=True),
            DraftShot(prompt="c", joint=Joint.LAND, joint_from=1, landing="one", needs_approval=True),
        ],
        references=[
            DraftReference(id="one", name="Keeper", kind=Kind.IMAGE, sha256=f"{'face':0>64}"),
            DraftReference(id="two", name="Sea", kind=Kind.VIDEO, address="asset://sea"),
        ],
    )


def test_everything_of_a_draft_is_on_the_board(team: Team, alice: User) -> None:
    account(team)
    reference = picture(team)
    stored = actions.store(team, draft=draft(), by=alice)
    board = stored.board
    assert (board.name, board.look, board.settings["seconds"]) == ("Tide", "grain", 7)
    assert (prompts_of(board), joints_of(board)) == ("abc", ["b<a", "c<b"])
    first, second, third = shots_of(board)
    assert (first.notes, first.settings, first.scene and first.scene.name) == (" as it was \n", {"seconds": 4}, "Dusk")
    assert [row.reference for row in second.references.all()] == [reference]
    assert (second.exact, third.landing, third.needs_approval) == (True, reference, True)
    assert stored.remarks == ["Shot 2 is made with “Sea”, which is not in the library."]
    assert queries.edit_state(board, alice).undo == ""


def test_a_table_names_references_as_people_do(team: Team, alice: User) -> None:
    reference = picture(team, "The Keeper")
    shots = [DraftShot(prompt="a", references=["the keeper"]), DraftShot(prompt="b", references=[reference.public_id])]
    stored = actions.store(team, draft=DraftBoard(shots=shots), name="table", by=alice)
    assert stored.board.name == "table"
    assert [row.references.get().reference for row in shots_of(stored.board)] == [reference, reference]


def test_connections_and_models_of_somewhere_else_are_left_out_and_said(team: Team, alice: User) -> None:
    account(team)
    theirs = account(Team.objects.create(name="Others"))
    shots = [DraftShot(settings={"connection": theirs.public_id}), DraftShot(settings={"model": "sora"})]
    stored = actions.store(team, draft=DraftBoard(shots=shots), by=alice)
    assert [row.settings for row in shots_of(stored.board)] == [{}, {}]
    assert len(stored.remarks) == 2
    assert "“sora”" in stored.remarks[1]


def test_a_draft_that_cannot_stand_makes_no_board(team: Team, alice: User) -> None:
    with pytest.raises(Unusable):
        actions.store(team, draft=DraftBoard(shots=[DraftShot(prompt="a\0")]), by=alice)
    assert not team.boards.exists()


def test_only_editors_import(team: Team, bob: User) -> None:
    team.memberships.create(user=bob, role=Role.VIEWER)
    with pytest.raises(Forbidden):
        actions.store(team, draft=draft(), by=bob)


def test_five_thousand_shots_come_in_few_statements(team: Team, alice: User) -> None:
    account(team)
    settings: dict[str, Setting] = {"model": "doubao-seedance-2.0"}
    shots = [
        DraftShot(prompt=str(at), settings=settings, joint=Joint.CONTINUE, joint_from=at - 1) for at in range(1, 5000)
    ]
    draft = DraftBoard(shots=[DraftShot(prompt="0"), *shots])
    with CaptureQueriesContext(connection) as asked:
        stored = actions.store(team, draft=draft, by=alice)
    assert stored.board.shots.count() == 5000
    assert len(asked) < 200
