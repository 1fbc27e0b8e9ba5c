"""Callbacks: owed with the change they tell of, rung for real on loopback, tried again and given up."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django.fixtures import Settings

from storyboard.sandbox import actions, tasks
from storyboard.sandbox.models import Delivery, Task
from tests.sandbox.conftest import Take

Run = Callable[[], list[str]]


class Bell(HTTPServer):
    """A customer's server that writes down what it is told and answers what the test says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.heard: list[tuple[str, Any]] = []
        self.answer = 200

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def words(self) -> list[str]:
        return [body["status"] for _, body in self.heard]


class Listener(BaseHTTPRequestHandler):
    server: Bell

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, body))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def bell(settings: Settings) -> Iterator[Bell]:
    with Bell() as server:
        settings.SANDBOX_MEDIA_HOSTS = frozenset({server.place})
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def all_due() -> None:
    """Let the time pass that anything waits for."""
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(closed_at=None).exclude(due_at=None).update(due_at=past)
    OrmQ.objects.update(lock=past)


def ask(take: Take, bell: Bell, words: str = "", *, vendor: str = "ark") -> Task:
    """A task that fails at once, because nobody needs its clip here."""
    field = {"apimart": "webhook"}.get(vendor, "callback_url")
    return take(f"A boat sandbox:fail {words}", vendor=vendor, **{field: f"http://{bell.place}/hook"})


def test_ark_tells_every_change_with_the_task_as_it_stood(take: Take, bell: Bell, run_jobs: Run) -> None:
    task = ask(take, bell)
    run_jobs()
    assert bell.words == ["queued", "running", "failed"]
    assert {(path, body["id"]) for path, body in bell.heard} == {("/hook", task.remote_id)}
    assert not Delivery.objects.filter(closed_at=None).exists()


def test_a_change_and_its_callback_are_one_transaction(take: Take, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    task = ask(take, bell)

    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("storyboard.sandbox.actions.tasks.say", broken)
    with pytest.raises(RuntimeError):
        actions.begin(task)
    assert Task.objects.get().state == "queued"
    assert Delivery.objects.count() == 1


def test_apimart_tells_the_end_only_and_at_its_own_address(take: Take, bell: Bell, run_jobs: Run) -> None:
    ask(take, bell, vendor="apimart")
    deliveries = Delivery.objects.values_list("url", flat=True)
    run_jobs()
    assert [url.removeprefix(f"http://{bell.place}") for url in deliveries] == ["/hook/callback"]
    assert [body["data"]["status"] for _, body in bell.heard] == ["failed"]


def test_reapi_tells_nobody(take: Take, run_jobs: Run) -> None:
    take("A boat sandbox:fail", vendor="reapi")
    run_jobs()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("sandbox:no-callbacks", []),
        ("sandbox:double-callbacks", ["queued", "queued", "running", "running", "failed", "failed"]),
        ("sandbox:shuffled-callbacks", ["failed", "queued", "running"]),
    ],
)
def test_callbacks_go_wrong_as_asked(take: Take, bell: Bell, run_jobs: Run, words: str, heard: list[str]) -> None:
    ask(take, bell, words)
    run_jobs()
    all_due()
    run_jobs()
    assert bell.words == heard


def test_late_callbacks_come_after_the_end(take: Take, bell: Bell, run_jobs: Run) -> None:
    task = ask(take, bell, "sandbox:late-callbacks")
    run_jobs()
    task.refresh_from_db()
    assert (task.state, bell.words) == ("failed", [])
    all_due()
    run_jobs()
    assert bell.words == ["queued", "running", "failed"]


@pytest.mark.parametrize(
    ("vendor", "answer", "attempts"),
    [("ark", 500, 3), ("ark", 404, 3), ("apimart", 500, 4), ("apimart", 404, 1), ("ark", 204, 1)],
)
def test_a_callback_is_tried_again_and_given_up_as_the_vendor_does(
    take: Take, bell: Bell, run_jobs: Run, vendor: str, answer: int, attempts: int
) -> None:
    bell.answer = answer
    ask(take, bell, vendor=vendor)
    for _ in range(6):
        run_jobs()
        all_due()
    last = Delivery.objects.order_by("-pk")[0]
    assert (last.attempts, last.status, last.closed_at is None) == (attempts, answer, False)


def test_a_retry_waits_as_long_as_the_vendor_says(take: Take, bell: Bell, run_jobs: Run) -> None:
    bell.answer = 500
    ask(take, bell, vendor="apimart")
    run_jobs()
    delivery = Delivery.objects.get()
    assert delivery.due_at
    assert timedelta(seconds=8) < delivery.due_at - timezone.now() <= timedelta(seconds=10)


def test_the_same_job_twice_rings_once(take: Take, bell: Bell) -> None:
    ask(take, bell)
    delivery = Delivery.objects.get()
    tasks.ring(delivery.pk)
    tasks.ring(delivery.pk)
    assert bell.words == ["queued"]


def test_while_it_rings_nobody_else_rings(take: Take, bell: Bell) -> None:
    ask(take, bell)
    delivery = Delivery.objects.get()
    assert [actions.ring(Delivery.objects.get(pk=delivery.pk)) for _ in range(2)] == [True, False]
    assert Delivery.objects.get().attempts == 1


def test_a_private_address_that_nobody_named_is_never_rung(
    take: Take, bell: Bell, run_jobs: Run, settings: Settings
) -> None:
    settings.SANDBOX_MEDIA_HOSTS = frozenset()
    ask(take, bell)
    run_jobs()
    assert bell.heard == []
    assert set(Delivery.objects.values_list("attempts", "status")) == {(1, None)}


def test_a_ring_that_was_lost_half_way_is_made_again(take: Take, bell: Bell, run_jobs: Run) -> None:
    ask(take, bell)
    actions.ring(Delivery.objects.get())
    OrmQ.objects.all().delete()
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=2))
    tasks.sweep()
    run_jobs()
    assert bell.words == ["queued"]
