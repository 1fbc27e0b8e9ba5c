"""Whoever rings, nothing is believed: forged, odd, late and doubled knocks change no take and break nothing."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from storyboard.connections.models import Connection
from storyboard.takes import webhooks
from storyboard.takes.actions import doorbell
from storyboard.takes.doorstep import MOST_BYTES
from storyboard.takes.models import Delivery, State, Take
from storyboard.teams.models import AuditEntry, Team, User
from tests.takes import make
from tests.takes.bells import TASK, armed, body, ring

pytestmark = pytest.mark.django_db
REFRESH, ANSWER = "storyboard.takes.tasks.polling.refresh", "storyboard.takes.tasks.binding.answer"


@pytest.fixture
def take(team: Team, alice: User, account: Connection) -> Take:
    board = make.board_with(team, alice, "cut", account)
    return make.take(make.shots_of(board)[0], State.UNKNOWN, at=account)


def jobs() -> list[str]:
    queued = [SignedPackage.loads(job.payload)["args"][0] for job in OrmQ.objects.order_by("id")]
    return [name for name in queued if name.startswith("storyboard.takes.")]


@pytest.mark.parametrize("end", ["", "/", "/callback", "/callback/"])
def test_a_knock_is_kept_and_somebody_asks_the_vendor(take: Take, end: str) -> None:
    OrmQ.objects.all().delete()
    assert ring(armed(take) + end) == 200
    (delivery,) = Delivery.objects.all()
    assert (delivery.take, delivery.task_id, delivery.said, delivery.times) == (take, TASK, "succeeded", 1)
    assert json.loads(delivery.body)["id"] == TASK
    assert jobs() == [ANSWER]


def test_the_same_knock_again_is_counted(take: Take) -> None:
    path = armed(take)
    assert [ring(path) for _ in range(3)] == [200] * 3
    assert ring(path, body(status="running")) == 200
    assert sorted(Delivery.objects.values_list("said", "times")) == [("running", 1), ("succeeded", 3)]


def test_a_running_take_is_asked_about(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.RUNNING, remote_id=TASK)
    OrmQ.objects.all().delete()
    assert ring(armed(take)) == 200
    assert jobs() == [REFRESH]


def test_a_knock_that_needs_nobody_costs_two_statements(
    take: Take, django_assert_num_queries: Callable[..., Any]
) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.RUNNING, remote_id=TASK)
    path = armed(take)
    with django_assert_num_queries(2):
        assert ring(path, body(status="running")) == 200
    assert Delivery.objects.get().said == "running"


def paths(good: str, other: str) -> dict[str, str]:
    """What somebody might try who has seen one good path, and has another take's."""
    _, _, vendor, take_id, secret = good.split("/")
    wrong = "A" if secret[0] != "A" else "B"
    return {
        "no secret": f"/hooks/{vendor}/{take_id}/",
        "empty secret": f"/hooks/{vendor}/{take_id}//",
        "first letter": good.replace(secret, wrong + secret[1:]),
        "last letter": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "one too few": good[:-1],
        "one too many": f"{good}A",
        "other case": good.replace(secret, secret.swapcase()),
        "reversed": good.replace(secret, secret[::-1]),
        "a space": f"{good}%20",
        "a line": f"{good}%0A",
        "a NUL": f"{good}%00",
        "a NUL in the take": good.replace(take_id, f"{take_id}%00"),
        "padding": f"{good}=",
        "another take's secret": good.replace(secret, other.rsplit("/", 1)[1]),
        "another take": good.replace(take_id, other.split("/")[3]),
        "no such take": good.replace(take_id, "2" * 20),
        "the take's number": good.replace(take_id, "1"),
        "another vendor": good.replace(f"/{vendor}/", "/evolink/"),
        "no such vendor": good.replace(f"/{vendor}/", "/acme/"),
        "vendor in capitals": good.replace(f"/{vendor}/", f"/{vendor.upper()}/"),
        "take in capitals": good.replace(take_id, take_id.upper()),
        "callback twice": f"{good}/callback/callback",
        "callback in capitals": f"{good}/CALLBACK",
        "something behind": f"{good}/x",
        "something before": good.replace("/hooks/", "/hooks/x/"),
        "two slashes": good.replace("/hooks/", "/hooks//"),
        "up and down": good.replace("/hooks/", "/hooks/../hooks/"),
        "secret in the query": good.replace(f"/{secret}", f"/x?secret={secret}"),
        "the digest": good.replace(secret, "0" * 64),
        "a wildcard": good.replace(secret, "%25"),
        "a quote": good.replace(secret, "'%20or%20''='"),
        "very long": good.replace(secret, "a" * 5000),
        "full-width letters": good.replace(secret, "％ａ"),
        "only the door": "/hooks/",
    }


NAMES = list(paths("/hooks/ark/a/b", "/hooks/ark/c/d"))


@pytest.mark.parametrize("name", NAMES)
def test_a_forged_address_is_nobodys(take: Take, team: Team, alice: User, account: Connection, name: str) -> None:
    board = make.board_with(team, alice, "cut", account)
    other = make.take(make.shots_of(board)[0], State.RUNNING, at=account)
    good, path = armed(take), armed(other)
    OrmQ.objects.all().delete()
    answer = Client(raise_request_exception=False).post(paths(good, path)[name], body(), content_type="text/plain")
    assert (answer.status_code, answer.content) == (404, b'{"ok": false}')
    assert not Delivery.objects.exists()
    assert not jobs()


def test_every_other_method_is_told_so(take: Take) -> None:
    path = armed(take)
    for method in ("get", "head", "put", "patch", "delete", "options"):
        answer = getattr(Client(), method)(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_a_bell_is_answered_for_a_day_after_the_end(take: Take, state: State) -> None:
    path = armed(take)
    columns = {"clip": make.file(take.shot.board.team)} if state == State.DONE else {}
    Take.objects.filter(pk=take.pk).update(state=state, finished_at=timezone.now(), remote_id=TASK, **columns)
    OrmQ.objects.all().delete()
    assert ring(path) == 200
    assert not jobs()
    Take.objects.filter(pk=take.pk).update(finished_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert ring(path) == 404


def test_a_take_that_was_sent_anew_has_another_bell(take: Take) -> None:
    first = armed(take)
    second = armed(take)
    assert (ring(first), ring(second)) == (404, 200)
    Take.objects.filter(pk=take.pk).update(secret_digest="")
    assert ring(second) == 404


ODD = {
    "empty": b"",
    "no JSON": b"hello",
    "half of it": body()[:-5],
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "no id": b"{}",
    "an id that is no text": b'{"id": {"$gt": ""}, "status": "succeeded"}',
    "an id with a path": body("../../v1/keys"),
    "a very long id": body("a" * 5000),
    "a NUL in it": body("task\x00task"),
    "a raw NUL": b'{"id": "\x00"}',
    "half a pair": b'{"id": "cgt-\\ud800-abcdef", "status": "\\ud800"}',
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "NaN": b'{"id": NaN}',
    "Infinity": b'{"id": "cgt-1234567", "created_at": -Infinity}',
    "a huge integer": b'{"id": "cgt-1234567", "created_at": ' + b"9" * 200_000 + b"}",
    "a huge exponent": b'{"id": "cgt-1234567", "created_at": 1e999999}',
    "doubled keys": b'{"id": "cgt-first-one", "id": "cgt-second-one", "status": "running", "status": "failed"}',
    "invalid UTF-8": b'{"id": "\xff\xfe\xc3"}',
    "UTF-16": body().decode().encode("utf-16"),
    "gzip": gzip.compress(body()),
    "an unknown status": body(status="exploded"),
    "a status that is no text": b'{"id": "cgt-1234567", "status": 200}',
    "markup": body("<script>alert(1)</script>"),
    "all there may be": b'"' + b"x" * (MOST_BYTES - 2) + b'"',
}


@pytest.mark.parametrize("name", list(ODD))
def test_an_odd_body_is_a_bell_and_no_more(take: Take, name: str) -> None:
    assert ring(armed(take), ODD[name], **{"Content-Encoding": "gzip"} if name == "gzip" else {}) in {200, 411}
    before = (take.state, take.remote_id)
    take.refresh_from_db()
    assert (take.state, take.remote_id) == before
    assert all(len(text) <= 20_000 for text in Delivery.objects.values_list("body", flat=True))


@pytest.mark.parametrize("vendor", ["ark", "evolink", "apimart"])
def test_each_vendors_body_names_its_task(vendor: str) -> None:
    inner = {"id": "task-unified-17-abc", "status": "completed"}
    text = {"ark": body(), "evolink": json.dumps(inner).encode()}.get(vendor)
    found = webhooks.read(vendor, text or json.dumps({"code": 200, "data": inner}).encode())
    assert (found.task_id, found.said) == (TASK if vendor == "ark" else "task-unified-17-abc", "succeeded")


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (None, 411),
        ("", 411),
        ("-1", 400),
        ("1e3", 400),
        ("0x10", 400),
        ("٣", 400),
        (str(MOST_BYTES + 1), 413),
        ("9" * 4000, 413),
    ],
)
def test_a_length_must_be_given_and_small(take: Take, length: str | None, status: int) -> None:
    environ: Any = {"CONTENT_LENGTH": length}
    client = Client(raise_request_exception=False)
    assert client.generic("POST", armed(take), body(), **environ).status_code == status
    assert not Delivery.objects.exists()


def test_without_a_database_the_vendor_shall_come_again(take: Take) -> None:
    path = armed(take)
    with patch.object(webhooks, "rung", side_effect=OperationalError("gone")):
        assert ring(path) == 503
    with patch.object(doorbell, "ring", side_effect=OperationalError("gone")):
        assert ring(path) == 503


def test_knock_and_job_are_one(take: Take) -> None:
    path = armed(take)
    OrmQ.objects.all().delete()
    with patch("storyboard.takes.actions.doorbell.enqueue", side_effect=OperationalError("gone")):
        assert ring(path) == 503
    assert not Delivery.objects.exists()


def test_the_secret_is_nowhere_but_in_the_address(
    take: Take, caplog: pytest.LogCaptureFixture, as_user: Callable[[User], Client], alice: User
) -> None:
    path = armed(take)
    secret = path.rsplit("/", 1)[1]
    ring(path)
    rows = [*Delivery.objects.values(), *Take.objects.values(), *AuditEntry.objects.values(), *OrmQ.objects.values()]
    assert secret not in repr(rows)
    answer = Client().post(path, body(), content_type="text/plain")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert secret not in caplog.text + repr(answer.headers.items()) + answer.text


def test_no_query_is_a_write_when_somebody_guesses(
    take: Take, django_assert_num_queries: Callable[..., object]
) -> None:
    path = armed(take)[:-3]
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert ring(path) == 404
