"""The step at each joint and what adds up along a chain, told on the card and counted anew at every anchor."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from storyboard.boards.models import Board, Joint, Shot
from storyboard.boards.queries import Sheet, sheet_of
from storyboard.connections.models import Connection
from storyboard.media.models import Kind, Reference
from storyboard.rendering.looks import Step
from storyboard.takes import drift
from storyboard.takes.actions import choosing
from storyboard.takes.drift import Drift, drifts
from storyboard.takes.models import Measure, Take
from storyboard.teams.access import require
from storyboard.teams.models import Role, Team, User
from tests.takes import make
from tests.takes.joints import PLAIN, brighter, measured, selected

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue continue cut continue", account)


def sheet(board: Board, by: User) -> Sheet:
    return sheet_of(Board.objects.get(pk=board.pk), require(by, board.team, Role.VIEWER))


def found(board: Board, by: User) -> dict[int, Drift]:
    """By the shot's number."""
    shots = sheet(board, by).shots
    takes = {take.shot_id: take for take in Take.objects.filter(is_selected=True)}
    told = drifts(shots, takes)
    return {shot.position: told[shot.pk] for shot in shots if shot.pk in told}


def test_a_step_is_from_the_last_frame_to_the_first(board: Board, alice: User) -> None:
    first, second, *_ = make.shots_of(board)
    selected(first, last=brighter(2))
    selected(second, first=brighter(5))
    told = found(board, alice)[2]
    assert (told.step, told.label) == (Step(brightness=3.0), "Δ 3.0")
    assert told.sentence.startswith("Step of 3.0 from shot 1: 3.0 brighter, ")


def test_the_frame_that_was_chosen_counts_and_not_the_end(board: Board, alice: User) -> None:
    first, second, *_ = make.shots_of(board)
    take = selected(first, last=brighter(23))
    selected(second)
    assert found(board, alice)[2].step.brightness == -23
    choosing.set_hand_off(take, ms=Measure.objects.get(take=take).frames[6][0], by=alice)
    assert found(board, alice)[2].step.brightness == -6


def test_steps_add_up_along_a_chain_and_begin_anew_at_a_cut(board: Board, alice: User) -> None:
    for shot in make.shots_of(board):
        selected(shot, first=brighter(1))
    told = found(board, alice)
    assert [(number, one.total.brightness, one.since.position) for number, one in told.items()] == [
        (2, 1, 1),
        (3, 2, 1),
        (5, 1, 4),
    ]
    assert told[3].sentence.endswith("Since shot 1 it is 2.0 in all.")


def test_what_was_lost_and_came_back_is_no_drift(board: Board, alice: User) -> None:
    first, second, third, *_ = make.shots_of(board)
    selected(first)
    selected(second, first=brighter(3), last=PLAIN)
    selected(third, first=brighter(-3))
    assert found(board, alice)[3].total.figure == 0


def test_behind_a_shot_that_lands_on_a_picture_nothing_has_drifted(board: Board, alice: User, team: Team) -> None:
    first, second, third, *_ = make.shots_of(board)
    still = Reference.objects.create(team=team, name="Keeper", kind=Kind.IMAGE, file=make.file(team))
    Shot.objects.filter(pk=second.pk).update(joint=Joint.LAND, landing=still)
    for shot in (first, second, third):
        selected(shot, first=brighter(2))
    told = found(board, alice)
    assert (told[2].total.figure, told[3].total.figure, told[3].since.position) == (2, 2, 2)


@pytest.mark.parametrize(("light", "high"), [(3.9, False), (4.0, True), (-4.5, True)])
def test_a_large_step_is_marked(board: Board, alice: User, light: float, high: bool) -> None:
    first, second, *_ = make.shots_of(board)
    selected(first)
    selected(second, first=brighter(light))
    assert found(board, alice)[2].is_high is high


def test_small_steps_are_marked_when_they_add_up(team: Team, alice: User) -> None:
    board = make.board_with(team, alice, "cut continue continue continue")
    for shot in make.shots_of(board):
        selected(shot, first=brighter(3))
    assert [one.is_high for one in found(board, alice).values()] == [False, False, True]


def test_joints_without_two_measured_takes_have_no_figure(board: Board, alice: User) -> None:
    first, second, third, *_ = make.shots_of(board)
    selected(first)
    make.selected(second)
    selected(third)
    assert found(board, alice) == {}


def test_words_say_the_largest_first_and_leave_out_what_nobody_sees() -> None:
    assert drift.in_words(Step(0.8, 0.2, 0.0, -2.1)) == "2.1 softer, 0.8 brighter"
    assert drift.in_words(Step(0.2, 0.2, -0.4, 0.1)) == "hardly a difference to be seen"


def test_a_circle_of_joints_ends(board: Board, alice: User) -> None:
    first, second, third, *_ = make.shots_of(board)
    Shot.objects.filter(pk=first.pk).update(joint=Joint.CONTINUE, joint_from=third)
    for shot in (first, second, third):
        selected(shot)
    assert set(found(board, alice)) == {1, 2, 3}


def test_the_card_shows_it_beside_the_joint(board: Board, alice: User, as_user: AsUser) -> None:
    first, second, *_ = make.shots_of(board)
    selected(first)
    selected(second, first=brighter(6))
    ids = [board.team.public_id, board.public_id]
    text = as_user(alice).get(reverse("shot_card", args=[*ids, second.public_id])).text
    assert 'class="drift num high" title="Step of 6.0 from shot 1: 6.0 brighter' in text
    assert text in as_user(alice).get(reverse("board_strip", args=ids)).text


def test_a_card_alone_knows_its_whole_chain(board: Board, alice: User, as_user: AsUser) -> None:
    for shot in make.shots_of(board):
        selected(shot, first=brighter(2))
    third = make.shots_of(board)[2]
    text = as_user(alice).get(reverse("shot_card", args=[board.team.public_id, board.public_id, third.public_id])).text
    assert "Since shot 1 it is 4.0 in all." in text


@pytest.mark.parametrize("length", [2, 12])
def test_it_costs_one_query_however_long_the_film(
    team: Team, alice: User, length: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    board = make.board_with(team, alice, ["cut", *["continue"] * (length - 1)])
    takes = {shot.pk: selected(shot) for shot in make.shots_of(board)}
    shots = sheet(board, alice).shots
    with django_assert_num_queries(1) as queries:
        assert len(drifts(shots, takes)) == length - 1
    assert "frames" not in queries[0]["sql"]


def test_without_takes_nothing_is_asked(
    board: Board, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shots = sheet(board, alice).shots
    with django_assert_num_queries(0):
        assert drifts(shots, {}) == {}


def test_a_take_that_is_not_selected_says_nothing(board: Board, alice: User) -> None:
    first, second, *_ = make.shots_of(board)
    selected(first)
    selected(second)
    measured(make.take(second), first=brighter(9))
    assert found(board, alice)[2].step.figure == 0
