"""Free questions: asked again where that can help, never about something that is no task id, never elsewhere."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest

from storyboard.addresses import ANYWHERE
from storyboard.providers.base import TaskState
from storyboard.providers.errors import Refused, Unavailable
from storyboard.providers.http import Client
from storyboard.providers.secret import Secret
from storyboard.providers.waits import Pace
from tests.providers import fake
from tests.providers.misbehaving import ID, MODES, SOON, Connection, Misbehaving, answer, reads, refusal, refusing
from tests.providers.quick import KEY, client
from tests.providers.spoken import SPOKEN

TASK = "task_0123456789"
# Nothing about the mode itself: what a submission makes of it is told elsewhere.
CAN_HELP = (
    "reset after reading",
    "closed after reading",
    "half the body",
    "bad JSON",
    "200 empty",
    "408",
    "429",
    "500",
)
CANNOT_HELP = ("301", "307 to itself", "405", "409", "599")
DATE = b"Date: Fri, 20 Nov 2026 10:00:00 GMT\r\n"


def steps(*answers: bytes) -> Callable[[Connection], None]:
    """A mode that gives one answer after another, the last one for ever."""
    left = list(answers)

    def mode(it: Connection) -> None:
        if it.read():
            it.send(left.pop(0) if len(left) > 1 else left[0])

    return mode


def test_a_task_is_read() -> None:
    with Misbehaving("well behaved") as server:
        task = client(server.url).fetch(TASK)
    assert (task.id, task.state) == (TASK, TaskState.QUEUED)
    assert server.requests == [f"GET /tasks/{TASK}"]


def test_a_base_url_may_have_a_path_and_a_slash_at_its_end() -> None:
    with Misbehaving("well behaved") as server:
        client(server.url + "/api/v1/").fetch(TASK)
    assert server.requests == [f"GET /api/v1/tasks/{TASK}"]


@pytest.mark.parametrize("mode", CAN_HELP)
def test_a_question_is_asked_again_with_growing_pauses_and_then_given_up(mode: str) -> None:
    pauses: list[float] = []
    with Misbehaving(mode) as server, pytest.raises(Unavailable, match="ask again later") as raised:
        client(server.url, pauses=pauses).fetch(TASK)
    assert server.requests == [f"GET /tasks/{TASK}"] * 4
    assert pauses == [0.5, 1, 2]
    assert raised.value.retryable


@pytest.mark.parametrize("mode", CANNOT_HELP)
def test_a_question_that_would_be_answered_the_same_is_asked_once(mode: str) -> None:
    with Misbehaving(mode) as server, pytest.raises(Unavailable) as raised:
        client(server.url).fetch(TASK)
    assert len(server.requests) == server.connections == 1
    assert not raised.value.retryable


@pytest.mark.parametrize("mode", ["400", "401", "402", "403", "404", "413", "415", "422"])
def test_a_question_that_is_refused_is_asked_once(mode: str) -> None:
    with Misbehaving(mode) as server, pytest.raises(Refused) as raised:
        client(server.url).fetch(TASK)
    assert (len(server.requests), raised.value.status) == (1, int(mode))


@pytest.mark.parametrize("vendor", SPOKEN)
@pytest.mark.parametrize("mode", MODES)
def test_no_fault_gets_out_of_a_question_as_anything_but_a_provider_error(mode: str, vendor: str) -> None:
    says = SPOKEN[vendor]
    with Misbehaving(mode, says.asked) as server, suppress(Refused, Unavailable):
        asked = client(server.url, says.vendor)
        asked.pace = Pace(times=1)
        assert asked.fetch(says.task_id).id == says.task_id
    assert server.connections == 1


@pytest.mark.parametrize("vendor", SPOKEN)
def test_every_vendors_task_and_balance_is_read(vendor: str) -> None:
    says = SPOKEN[vendor]
    for mode in ("well behaved", "continue first"):
        with Misbehaving(mode, says.asked) as server:
            assert client(server.url, says.vendor).fetch(says.task_id).id == says.task_id
        assert server.requests == ["GET " + says.vendor.FETCH.replace("{id}", says.task_id)]
    with Misbehaving("keep-alive closed", says) as server:
        assert bool(client(server.url, says.vendor).balance()) == bool(says.balance)


def test_nobody_there_is_asked_again_and_then_unavailable() -> None:
    pauses: list[float] = []
    with refusing() as url, pytest.raises(Unavailable):
        client(url, pauses=pauses).balance()
    assert len(pauses) == 3


def test_an_answer_at_last_is_an_answer() -> None:
    with Misbehaving(steps(refusal(502), refusal(503), answer(200, ID))) as server:
        assert client(server.url).fetch(TASK).id == TASK
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        (b"Retry-After: 7\r\n", 7),
        (b"Retry-After: 0\r\n", 0.5),
        (b"Retry-After: -5\r\n", 0.5),
        (b"Retry-After: soon\r\n", 0.5),
        (b"Retry-After: Fri, 20 Nov 2026 10:00:09 GMT\r\n" + DATE, 9),
        (b"Retry-After: Fri, 20 Nov 2026 09:00:00 GMT\r\n" + DATE, 0.5),
        (b"Retry-After: Fri, 20 Nov 2026 10:00:09 GMT\r\n", 0.5),
        (b"Retry-After: Fri, 99 Nov 2026 10:00:09 GMT\r\n" + DATE, 0.5),
    ],
)
def test_the_pause_that_a_vendor_asks_for_is_kept(headers: bytes, pause: float) -> None:
    pauses: list[float] = []
    with Misbehaving(steps(refusal(429, headers=headers), answer(200, ID))) as server:
        client(server.url, pauses=pauses).fetch(TASK)
    assert pauses == [pause]


@pytest.mark.parametrize(("asked", "kept"), [(b"300", 300), (b"999999999", 86_400)])
def test_a_long_pause_is_left_to_the_caller(asked: bytes, kept: int) -> None:
    pauses: list[float] = []
    mode = reads(lambda it: it.send(refusal(429, headers=SOON.replace(b"7", asked))))
    with Misbehaving(mode) as server, pytest.raises(Unavailable) as raised:
        client(server.url, pauses=pauses).fetch(TASK)
    assert (len(server.requests), pauses) == (1, [])
    assert raised.value.retry_after is not None
    assert raised.value.retry_after.total_seconds() == kept


def test_chance_spreads_the_pauses() -> None:
    error = Unavailable("Later.", retryable=True)
    assert [Pace(chance=lambda: 0.0).pause(error, asked) for asked in (1, 2, 3, 4)] == [0.25, 0.5, 1, None]
    assert [Pace(chance=lambda: 1.0, times=9, longest=3).pause(error, asked) for asked in (3, 4, 8)] == [2, 3, 3]


BAD_IDS = (
    "",
    "short",
    "../../balance",
    "task/0123456789",
    "task_0123456789\n",
    "task?0123456789",
    "x" * 129,
    "tásk_0123456",
)


@pytest.mark.parametrize("task_id", BAD_IDS)
def test_what_is_no_task_id_never_gets_into_a_url(task_id: str) -> None:
    with Misbehaving("well behaved") as server:
        for ask in (client(server.url).fetch, client(server.url).fetch_once, client(server.url).cancel):
            with pytest.raises(ValueError, match="no task id"):
                ask(task_id)
        with pytest.raises(ValueError, match="no task id"):
            asyncio.run(client(server.url).fetch_many([TASK, task_id]))
    assert server.connections == 0


def test_an_answer_about_another_task_is_not_believed() -> None:
    with Misbehaving("well behaved") as server, pytest.raises(Unavailable) as raised:
        client(server.url).fetch("task_9999999999")
    assert raised.value.reason == "Unreadable: The answer is about another task."


def test_the_balance_is_read() -> None:
    with Misbehaving(reads(lambda it: it.send(answer(200, b'{"credits": "12.50"}')))) as server:
        assert client(server.url).balance() == Decimal("12.50")
    assert server.requests == ["GET /balance"]


def test_a_vendor_without_a_balance_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "BALANCE", "")
    with Misbehaving("well behaved") as server:
        assert client(server.url).balance() is None
    assert server.connections == 0


def test_a_page_of_tasks_is_read_with_the_vendors_own_words_for_the_question() -> None:
    page = b'{"total": 41, "items": [' + ID + b"]}"
    with Misbehaving(reads(lambda it: it.send(answer(200, page)))) as server:
        tasks, total = client(server.url).list_tasks(page=2, size=50, ids=[TASK], model="a model")
    assert ([task.id for task in tasks], total) == ([TASK], 41)
    assert server.requests == [f"GET /tasks?page_num=2&page_size=50&id={TASK}&status=&model=a+model"]


@pytest.mark.parametrize("mode", ["204", "200 empty", "well behaved"])
def test_a_task_is_cancelled(mode: str) -> None:
    with Misbehaving(mode) as server:
        client(server.url).cancel(TASK)
    assert server.requests == [f"DELETE /tasks/{TASK}"]


@pytest.mark.parametrize("mode", ["409", "404", "401"])
def test_a_vendor_may_refuse_to_cancel(mode: str) -> None:
    with Misbehaving(mode) as server, pytest.raises(Refused, match="Look at where it stands"):
        client(server.url).cancel(TASK)


@pytest.mark.parametrize("mode", ["reset after reading", "hang after reading", "500", "429", "307 to itself"])
def test_a_cancellation_is_sent_once_even_if_its_outcome_is_lost(mode: str) -> None:
    with Misbehaving(mode) as server, pytest.raises(Unavailable, match="not clear"):
        client(server.url).cancel(TASK)
    assert server.connections == 1


def test_a_vendor_without_a_list_says_so() -> None:
    class Plain:
        """The fake vendor, without what only some vendors have."""

        SUBMIT, FETCH, BALANCE, NOT_ACCEPTED = fake.SUBMIT, fake.FETCH, fake.BALANCE, fake.NOT_ACCEPTED
        parse_submit = staticmethod(fake.parse_submit)
        parse_task = staticmethod(fake.parse_task)
        parse_balance = staticmethod(fake.parse_balance)
        refusal = staticmethod(fake.refusal)

    plain = Client(Plain(), "http://127.0.0.1:9", Secret(KEY), policy=ANYWHERE)
    for ask in (plain.list_tasks, lambda: plain.cancel(TASK)):
        with pytest.raises(Unavailable, match="no list"):
            ask()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://a:b@example.com",
        "https://e.com/?a=b",
        "https://e.com/#a",
        "https://e .com\n",
    ],
)
def test_a_base_url_is_a_plain_web_address(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        client(url)


def test_a_task_that_is_asked_about_once_is_read_or_its_trouble_is_told() -> None:
    with Misbehaving(steps(answer(200, b'{"id": "%s", "status": "running"}' % TASK.encode()), refusal(404))) as server:
        found = [client(server.url).fetch_once(TASK) for _ in range(2)]
    assert [type(one).__name__ for one in found] == ["Task", "Refused"]


@pytest.mark.parametrize("mode", CAN_HELP)
def test_what_is_asked_once_is_asked_once_whatever_comes(mode: str) -> None:
    with Misbehaving(mode) as server:
        found = client(server.url).fetch_once(TASK)
    assert isinstance(found, Unavailable)
    assert len(server.requests) == 1


def test_many_tasks_are_asked_about_at_once_and_each_has_its_own_answer() -> None:
    def mode(it: Connection) -> None:
        while head := it.read():
            task_id = head.split(b" ")[1].removeprefix(b"/tasks/")
            body = b'{"id": "%s", "status": "running"}' % task_id
            it.send(refusal(404) if task_id.endswith(b"7") else answer(200, body))

    ids = [f"task_{number:08}" for number in range(30)]
    with Misbehaving(mode) as server:
        found = asyncio.run(client(server.url).fetch_many(ids, at_once=3))
    assert list(found) == ids
    assert {task_id for task_id, task in found.items() if isinstance(task, Refused)} == {i for i in ids if i[-1] == "7"}
    assert len(server.requests) == 30
    assert server.connections <= 3


@pytest.mark.clock
def test_a_vendor_that_hangs_holds_up_many_questions_no_longer_than_one() -> None:
    began = time.monotonic()
    with Misbehaving("headers byte by byte") as server:
        found = asyncio.run(client(server.url).fetch_many([f"task_{number:08}" for number in range(6)]))
    assert {type(task) for task in found.values()} == {Unavailable}
    assert time.monotonic() - began < 3
    assert server.connections == 6


def test_a_client_in_use_is_patient_but_not_for_ever() -> None:
    waits = Client(fake, "https://api.example.com", Secret(KEY)).timeouts
    assert (waits.connect, waits.write, waits.read, waits.pool, waits.total) == (10, 30, 60, 5, 90)
