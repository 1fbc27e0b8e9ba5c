"""A shot is sent after its predecessor's take is there, approved and chosen; until then it says what it waits for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from storyboard.boards.models import Board, Shot
from storyboard.connections.models import Connection
from storyboard.live.models import Event
from storyboard.takes.actions import chain, choosing, sending
from storyboard.takes.models import Run, State, Take
from storyboard.takes.tasks import sweeping
from storyboard.takes.waits import Why, around, wait
from storyboard.teams.models import Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue", account)


@pytest.fixture
def run(board: Board) -> Run:
    return make.run(board)


@pytest.fixture
def waiting(board: Board, run: Run, account: Connection) -> Take:
    return make.take(make.shots_of(board)[1], State.WAITING, at=account, run=run)


def why(take: Take) -> str:
    found = Take.objects.select_related("run", "follows", "shot").get(pk=take.pk)
    held = wait(found, around([found]))
    return held.why if held else ""


def wake(board: Board) -> list[Take]:
    with transaction.atomic():
        return chain.wake(board)


def first(board: Board) -> Shot:
    return make.shots_of(board)[0]


def test_it_waits_for_a_take_that_is_under_way(board: Board, run: Run, waiting: Take, account: Connection) -> None:
    make.take(first(board), State.RUNNING, at=account, run=run)
    assert why(waiting) == Why.PREDECESSOR
    assert wake(board) == []


def test_it_goes_when_the_take_before_is_there(board: Board, run: Run, waiting: Take, account: Connection) -> None:
    make.selected(first(board), at=account, run=run)
    assert wake(board) == [waiting]
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


def test_what_failed_before_it_holds_it_until_another_take_is_there(
    board: Board, run: Run, waiting: Take, account: Connection
) -> None:
    make.take(first(board), State.FAILED, at=account, run=run)
    assert why(waiting) == Why.FAILED
    assert wake(board) == []
    make.selected(first(board), at=account)
    assert wake(board) == [waiting]


def test_an_older_take_is_no_substitute_until_somebody_says_so(
    board: Board, run: Run, waiting: Take, account: Connection
) -> None:
    old = make.selected(first(board), at=account)
    Take.objects.filter(pk=old.pk).update(
        created_at=run.created_at - timedelta(days=1), selected_at=run.created_at - timedelta(days=1)
    )
    make.take(first(board), State.FAILED, at=account, run=run)
    assert wake(board) == []
    Take.objects.filter(pk=old.pk).update(selected_at=timezone.now())
    assert wake(board) == [waiting]


def test_several_takes_wait_for_a_choice(board: Board, run: Run, waiting: Take, account: Connection) -> None:
    made = make.take(first(board), State.DONE, at=account, run=run)
    assert why(waiting) == Why.CHOICE
    Take.objects.filter(pk=made.pk).update(is_selected=True, selected_at=timezone.now())
    assert wake(board) == [waiting]


def test_it_waits_for_an_approval(board: Board, run: Run, waiting: Take, account: Connection) -> None:
    Shot.objects.filter(pk=first(board).pk).update(needs_approval=True)
    made = make.selected(first(board), at=account, run=run)
    assert why(waiting) == Why.APPROVAL
    assert wake(board) == []
    Take.objects.filter(pk=made.pk).update(approved_at=timezone.now())
    assert wake(board) == [waiting]


def test_what_was_rejected_since_holds_it_until_somebody_wants_it(
    board: Board, run: Run, waiting: Take, account: Connection, alice: User
) -> None:
    made = make.selected(first(board), at=account, run=run)
    choosing.reject(made, note="", by=alice)
    assert why(waiting) == Why.REJECTED
    assert wake(board) == []
    choosing.approve(made, by=alice)
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


def test_what_is_queued_is_not_sent_on_a_take_that_was_rejected_since(
    board: Board, run: Run, account: Connection, alice: User
) -> None:
    made = make.selected(first(board), at=account, run=run)
    queued = make.take(make.shots_of(board)[1], State.QUEUED, at=account, run=run, by=alice)
    choosing.reject(made, note="", by=alice)
    assert sending.claim(account.pk) is None
    queued.refresh_from_db()
    assert (queued.state, why(queued)) == (State.WAITING, Why.REJECTED)


def test_what_was_asked_for_after_the_rejection_goes(board: Board, run: Run, account: Connection, alice: User) -> None:
    choosing.reject(make.selected(first(board), at=account), note="", by=alice)
    asked = make.take(make.shots_of(board)[1], State.WAITING, at=account, run=make.run(board))
    assert wake(board) == [asked]


def test_open_pages_hear_that_what_follows_a_rejected_take_is_held(
    board: Board, run: Run, waiting: Take, account: Connection, alice: User
) -> None:
    made = make.selected(first(board), at=account, run=run)
    Event.objects.all().delete()
    choosing.reject(made, note="", by=alice)
    assert waiting.shot.topic in set(Event.objects.values_list("topic", flat=True))


def test_a_paused_run_holds_it(board: Board, run: Run, waiting: Take, account: Connection) -> None:
    make.selected(first(board), at=account, run=run)
    Run.objects.filter(pk=run.pk).update(paused_at=timezone.now())
    assert why(waiting) == Why.PAUSED
    assert wake(board) == []


def test_a_shot_that_was_deleted_is_dropped_and_its_money_given_back(board: Board, run: Run, waiting: Take) -> None:
    Shot.objects.filter(pk=waiting.shot_id).update(deleted_at=timezone.now())
    sweeping.wake()
    waiting.refresh_from_db()
    run.refresh_from_db()
    assert (waiting.state, make.ledger(waiting)) == (State.CANCELLED, (0, 0))
    assert run.finished_at


def test_a_wake_up_that_was_lost_is_found_again(
    board: Board, run: Run, waiting: Take, account: Connection, run_jobs: Callable[[], list[str]]
) -> None:
    make.selected(first(board), at=account, run=run)
    sweeping.wake()
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED
