"""Whatever happens, in whatever order and how often: what was charged is spent or given back, and only once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.sandbox import actions
from storyboard.sandbox.actions import NoCredit
from storyboard.sandbox.models import Key, Task
from tests.sandbox.conftest import CREDIT, Take

Run = Callable[[], list[str]]
PROMPTS = ["A boat", "sandbox:fail", "sandbox:fallback", "sandbox:hang", "sandbox:stay-queued"]


def credit(key: Key) -> int:
    return Key.objects.get(pk=key.pk).micro_usd


def adds_up(key: Key) -> bool:
    """What is left, what is held by live tasks and what was spent by the others is what there was."""
    sums = key.tasks.aggregate(out=Sum(F("reserved_micro_usd") - F("returned_micro_usd"), default=0))
    return credit(key) + int(sums["out"]) == CREDIT


def rendered(task: Task) -> None:
    actions.rendered(task, digest="", sound_from=0)


def late(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(give_up_at=timezone.now() - timedelta(seconds=1))
    actions.expire(task)


STEPS: dict[str, Callable[[Task], object]] = {
    "begin": actions.begin,
    "claim": actions.claim_render,
    "rendered": rendered,
    "finish": actions.finish,
    "fail": actions.fail,
    "cancel": actions.cancel,
    "expire": late,
}


@pytest.mark.parametrize("vendor", ["ark", "reapi"])
@given(moves=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(sorted(STEPS))), max_size=14), data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_credit_is_kept_whatever_happens(
    take: Take, key: Key, vendor: str, moves: list[tuple[int, str]], data: st.DataObject
) -> None:
    key.tasks.all().delete()
    Key.objects.update(micro_usd=CREDIT)
    tasks = [take(data.draw(st.sampled_from(PROMPTS)), vendor=vendor) for _ in range(2)]
    for number, step in moves:
        STEPS[step](Task.objects.get(pk=tasks[number].pk))
        assert adds_up(key)
    for task in key.tasks.all():
        late(task)
        spent = task.price_micro_usd if Task.objects.get(pk=task.pk).state == "succeeded" else 0
        task.refresh_from_db()
        assert task.returned_micro_usd == task.reserved_micro_usd - spent
    assert adds_up(key)


def test_a_request_holds_the_dearest_attempt_and_settles_to_the_one_that_won(take: Take, key: Key) -> None:
    plain, second = take("A boat", vendor="reapi"), take("A boat sandbox:fallback", vendor="reapi")
    assert credit(key) == CREDIT - plain.reserved_micro_usd - second.reserved_micro_usd
    for task in (plain, second):
        actions.begin(task)
        rendered(task)
        assert actions.finish(task)
    assert plain.price_micro_usd < second.price_micro_usd == second.reserved_micro_usd
    assert credit(key) == CREDIT - plain.price_micro_usd - second.price_micro_usd


def test_what_fails_costs_nothing_and_says_the_code_that_was_asked_for(take: Take, key: Key, run_jobs: Run) -> None:
    task = take("A boat sandbox:fail=80007", vendor="reapi")
    assert credit(key) == CREDIT - task.reserved_micro_usd
    assert "storyboard.sandbox.tasks.render" not in run_jobs()
    task.refresh_from_db()
    assert (task.state, task.error_code) == ("failed", "80007")
    assert credit(key) == CREDIT


def test_without_enough_credit_nothing_is_created(take: Take, key: Key) -> None:
    Key.objects.update(micro_usd=10)
    with pytest.raises(NoCredit):
        take()
    assert (key.tasks.count(), credit(key)) == (0, 10)


def test_a_revoked_key_takes_nothing_more(take: Take, key: Key) -> None:
    Key.objects.update(revoked_at=timezone.now())
    with pytest.raises(NoCredit):
        take()


def test_the_database_itself_allows_no_debts(key: Key) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Key.objects.filter(pk=key.pk).update(micro_usd=-1)
