"""The tour begins by itself on the first film only, stays where somebody left it, and goes when told to."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.accounts.actions import create_first_account
from storyboard.boards import actions, queries
from storyboard.boards.models import Board, Tour
from storyboard.boards.views.tour import NOTES
from storyboard.teams.models import Membership, Role, Team, User

AsUser = Callable[[User], Client]
FIELDS = {"HX-Request": "true"}


def at(name: str, board: Board) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id])


def shown(client: Client, board: Board) -> str:
    """“2 of 5”; empty when there is no tour on the page."""
    found = re.search(r"Step (\d of \d)", client.get(at("board", board)).text)
    return found.group(1) if found else ""


def go(client: Client, board: Board, step: int) -> None:
    assert client.post(at("board_tour", board), {"step": str(step)}).headers["Location"] == at("board", board)


@pytest.mark.django_db
def test_it_begins_by_itself_on_the_film_of_the_first_start(as_user: AsUser) -> None:
    made = create_first_account("you@localhost.localdomain", name="You", team="My team")
    assert made is not None
    client, first = as_user(made[0]), Board.objects.get()
    assert shown(client, first) == "1 of 5"
    other = actions.create_board(first.team, name="Mine", by=made[0])
    assert shown(client, other) == ""


def test_a_sample_of_another_team_has_none(team: Team, alice: User, as_user: AsUser) -> None:
    assert shown(as_user(alice), actions.create_sample(team, by=alice)) == ""


def test_it_is_found_again_goes_on_where_it_was_and_ends(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    assert client.get(at("board", board)).text.count("Show me around") == 2
    go(client, board, 1)
    go(client, board, 3)
    assert shown(client, board) == "3 of 5"
    go(client, board, 0)
    assert (shown(client, board), Tour.objects.count()) == ("", 0)


def test_a_press_is_answered_with_the_next_note_alone(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    for step, note in enumerate(NOTES, 1):
        text = client.post(at("board_tour", board), {"step": str(step)}, headers=FIELDS).text
        assert note.title in text
        assert ("Done" in text, "<html" in text) == (step == len(NOTES), False)
    assert "Step" not in client.post(at("board_tour", board), {"step": "0"}, headers=FIELDS).text


def test_everybody_has_a_tour_of_their_own(
    board: Board, alice: User, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser
) -> None:
    join(bob, Role.VIEWER)
    go(as_user(bob), board, 2)
    assert queries.tour_on(board, alice) is None
    assert shown(as_user(bob), board) == "2 of 5"


@pytest.mark.parametrize("step", ["", "6", "-1", "x", "1" * 400, "²"])
def test_there_is_no_other_step(board: Board, alice: User, as_user: AsUser, step: str) -> None:
    answer = as_user(alice).post(at("board_tour", board), {"step": step}, headers=FIELDS)
    assert (answer.status_code, Tour.objects.count()) == (400, 0)
