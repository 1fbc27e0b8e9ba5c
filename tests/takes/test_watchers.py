"""Many who watch one board: what they ask for together is read once, and each gets what they may see and do."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.boards.models import Board
from storyboard.boards.queries import watcher_for
from storyboard.connections.models import Connection
from storyboard.errors import Missing
from storyboard.live.together import Round, coming, running
from storyboard.takes.models import State
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

Join = Callable[[User, Role], Membership]
# What is asked for, its part of the board's channel, what only who may change it gets, and what everybody gets.
PARTS = {"shot_card": ("Add a shot before shot 1", "Rendering"), "board_runs": ("csrfmiddlewaretoken", "at work")}


@pytest.fixture
def rendering(transactional_db: None, team: Team, alice: User) -> Board:
    account: Connection = make.connection(team, by=alice)
    board = make.board_with(team, alice, "cut", account)
    make.take(make.shots_of(board)[0], State.RUNNING, at=account, run=make.run(board))
    return board


@pytest.fixture
def viewer(bob: User, join: Join) -> User:
    """Bob, who looks on."""
    join(bob, Role.VIEWER)
    return bob


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def address(name: str, board: Board) -> tuple[str, tuple[str, str]]:
    """Of the part, and the name under which it is read."""
    own = [make.shots_of(board)[0].public_id] if name == "shot_card" else []
    part = own[0] if own else "runs"
    return reverse(name, args=[board.team.public_id, board.public_id, *own]), (board.channel, part)


def get(path: str, user: User) -> Any:
    try:
        client = Client(headers={"HX-Request": "true"})
        client.force_login(user)
        return client.get(path)
    finally:
        connections.close_all()


def until(people: int, key: tuple[str, str]) -> None:
    """So many wait in the read that is coming, beside the one who will read."""
    while (found := coming.get(key)) is None or found.joined < people + 1:
        threading.Event().wait(0.001)


def together(crowd: ThreadPoolExecutor, key: tuple[str, str], path: str, *people: User) -> list[Any]:
    """They all ask while a read goes on, which is over when each of them waits."""
    running[key] = before = Round()
    asked = [crowd.submit(get, path, one) for one in people]
    until(len(people) - 1, key)
    before.found.set_result(None)
    return [one.result(20) for one in asked]


@pytest.mark.parametrize("name", PARTS)
def test_who_asks_together_is_offered_only_what_they_may_do(
    rendering: Board, alice: User, viewer: User, crowd: ThreadPoolExecutor, name: str
) -> None:
    path, key = address(name, rendering)
    by_owner, by_viewer = together(crowd, key, path, alice, viewer)
    own, shared = PARTS[name]
    assert (own in by_owner.text, own in by_viewer.text) == (True, False)
    assert shared in by_owner.text
    assert shared in by_viewer.text


@pytest.mark.parametrize("name", PARTS)
def test_a_stranger_never_comes_to_the_read(
    rendering: Board, alice: User, charlie: User, crowd: ThreadPoolExecutor, name: str
) -> None:
    path, key = address(name, rendering)
    coming[key] = Round()
    try:
        assert get(path, charlie).status_code == 404
    finally:
        del coming[key]


@pytest.mark.parametrize("name", PARTS)
def test_what_is_shown_is_never_older_than_the_question(rendering: Board, alice: User, name: str) -> None:
    path, _ = address(name, rendering)
    before = get(path, alice).text
    rendering.shots.get().takes.update(progress=41)
    after = get(path, alice).text
    assert ("41" in before, "41" in after) == (False, True)


def test_a_watcher_may_edit_what_is_not_archived(rendering: Board, alice: User, viewer: User) -> None:
    place = (rendering.team.public_id, rendering.public_id)
    assert [watcher_for(user, *place).may_edit for user in (alice, viewer)] == [True, False]
    Board.objects.update(archived_at=rendering.created_at)
    assert [watcher_for(user, *place).may_edit for user in (alice, viewer)] == [False, False]


def test_nobody_watches_a_board_of_another_team_or_one_that_was_deleted(
    rendering: Board, alice: User, charlie: User
) -> None:
    its, own = rendering.team.public_id, charlie.memberships.get().team.public_id
    for user, team_id in ((charlie, its), (charlie, own), (alice, own)):
        with pytest.raises(Missing):
            watcher_for(user, team_id, rendering.public_id)
    Board.objects.update(deleted_at=rendering.created_at)
    with pytest.raises(Missing, match="deleted"):
        watcher_for(alice, its, rendering.public_id)


def test_letting_a_watcher_in_is_one_query(rendering: Board, alice: User) -> None:
    place = (rendering.team.public_id, rendering.public_id)
    with CaptureQueriesContext(connections["default"]) as asked:
        watcher_for(alice, *place)
    assert len(asked) == 1
