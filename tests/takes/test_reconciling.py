"""What an unclear request became: bound to its own task, failed when two lists prove it, else for a person to say."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.conf import LazySettings
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.providers.base import Task
from storyboard.providers.errors import NotCreated, Unavailable
from storyboard.takes.actions import binding, searching
from storyboard.takes.models import State, Step, Take
from storyboard.takes.tasks import listing, reconciling
from storyboard.takes.tasks.clocks import Clock, measured
from storyboard.teams.models import Team, User
from tests.takes import make
from tests.takes.bells import TASK, age, armed, task, vendor

pytestmark = pytest.mark.django_db
LATE = searching.grace().total_seconds() + 1
OTHER = "cgt-20261121-other"


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut cut cut", account)


@pytest.fixture
def take(board: Board, account: Connection) -> Take:
    return make.take(make.shots_of(board)[0], State.UNKNOWN, at=account)


def look(take: Take, *shown: Task, **more: object) -> Take:
    """The job reads this list."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "client", Mock(return_value=vendor(*shown, **more)))  # type: ignore[arg-type]
        reconciling.reconcile(take.pk)
    take.refresh_from_db()
    return take


def apart(take: Take) -> None:
    """As if the last reading had been long enough ago."""
    Take.objects.filter(pk=take.pk).update(unlisted_at=Now() - timedelta(seconds=31))


def test_the_only_task_that_fits_is_bound(take: Take) -> None:
    assert (
        look(take, task(model=take.model), task("cgt-far-too-old", at=timezone.now() - timedelta(hours=1))).remote_id
        == TASK
    )
    assert take.state == State.RUNNING
    assert OrmQ.objects.filter(key="fast").exists()


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNKNOWN, State.UNDECIDED, State.FAILED])
def test_it_is_not_when_another_take_could_have_made_it(take: Take, account: Connection, state: State) -> None:
    rival = make.take(make.shots_of(take.shot.board)[1], state, at=account, sent_at=timezone.now())
    Step.objects.create(take=rival, state=State.UNKNOWN, at=timezone.now())
    assert look(take, task()).state == State.UNKNOWN
    assert take.remote_id == ""


@pytest.mark.parametrize("state", [State.SUBMITTING, State.QUEUED, State.FAILED])
def test_it_is_when_the_other_surely_has_not(take: Take, account: Connection, state: State) -> None:
    """Sent long before, proved never to have been made, or refused."""
    gone = {State.SUBMITTING: timedelta(hours=1), State.QUEUED: timedelta(0), State.FAILED: timedelta(0)}[state]
    rival = make.take(make.shots_of(take.shot.board)[1], state, at=account, sent_at=timezone.now() - gone)
    if state == State.FAILED:
        Step.objects.create(take=rival, state=State.UNKNOWN, at=timezone.now())
        Take.objects.filter(pk=rival.pk).update(unlisted=searching.READINGS)
    assert look(take, task()).state == State.RUNNING


def test_two_that_fit_are_for_the_bell_and_then_for_a_person(take: Take) -> None:
    both = (task(), task(OTHER))
    armed(take)
    assert look(take, *both).state == State.UNKNOWN
    age(take, 21 * 60)
    shown = [task(one.id, at=take.sent_at) for one in both]
    assert look(take, *shown).state == State.UNDECIDED
    assert "does not tell which" in take.sentence
    assert make.ledger(take) == (make.QUOTE, 0)


def test_without_a_bell_two_that_fit_are_a_persons_after_five_minutes(take: Take) -> None:
    age(take, 301)
    assert look(take, task(at=take.sent_at), task(OTHER, at=take.sent_at)).state == State.UNDECIDED


def test_a_task_that_says_it_was_asked_otherwise_is_another(take: Take) -> None:
    asked = '{"resolution": "480p", "ratio": "adaptive", "duration": 4, "seed": -1}'
    Take.objects.filter(pk=take.pk).update(asked=asked)
    mine = task(resolution="480p", ratio="16:9", duration=4, seed=77)
    assert look(take, mine, task(OTHER, resolution="480p", duration=8)).remote_id == TASK


def test_not_in_two_late_lists_is_never_created(take: Take) -> None:
    age(take, LATE)
    assert look(take).state == State.UNKNOWN
    assert take.unlisted == 1
    assert look(take).unlisted == 1
    apart(take)
    assert look(take).state == State.FAILED
    assert "never created" in take.sentence
    assert make.ledger(take) == (0, 0)
    assert take.run
    take.run.refresh_from_db()
    assert take.run.finished_at


def test_before_the_grace_a_list_proves_nothing(take: Take) -> None:
    age(take, LATE - 10)
    for _ in range(5):
        apart(take)
        assert look(take).state == State.UNKNOWN
    assert take.unlisted == 0


@pytest.mark.parametrize("lag", [0, 5, 30, 120])
def test_a_list_that_is_behind_costs_nothing_twice(take: Take, settings: LazySettings, lag: int) -> None:
    """The task shows up `lag` seconds after it was made; every five seconds the list is read."""
    seconds = 0
    while take.state == State.UNKNOWN and seconds < 400:
        age(take, 5)
        Take.objects.filter(pk=take.pk).update(unlisted_at=F("unlisted_at") - timedelta(seconds=5))
        seconds += 5
        look(take, *([task(at=take.sent_at)] if seconds >= lag else []))
    assert (take.state, take.remote_id) == (State.RUNNING, TASK)


def test_a_list_that_lacks_what_is_known_is_not_believed(take: Take, account: Connection) -> None:
    """It is further behind than anybody knew: a person decides, and nothing counts as free to send again."""
    known = make.take(make.shots_of(take.shot.board)[1], State.RUNNING, at=account)
    Take.objects.filter(pk=known.pk).update(accepted_at=Now() - timedelta(minutes=5))
    age(take, LATE)
    for _ in range(4):
        apart(take)
        assert look(take).state == State.UNKNOWN
    age(take, 30 * 60)
    assert look(take).state == State.UNDECIDED


@pytest.mark.parametrize("broken", [{"total": 7}, {"fails": Unavailable("Down.")}, {"fails": NotCreated("No key.")}])
def test_a_list_that_is_not_complete_proves_nothing(take: Take, broken: dict[str, object]) -> None:
    age(take, LATE)
    for _ in range(3):
        apart(take)
        assert look(take, **broken).state == State.UNKNOWN
    age(take, 30 * 60)
    assert look(take, **broken).state == State.UNDECIDED
    assert make.ledger(take) == (make.QUOTE, 0)


def test_an_absence_counts_anew_after_a_doubt(take: Take) -> None:
    age(take, LATE)
    look(take)
    look(take, task(at=take.sent_at), task(OTHER, at=take.sent_at))
    assert (take.state, take.unlisted) == (State.UNKNOWN, 0)


def test_after_six_days_no_list_tells_any_more(take: Take) -> None:
    age(take, 6 * 24 * 3600 + 1)
    assert look(take).state == State.UNDECIDED
    assert "that age" in take.sentence


def test_without_a_list_only_a_bell_is_waited_for(board: Board, team: Team, alice: User) -> None:
    account = make.connection(team, "evolink", by=alice)
    first, second, *_ = make.shots_of(board)
    take, silent = (make.take(shot, State.UNKNOWN, at=account) for shot in (first, second))
    armed(take)
    assert look(take).state == State.UNKNOWN
    silent.refresh_from_db()
    assert (silent.state, silent.wake_at) == (State.UNDECIDED, None)
    assert "EvoLink has no list of tasks, and was not asked to call back." in silent.sentence
    age(take, 20 * 60 + 1)
    assert look(take).state == State.UNDECIDED
    assert "did not call back" in take.sentence


def test_pages_are_read_to_the_end(take: Take, account: Connection) -> None:
    shown = [task(f"cgt-number-{number:04}") for number in range(12)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "client", Mock(return_value=vendor(*shown, page=5)))
        found = listing.read(account, "")
    assert (len(found.tasks), found.complete) == (12, True)


def test_what_moves_between_pages_makes_it_incomplete(account: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "client", Mock(return_value=vendor(task(), task(), task(OTHER), total=3, page=2)))
    assert not listing.read(account).complete


def test_a_bell_that_could_not_be_asked_about_is_asked_about_again(take: Take) -> None:
    take.deliveries.create(vendor="ark", key="k", task_id=TASK)
    OrmQ.objects.all().delete()
    look(take)
    assert OrmQ.objects.count() == 1


def test_one_job_looks_for_all_takes_of_a_model(take: Take, board: Board, account: Connection, team: Team) -> None:
    make.take(make.shots_of(board)[1], State.UNKNOWN, at=account)
    other = make.take(make.shots_of(board)[2], State.UNKNOWN, at=account)
    Take.objects.filter(pk=other.pk).update(wake_at=Now() + timedelta(minutes=1), model="m2")
    OrmQ.objects.all().delete()
    reconciling.due()
    reconciling.due()
    assert OrmQ.objects.count() == 1


def test_clocks_are_measured_by_what_is_known(take: Take, account: Connection) -> None:
    now = timezone.now()
    take.remote_id, take.sent_at, take.accepted_at = TASK, now, now + timedelta(seconds=2)
    fast = measured([take], {TASK: task(at=now + timedelta(seconds=101))})
    earliest, latest = fast.window(now)
    assert timedelta(seconds=90) < earliest - now < timedelta(seconds=100)
    assert latest - now <= timedelta(seconds=102 + 5 + 60) + searching.POST
    assert measured([take], {TASK: task(at=now + timedelta(hours=1))}) == Clock()
    assert measured([], {}) == Clock(-binding.SKEW, binding.SKEW)
