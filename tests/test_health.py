"""/healthz touches nothing; /readyz says in a sentence what is missing."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import Client

from storyboard import health
from storyboard.jobs.heartbeat import beat
from storyboard.jobs.models import Heartbeat


@pytest.fixture
def working(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    beat("fast", "one")
    beat("media", "two")


@pytest.fixture(autouse=True)
def nothing_told() -> Iterator[None]:
    health.tell({})
    yield
    health.tell({})


def failing(client: Client) -> dict[str, str]:
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    found = {name: check["sentence"] for name, check in checks.items() if not check["ok"]}
    assert answer.status_code == (503 if found else 200)
    return found


def test_healthz_touches_no_database(client: Client) -> None:
    # No `db` fixture: a query would raise.
    assert client.get("/healthz").json() == {"status": "ok"}


def test_everything_is_ready(client: Client, working: None) -> None:
    assert failing(client) == {}


def test_a_cluster_without_a_fresh_heartbeat_is_named(client: Client, working: None) -> None:
    Heartbeat.objects.filter(cluster="media").update(beaten_at=Now() - timedelta(seconds=31))
    assert list(failing(client)) == ["media worker"]


def test_a_heartbeat_of_another_instance_is_enough(client: Client, working: None) -> None:
    Heartbeat.objects.filter(cluster="fast").update(beaten_at=Now() - timedelta(seconds=31))
    beat("fast", "three")
    assert failing(client) == {}


def test_storage_that_cannot_be_written_is_named(client: Client, working: None, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert list(failing(client)) == ["storage"]


@pytest.mark.parametrize("wrong", [{"key_file": "/no/such/file"}, {"endpoint": "no endpoint"}])
def test_a_wrong_storage_setting_is_a_sentence(
    client: Client, working: None, settings: Any, wrong: dict[str, str]
) -> None:
    settings.S3 = {**settings.S3, "bucket": "films", **wrong}
    assert list(failing(client)) == ["storage"]


def test_a_clock_that_is_off_is_named(client: Client, working: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "database_time", lambda: datetime.now(UTC) + timedelta(seconds=3))
    assert "2.9 seconds" in failing(client)["clock"] or "3.0 seconds" in failing(client)["clock"]


def test_a_database_that_does_not_answer_is_a_sentence(
    client: Client, working: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise OperationalError("connection refused at 10.0.0.1")

    monkeypatch.setitem(health.CHECKS, "database", refuse)
    assert failing(client) == {"database": "The database does not answer."}


def test_what_is_not_ready_is_logged_when_it_changes_and_not_each_time(
    client: Client, working: None, caplog: pytest.LogCaptureFixture
) -> None:
    said = []
    for cluster in ("", "media", "media", "fast", ""):
        caplog.clear()
        Heartbeat.objects.update(beaten_at=Now())
        Heartbeat.objects.filter(cluster=cluster).update(beaten_at=Now() - timedelta(seconds=31))
        failing(client)
        said.append([(record.levelno, record.getMessage()[:20]) for record in caplog.records])
    one = [(logging.ERROR, "Not ready: No media ")]
    assert said == [[], one, [], [(logging.ERROR, "Not ready: No fast w")], [(logging.WARNING, "Ready again.")]]
