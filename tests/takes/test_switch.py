"""Nothing is POSTed while submissions are paused; an old backup pauses them, and nothing forgotten is sent again."""

import json
from io import StringIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import call_command

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.providers.errors import NotCreated, Unavailable
from storyboard.takes import restore
from storyboard.takes.actions import switch
from storyboard.takes.models import Gate, Orphan, State, Take
from storyboard.takes.tasks import listing
from storyboard.takes.tasks import sending as tasks
from storyboard.teams.models import Team, User
from tests.takes import make
from tests.takes.bells import TASK, task, vendor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut cut cut", account)


@pytest.fixture
def queued(board: Board, account: Connection) -> Take:
    return make.take(make.shots_of(board)[0], State.QUEUED, at=account)


def submissions(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("submissions", *words, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Mock:
    client = Mock(return_value=vendor())
    monkeypatch.setattr(listing, "client", client)
    return client


def test_while_paused_nothing_is_sent(queued: Take, account: Connection, posts: Mock, lists: Mock) -> None:
    assert submissions("pause", "Moving house.")[0] == 0
    tasks.send(account.pk)
    assert not posts.called
    code, text = submissions("status", "--json")
    found = json.loads(text)
    assert (code, found["paused"], found["reason"], found["takes"]["queued"]) == (0, True, "Moving house.", 1)
    assert submissions("resume")[0] == 0
    tasks.send(account.pk)
    assert posts.call_count == 1


def test_each_request_raises_the_number_in_the_file(queued: Take, account: Connection, posts: Mock) -> None:
    tasks.send(account.pk)
    assert (restore.known(account), Gate.objects.get().sent, restore.forgotten(account)) == (1, 1, 0)


def test_a_slower_claim_is_no_old_backup(account: Connection) -> None:
    Gate.objects.create(connection=account, sent=7)
    restore.remember(account, 7)
    restore.remember(account, 6)
    assert not switch.is_paused()
    assert restore.known(account) == 7


def test_an_old_backup_stops_everything_before_the_first_request(
    queued: Take, account: Connection, posts: Mock
) -> None:
    restore.remember(account, 25)
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert (posts.called, queued.state, switch.is_paused()) == (False, State.QUEUED, True)
    assert "25 requests were sent" in switch.why().reason


@pytest.mark.parametrize("content", [b"", b"\0" * 20, b"nonsense"])
def test_a_file_that_broke_counts_as_none(account: Connection, data: Path, content: bytes) -> None:
    restore.remember(account, 1)
    restore.place(account).write_bytes(content)
    restore.remember(account, 2)
    assert restore.known(account) == 2


def test_without_its_file_nothing_is_sent(queued: Take, account: Connection, posts: Mock, data: Path) -> None:
    (data / "sent").write_text("in the way")
    tasks.send(account.pk)
    queued.refresh_from_db()
    assert (posts.called, queued.state) == (False, State.QUEUED)
    with pytest.raises(NotCreated):
        restore.remember(account, 1)


def test_after_an_old_backup_nothing_is_sent_again_and_all_is_shown(
    board: Board, account: Connection, posts: Mock, lists: Mock
) -> None:
    """Twenty were sent since the backup; the database thinks that three shots are still to be sent."""
    waiting = [make.take(shot, State.QUEUED, at=account) for shot in make.shots_of(board)]
    restore.remember(account, 20)
    lists.return_value = vendor(*(task(f"cgt-forgotten-{number:02}") for number in range(20)))
    tasks.send(account.pk)
    assert switch.is_paused()
    code, text = submissions("resume")
    assert (code, Orphan.objects.count()) == (0, 20)
    assert all(f"cgt-forgotten-{number:02}" in text for number in range(20))
    assert f"a render of {board.name}" in text
    Take.objects.update(not_before=None)
    for _ in range(3):
        tasks.send(account.pk)
    assert not posts.called
    assert {take.state for take in Take.objects.filter(pk__in=[one.pk for one in waiting])} == {State.QUEUED}
    assert (Gate.objects.get().sent, restore.forgotten(account)) == (20, 0)


def test_an_unclear_take_is_bound_before_things_go_on(board: Board, account: Connection, lists: Mock) -> None:
    take = make.take(make.shots_of(board)[0], State.UNKNOWN, at=account)
    Gate.objects.create(connection=account, sent=1)
    switch.pause("Test.")
    lists.return_value = vendor(task())
    code, text = submissions("resume", "--json")
    take.refresh_from_db()
    assert (code, take.state, take.remote_id) == (0, State.RUNNING, TASK)
    assert json.loads(text)["accounts"][0]["bound"] == 1


def test_not_when_the_task_may_be_a_forgotten_ones(board: Board, account: Connection, lists: Mock) -> None:
    take = make.take(make.shots_of(board)[0], State.UNKNOWN, at=account)
    Gate.objects.create(connection=account, sent=1)
    restore.remember(account, 2)
    switch.pause("Test.")
    lists.return_value = vendor(task())
    submissions("resume")
    take.refresh_from_db()
    assert take.state == State.UNKNOWN
    assert Orphan.objects.get().remote_id == TASK


@pytest.mark.parametrize("name", ["evolink", "ark"])
def test_where_no_list_can_be_read_a_person_has_to_have_looked(team: Team, alice: User, lists: Mock, name: str) -> None:
    account = make.connection(team, name, by=alice)
    Gate.objects.create(connection=account, sent=1)
    lists.return_value = vendor(fails=Unavailable("Down."))
    switch.pause("Test.")
    code, text = submissions("resume")
    assert code == 1
    assert account.about.console_url in text
    assert switch.is_paused()
    assert submissions("resume", "--checked")[0] == 0
    assert not switch.is_paused()
