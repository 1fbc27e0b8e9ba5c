"""How long a client may take: in a job less than the job may run, whatever the vendor does."""

import asyncio
from contextlib import suppress

import pytest
from django.conf import settings

from storyboard.providers.errors import Unavailable
from storyboard.providers.gathering import Answer
from storyboard.providers.http import Client
from storyboard.providers.secret import Secret
from storyboard.providers.waits import Pace, Timeouts
from tests.providers import fake

TASK = "task_0123456789"
# Seconds after which a job is killed, and what it needs of them for the database.
KILLED = int(str(settings.Q_CLUSTER["timeout"]))
ROOM = 2


class Clock:
    """Time that passes only where a client waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.tries = 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def asking(monkeypatch: pytest.MonkeyPatch, timeouts: Timeouts, takes: float) -> Clock:
    """Ask a vendor whose every failing answer takes so long; the clock says when the client gave up."""
    clock = Clock()

    def exchange(self: Client, *args: object) -> Answer:
        clock.tries += 1
        clock.sleep(min(takes, self.timeouts.total))
        return Answer(status=500, complete=True)

    monkeypatch.setattr(Client, "_exchange", exchange)
    pace = Pace(sleep=clock.sleep, clock=lambda: clock.now, chance=lambda: 1.0)
    with suppress(Unavailable):
        Client(fake, "https://api.example.com", Secret("sk-12345678"), timeouts=timeouts, pace=pace).fetch(TASK)
    return clock


@pytest.mark.parametrize("takes", [0, 0.1, 1, 2, 3, 4, 5, 6, 7, 7.9, 8, 100])
@pytest.mark.parametrize("timeouts", [Timeouts.quick(), Timeouts.paid()], ids=["quick", "paid"])
def test_a_question_is_over_before_its_job_is_killed(
    monkeypatch: pytest.MonkeyPatch, timeouts: Timeouts, takes: float
) -> None:
    clock = asking(monkeypatch, timeouts, takes)
    assert clock.tries >= 1
    assert clock.now - 1000 <= timeouts.question < KILLED - ROOM


@pytest.mark.parametrize(("takes", "tries"), [(0, 4), (1, 4), (5, 2), (8, 2), (100, 2)])
def test_a_quick_question_is_asked_as_often_as_there_is_time(
    monkeypatch: pytest.MonkeyPatch, takes: float, tries: int
) -> None:
    assert asking(monkeypatch, Timeouts.quick(), takes).tries == tries


def test_a_person_who_waits_gets_all_the_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asking(monkeypatch, Timeouts(), 60).tries == 4


def test_without_the_bound_a_slow_vendor_would_outlast_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    waits = Timeouts(total=16, question=1000)
    assert asking(monkeypatch, waits, 16).now - 1000 > KILLED


def test_many_questions_end_before_their_job_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    async def exchange(self: Client, *args: object) -> Answer:
        clock.tries += 1
        clock.sleep(self.timeouts.total)
        return Answer(reason="ReadTimeout")

    monkeypatch.setattr(Client, "_exchange_async", exchange)
    pace = Pace(clock=lambda: clock.now)
    quick = Client(fake, "https://api.example.com", Secret("sk-12345678"), timeouts=Timeouts.quick(), pace=pace)
    found = asyncio.run(quick.fetch_many([f"task_{number:08}" for number in range(9)], at_once=1))
    assert (len(found), clock.tries, clock.now - 1000) == (9, 2, 16)
    assert {type(one) for one in found.values()} == {Unavailable}


def test_a_paid_request_is_waited_for_as_long_as_its_job_can() -> None:
    waits = Timeouts.paid()
    # What is left is for making the request ready and for writing down what came of it.
    assert waits.read == waits.total
    assert KILLED / 2 < waits.total < KILLED - ROOM
    assert max(waits.connect, waits.write, waits.pool) < waits.total


@pytest.mark.parametrize("timeouts", [Timeouts(), Timeouts.quick(), Timeouts.paid()], ids=["", "quick", "paid"])
def test_no_single_wait_is_longer_than_the_whole(timeouts: Timeouts) -> None:
    assert max(timeouts.connect, timeouts.write, timeouts.read, timeouts.pool) <= timeouts.total <= timeouts.question
