"""What the worker hears: SIGTERM always, Ctrl-C unless whoever started it has said that it shall not."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from storyboard.jobs.supervisor import Supervisor

BOTH = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = [signal.getsignal(number) for number in BOTH]
    yield
    for number, handler in zip(BOTH, before, strict=True):
        signal.signal(number, handler)


def heard(interrupt: Any) -> int:
    """How many of the two it hears when it was started with this on Ctrl-C."""
    signal.signal(signal.SIGINT, interrupt)
    supervisor = Supervisor([], grace=0)
    supervisor.listen()
    for number in BOTH:
        signal.raise_signal(number)
    return supervisor.signals


def test_it_hears_both() -> None:
    assert heard(signal.default_int_handler) == 2


def test_ctrl_c_that_was_ignored_at_its_start_stays_so_and_sigterm_is_heard() -> None:
    assert heard(signal.SIG_IGN) == 1
