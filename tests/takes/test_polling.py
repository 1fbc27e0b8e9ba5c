"""A vendor is asked about each running take in its turn, all at once, no more than it wants, and never for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.jobs.run import JobFailed
from storyboard.providers.catalog import poll_pause
from storyboard.takes.actions import asking
from storyboard.takes.models import Gate, State, Take
from storyboard.takes.tasks import polling
from storyboard.teams.models import Team, User
from tests.takes import make
from tests.takes.vendor import TakesVendor

MINUTE, HOUR = 60, 3600


@pytest.fixture
def board(team: Team, alice: User, there: Connection) -> Board:
    return make.board_with(team, alice, "cut cut cut", there)


def several(board: Board, at: Connection) -> list[Take]:
    return [make.take(shot, State.RUNNING, at=at) for shot in make.shots_of(board)]


def states(takes: list[Take]) -> list[str]:
    for take in takes:
        take.refresh_from_db()
    return [take.state for take in takes]


def pause(take: Take) -> timedelta:
    """How long after now it is asked about again, to the second."""
    take.refresh_from_db()
    assert take.wake_at
    return timedelta(seconds=round((take.wake_at - timezone.now()).total_seconds()))


def test_all_takes_that_are_due_are_asked_about_in_one_job(
    board: Board, there: Connection, vendor: TakesVendor
) -> None:
    first, second, third = several(board, there)
    vendor.tells(first, "running")
    vendor.made(second, "clip.mp4")
    make.aged(third, wake_at=60)
    make.job("polling.poll", there.pk)
    assert states([first, second, third]) == [State.RUNNING, State.COLLECTING, State.RUNNING]
    assert [vendor.times(take) for take in (first, second, third)] == [1, 1, 0]
    assert first.remote_state == "running"


@pytest.mark.parametrize("age", [0, 4 * MINUTE, 12 * MINUTE, 35 * MINUTE, 59 * MINUTE, 3 * HOUR, 47 * HOUR])
def test_the_pause_grows_with_the_age_of_the_task(
    age: int, board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there)
    vendor.tells(take, "running")
    make.aged(take, accepted_at=-age)
    make.job("polling.poll", there.pk)
    # In steps of up to ten minutes.
    least = poll_pause(timedelta(seconds=max(0, age - 10 * MINUTE)))
    assert least - timedelta(seconds=1) <= pause(take) <= poll_pause(timedelta(seconds=age)) + timedelta(seconds=1)


def test_the_sweep_queues_one_job_for_each_connection(board: Board, there: Connection, team: Team) -> None:
    several(board, there)
    assert polling.due() == 1
    assert polling.due() == 0
    assert make.queued("polling.poll") == [[there.pk]]


def test_what_is_not_due_wakes_nobody(board: Board, there: Connection) -> None:
    make.aged(make.running(board, there), wake_at=60)
    assert polling.due() == 0
    assert make.queued("polling.poll") == []


def test_a_lost_job_is_queued_again(board: Board, there: Connection) -> None:
    several(board, there)
    polling.due()
    Gate.objects.update(asking_until=timezone.now() - timedelta(seconds=1))
    assert polling.due() == 1


def test_after_a_round_the_next_sweep_may_ask_again(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    vendor.tells(take, "running")
    polling.due()
    make.job("polling.poll", there.pk)
    make.aged(take, wake_at=-1)
    assert polling.due() == 1


def test_a_job_that_comes_twice_asks_once(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    vendor.tells(take, "running")
    make.job("polling.poll", there.pk)
    make.job("polling.poll", there.pk)
    assert vendor.times(take) == 1


def test_more_than_one_job_can_hold_go_on_in_the_next(
    board: Board, there: Connection, vendor: TakesVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "AT_A_TIME", 2)
    takes = several(board, there)
    for take in takes:
        vendor.tells(take, "running")
    make.job("polling.poll", there.pk)
    assert make.queued("polling.poll") == [[there.pk]]
    make.job("polling.poll", there.pk)
    assert [vendor.times(take) for take in takes] == [1, 1, 1]
    assert len(make.queued("polling.poll")) == 1


def test_a_vendor_that_wants_rest_gets_it(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    vendor.refuses(take, 429, **{"Retry-After": "90"})
    make.job("polling.poll", there.pk)
    make.aged(take, wake_at=-1)
    assert polling.due() == 0
    make.job("polling.poll", there.pk)
    make.job("polling.refresh", take.pk)
    assert (vendor.times(take), make.queued("polling.poll")) == (1, [])
    ask_after = Gate.objects.get(connection=there).ask_after
    assert ask_after
    assert timedelta(seconds=80) < ask_after - timezone.now() < timedelta(seconds=100)


def test_a_vendor_that_says_too_many_and_not_until_when_gets_a_rest_too(
    board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there)
    vendor.refuses(take, 429)
    Gate.objects.create(connection=there)
    make.job("polling.refresh", take.pk)
    assert Gate.objects.get(connection=there).ask_after is not None


def test_a_doorbell_has_its_take_asked_about_at_once(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take, other, _ = several(board, there)
    make.aged(take, wake_at=60)
    vendor.made(take, "clip.mp4")
    make.job("polling.refresh", take.pk)
    assert states([take, other]) == [State.COLLECTING, State.RUNNING]
    assert vendor.times(other) == 0


def test_a_doorbell_that_lies_changes_nothing(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    vendor.tells(take, "running")
    for _ in range(3):
        make.job("polling.refresh", take.pk)
    assert (states([take]), take.clip_url) == ([State.RUNNING], "")


@pytest.mark.parametrize("state", [State.WAITING, State.UNKNOWN, State.COLLECTING, State.DONE, State.FAILED])
def test_only_a_running_take_is_asked_about(state: State, board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.take(make.shots_of(board)[0], state, at=there)
    make.job("polling.refresh", take.pk)
    make.job("polling.poll", there.pk)
    assert not vendor.asked


def test_a_vendor_that_does_not_answer_is_asked_again_and_nobody_is_alarmed(
    board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there)
    vendor.refuses(take, 502)
    make.job("polling.poll", there.pk)
    assert (states([take]), take.sentence) == ([State.RUNNING], "")
    assert pause(take) <= timedelta(seconds=5)


def test_a_key_that_is_not_taken_any_more_is_said_on_the_take(
    board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there)
    vendor.refuses(take, 401)
    make.job("polling.poll", there.pk)
    assert (states([take]), bool(take.sentence)) == ([State.RUNNING], True)
    vendor.tells(take, "running")
    make.job("polling.refresh", take.pk)
    assert (states([take]), take.sentence) == ([State.RUNNING], "")


def test_a_key_that_does_not_open_is_said_on_the_take(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    Connection.objects.update(sealed=b"nonsense")
    make.job("polling.poll", there.pk)
    assert (states([take]), bool(take.sentence), vendor.times(take)) == ([State.RUNNING], True, 0)


def test_a_task_that_the_vendor_does_not_know_any_more_is_for_a_person(
    board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there)
    vendor.refuses(take, 404)
    for round_number in range(1, 6):
        assert states([take]) == [State.RUNNING]
        make.job("polling.refresh", take.pk)
        take.refresh_from_db()
        assert take.unlisted == round_number
        make.aged(take, unlisted_at=-31)
    assert states([take]) == [State.UNDECIDED]
    assert "Ark knows no such task" in take.sentence
    assert make.ledger(take) == (make.QUOTE, 0)


def test_many_404s_in_a_moment_prove_nothing(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    vendor.refuses(take, 404)
    for _ in range(8):
        make.job("polling.refresh", take.pk)
    assert (states([take]), take.unlisted) == ([State.RUNNING], 1)
    vendor.tells(take, "running")
    make.job("polling.refresh", take.pk)
    assert (states([take]), take.unlisted) == ([State.RUNNING], 0)


def test_a_task_that_is_done_and_has_no_clip_any_more_has_failed_and_is_paid(
    board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there)
    vendor.made(take)
    for _ in range(5):
        make.job("polling.refresh", take.pk)
        make.aged(take, unlisted_at=-31)
    assert states([take]) == [State.FAILED]
    assert "no link" in take.sentence
    assert make.ledger(take) == (0, make.QUOTE)


@pytest.mark.parametrize(("hours", "fallback", "state"), [(47, False, "running"), (49, False, "undecided")])
def test_a_task_that_never_ends_is_for_a_person(
    hours: int, fallback: bool, state: str, board: Board, there: Connection, vendor: TakesVendor
) -> None:
    take = make.running(board, there, request={"fallback": fallback})
    vendor.tells(take, "running")
    make.aged(take, accepted_at=-hours * HOUR)
    make.job("polling.poll", there.pk)
    assert states([take]) == [state]


def test_a_second_attempt_has_its_own_longest_time(team: Team, alice: User) -> None:
    reapi = make.connection(team, "reapi", by=alice)
    board = make.board_with(team, alice, "cut cut", reapi)
    takes = [
        make.take(shot, State.RUNNING, at=reapi, request={"fallback": fallback})
        for shot, fallback in zip(make.shots_of(board), (False, True), strict=True)
    ]
    for take in takes:
        make.aged(take, accepted_at=-50 * HOUR)
    asking.past(list(asking.known(Take.objects.all())))
    assert states(takes) == [State.UNDECIDED, State.RUNNING]


def test_without_its_connection_a_take_is_for_a_person(board: Board, there: Connection, vendor: TakesVendor) -> None:
    take = make.running(board, there)
    Connection.objects.update(deleted_at=timezone.now(), key_id="", last_four="", sealed=b"")
    make.job("polling.poll", there.pk)
    assert states([take]) == [State.UNDECIDED]
    assert "connection was deleted" in take.sentence


def test_a_task_that_is_not_named_is_no_job() -> None:
    with pytest.raises(JobFailed):
        make.job("polling.due")
