"""What people may say of a take that nobody else can tell about, who may say it, and what becomes of its money."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from storyboard.connections.models import Connection
from storyboard.errors import Conflict, DomainError, Forbidden, Missing
from storyboard.providers.base import Task
from storyboard.providers.errors import ProviderError, Refused, Unavailable
from storyboard.takes.actions import binding, decisions, doorbell
from storyboard.takes.actions.doorbell import Knock
from storyboard.takes.models import Delivery, Orphan, State, Step, Take
from storyboard.takes.tasks import binding as tasks
from storyboard.takes.tasks import listing, reconciling
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.takes import make
from tests.takes.bells import TASK, task, vendor

pytestmark = pytest.mark.django_db
Act = Callable[[Take, User], object]
ACTS: list[Act] = [
    lambda take, by: decisions.paste_task_id(take, remote_id=TASK, by=by),
    lambda take, by: decisions.not_charged(take, by=by),
    lambda take, by: decisions.give_up(take, by=by),
]


@pytest.fixture
def take(team: Team, alice: User, account: Connection) -> Take:
    board = make.board_with(team, alice, "cut continue", account)
    return make.take(make.shots_of(board)[0], State.UNDECIDED, at=account)


@pytest.fixture
def unclear(team: Team, alice: User) -> Take:
    """Its vendor has no list of tasks, and may ring or not."""
    account = make.connection(team, "evolink", by=alice)
    board = make.board_with(team, alice, "cut continue", account)
    return make.take(make.shots_of(board)[0], State.UNKNOWN, at=account, secret_digest="0" * 64)


def ask(take: Take, *shown: Task) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "client", Mock(return_value=vendor(*shown)))
        tasks.pasted(take.pk, TASK)
    take.refresh_from_db()


def test_a_task_id_is_believed_when_the_vendor_knows_it(take: Take, alice: User) -> None:
    OrmQ.objects.all().delete()
    decisions.paste_task_id(take, remote_id=f" {TASK}\n", by=alice)
    assert OrmQ.objects.count() == 1
    ask(take, task())
    assert (take.state, take.remote_id, take.sentence) == (State.RUNNING, TASK, "")
    assert make.ledger(take) == (make.QUOTE, 0)


def test_a_task_that_is_not_there_is_a_sentence(take: Take, alice: User) -> None:
    decisions.paste_task_id(take, remote_id=TASK, by=alice)
    ask(take)
    assert (take.state, take.sentence) == (State.UNDECIDED, Refused("The vendor knows no such task.").sentence)


def test_a_task_of_another_model_is_a_sentence(take: Take) -> None:
    ask(take, task(model="another"))
    assert (take.state, take.sentence) == (State.UNDECIDED, binding.OTHER_MODEL)


@pytest.mark.parametrize("text", ["", "x", "../../keys", "a b", "a" * 129, "a" * 101, "cgt-1234567\x00"])
def test_what_is_no_id_is_refused_at_once(take: Take, alice: User, text: str) -> None:
    with pytest.raises(DomainError, match="console"):
        decisions.paste_task_id(take, remote_id=text, by=alice)


def test_another_takes_id_is_refused_at_once(take: Take, alice: User, account: Connection) -> None:
    make.take(make.shots_of(take.shot.board)[1], State.RUNNING, at=account, remote_id=TASK)
    with pytest.raises(DomainError, match="another take"):
        decisions.paste_task_id(take, remote_id=TASK, by=alice)


def test_what_was_not_charged_is_free_again(take: Take, alice: User) -> None:
    shot = decisions.not_charged(take, by=alice)
    take.refresh_from_db()
    assert (shot.pk, take.state, make.ledger(take)) == (take.shot_id, State.FAILED, (0, 0))
    assert take.sentence == "Alice Munro found that it was not charged."


def test_what_is_given_up_counts_as_charged(take: Take, alice: User) -> None:
    decisions.give_up(take, by=alice)
    take.refresh_from_db()
    assert (take.state, make.ledger(take)) == (State.FAILED, (0, make.QUOTE))


@pytest.mark.parametrize("act", ACTS)
def test_only_who_may_spend_money_decides(
    take: Take, bob: User, charlie: User, join: Callable[[User, Role], Membership], act: Callable[[Take, User], object]
) -> None:
    join(bob, Role.EDITOR)
    with pytest.raises(Forbidden):
        act(take, bob)
    with pytest.raises(Missing):
        act(take, charlie)
    take.refresh_from_db()
    assert take.state == State.UNDECIDED


@pytest.mark.parametrize("act", ACTS)
def test_each_decision_is_recorded_once_and_made_once(
    take: Take, alice: User, act: Callable[[Take, User], object]
) -> None:
    before = AuditEntry.objects.count()
    act(take, alice)
    assert AuditEntry.objects.count() == before + 1
    Take.objects.filter(pk=take.pk).update(state=State.RUNNING, remote_id=TASK)
    with pytest.raises(Conflict):
        act(take, alice)
    assert AuditEntry.objects.count() == before + 1


def test_a_wrong_id_does_not_end_the_search_for_a_task(unclear: Take, alice: User) -> None:
    before = Take.objects.get(pk=unclear.pk).wake_at
    decisions.paste_task_id(unclear, remote_id=TASK, by=alice)
    ask(unclear)
    assert (unclear.state, unclear.wake_at) == (State.UNKNOWN, before)
    assert unclear.sentence == Refused("The vendor knows no such task.").sentence
    ask(unclear, task(model=unclear.model))
    assert (unclear.state, unclear.remote_id) == (State.RUNNING, TASK)


@pytest.mark.parametrize("act", ACTS[1:])
def test_where_only_a_bell_can_tell_nobody_has_to_wait_for_it(unclear: Take, alice: User, act: Act) -> None:
    act(unclear, alice)
    unclear.refresh_from_db()
    assert unclear.state == State.FAILED
    assert Step.objects.filter(take=unclear, state=State.UNDECIDED, why="Alice Munro decided before all was tried.")


def test_where_a_list_can_tell_it_is_waited_for_first(take: Take, alice: User) -> None:
    Take.objects.update(state=State.UNKNOWN)
    with pytest.raises(Conflict):
        decisions.not_charged(take, by=alice)
    make.aged(take, sent_at=-200)
    decisions.not_charged(take, by=alice)
    take.refresh_from_db()
    assert take.state == State.FAILED


def test_a_bell_that_rings_before_the_decision_is_heard(unclear: Take, alice: User) -> None:
    decisions.paste_task_id(unclear, remote_id=TASK, by=alice)
    ring(unclear, TASK)
    unclear.refresh_from_db()
    assert (unclear.state, unclear.remote_id) == (State.RUNNING, TASK)
    with pytest.raises(Conflict):
        decisions.not_charged(unclear, by=alice)


def test_a_bell_that_rings_after_the_decision_shows_a_task_and_sends_nothing(unclear: Take, alice: User) -> None:
    decisions.not_charged(unclear, by=alice)
    OrmQ.objects.all().delete()
    ring(unclear, TASK)
    unclear.refresh_from_db()
    assert (unclear.state, unclear.remote_id) == (State.FAILED, "")
    assert Orphan.objects.get().remote_id == TASK
    assert make.queued("sending.send") == []


def ring(take: Take, task_id: str) -> None:
    """What the vendor posts, and the job that asks it."""
    found = Take.objects.get(pk=take.pk)
    doorbell.ring(found, knock=Knock(vendor="evolink", body="{}", task_id=task_id, said="running"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "client", Mock(return_value=vendor(task(model=take.model))))
        tasks.answer(Delivery.objects.latest("pk").pk)


def test_the_shelf_offers_the_decision_and_says_that_the_bell_may_still_come(
    unclear: Take, alice: User, as_user: Callable[[User], Client]
) -> None:
    place = [unclear.shot.board.team.public_id, unclear.shot.board.public_id, unclear.shot.public_id]
    text = as_user(alice).get(f"{reverse('takes', args=place)}?take={unclear.public_id}").text
    assert "may still call and say what became of it" in text
    assert "Not charged, render again" in text


def listed(take: Take, *shown: Task, fails: ProviderError | None = None) -> set[str]:
    """What people are shown once the job has read this list."""
    OrmQ.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "client", Mock(return_value=vendor(*shown, fails=fails)))
        reconciling.look_again(take.pk)
    return set(Orphan.objects.values_list("remote_id", flat=True))


def decided(take: Take, alice: User, act: Act = ACTS[1]) -> Take:
    """Long after it was sent."""
    make.aged(take, sent_at=-600)
    act(take, alice)
    return Take.objects.get(pk=take.pk)


def made(take: Take, task_id: str = TASK, **more: Any) -> Task:
    return task(task_id, **({"model": take.model, "at": take.sent_at} | more))


@pytest.mark.parametrize("act", ACTS[1:])
def test_a_task_that_was_made_all_the_same_is_shown_after_the_decision(take: Take, alice: User, act: Act) -> None:
    found = decided(take, alice, act)
    assert make.queued("reconciling.look_again") == [[take.pk]]
    assert listed(found, made(found)) == {TASK}
    assert make.queued("reconciling.look_again") == []
    assert listed(found, made(found)) == {TASK}


def test_only_what_its_request_may_have_made_is_shown(take: Take, alice: User, account: Connection) -> None:
    found, hour = decided(take, alice), timedelta(hours=1)
    make.take(make.shots_of(take.shot.board)[1], State.RUNNING, at=account, remote_id="cgt-anothers")
    assert found.sent_at
    others = [
        made(found, "cgt-anothers"),
        made(found, "cgt-long-before", at=found.sent_at - hour),
        made(found, "cgt-long-after", at=found.sent_at + hour),
        made(found, "cgt-another-model", model="another"),
    ]
    assert listed(found, *others) == set()
    assert make.queued("reconciling.look_again") == []


def test_where_no_list_can_be_read_nobody_looks(unclear: Take, alice: User) -> None:
    decided(unclear, alice)
    assert make.queued("reconciling.look_again") == []


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNKNOWN])
def test_a_task_that_another_take_may_still_get_is_shown_later(
    take: Take, alice: User, account: Connection, state: State
) -> None:
    found = decided(take, alice)
    other = make.take(make.shots_of(take.shot.board)[1], state, at=account, sent_at=found.sent_at)
    assert listed(found, made(found)) == set()
    assert make.queued("reconciling.look_again") == [[take.pk]]
    Take.objects.filter(pk=other.pk).update(state=State.UNDECIDED)
    assert listed(found, made(found)) == {TASK}
    assert binding.bind(other, made(found), why="Pasted.") == ""
    assert not Orphan.objects.exists()


def test_a_list_that_fails_is_read_again_until_its_vendor_has_forgotten(take: Take, alice: User) -> None:
    found = decided(take, alice)
    for days, again in ((0, [[take.pk]]), (6, [[take.pk]]), (8, [])):
        make.aged(found, sent_at=-days * 86400 - 600)
        listed(found, fails=Unavailable("Down."))
        assert make.queued("reconciling.look_again") == again


def test_a_list_that_may_be_behind_is_read_again(take: Take, alice: User) -> None:
    found = decided(take, alice)
    make.aged(found, sent_at=-1)
    listed(found)
    assert make.queued("reconciling.look_again") == [[take.pk]]


def test_the_next_reading_is_as_far_away_as_the_decision(take: Take, alice: User) -> None:
    found = decided(take, alice)
    for passed, wait in ((0, 60), (600, 600)):
        make.aged(found, finished_at=-passed)
        listed(found, fails=Unavailable("Down."))
        due = OrmQ.objects.get().lock
        assert due
        assert abs((due - timezone.now()).total_seconds() - wait) < 10
