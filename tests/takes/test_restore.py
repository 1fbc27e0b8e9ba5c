"""A database that was brought back is noticed before it sends anything, and one that only lost processes is not."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import LazySettings
from django.db import connection

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.providers.errors import NotCreated
from storyboard.takes import restore
from storyboard.takes.actions import chain, sending, switch
from storyboard.takes.models import Gate, State, Take
from storyboard.takes.tasks import sending as tasks
from storyboard.teams.models import Team, User
from tests.takes import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data")]
SHOTS = 12
Death = Callable[[Connection], object]


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    """One whose shots are all in the queue, with a place for each."""
    Connection.objects.filter(pk=account.pk).update(parallel=SHOTS)
    board = make.board_with(team, alice, ["cut"] * SHOTS, account)
    for shot in make.shots_of(board):
        make.take(shot, State.QUEUED, at=account)
    return board


def bring_back(account: Connection, forgotten: int) -> None:
    """As if a backup from before these requests stood in the database's place, and the files had been kept."""
    sent = list(Take.objects.filter(state=State.RUNNING).order_by("-pk").values_list("pk", flat=True)[:forgotten])
    assert len(sent) == forgotten
    Take.objects.filter(pk__in=sent).update(state=State.QUEUED, remote_id="", sent_at=None, epoch=0, attempts=0)
    gate = Gate.objects.get(connection=account)
    Gate.objects.filter(pk=gate.pk).update(sent=gate.sent - forgotten)


def counts(account: Connection) -> tuple[int, int]:
    """The database's number, and the file's."""
    return restore.counted(account), restore.known(account)


@pytest.mark.parametrize("before", [0, 2])
@pytest.mark.parametrize("forgotten", [1, 2, 3])
def test_what_was_forgotten_is_not_sent_again(
    board: Board, account: Connection, posts: Mock, before: int, forgotten: int
) -> None:
    for _ in range(before + forgotten):
        tasks.send(account.pk)
    bring_back(account, forgotten)
    for _ in range(forgotten + 1):
        tasks.send(account.pk)
    assert posts.call_count == before + forgotten
    assert switch.why().reason == restore.REASON.format(account, before + forgotten, before)
    assert not Take.objects.filter(state=State.QUEUED).exclude(attempts=0, epoch=0, sentence="").exists()
    assert restore.forgotten(account) == forgotten


def test_what_was_forgotten_is_not_sent_through_another_account_either(
    team: Team, alice: User, board: Board, account: Connection, posts: Mock
) -> None:
    """Its shot may have been asked for elsewhere when the backup was made."""
    other = make.connection(team, by=alice)
    restore.remember(other, 1)
    tasks.send(account.pk)
    assert not posts.called
    assert switch.why().reason == restore.REASON.format(other, 1, 0)


def die_before_the_commit(account: Connection) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "tell", Mock(side_effect=RuntimeError))
        with pytest.raises(RuntimeError):
            sending.claim(account.pk)


def die_before_the_file(account: Connection) -> None:
    assert sending.claim(account.pk)


def die_while_the_file_is_made(account: Connection) -> None:
    assert sending.claim(account.pk)
    if not restore.place(account).exists():
        with restore.opened(account):
            pass


def die_before_the_post(account: Connection) -> None:
    found = sending.claim(account.pk)
    assert found
    restore.remember(account, found.sent)


DEATHS: list[Death] = [
    die_before_the_commit,
    die_before_the_file,
    die_while_the_file_is_made,
    die_before_the_post,
]


@pytest.mark.parametrize("death", DEATHS)
def test_who_dies_on_the_way_pauses_nothing(board: Board, account: Connection, posts: Mock, death: Death) -> None:
    for _ in range(3):
        death(account)
        tasks.send(account.pk)
        database, file = counts(account)
        assert database == file
    assert posts.call_count == 3
    assert not switch.is_paused()


@pytest.mark.parametrize("death", DEATHS)
def test_no_death_makes_the_file_the_first_to_know(board: Board, account: Connection, death: Death) -> None:
    death(account)
    database, file = counts(account)
    assert file <= database


def test_claims_that_write_in_another_order_pause_nothing(board: Board, account: Connection, posts: Mock) -> None:
    first, second, third = (sending.claim(account.pk) for _ in range(3))
    assert first
    assert second
    assert third
    for one in (second, third, first):
        restore.remember(account, one.sent)
    tasks.send(account.pk)
    assert (counts(account), posts.call_count, switch.is_paused()) == ((4, 4), 1, False)


def test_many_processes_at_once_pause_nothing(board: Board, account: Connection, posts: Mock) -> None:
    def send(_: int) -> None:
        try:
            tasks.send(account.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(SHOTS)))
    assert (counts(account), posts.call_count, switch.is_paused()) == ((SHOTS, SHOTS), SHOTS, False)


def test_a_number_that_is_in_the_file_already_is_an_old_databases(board: Board, account: Connection) -> None:
    """It was changed for an older one between comparison and POST."""
    found = sending.claim(account.pk)
    assert found
    restore.remember(account, found.sent)
    with pytest.raises(NotCreated, match="older"):
        restore.remember(account, found.sent)
    assert switch.is_paused()


def test_another_folder_or_none_pauses_nothing(
    board: Board, account: Connection, posts: Mock, data: Path, settings: LazySettings
) -> None:
    for name in ("web", "worker", "web", "new", "worker"):
        settings.DATA_DIR = data / name
        settings.DATA_DIR.mkdir(exist_ok=True)
        tasks.send(account.pk)
    assert (posts.call_count, switch.is_paused()) == (5, False)
    assert [int((data / name / "sent" / account.public_id).read_text()) for name in ("web", "worker")] == [3, 5]


def test_what_is_no_connections_file_is_passed_over(board: Board, account: Connection, posts: Mock, data: Path) -> None:
    (data / "sent" / "lost+found").mkdir(parents=True)
    (data / "sent" / "notes").write_text("99")
    tasks.send(account.pk)
    assert posts.call_count == 1


def test_files_that_cannot_be_read_hide_no_old_database(
    board: Board, account: Connection, posts: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.send(account.pk)
    bring_back(account, 1)
    with monkeypatch.context() as patch:
        patch.setattr(restore, "kept", Mock(side_effect=PermissionError))
        tasks.send(account.pk)
    assert Take.objects.get(sentence=restore.NO_FILE).state == State.QUEUED
    tasks.send(account.pk)
    assert (counts(account), posts.call_count, switch.is_paused()) == ((0, 1), 1, True)


def test_the_pause_is_outside_the_claims_transaction(board: Board, account: Connection) -> None:
    """Else it would wait for its own gate, and vanish with what is rolled back."""
    restore.remember(account, 1)
    assert sending.claim(account.pk) is None
    assert switch.is_paused()
    assert Take.objects.filter(state=State.QUEUED).count() == SHOTS


def test_the_number_is_on_the_disk_before_the_request_goes_out(
    board: Board, account: Connection, posts: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Mock()
    monkeypatch.setattr(os, "fsync", order.synced)
    posts.side_effect = lambda text: order.posted() and "cgt-posted"
    tasks.send(account.pk)
    assert [call[0] for call in order.mock_calls][-2:] == ["synced", "posted"]
