"""A vendor's word moves a take once and forwards only, and its money is settled with it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.live.models import Event
from storyboard.media.models import Kind
from storyboard.providers.base import Task, TaskError, TaskState
from storyboard.takes import money
from storyboard.takes.actions import results
from storyboard.takes.actions.results import Brought, Setback
from storyboard.takes.charges import charge_of
from storyboard.takes.models import Entry, Measure, State, Step, Take
from storyboard.takes.states import advance
from storyboard.teams.models import Team, User
from tests.takes import make

CLIP = "https://clips.example.com/clip.mp4"


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue", account)


@pytest.fixture
def take(board: Board, account: Connection) -> Take:
    return make.running(board, account)


def word(take: Take, state: TaskState, **fields: Any) -> Task:
    own = {"video_url": CLIP} if state is TaskState.SUCCEEDED else {}
    return Task(id=take.remote_id, state=state, raw={}, **(own | fields))


def hears(take: Take, state: TaskState, **fields: Any) -> Take:
    """As a job does, which reads the take afresh and commits."""
    found = Take.objects.select_related("shot__board__team", "connection", "run").get(pk=take.pk)
    with TestCase.captureOnCommitCallbacks(execute=True):
        results.told(found, word(take, state, **fields))
    take.refresh_from_db()
    return take


def hints(take: Take) -> int:
    return Event.objects.filter(channel=take.shot.board.channel, topic=take.shot.topic).count()


def collecting(take: Take) -> Take:
    Take.objects.filter(pk=take.pk).update(state=State.COLLECTING, attempts=1)
    return Take.objects.select_related("shot__board__team", "connection", "run").get(pk=take.pk)


def brought(take: Take) -> Brought:
    team = take.shot.board.team
    return Brought(clip=make.file(team, kind=Kind.VIDEO), last_frame=make.file(team))


def test_progress_is_shown_and_never_goes_back(take: Take) -> None:
    shown = [hears(take, TaskState.RUNNING, progress=progress).progress for progress in (10, 40, 25, None, 700, -3)]
    assert shown == [10, 40, 40, 40, 100, 100]


def test_a_word_that_repeats_tells_nobody(take: Take) -> None:
    before = hints(take)
    for _ in range(3):
        hears(take, TaskState.RUNNING, progress=10)
    assert hints(take) == before + 1
    hears(take, TaskState.RUNNING, progress=11)
    assert hints(take) == before + 2


def test_a_clip_that_is_made_is_paid_for_and_collected(take: Take) -> None:
    hears(take, TaskState.SUCCEEDED, last_frame_url="https://clips.example.com/last.png")
    assert (take.state, take.clip_url) == (State.COLLECTING, CLIP)
    assert make.queued("collecting.collect") == [[take.pk]]
    assert make.ledger(take) == (0, make.QUOTE)
    assert take.links_until
    assert timedelta(hours=23) < take.links_until - timezone.now() <= timedelta(hours=24)


def test_a_vendor_that_says_when_its_links_end_is_believed(take: Take) -> None:
    until = datetime(2031, 5, 1, tzinfo=UTC)
    assert hears(take, TaskState.SUCCEEDED, expires_at=until).links_until == until


@pytest.mark.parametrize("order", list(permutations([TaskState.SUCCEEDED, TaskState.RUNNING, TaskState.FAILED])))
def test_the_first_last_word_counts_in_whatever_order_they_come(take: Take, order: tuple[TaskState, ...]) -> None:
    for state in (*order, *order):
        hears(take, state)
    final = next(state for state in order if state.is_final)
    assert take.state == (State.COLLECTING if final is TaskState.SUCCEEDED else State.FAILED)
    assert Step.objects.filter(take=take).count() == 1
    assert Entry.objects.filter(take=take).exclude(kind=Entry.Kind.HOLD).count() == 1


def test_a_word_about_another_task_is_not_taken(take: Take) -> None:
    results.told(take, Task(id="task_of_another", state=TaskState.SUCCEEDED, video_url=CLIP, raw={}))
    take.refresh_from_db()
    assert take.state == State.RUNNING


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (TaskState.FAILED, State.FAILED),
        (TaskState.EXPIRED, State.FAILED),
        (TaskState.CANCELLED, State.CANCELLED),
    ],
)
def test_what_came_to_nothing_costs_nothing_and_says_why(take: Take, word: TaskState, state: State) -> None:
    hears(take, word)
    assert (take.state, make.ledger(take)) == (state, (0, 0))
    assert take.sentence
    assert take.run is not None
    assert take.run.finished_at is not None


@pytest.mark.parametrize("word", [TaskState.SUCCEEDED, TaskState.FAILED])
def test_its_place_goes_to_whoever_waits_for_one(
    take: Take, word: TaskState, team: Team, alice: User, account: Connection
) -> None:
    hears(take, TaskState.RUNNING)
    other = make.board_with(team, alice, "cut cut", account)
    make.take(make.shots_of(other)[0], State.QUEUED, at=account)
    hears(take, word)
    assert make.queued("sending.send") == [[account.pk]]


@pytest.mark.parametrize("word", [TaskState.SUCCEEDED, TaskState.FAILED])
def test_where_nobody_waits_for_its_place_nobody_is_woken(take: Take, word: TaskState) -> None:
    hears(take, word)
    assert make.queued("sending.send") == []


def test_a_failure_is_told_in_the_vendors_words_and_in_ours(take: Take) -> None:
    error = TaskError(code="Sensitive" * 30, message="It may violate.", sentence="Change the prompt.")
    hears(take, TaskState.FAILED, error=error)
    assert (take.sentence, take.error_message) == ("Change the prompt.", "It may violate.")
    assert len(take.error_code) == 120


def test_a_vendor_that_charges_for_a_failure_is_paid(take: Take) -> None:
    hears(take, TaskState.FAILED, micro_usd=70_000)
    assert make.ledger(take) == (0, 70_000)


def test_a_charge_that_nobody_knows_is_unknown_and_not_nothing(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(quote_micro_usd=None)
    Entry.objects.filter(take=take).delete()
    hears(take, TaskState.SUCCEEDED, micro_usd=-5)
    assert take.charge_micro_usd is None
    assert money.is_unknown(take)
    money.settle(take, None)
    assert Entry.objects.filter(take=take).count() == 1


def test_what_is_told_of_an_unknown_charge_later_is_booked(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(quote_micro_usd=None)
    Entry.objects.filter(take=take).delete()
    hears(take, TaskState.SUCCEEDED)
    money.correct(take, 70_000)
    take.refresh_from_db()
    assert (make.ledger(take), take.charge_micro_usd) == ((0, 70_000), 70_000)
    assert not money.is_unknown(take)


def test_a_charge_of_nothing_is_known(take: Take) -> None:
    hears(take, TaskState.SUCCEEDED, micro_usd=0)
    assert (take.charge_micro_usd, money.is_unknown(take)) == (0, False)


def test_credits_that_were_only_reserved_are_no_charge(take: Take) -> None:
    hears(take, TaskState.FAILED, credits=Decimal(50))
    assert make.ledger(take) == (0, 0)


@pytest.mark.parametrize(
    ("vendor", "fields", "charge"),
    [
        ("apimart", {"micro_usd": 81_000}, 81_000),
        ("reapi", {"credits": Decimal("12.5")}, 12_500),
        ("evolink", {"credits": Decimal(50)}, None),
        ("ark", {}, None),
        ("ark", {"micro_usd": -1}, None),
    ],
)
def test_the_vendors_own_figure_is_what_counts(
    team: Team, alice: User, vendor: str, fields: dict[str, Any], charge: int | None
) -> None:
    at = make.connection(team, vendor, by=alice)
    take = make.running(make.board_with(team, alice, "cut", at), at)
    assert charge_of(take, word(take, TaskState.SUCCEEDED, **fields)) == charge


def test_ark_is_paid_by_the_tokens_that_it_reports(team: Team, alice: User) -> None:
    at = make.connection(team, by=alice)
    at.rates = {make.MODELS["ark"]: {"480p": {"text": "0.01", "ref": "0.02"}}}
    take = make.running(make.board_with(team, alice, "cut", at), at, asked='{"resolution": "480p", "content": []}')
    task = Task(id=take.remote_id, state=TaskState.SUCCEEDED, raw={"id": "x", "usage": {"total_tokens": 40_000}})
    assert charge_of(take, task) == 400_000


def test_a_collected_take_is_done_and_selected_and_its_follower_goes_on(
    take: Take, board: Board, account: Connection
) -> None:
    follower = make.take(make.shots_of(board)[1], State.WAITING, at=account, run=take.run)
    files = brought(take)
    assert results.collected(collecting(take), files)
    take.refresh_from_db()
    follower.refresh_from_db()
    assert (take.state, take.is_selected, take.clip, take.progress) == (State.DONE, True, files.clip, 100)
    assert follower.state == State.QUEUED
    assert results.collected(take, files) is False


def test_the_last_take_of_a_run_ends_it(take: Take) -> None:
    results.collected(collecting(take), brought(take))
    assert take.run is not None
    take.run.refresh_from_db()
    assert take.run.finished_at is not None


def test_a_new_take_stands_in_the_place_of_the_one_before(take: Take, account: Connection) -> None:
    old = make.selected(take.shot, at=account, selected_at=timezone.now() - timedelta(hours=1))
    results.collected(collecting(take), brought(take))
    old.refresh_from_db()
    take.refresh_from_db()
    assert (old.is_selected, take.is_selected) == (False, True)


def test_what_somebody_chose_since_the_run_began_stays(take: Take) -> None:
    chosen = make.selected(take.shot, selected_at=timezone.now() + timedelta(seconds=1))
    results.collected(collecting(take), brought(take))
    chosen.refresh_from_db()
    take.refresh_from_db()
    assert (chosen.is_selected, take.is_selected) == (True, False)


@pytest.mark.parametrize(("asked", "stays"), [("the same", True), ("something else", False)])
def test_another_try_leaves_what_was_approved(take: Take, account: Connection, asked: str, stays: bool) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    old = make.selected(take.shot, at=account, selected_at=long_ago, approved_at=long_ago, asked_hash="the same")
    Take.objects.filter(pk=take.pk).update(asked_hash=asked)
    take.refresh_from_db()
    results.collected(collecting(take), brought(take))
    old.refresh_from_db()
    take.refresh_from_db()
    assert (old.is_selected, take.is_selected) == (stays, not stays)


@pytest.mark.parametrize(("position", "chosen"), [(0, False), (1, True)])
def test_of_several_takes_a_person_chooses_where_another_shot_waits_for_it(
    board: Board, account: Connection, position: int, chosen: bool
) -> None:
    run = make.run(board, takes_each=2)
    take = make.take(make.shots_of(board)[position], State.RUNNING, at=account, run=run)
    results.collected(collecting(take), brought(take))
    take.refresh_from_db()
    assert take.is_selected is chosen


def test_a_setback_is_followed_by_another_try_later(take: Take) -> None:
    held = collecting(take)
    results.uncollected(held, Setback("The server is busy."))
    take.refresh_from_db()
    assert (take.state, take.attempts) == (State.COLLECTING, 1)
    assert take.sentence == "The server is busy. It is tried again by itself."
    assert take.wake_at
    assert timedelta(seconds=3) < take.wake_at - timezone.now() < timedelta(seconds=6)


def test_after_the_last_try_the_take_has_failed_and_was_paid(take: Take) -> None:
    held = collecting(take)
    held.attempts = results.MOST_TRIES
    results.uncollected(held, Setback("The server is busy."))
    take.refresh_from_db()
    assert (take.state, make.ledger(take)) == (State.FAILED, (0, make.QUOTE))
    assert "The server is busy." in take.sentence


def test_when_the_vendor_keeps_it_no_longer_there_is_no_other_try(take: Take) -> None:
    held = collecting(take)
    make.aged(held, moved_at=-25 * 3600)
    results.uncollected(held, Setback("The server is busy."))
    take.refresh_from_db()
    assert take.state == State.FAILED


def test_a_take_that_goes_on_is_read_anew_and_what_stands_around_it_is_not(
    take: Take, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Measure.objects.create(take=take)
    found = Take.objects.select_related("shot", "connection", "measure").get(pk=take.pk)
    Take.objects.filter(pk=take.pk).update(progress=70)
    with django_assert_num_queries(3):
        assert advance(found, State.COLLECTING)
        assert (found.state, found.progress) == (State.COLLECTING, 70)
        assert (found.shot.pk, str(found.connection)) == (take.shot_id, str(take.connection))


def test_what_a_take_was_moved_to_is_read(take: Take, team: Team, alice: User) -> None:
    other = make.connection(team, "evolink", by=alice)
    found = Take.objects.select_related("connection").get(pk=take.pk)
    assert advance(found, State.COLLECTING, connection=other)
    assert found.connection == other
