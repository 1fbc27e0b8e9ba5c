"""Scenes moved as a whole in the page, and a board's budget: what is asked first, what is said, who may."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.boards import actions
from storyboard.boards.models import Board, Scene
from storyboard.boards.templatetags.boards import dollars
from storyboard.teams.audit import Did
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.boards.films import film, ids, prompts_of

AsUser = Callable[[User], Client]
Join = Callable[[User, Role], Membership]


@pytest.fixture
def board(team: Team, alice: User) -> Board:
    """Shots a to g; the scenes are ab and de, and f is in none."""
    board = film(team, alice, "abcdefg")
    actions.make_scene(board, ids=ids(board, "ab"), name="Dusk", by=alice)
    actions.make_scene(board, ids=ids(board, "de"), name="Night", by=alice)
    return board


def at(name: str, board: Board, *more: str) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id, *more])


def move(client: Client, board: Board, name: str, **sent: str) -> int:
    scene = Scene.objects.get(board=board, name=name)
    return client.post(at("scene_move", board, scene.public_id), sent).status_code


@pytest.mark.parametrize(
    ("name", "sent", "order"),
    [
        ("Dusk", {"way": "later"}, "cabdefg"),
        ("Night", {"way": "earlier"}, "abdecfg"),
        ("Night", {"way": "later"}, "abcfgde"),
        ("Night", {"before": "a"}, "deabcfg"),
        ("Dusk", {"after": "d"}, "cdeabfg"),
        ("Dusk", {"after": "f"}, "cdefabg"),
    ],
)
def test_a_scene_moves_as_a_whole_and_back_in_one_step(
    board: Board, alice: User, as_user: AsUser, name: str, sent: dict[str, str], order: str
) -> None:
    named = {key: ids(board, value)[0] if key != "way" else value for key, value in sent.items()}
    assert move(as_user(alice), board, name, **named) == 302
    assert prompts_of(board) == order
    actions.undo(board, by=alice)
    assert prompts_of(board) == "abcdefg"


def test_what_a_moved_scene_means_for_joints_is_asked_first_and_said_after(
    board: Board, alice: User, as_user: AsUser
) -> None:
    follower = board.shots.get(prompt="c")
    actions.set_joint(follower, joint="continue", by=alice)
    client = as_user(alice)
    scene = Scene.objects.get(board=board, name="Dusk")
    asked = client.post(at("scene_move", board, scene.public_id), {"way": "later"}, headers={"HX-Request": "true"})
    assert "Move the scene “Dusk”?" in asked.text
    assert "still continues shot 3 (so far 2), which now comes after it" in asked.text
    assert prompts_of(board) == "abcdefg"
    sent = {"way": "later", "sure": "1"}
    said = client.post(at("scene_move", board, scene.public_id), sent, headers={"HX-Request": "true"})
    assert "Moved the scene “Dusk”." in said.text
    assert "which now comes after it" in said.text


def test_a_scene_at_the_end_stays_there_and_is_told_so(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    assert move(client, board, "Dusk", way="earlier") == 409
    assert move(client, board, "Dusk", after=ids(board, "a")[0]) == 409
    assert prompts_of(board) == "abcdefg"


def save(client: Client, board: Board, value: str, base: int) -> dict[str, object]:
    answer: dict[str, object] = client.post(at("board_budget", board), {"value": value, "base": str(base)}).json()
    return answer


@pytest.mark.parametrize(
    ("text", "said"), [("$1,250.5", "$1,250.50"), ("99", "$99.00"), ("0", "$0.00"), ("", "")], ids=str
)
def test_an_owner_sets_the_budget_as_people_write_money(
    board: Board, alice: User, as_user: AsUser, text: str, said: str
) -> None:
    client = as_user(alice)
    save(client, board, "7", 0)
    assert save(client, board, text, 1)["version"] == 2
    board.refresh_from_db()
    assert dollars(board.budget_micro_usd) == said
    assert AuditEntry.objects.filter(action=Did.BUDGET_CHANGED).count() == 2


@pytest.mark.parametrize("text", ["much", "-1", "99,50", "1,2,3", "1.999", "1e9", "١٢", "9" * 40, "1000000001"])
def test_what_is_no_budget_is_answered_with_a_sentence(board: Board, alice: User, as_user: AsUser, text: str) -> None:
    assert str(save(as_user(alice), board, text, 0)["problem"]).endswith(".")
    board.refresh_from_db()
    assert board.budget_micro_usd is None


def test_two_owners_see_both_budgets(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    save(client, board, "100", 0)
    answer = save(client, board, "250", 0)
    assert (answer["theirs"], answer["said"], answer["version"]) == ("100", "$100", 1)
    assert save(client, board, "250", 1)["version"] == 2


def test_who_does_not_own_the_team_sees_the_budget_and_why_it_cannot_be_changed(
    board: Board, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.PRODUCER)
    actions.set_budget(board, micro_usd=250_000_000, by=alice)
    client = as_user(bob)
    page = client.get(at("board_defaults", board), headers={"HX-Request": "true"}).text
    assert 'value="250" readonly' in page
    assert "Only an owner of Northlight can change it" in page
    assert client.post(at("board_budget", board), {"value": "1", "base": "1"}).status_code == 403
