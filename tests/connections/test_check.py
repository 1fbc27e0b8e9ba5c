"""The test of a connection: a free question, a sentence for every way it can end."""

import logging
import socket
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings

from storyboard.connections import actions, clients, tasks
from storyboard.connections.models import Connection
from storyboard.providers.waits import Pace, Timeouts
from storyboard.teams.actions import delete_team
from storyboard.teams.models import AuditEntry, Team, User
from tests.connections.connect import KEY, connect
from tests.connections.vendor import LoopbackVendor

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause before the second try."""
    monkeypatch.setattr(
        clients.client,
        "__kwdefaults__",
        {
            "timeouts": Timeouts(connect=1, write=1, read=1, pool=1, total=2),
            "pace": Pace(times=2, sleep=lambda _: None),
        },
    )


def checked(
    team: Team, there: LoopbackVendor, run_jobs: RunJobs, vendor: str = "reapi", base_url: str = ""
) -> Connection:
    connect(team, vendor=vendor, base_url=base_url or there.url)
    assert run_jobs() == ["storyboard.connections.tasks.check"]
    return Connection.objects.get()


def test_a_good_key_shows_its_balance(team: Team, vendor: LoopbackVendor, run_jobs: RunJobs) -> None:
    vendor.key = KEY
    found = checked(team, vendor, run_jobs)
    assert (found.works, found.said, found.balance, found.balance_unit) == (
        True,
        "The key works.",
        Decimal(1240),
        "credits",
    )
    assert found.checked_at
    assert vendor.asked == ["GET /balance"]


def test_evolink_and_apimart_are_asked_for_their_balance_too(
    team: Team, vendor: LoopbackVendor, run_jobs: RunJobs
) -> None:
    vendor.answers["GET /v1/credits"] = (200, {"data": {"user": {"remaining_credits": 12.5}}})
    found = checked(team, vendor, run_jobs, vendor="evolink", base_url=f"http://{vendor.host}")
    assert (found.works, str(found.balance)) == (True, "12.500000")


def test_an_account_without_a_limit_works(team: Team, vendor: LoopbackVendor, run_jobs: RunJobs) -> None:
    vendor.answers["GET /v1/user/balance"] = (200, {"success": True, "remain_balance": -1, "unlimited_quota": True})
    found = checked(team, vendor, run_jobs, vendor="apimart", base_url=f"http://{vendor.host}")
    assert (found.works, found.balance, "no limit" in found.said) == (True, None, True)


def test_ark_is_asked_for_one_task_because_it_has_no_balance(
    team: Team, vendor: LoopbackVendor, run_jobs: RunJobs
) -> None:
    vendor.answers["GET /contents/generations/tasks"] = (200, {"items": [], "total": 0})
    found = checked(team, vendor, run_jobs, vendor="ark")
    assert (found.works, found.said) == (True, "The key works. Ark / ModelArk tells nobody its balance.")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {"error": {"code": 10003, "message": "no"}}), "reAPI does not accept this key"),
        ((403, {}), "reAPI does not accept this key"),
        ((404, b"<html>"), "does not answer at this address (HTTP 404)"),
        ((302, b""), "does not answer at this address (HTTP 302)"),
        ((402, {}), "refused the question (HTTP 402)"),
        ((429, {}), "has trouble just now (HTTP 429)"),
        ((503, b""), "has trouble just now (HTTP 503)"),
        ((200, b"<html>welcome"), "does not speak as reAPI does"),
        ((200, {"hello": "world"}), "does not speak as reAPI does"),
        ((200, {"credits": 10**40}), "does not speak as reAPI does"),
        ((200, {"credits": "NaN"}), "does not speak as reAPI does"),
    ],
    ids=str,
)
def test_every_other_answer_is_a_plain_sentence(
    team: Team, vendor: LoopbackVendor, run_jobs: RunJobs, answer: tuple[int, object], said: str
) -> None:
    vendor.answers["GET /balance"] = answer
    found = checked(team, vendor, run_jobs)
    assert (found.works, found.balance) == (False, None)
    assert said in found.said


def test_nobody_there_is_a_plain_sentence(team: Team, settings: LazySettings, run_jobs: RunJobs) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        settings.VENDOR_HOSTS = frozenset({host})
        connect(team, base_url=f"http://{host}")
        run_jobs()
    assert Connection.objects.get().said.startswith("No answer from 127.0.0.1. If the address is right")


def test_a_lost_key_file_is_a_plain_sentence_and_no_question_is_asked(
    team: Team, vendor: LoopbackVendor, run_jobs: RunJobs, key_file: Path
) -> None:
    connect(team, base_url=vendor.url)
    key_file.unlink()
    run_jobs()
    assert "CONNECTION_KEYS_FILE" in Connection.objects.get().said
    assert vendor.asked == []


def test_an_address_that_may_no_longer_be_used_is_not_asked(
    team: Team, vendor: LoopbackVendor, run_jobs: RunJobs, settings: LazySettings
) -> None:
    connect(team, base_url=vendor.url)
    settings.VENDOR_HOSTS = frozenset()
    run_jobs()
    assert Connection.objects.get().said.startswith("The address must begin with https://")
    assert vendor.asked == []


def test_a_deleted_connection_is_not_asked(team: Team, alice: User, vendor: LoopbackVendor, run_jobs: RunJobs) -> None:
    actions.delete(connect(team, base_url=vendor.url), by=alice)
    run_jobs()
    tasks.check(10**9)
    assert vendor.asked == []


def test_a_deleted_team_is_not_asked_for(team: Team, alice: User, vendor: LoopbackVendor, run_jobs: RunJobs) -> None:
    connect(team, base_url=vendor.url)
    delete_team(team, by=alice)
    run_jobs()
    assert vendor.asked == []


def test_a_vendor_that_quotes_the_key_back_puts_it_nowhere(
    team: Team, vendor: LoopbackVendor, run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> None:
    vendor.key = "sk-another-key"
    with caplog.at_level(logging.DEBUG):
        found = checked(team, vendor, run_jobs)
    assert found.said.startswith("reAPI does not accept this key.")
    assert KEY not in caplog.text
    assert KEY not in str(list(AuditEntry.objects.values()))
