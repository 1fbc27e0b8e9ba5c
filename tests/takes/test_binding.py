"""A task belongs to the take whose POST made it, and to no other, whoever says so first."""

import os
import threading
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import connections
from django.utils import timezone
from django_q.models import OrmQ

from storyboard.connections.models import Connection
from storyboard.providers.base import Task
from storyboard.providers.errors import ProviderError, Refused, Unavailable
from storyboard.takes.actions import binding, sending
from storyboard.takes.models import Delivery, Orphan, State, Take
from storyboard.takes.tasks import binding as tasks
from storyboard.teams.models import Team, User
from tests.takes import make
from tests.takes.bells import TASK, armed, body, ring, task, vendor

pytestmark = pytest.mark.django_db
RACES = int(os.environ.get("RACES", "100"))


@pytest.fixture
def take(team: Team, alice: User, account: Connection) -> Take:
    board = make.board_with(team, alice, "cut cut", account)
    return make.take(make.shots_of(board)[0], State.UNKNOWN, at=account)


def rung(take: Take, *shown: Task, fails: ProviderError | None = None, text: bytes | None = None) -> Delivery:
    """The doorbell rings, and the job asks a vendor that shows these tasks."""
    assert ring(armed(take), text) == 200
    delivery = Delivery.objects.get(take=take)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "client", Mock(return_value=vendor(*shown, fails=fails)))
        tasks.answer(delivery.pk)
    delivery.refresh_from_db()
    take.refresh_from_db()
    return delivery


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNKNOWN, State.UNDECIDED, State.QUEUED])
def test_a_task_that_the_vendor_knows_is_bound(take: Take, state: State) -> None:
    """Queued: the vendor said that it had not taken it, and had."""
    Take.objects.filter(pk=take.pk).update(state=state)
    delivery = rung(take, task())
    assert (take.state, take.remote_id, take.lease_until) == (State.RUNNING, TASK, None)
    assert take.accepted_at is not None
    assert delivery.verdict == "This is the take’s task."
    assert make.ledger(take) == (make.QUOTE, 0)


def test_a_body_that_lies_changes_nothing(take: Take) -> None:
    text = body(content={"video_url": "https://evil.example.com/film.mp4"}, status="succeeded")
    rung(take, task(), text=text)
    assert (take.state, take.clip_url, take.progress) == (State.RUNNING, "", None)


def test_a_task_that_the_vendor_does_not_know_is_not(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.UNDECIDED)
    Delivery.objects.filter(take=take).delete()
    assert ring(armed(take)) == 200
    Delivery.objects.update(came_at=timezone.now() - timedelta(minutes=3))
    delivery = rung(take)
    assert (take.state, delivery.verdict) == (State.UNDECIDED, "The vendor knows no such task.")


@pytest.mark.parametrize(
    ("minutes", "model", "verdict"), [(6, "", binding.OLDER), (0, "doubao-seedance-1-0", binding.OTHER_MODEL)]
)
def test_a_task_that_cannot_be_this_takes_is_not_bound(take: Take, minutes: int, model: str, verdict: str) -> None:
    delivery = rung(take, task(model=model, at=timezone.now() - timedelta(minutes=minutes)))
    assert (take.state, delivery.verdict) == (State.UNKNOWN, verdict)


def test_another_takes_task_is_not_bound(take: Take, team: Team, alice: User, account: Connection) -> None:
    other = make.shots_of(take.shot.board)[1]
    make.take(other, State.RUNNING, at=account, remote_id=TASK)
    assert rung(take, task()).verdict == binding.OTHER_TAKE
    assert take.state == State.UNKNOWN


def test_the_same_account_under_another_name_counts_as_well(take: Take, team: Team, alice: User) -> None:
    twin = make.connection(team, by=alice)
    make.take(make.shots_of(take.shot.board)[1], State.RUNNING, at=twin, remote_id=TASK)
    assert rung(take, task()).verdict == binding.OTHER_TAKE


def test_a_vendor_that_does_not_answer_is_asked_again(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.SUBMITTING)
    OrmQ.objects.all().delete()
    delivery = rung(take, fails=Unavailable("Later.", retryable=True))
    assert (take.state, delivery.verdict) == (State.SUBMITTING, "")
    assert OrmQ.objects.filter(lock__gt=timezone.now() + timedelta(seconds=10)).count() == 1


def test_a_task_that_the_vendor_cannot_show_yet_is_asked_about_again(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.SUBMITTING)
    assert rung(take, fails=Refused("No.", status=404)).verdict == ""


@pytest.mark.parametrize("state", [State.FAILED, State.RUNNING])
def test_a_second_task_is_kept_for_people_to_see(take: Take, state: State) -> None:
    first = "cgt-the-first" if state == State.RUNNING else ""
    finished = timezone.now() if state == State.FAILED else None
    Take.objects.filter(pk=take.pk).update(state=state, remote_id=first, finished_at=finished)
    delivery = rung(take, task())
    assert (take.state, take.remote_id, delivery.verdict) == (state, first, tasks.SECOND)
    assert Orphan.objects.get().remote_id == TASK


def test_an_orphan_that_finds_its_take_is_none_any_more(take: Take, account: Connection) -> None:
    binding.strays(account, [task()])
    rung(take, task())
    assert take.state == State.RUNNING
    assert not Orphan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_doorbell_and_answer_at_once_bind_once(team: Team, alice: User, account: Connection) -> None:
    board = make.board_with(team, alice, ["cut"] * 1, account)
    take = make.take(make.shots_of(board)[0], State.SUBMITTING, at=account)
    for number in range(RACES):
        name = f"cgt-race-{number:06}"
        Take.objects.filter(pk=take.pk).update(state=State.SUBMITTING, remote_id="", epoch=number)
        take.refresh_from_db()
        take.steps.all().delete()
        raced(take, name)
        take.refresh_from_db()
        assert (take.state, take.remote_id) == (State.RUNNING, name)
        assert [step.state for step in take.steps.all()] == [State.RUNNING]


def raced(take: Take, name: str) -> None:
    start = threading.Barrier(3)

    def meet(act: object) -> None:
        start.wait()
        try:
            act()  # type: ignore[operator]
        finally:
            connections.close_all()

    acts = [
        lambda: binding.bind(take, task(name), why="rung"),
        lambda: sending.accepted(Take.objects.get(pk=take.pk), epoch=take.epoch, remote_id=name, sent_hash=""),
        lambda: binding.bind(take, task(name), why="listed"),
    ]
    threads = [threading.Thread(target=meet, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_an_answer_after_the_doorbell_is_no_news(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.SUBMITTING)
    rung(take, task())
    assert not sending.accepted(take, epoch=take.epoch, remote_id=TASK, sent_hash="")
    take.refresh_from_db()
    assert (take.state, take.steps.count()) == (State.RUNNING, 1)


def test_a_late_doorbell_after_the_answer_is_no_news(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.RUNNING, remote_id=TASK)
    rung(take, task(), text=body(status="running"))
    assert (take.state, take.steps.count()) == (State.RUNNING, 0)
    assert not Orphan.objects.exists()


@pytest.mark.parametrize("state", [State.RUNNING, State.UNDECIDED, State.FAILED])
def test_an_answer_that_names_another_task_is_not_lost(take: Take, state: State) -> None:
    bound = "cgt-by-doorbell" if state == State.RUNNING else ""
    Take.objects.filter(pk=take.pk).update(state=state, remote_id=bound)
    assert not sending.accepted(take, epoch=take.epoch, remote_id=TASK, sent_hash="")
    assert Orphan.objects.get().remote_id == TASK


@pytest.mark.parametrize(("status", "asks"), [("running", 0), ("queued", 0), ("succeeded", 1)])
def test_once_the_take_has_its_task_only_news_of_it_are_asked_about(take: Take, status: str, asks: int) -> None:
    assert ring(armed(take), body(status=status)) == 200
    Take.objects.filter(pk=take.pk).update(state=State.RUNNING, remote_id=TASK)
    tasks.answer(Delivery.objects.get(take=take).pk)
    assert make.queued("polling.refresh") == [[take.pk]] * asks
