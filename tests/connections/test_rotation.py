"""Key rotation: every row on the new key, resumable, old keys gone only when nothing needs them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection as database
from django.db import transaction

from storyboard.connections import keys, rotation
from storyboard.connections.models import Connection
from storyboard.providers.secret import Secret
from storyboard.teams.models import Team
from tests.connections.connect import KEY, connect
from tests.server import database_url

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 400


def rotate(*options: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *options, stdout=out, stderr=out)
    return out.getvalue()


def revealed(connection: Connection) -> str:
    with keys.by_operator():
        return keys.reveal(connection).reveal()


def fill(team: Team, rows: int) -> None:
    """Many connections, each with a key of its own."""
    made = []
    with transaction.atomic():
        for number in range(rows):
            connection = Connection(team=team, name=f"Account {number}", vendor="reapi", base_url="https://reapi.ai")
            keys.seal(connection, Secret(f"{KEY}-{number:05}"))
            made.append(connection)
        Connection.objects.bulk_create(made)


def test_rotating_closes_every_row_with_the_new_key(team: Team, key_file: Path) -> None:
    fill(team, 3)
    old = set(keys.read())
    assert rotate() == "A new key is current.\n3 connections are encrypted with the current key now.\n"
    new = list(keys.read())[-1]
    assert new not in old
    assert {row.key_id for row in Connection.objects.all()} == {new}
    assert [revealed(row)[-5:] for row in Connection.objects.order_by("pk")] == ["00000", "00001", "00002"]
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_retiring_removes_the_old_keys_and_only_those(team: Team) -> None:
    connection = connect(team)
    rotate()
    assert rotate("--retire") == "1 old keys are gone from the file.\n"
    assert list(keys.read()) == [Connection.objects.get().key_id]
    assert revealed(connection) == KEY  # a row read before the rotation


def test_nothing_is_retired_while_a_row_needs_it(team: Team) -> None:
    connect(team)
    before = keys.read()
    keys.replace(before | {keys.key_id(b"n" * 32): b"n" * 32})
    with pytest.raises(SystemExit):
        rotate("--retire")
    assert list(keys.read())[:1] == list(before)


def test_a_stopped_rotation_goes_on_with_the_same_key(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(team, 5)
    monkeypatch.setattr(rotation, "BATCH", 2)
    rotation.begin()
    next(rotation.reseal_all())
    assert rotation.waiting(list(keys.read())[-1]).count() == 3
    assert rotate().startswith("Going on with the last rotation.\n3 connections")
    assert len(keys.read()) == 2


def test_a_row_that_does_not_open_is_told_and_the_others_go_on(team: Team) -> None:
    fill(team, 3)
    shut = Connection.objects.order_by("pk")[1]
    Connection.objects.filter(pk=shut.pk).update(sealed=b"x" * 40)
    with pytest.raises(SystemExit):
        rotate()
    assert list(rotation.waiting(list(keys.read())[-1])) == [shut]


def test_a_row_that_nobody_can_open_ends_no_rotation_for_good(team: Team) -> None:
    fill(team, 2)
    lost = connect(team, base_url="https://reapi.ai/api/v1")
    Connection.objects.filter(pk=lost.pk).update(base_url="https://elsewhere.example")
    with pytest.raises(SystemExit):
        rotate()
    assert "1 connections were emptied" in rotate("--give-up")
    lost.refresh_from_db()
    assert (lost.key_id, lost.last_four, lost.works) == ("", "", False)
    assert "1 old keys are gone" in rotate("--retire")
    with pytest.raises(keys.KeyTrouble):
        revealed(lost)


def test_a_key_that_the_operator_added_is_rotated_to(team: Team, key_file: Path) -> None:
    connect(team)
    key_file.write_text(key_file.read_text() + "ab" * 32 + "\n")
    assert rotate().startswith("Going on")
    assert Connection.objects.get().key_id == keys.key_id(bytes.fromhex("ab" * 32))


def test_a_deleted_connection_is_left_alone(team: Team) -> None:
    from django.utils import timezone

    Connection.objects.create(
        team=team, name="Old", vendor="reapi", base_url="https://x.com", deleted_at=timezone.now()
    )
    assert "0 connections" in rotate()


@pytest.mark.postgres
def test_no_key_is_retired_under_somebody_who_is_sealing_with_it(team: Team) -> None:
    read, go_on = Event(), Event()

    def slow_add() -> None:
        with transaction.atomic():
            row = Connection(team=team, name="Slow", vendor="reapi", base_url="https://reapi.ai")
            keys.seal(row, Secret(KEY))
            read.set()
            go_on.wait(20)
            row.save()
        database.close()

    keys.read()
    with ThreadPoolExecutor(2) as pool:
        adding = pool.submit(slow_add)
        assert read.wait(20)
        fresh = b"n" * 32
        keys.replace(keys.read() | {keys.key_id(fresh): fresh})
        retiring = pool.submit(closing, rotation.retire)
        assert wait([retiring], timeout=0.5).not_done
        go_on.set()
        adding.result()
        assert retiring.result() == (0, 1)
    assert revealed(Connection.objects.get()) == KEY


def closing(call: Callable[[], object]) -> object:
    try:
        return call()
    finally:
        database.close()


@pytest.mark.processes
@pytest.mark.timeout(180)
def test_killed_in_the_middle_it_goes_on_and_no_reader_ever_fails(team: Team, tmp_path: Path) -> None:
    fill(team, ROWS)
    seen = {row.pk: row for row in Connection.objects.all()}
    process = rotating(tmp_path)
    reads = 0
    while not ROWS > rotation.waiting(current()).count() > 0:
        reads += len([revealed(row) for row in list(seen.values())[::40]])
        assert process.poll() is None, "it was over before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < rotation.waiting(current()).count() < ROWS
    second = rotating(tmp_path)
    while second.poll() is None:
        reads += len([revealed(row) for row in list(seen.values())[::40]])
    assert (second.returncode, rotation.waiting(current()).count(), reads > 0) == (0, 0, True)
    rotate("--retire")
    assert {revealed(row) for row in seen.values()} == {f"{KEY}-{number:05}" for number in range(ROWS)}


def current() -> str:
    return list(keys.read())[-1]


def rotating(folder: Path) -> "subprocess.Popen[bytes]":
    """The command in a process of its own, slowed down so that a kill finds it at work."""
    code = (
        "import time, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from storyboard.connections import rotation\n"
        "work = rotation.reseal\n"
        "rotation.BATCH = 10\n"
        "rotation.reseal = lambda batch: (time.sleep(0.02), work(batch))[1]\n"
        "call_command('rotate_keys')\n"
    )
    environment = {
        **os.environ,
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(settings.DATABASES["default"]),
        "CONNECTION_KEYS_FILE": str(settings.CONNECTION_KEYS_FILE),
    }
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", code], env=environment, cwd=settings.ROOT, stdout=log, stderr=log
        )
