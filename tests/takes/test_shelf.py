"""The shelf of a shot: what was deleted of it, and what it says once a take was rejected."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.boards import actions as boards
from storyboard.boards.models import Board, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import Kind
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]
Join = Callable[[User, Role], Membership]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue", account)


@pytest.fixture
def shot(board: Board) -> Shot:
    return make.shots_of(board)[0]


def at(name: str, board: Board, *more: str) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id, *more])


def shelf(client: Client, shot: Shot) -> str:
    return str(client.get(at("takes", shot.board, shot.public_id), headers=HTMX).text)


def test_deleted_takes_are_listed_with_who_deleted_them_and_come_back(
    shot: Shot, account: Connection, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.EDITOR)
    take = make.selected(shot, at=account, charge_micro_usd=540_000)
    choosing.delete(take, by=bob)
    client, back = as_user(alice), at("take_restore", shot.board, take.public_id)
    text = shelf(client, shot)
    assert 'Deleted takes (<span class="num">1</span>)' in text
    for wanted in ("No take yet", f"by {bob}", "$0.54", back):
        assert wanted in text
    assert "Deleted takes" not in client.post(back, headers=HTMX).text
    take.refresh_from_db()
    assert (take.deleted_at, take.deleted_by, take.is_selected) == (None, None, True)


def test_who_only_looks_sees_what_was_deleted_and_no_button(
    shot: Shot, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.REVIEWER)
    take = make.take(shot)
    choosing.delete(take, by=alice)
    text = shelf(as_user(bob), shot)
    assert f"by {alice}" in text
    assert "Bring back" not in text


def test_a_deleted_take_keeps_its_small_picture_and_shows_no_more(shot: Shot, alice: User, as_user: AsUser) -> None:
    clip = make.file(shot.board.team, kind=Kind.VIDEO, small_key="t/small", poster_key="t/poster")
    take = make.take(shot, clip=clip)
    choosing.delete(take, by=alice)
    client = as_user(alice)
    shown = {name: client.get(at(name, shot.board, take.public_id)).status_code for name in ("take_small", "take_play")}
    assert shown == {"take_small": 302, "take_play": 404}


def test_the_last_one_that_was_deleted_stands_first(shot: Shot, alice: User, as_user: AsUser) -> None:
    first, second = make.take(shot), make.take(shot)
    for take in (second, first):
        choosing.delete(take, by=alice)
    assert Take.objects.filter(deleted_by=alice).count() == 2
    text = shelf(as_user(alice), shot)
    assert text.index("<b>Take 1</b>") < text.index("<b>Take 2</b>")


def test_pages_and_actions_say_the_same_of_a_deleted_shot(shot: Shot, alice: User, as_user: AsUser) -> None:
    take, client = make.take(shot), as_user(alice)
    boards.delete_shots(shot.board, ids=[shot.public_id], by=alice)
    said = "Its shot was deleted. Bring the shot back first."
    for answer in (
        client.get(at("take_hand_off", shot.board, take.public_id), headers=HTMX),
        client.post(at("take_select", shot.board, take.public_id), headers=HTMX),
    ):
        assert (answer.status_code, said in answer.headers["HX-Trigger"]) == (404, True)


def test_a_rejected_take_stays_selected_and_another_one_is_offered(
    shot: Shot, account: Connection, alice: User, as_user: AsUser
) -> None:
    first, second = make.selected(shot, at=account), make.take(shot, at=account)
    client, select = as_user(alice), at("take_select", shot.board, second.public_id)
    told = client.post(at("take_reject", shot.board, first.public_id), headers=HTMX).text
    assert Take.objects.get(is_selected=True) == first
    assert told.count(select) >= 4  # twice each on the shelf and in the toast
    assert "It is still selected." in told
    assert "Make another take" in told


def test_a_reviewer_is_offered_no_take_to_select(
    shot: Shot, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.REVIEWER)
    first, second = make.selected(shot), make.take(shot)
    answer = as_user(bob).post(at("take_reject", shot.board, first.public_id), headers=HTMX)
    assert at("take_select", shot.board, second.public_id) not in answer.text
    assert "Take 1 is rejected" in answer.headers["HX-Trigger"]
    assert "Make another take" in answer.text


def test_what_was_rejected_too_is_not_offered(shot: Shot, alice: User, as_user: AsUser) -> None:
    first, second = make.selected(shot), make.take(shot)
    for take in (first, second):
        choosing.reject(take, note="", by=alice)
    text = shelf(as_user(alice), shot)
    assert "Take 1 was rejected</b> and is still the one in the film" in text
    assert "Select take" not in text


def test_the_inspector_of_a_rejected_shot_says_what_to_do(shot: Shot, alice: User, as_user: AsUser) -> None:
    choosing.reject(make.selected(shot), note="", by=alice)
    text = as_user(alice).get(at("shot", shot.board, shot.public_id), headers=HTMX).text
    for wanted in ("<b>Rejected.</b>", "Choose another take</a>", "make another one</a>"):
        assert wanted in text
    assert "keep it" not in text


def test_the_sheet_warns_of_a_rejected_take_and_may_be_pressed(
    board: Board, shot: Shot, account: Connection, alice: User, as_user: AsUser
) -> None:
    choosing.reject(make.selected(shot, at=account), note="", by=alice)
    follower = make.shots_of(board)[1].public_id
    text = as_user(alice).get(f"{at('board_render', board)}?shot={follower}").text
    assert "Shot 2 would open on take 1 of shot 1, which was rejected." in text
    assert f'?shot={shot.public_id}&amp;tab=takes">Choose another take</a>' in text
    assert '<button class="btn go">Render for' in text


def test_a_take_that_took_the_place_of_another_by_itself_says_so(shot: Shot, alice: User, as_user: AsUser) -> None:
    run, now, client = make.run(shot.board, by=alice), timezone.now(), as_user(alice)
    said = "Selected by itself, as the newest."
    first = make.selected(shot, run=run, finished_at=now, selected_at=now)
    assert said not in shelf(client, shot)
    Take.objects.filter(pk=first.pk).update(is_selected=False)
    second = make.selected(shot, run=run, finished_at=now, selected_at=now)
    assert said in shelf(client, shot)
    choosing.select(first, by=alice)
    assert said not in shelf(client, shot)
    choosing.select(second, by=alice)
    Take.objects.filter(pk=second.pk).update(selected_at=now + timedelta(minutes=1))
    assert said not in shelf(client, shot)
