"""One POST for a take, whatever comes back, and the queue goes on."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unknown
from storyboard.takes.actions import chain, sending
from storyboard.takes.models import Gate, State, Take
from storyboard.takes.tasks import sending as tasks
from storyboard.takes.tasks import sweeping
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut cut cut cut", account)


@pytest.fixture
def queued(board: Board, account: Connection) -> Take:
    return make.take(make.shots_of(board)[0], State.QUEUED, at=account)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Takes whatever is sent, and remembers it."""
    vendor = Mock()
    vendor.submit.side_effect = [f"task_{number:08}" for number in range(50)]
    monkeypatch.setattr(tasks, "client", Mock(return_value=vendor))
    return vendor


def test_a_take_is_sent_as_it_was_approved(queued: Take, account: Connection, vendor: Mock) -> None:
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert vendor.submit.call_args.args == (queued.asked,)
    assert (queued.state, queued.remote_id) == (State.RUNNING, "task_00000000")
    assert queued.sent_hash == queued.asked_hash
    assert make.ledger(queued) == (make.QUOTE, 0)


def test_a_job_that_comes_again_sends_nothing(queued: Take, account: Connection, vendor: Mock) -> None:
    for _ in range(4):
        tasks.send(account.pk)
    assert vendor.submit.call_count == 1


@pytest.mark.parametrize(
    ("error", "state", "held"),
    [
        (Refused("No.", status=400, code="40001"), State.FAILED, 0),
        (NotCreated("Busy.", status=429, retryable=True), State.QUEUED, make.QUOTE),
        (NotCreated("The key does not open."), State.FAILED, 0),
        (Unknown("Lost."), State.UNKNOWN, make.QUOTE),
        (RuntimeError("A fault of ours."), State.UNKNOWN, make.QUOTE),
    ],
)
def test_every_outcome_has_its_state_and_its_money(
    queued: Take, account: Connection, vendor: Mock, error: Exception, state: State, held: int
) -> None:
    vendor.submit.side_effect = error
    try:
        tasks.send(account.pk)
    except RuntimeError:
        assert not isinstance(error, ProviderError)
    queued.refresh_from_db()
    assert (queued.state, make.ledger(queued)) == (state, (held, 0))


def test_a_busy_vendor_is_asked_again_and_not_for_ever(queued: Take, account: Connection, vendor: Mock) -> None:
    vendor.submit.side_effect = NotCreated("Busy.", status=429, retryable=True)
    for _ in range(30):
        Take.objects.filter(pk=queued.pk).update(not_before=None)
        tasks.send(account.pk)
    queued.refresh_from_db()
    assert queued.state == State.FAILED
    assert vendor.submit.call_count == sending.MOST_TRIES


def test_a_vendor_that_asks_for_rest_gets_it(queued: Take, account: Connection, vendor: Mock) -> None:
    vendor.submit.side_effect = NotCreated("Busy.", status=429, retryable=True, retry_after=timedelta(seconds=30))
    tasks.send(account.pk)
    Take.objects.filter(pk=queued.pk).update(not_before=None)
    tasks.send(account.pk)
    assert vendor.submit.call_count == 1
    rest = Gate.objects.get(connection=account).send_after
    assert rest
    assert rest > timezone.now() + timedelta(seconds=20)


def test_only_the_take_waits_longer_than_its_vendor_asks(queued: Take, account: Connection, vendor: Mock) -> None:
    vendor.submit.side_effect = NotCreated("Busy.", status=429, retryable=True, retry_after=timedelta(seconds=1))
    Take.objects.filter(pk=queued.pk).update(attempts=8)
    tasks.send(account.pk)
    queued.refresh_from_db()
    rest = Gate.objects.get(connection=account).send_after
    assert rest
    assert rest < timezone.now() + timedelta(seconds=5)
    assert queued.not_before
    assert queued.not_before > timezone.now() + timedelta(minutes=2)


def test_the_bell_of_a_request_that_was_not_taken_stays_valid(queued: Take, account: Connection) -> None:
    """Some vendors say “too busy” and take it all the same; then it must not be sent again."""
    found = sending.claim(account.pk)
    assert found
    Take.objects.filter(pk=queued.pk).update(secret_digest="kept")
    sending.not_created(found.take, epoch=found.epoch, error=NotCreated("Busy.", status=429, retryable=True))
    queued.refresh_from_db()
    assert (queued.state, queued.secret_digest) == (State.QUEUED, "kept")


def test_no_more_are_at_a_vendor_than_the_connection_allows(board: Board, account: Connection, vendor: Mock) -> None:
    for shot in make.shots_of(board):
        make.take(shot, State.QUEUED, at=account)
    for _ in range(6):
        tasks.send(account.pk)
    assert vendor.submit.call_count == account.parallel == 3


def test_a_take_that_needs_a_decision_does_not_keep_the_others(board: Board, account: Connection, vendor: Mock) -> None:
    *decided, last = make.shots_of(board)
    for shot in decided:
        make.take(shot, State.UNDECIDED, at=account)
    make.take(last, State.QUEUED, at=account)
    tasks.send(account.pk)
    assert vendor.submit.call_count == 1


def test_boards_take_turns(team: Team, alice: User, account: Connection, vendor: Mock) -> None:
    first, second = (make.board_with(team, alice, "cut cut cut", account) for _ in range(2))
    for board in (first, second):
        for shot in make.shots_of(board):
            make.take(shot, State.QUEUED, at=account)
    for _ in range(2):
        tasks.send(account.pk)
    assert set(Take.objects.filter(state=State.RUNNING).values_list("shot__board", flat=True)) == {first.pk, second.pk}


def test_takes_of_one_shot_go_one_after_the_other(board: Board, account: Connection, vendor: Mock) -> None:
    shot = make.shots_of(board)[0]
    for _ in range(2):
        make.take(shot, State.QUEUED, at=account)
    for _ in range(3):
        tasks.send(account.pk)
    assert vendor.submit.call_count == 1


def test_somebody_who_left_the_team_pays_for_nothing_more(
    queued: Take, account: Connection, vendor: Mock, bob: User, join: Callable[[User, Role], Membership]
) -> None:
    join(bob, Role.EDITOR)
    Take.objects.filter(pk=queued.pk).update(by=bob)
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.sentence) == (State.CANCELLED, sending.NOBODY)
    assert make.ledger(queued) == (0, 0)
    assert not vendor.submit.called


def test_a_take_whose_sender_died_is_never_queued_again(queued: Take, account: Connection, vendor: Mock) -> None:
    found = sending.claim(account.pk)
    assert found
    assert found.take.state == State.SUBMITTING
    Take.objects.filter(pk=queued.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.lapse()
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert queued.state == State.UNKNOWN
    assert not vendor.submit.called


def test_who_comes_too_late_with_an_outcome_changes_nothing(queued: Take, account: Connection) -> None:
    found = sending.claim(account.pk)
    assert found
    assert sending.accepted(found.take, epoch=found.epoch, remote_id="task_first", sent_hash="")
    assert not sending.refused(found.take, epoch=found.epoch, error=Refused("No."))
    assert not sending.accepted(found.take, epoch=found.epoch - 1, remote_id="task_second", sent_hash="")
    queued.refresh_from_db()
    assert (queued.state, queued.remote_id) == (State.RUNNING, "task_first")


def test_a_task_that_belongs_to_another_take_is_not_taken_twice(
    queued: Take, board: Board, account: Connection, vendor: Mock
) -> None:
    make.take(make.shots_of(board)[1], State.RUNNING, at=account, remote_id="task_00000000")
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.remote_id) == (State.UNKNOWN, "")


def test_what_was_changed_behind_our_back_is_not_sent(queued: Take, account: Connection, vendor: Mock) -> None:
    Take.objects.filter(pk=queued.pk).update(asked='{"model": "dearer"}')
    tasks.send(account.pk)
    assert not vendor.submit.called


def test_another_account_is_asked_while_nothing_can_exist_at_the_first(
    team: Team, alice: User, queued: Take, account: Connection, vendor: Mock
) -> None:
    other = make.connection(team, by=alice)
    Connection.objects.filter(pk=account.pk).update(failover=other)
    vendor.submit.side_effect = [Refused("No credit.", status=402), "task_elsewhere"]
    tasks.send(account.pk)
    tasks.send(other.pk)
    queued.refresh_from_db()
    assert (queued.connection, queued.moved_from, queued.state) == (other, account, State.RUNNING)
    assert make.ledger(queued) == (make.QUOTE, 0)


def test_an_unclear_outcome_is_never_tried_elsewhere(
    team: Team, alice: User, queued: Take, account: Connection, vendor: Mock
) -> None:
    Connection.objects.filter(pk=account.pk).update(failover=make.connection(team, by=alice))
    vendor.submit.side_effect = Unknown("Lost.")
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert (queued.connection, queued.state) == (account, State.UNKNOWN)


def test_a_lost_job_is_found_again(
    queued: Take, account: Connection, vendor: Mock, run_jobs: Callable[[], list[str]]
) -> None:
    Take.objects.filter(pk=queued.pk).update(wake_at=timezone.now() - timedelta(seconds=1))
    sweeping.requeue()
    assert chain.SEND in run_jobs()
    assert vendor.submit.call_count == 1
