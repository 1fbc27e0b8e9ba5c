"""The page where a hand-off is chosen, the pair beside the shot that follows, and a chain that begins anew."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from storyboard.boards import actions
from storyboard.boards.models import Board, Joint, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import Kind, Reference
from storyboard.takes.models import Measure, State, Take
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make
from tests.takes.joints import brighter, measured, selected

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
DARK, SOFT = (2.0, 1.0, 0.0, 0.0), (50.0, 20.0, 30.0, 30.0)


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue continue", account)


@pytest.fixture
def take(board: Board) -> Take:
    return selected(make.shots_of(board)[0], last=brighter(6))


def at(name: str, board: Board, *more: str) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id, *more])


def pair(client: Client, board: Board, number: int = 2) -> str:
    shot = make.shots_of(board)[number - 1]
    return str(client.get(at("shot_hand_off", board, shot.public_id), headers=HTMX).text)


def choose(client: Client, take: Take, **sent: str) -> HttpResponse:
    return client.post(at("take_hand_off", take.shot.board, take.public_id), sent, headers=HTMX)  # type: ignore[return-value]


def frames(text: str) -> list[list[Any]]:
    """All that the slider knows."""
    found = re.search(r'data-frames="([^"]*)"', text)
    assert found
    rows: list[list[Any]] = json.loads(html.unescape(found[1]))
    return rows


def test_each_frame_tells_its_time_and_how_far_it_is_from_the_next_shot(
    board: Board, take: Take, alice: User, as_user: AsUser
) -> None:
    selected(make.shots_of(board)[1], first=brighter(6))
    text = as_user(alice).get(at("take_hand_off", board, take.public_id), headers=HTMX).text
    rows = frames(text)
    assert len(rows) == 24
    assert rows[0] == [21, "", 6.0, 0.0, "6.0 brighter"]
    assert rows[-1] == [979, "", 0.0, 0.0, "hardly a difference to be seen"]
    assert "Shot 2 opens on the frame that you choose" in text


@pytest.mark.parametrize(("figures", "why"), [(DARK, "black"), (SOFT, "blurred")])
def test_weak_frames_are_marked(
    board: Board, alice: User, as_user: AsUser, figures: tuple[float, float, float, float], why: str
) -> None:
    take = make.selected(make.shots_of(board)[0])
    own = measured(take)
    last = [[row[0], *figures, ""] for row in own.frames[20:]]
    Measure.objects.filter(pk=own.pk).update(frames=[*own.frames[:20], *last])
    text = as_user(alice).get(at("take_hand_off", board, take.public_id), headers=HTMX).text
    assert [row[1] for row in frames(text)] == [""] * 20 + [why] * 4
    assert f'<rect class="{why}" x="833" y="0" width="167" height="100"/>' in text


def test_a_clip_that_is_not_measured_yet_can_be_left_all_the_same(board: Board, alice: User, as_user: AsUser) -> None:
    take = make.selected(make.shots_of(board)[0])
    text = as_user(alice).get(at("take_hand_off", board, take.public_id), headers=HTMX).text
    rows = frames(text)
    assert (len(rows), rows[0], rows[95][0]) == (96, [20, "", None, None, ""], 3979)
    assert "still being measured" in text


def test_leaving_earlier_makes_what_follows_out_of_date(
    board: Board, take: Take, alice: User, account: Connection, as_user: AsUser
) -> None:
    second = make.shots_of(board)[1]
    selected(second, at=account, upstream=take, request={})
    client = as_user(alice)
    card = at("shot_card", board, second.public_id)
    assert "Out of date" not in client.get(card).text
    answer = choose(client, take, what="here", ms="479", seconds="9")
    assert answer.status_code == 204
    assert "Shot 1 hands over at 0.48 s. What was made" in answer.headers["HX-Trigger"]
    take.refresh_from_db()
    assert take.hand_off_ms == 479
    assert "Shot 1 hands over at another moment." in client.get(card).text
    choose(client, take, what="end")
    assert "Out of date" not in client.get(card).text


def test_the_last_frame_is_the_end(take: Take, alice: User, as_user: AsUser) -> None:
    choose(as_user(alice), take, ms="479")
    choose(as_user(alice), take, ms="979")
    take.refresh_from_db()
    assert take.hand_off_ms is None


@pytest.mark.parametrize(("typed", "ms"), [("0.5", 500), (" 0,75 ", 750), ("3", 3000)])
def test_without_scripts_the_time_is_typed(take: Take, alice: User, as_user: AsUser, typed: str, ms: int) -> None:
    client, board = as_user(alice), take.shot.board
    sent = {"what": "here", "ms": "", "seconds": typed}
    answer = client.post(at("take_hand_off", board, take.public_id), sent, follow=True)
    assert "Shot 1 hands over at" in answer.text
    take.refresh_from_db()
    assert take.hand_off_ms == ms


@pytest.mark.parametrize(
    ("typed", "said"),
    [(bad, "like 4.9") for bad in ("soon", "-1", "٣", "1e3", "")] + [(far, "within the clip") for far in ("0", "99")],
)
def test_a_time_that_is_none_is_said_beside_the_form(
    take: Take, alice: User, as_user: AsUser, typed: str, said: str
) -> None:
    answer = choose(as_user(alice), take, what="here", seconds=typed)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    take.refresh_from_db()
    assert take.hand_off_ms is None


def test_a_viewer_looks_and_cannot_choose(
    take: Take, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser
) -> None:
    join(bob, Role.VIEWER)
    text = as_user(bob).get(at("take_hand_off", take.shot.board, take.public_id)).text
    assert "Leave here" not in text
    assert choose(as_user(bob), take, seconds="0.5").status_code == 403


def test_only_a_finished_take_has_frames(board: Board, account: Connection, alice: User, as_user: AsUser) -> None:
    running = make.take(make.shots_of(board)[0], State.RUNNING, at=account)
    assert as_user(alice).get(at("take_hand_off", board, running.public_id)).status_code == 409


def test_the_pair_shows_both_frames_and_the_step_in_words(
    board: Board, take: Take, alice: User, as_user: AsUser
) -> None:
    second = selected(make.shots_of(board)[1], first=(56.8, 20.0, 30.0, 57.9))
    text = pair(as_user(alice), board)
    assert f'{at("take_play", board, take.public_id)}#t=0.979"' in text
    assert f'{at("take_play", board, second.public_id)}#t=0.021"' in text
    assert "2.1 softer, 0.8 brighter" in text
    assert "Re-anchor here?" not in text


def test_the_pair_says_where_the_shot_before_is_left(board: Board, take: Take, alice: User, as_user: AsUser) -> None:
    assert 'leaves <span class="num">at its end</span>' in pair(as_user(alice), board)
    choose(as_user(alice), take, ms="479")
    text = pair(as_user(alice), board)
    assert 'leaves <span class="num">at 0.48 s</span>' in text
    assert "Not rendered yet" in text


def test_what_adds_up_along_the_chain_offers_to_begin_anew(
    team: Team, account: Connection, alice: User, as_user: AsUser
) -> None:
    board = make.board_with(team, alice, "cut continue continue continue", account)
    for shot in make.shots_of(board):
        selected(shot, first=brighter(3))
    assert "Re-anchor here?" not in pair(as_user(alice), board, 3)
    text = pair(as_user(alice), board, 4)
    assert "9.0 since shot 1: 9.0 brighter" in text
    assert "is handed on and adds up" in text


def high(board: Board) -> Shot:
    first, second, _ = make.shots_of(board)
    selected(first)
    selected(second, first=brighter(9))
    return second


def test_cutting_here_keeps_the_references_and_can_be_undone(
    board: Board, team: Team, alice: User, as_user: AsUser
) -> None:
    shot, client = high(board), as_user(alice)
    still = Reference.objects.create(team=team, name="Keeper", kind=Kind.IMAGE, file=make.file(team))
    actions.set_references(shot, references=[still.public_id], base_version=None, by=alice)
    assert "the 1 reference that it has" in pair(client, board)
    answer = client.post(at("shot_re_anchor", board, shot.public_id), {"what": "cut"}, headers=HTMX)
    assert "Shot 2 opens fresh now" in answer.text
    shot.refresh_from_db()
    assert (shot.joint, shot.references.count()) == (Joint.CUT, 1)
    assert pair(client, board).strip() == ""
    actions.undo(board, by=alice)
    shot.refresh_from_db()
    assert (shot.joint, shot.joint_from) == (Joint.CONTINUE, make.shots_of(board)[0])


def test_landing_here_asks_for_the_picture(board: Board, alice: User, as_user: AsUser) -> None:
    shot, client = high(board), as_user(alice)
    assert "Land on a still…" in pair(client, board)
    answer = client.post(at("shot_re_anchor", board, shot.public_id), {"what": "land"}, headers=HTMX)
    assert 'data-pick="landing"' in answer.text
    assert {"land", "changed", "went"} <= set(json.loads(answer.headers["HX-Trigger"]))
    shot.refresh_from_db()
    assert (shot.joint, shot.joint_from) == (Joint.LAND, make.shots_of(board)[0])


def test_landing_says_before_that_the_model_takes_no_picture_beside_it(
    board: Board, team: Team, alice: User, as_user: AsUser
) -> None:
    shot, client = high(board), as_user(alice)
    still = Reference.objects.create(team=team, name="Keeper", kind=Kind.IMAGE, file=make.file(team))
    actions.set_references(shot, references=[still.public_id], base_version=None, by=alice)
    text = pair(client, board)
    assert re.search(r'disabled aria-describedby="no-landing">.{,200}Land on a still…', text, re.DOTALL)
    assert "Not as this shot is: Ark takes an ending or references, not both. Take one of them out." in text


@pytest.mark.parametrize("what", ["", "motion", "nonsense"])
def test_nothing_else_is_a_new_beginning(board: Board, alice: User, as_user: AsUser, what: str) -> None:
    shot = high(board)
    assert as_user(alice).post(at("shot_re_anchor", board, shot.public_id), {"what": what}).status_code == 400


def test_a_reviewer_sees_the_drift_and_is_told_who_can_act(
    board: Board, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser
) -> None:
    join(bob, Role.REVIEWER)
    high(board)
    text = pair(as_user(bob), board)
    assert "An editor of the team can cut here" in text
    assert "Cut here</button>" not in text


def test_it_reads_without_scripts_too(board: Board, alice: User, as_user: AsUser) -> None:
    shot, client = high(board), as_user(alice)
    assert "<h1>How shot 2 opens</h1>" in client.get(at("shot_hand_off", board, shot.public_id)).text
    third, first = make.shots_of(board)[2], make.shots_of(board)[0]
    assert "It opens fresh" in client.get(at("shot_hand_off", board, first.public_id)).text
    Take.objects.all().delete()
    assert "Shot 2 has no take yet" in client.get(at("shot_hand_off", board, third.public_id)).text


def test_the_inspector_and_the_shelf_lead_there(board: Board, take: Take, alice: User, as_user: AsUser) -> None:
    second, client = make.shots_of(board)[1], as_user(alice)
    inspector = client.get(at("shot", board, second.public_id), headers=HTMX).text
    assert f'hx-get="{at("shot_hand_off", board, second.public_id)}"' in inspector
    shelf = client.get(at("takes", board, take.shot.public_id), headers=HTMX).text
    assert at("take_hand_off", board, take.public_id) in shelf
