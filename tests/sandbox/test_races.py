"""Two workers, or a worker and a customer, at the same moment: one of them wins, and the credit moves once."""

from collections.abc import Callable

import pytest

from storyboard.sandbox import actions
from storyboard.sandbox.models import Key, Task
from tests.sandbox.conftest import CREDIT, Take
from tests.sandbox.test_money import adds_up, credit, rendered
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def seen_anew(action: Callable[[Task], object], task: Task) -> Callable[[], object]:
    return lambda: action(Task.objects.get(pk=task.pk))


@pytest.mark.parametrize("attempt", range(3))
def test_an_end_that_comes_twice_gives_back_once(take: Take, key: Key, attempt: int) -> None:
    task = take()
    actions.begin(task)
    rendered(task)
    at_once(*(seen_anew(actions.finish, task) for _ in range(4)))
    assert credit(key) == CREDIT - task.price_micro_usd
    assert adds_up(key)


@pytest.mark.parametrize("attempt", range(3))
def test_a_cancellation_and_a_beginning_are_never_both_done(take: Take, key: Key, attempt: int) -> None:
    task = take()
    won: list[str] = []
    at_once(
        lambda: won.append("cancelled") if actions.cancel(Task.objects.get(pk=task.pk)) else None,
        lambda: won.append("running") if actions.begin(Task.objects.get(pk=task.pk)) else None,
    )
    assert won == [Task.objects.get(pk=task.pk).state]
    assert adds_up(key)


def test_two_requests_do_not_spend_the_same_credit(take: Take, key: Key) -> None:
    price = take().reserved_micro_usd
    Key.objects.update(micro_usd=price)
    refused = at_once(take, take, take)
    assert (len(refused), credit(key), key.tasks.count()) == (2, 0, 2)


def test_a_painting_that_breaks_does_not_undo_one_that_is_done(take: Take) -> None:
    task = take()
    actions.begin(task)
    at_once(lambda: rendered(task), seen_anew(actions.fail, task))
    task.refresh_from_db()
    assert (task.state == "failed") == (task.rendered_at is None)
