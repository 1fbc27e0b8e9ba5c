"""Who asks at the same time gets one read, and nobody gets what was read before they asked."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import transaction

from storyboard.live import together as module
from storyboard.live.together import Round, coming, running, together

HERE = "board-a"


class Reads:
    """A read that says it has begun, and ends when it is told to."""

    def __init__(self) -> None:
        self.begun: list[threading.Event] = [threading.Event() for _ in range(5)]
        self.may_end = threading.Event()
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        number = self.count
        self.begun[number].set()
        assert self.may_end.wait(5)
        return number


@pytest.fixture(autouse=True)
def nobody_asks() -> Iterator[None]:
    yield
    assert not running
    assert not coming


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def ask(crowd: ThreadPoolExecutor, reads: Reads, part: str = "shot") -> Future[int]:
    asked = threading.Event()

    def asking() -> int:
        asked.set()
        return together(HERE, part, reads)

    found = crowd.submit(asking)
    assert asked.wait(5)
    return found


def until_joined(crowd: ThreadPoolExecutor, key: tuple[str, str], people: int) -> None:
    """So many wait in the read that is coming, beside the one who will read."""
    while (found := coming.get(key)) is None or found.joined < people + 1:
        threading.Event().wait(0.001)


def test_who_asks_while_a_read_goes_on_waits_for_the_next_one(crowd: ThreadPoolExecutor) -> None:
    reads = Reads()
    first = ask(crowd, reads)
    assert reads.begun[1].wait(5)
    later = [ask(crowd, reads) for _ in range(4)]
    until_joined(crowd, (HERE, "shot"), 3)
    reads.may_end.set()
    assert first.result(5) == 1
    assert [one.result(5) for one in later] == [2] * 4
    assert reads.count == 2


def test_another_part_is_read_for_itself(crowd: ThreadPoolExecutor) -> None:
    reads = Reads()
    found = [ask(crowd, reads, part) for part in ("shot", "runs")]
    assert reads.begun[2].wait(5)
    reads.may_end.set()
    assert sorted(one.result(5) for one in found) == [1, 2]


def test_nothing_is_kept_for_who_asks_afterwards() -> None:
    reads = Reads()
    reads.may_end.set()
    assert [together(HERE, "shot", reads) for _ in range(3)] == [1, 2, 3]


def test_an_error_is_its_own_and_the_others_read_for_themselves(crowd: ThreadPoolExecutor) -> None:
    reads = Reads()
    first = ask(crowd, reads)
    assert reads.begun[1].wait(5)
    breaks = threading.Event()

    def broken() -> int:
        breaks.set()
        raise OSError("The line was cut.")

    leads = crowd.submit(together, HERE, "shot", broken)
    while (HERE, "shot") not in coming:
        threading.Event().wait(0.001)
    follows = ask(crowd, reads)
    until_joined(crowd, (HERE, "shot"), 1)
    reads.may_end.set()
    assert (first.result(5), follows.result(5)) == (1, 2)
    with pytest.raises(OSError, match="cut"):
        leads.result(5)
    assert breaks.is_set()


@pytest.mark.django_db
def test_inside_a_transaction_everybody_reads_alone() -> None:
    coming[HERE, "shot"] = Round()
    try:
        with transaction.atomic():
            assert together(HERE, "shot", lambda: "own") == "own"
    finally:
        del coming[HERE, "shot"]


def test_the_first_waits_for_those_who_watch_too_and_no_longer(
    crowd: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GATHER", 60)
    monkeypatch.setattr(module, "watching", lambda channel: 3)
    reads = Reads()
    reads.may_end.set()
    assert [one.result(20) for one in [ask(crowd, reads) for _ in range(3)]] == [1, 1, 1]


def test_who_watches_alone_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHER", 60)
    assert together(HERE, "shot", lambda: "read") == "read"
