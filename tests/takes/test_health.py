"""What keeps films from being made is said in a sentence, with who mends it and how."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from pytest_django import DjangoAssertNumQueries

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.jobs.heartbeat import FRESH, beat
from storyboard.jobs.models import Heartbeat
from storyboard.media import storage, watch
from storyboard.media.storage import StorageError
from storyboard.media.storage.local import LocalStore
from storyboard.providers.errors import NotCreated, Refused
from storyboard.takes import health
from storyboard.takes.actions import switch
from storyboard.takes.models import State
from storyboard.takes.tasks import sending
from storyboard.teams.models import Role, Team, User
from tests.media.library import brought
from tests.media.seeds import picture
from tests.takes import make
from tests.takes.vendor import TakesVendor

AsUser = Callable[[User], Client]
CHECK = "storyboard.connections.tasks.check"


@pytest.fixture(autouse=True)
def up_for_long(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process has been up for long, and remembers nothing."""
    monkeypatch.setattr(health, "STARTED", -1000.0)
    health.forget()
    yield
    health.forget()


@pytest.fixture(autouse=True)
def well(db: None, settings: LazySettings) -> None:
    """Workers, a folder, an address that vendors reach."""
    settings.PUBLIC_URL = "https://films.example.com"
    beat("fast", "one")
    beat("media", "two")


def told(team: Team, role: Role = Role.OWNER) -> list[str]:
    health.forget()
    return [each.text for each in health.sentences(team, role)]


def silent(*clusters: str) -> None:
    Heartbeat.objects.filter(cluster__in=clusters).update(beaten_at=Now() - FRESH * 2)


def test_nothing_is_said_while_all_is_well(team: Team, account: Connection) -> None:
    assert told(team) == []


@pytest.mark.parametrize(
    ("clusters", "begin"),
    [
        (("fast", "media"), "No worker is running"),
        (("fast",), "The fast worker is not running"),
        (("media",), "The media worker is not running"),
    ],
)
def test_a_worker_that_is_not_running_is_named(team: Team, clusters: tuple[str, ...], begin: str) -> None:
    silent(*clusters)
    (sentence,) = told(team)
    assert sentence.startswith(begin)
    assert "manage.py worker" in sentence


def test_a_worker_that_had_no_time_to_start_is_not_missed(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STARTED", time.monotonic())
    silent("fast", "media")
    assert told(team) == []


def test_an_editor_is_told_whom_to_ask_and_nothing_to_run(team: Team) -> None:
    silent("fast", "media")
    (one,) = health.sentences(team, Role.EDITOR)
    assert one.text.endswith("Ask an owner of the team to look after it.")
    assert "manage.py" not in one.text
    assert one.address == ""


def test_a_full_disk_is_said(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=12 * 1024 * 1024))
    (sentence,) = told(team)
    assert sentence.startswith("The disk of the media folder is full: 12 MB are left on it. No clip")


def test_storage_that_cannot_be_written_is_said(team: Team, settings: LazySettings, folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    (folder.parent / "file").touch()
    settings.MEDIA_ROOT = folder.parent / "file" / "media"
    assert told(team)[0].startswith("The media folder cannot be made")


def test_a_page_asks_no_bucket_and_reads_what_a_worker_saw(
    team: Team, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise StorageError("The bucket “films” does not answer: ConnectTimeoutError.")

    settings.S3 = {**settings.S3, "bucket": "films", "public_endpoint": "https://files.example.com"}
    monkeypatch.setattr(storage, "check", refuse)
    assert told(team) == []
    watch.look()
    assert told(team)[0].startswith("The bucket “films” does not answer")
    cache.delete(watch.KEY)


def test_a_folder_that_a_worker_looks_at_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalStore, "check", lambda store: pytest.fail("It was asked."))
    watch.look()
    assert cache.get(watch.KEY) is None


def test_a_pause_of_all_submissions_is_said_with_its_reason(team: Team) -> None:
    switch.pause("A backup from May is back.")
    (sentence,) = told(team)
    assert sentence.startswith("Nothing is sent to vendors: A backup from May is back.")
    assert "submissions resume" in sentence


def test_a_refused_key_leads_its_owner_to_the_connection(team: Team, account: Connection) -> None:
    Connection.objects.update(works=False, said="Ark does not accept this key.")
    health.forget()
    (one,) = health.sentences(team, Role.OWNER)
    assert f"The connection {account} does not work" in one.text
    assert one.text.endswith("Ark does not accept this key.")
    assert one.address == reverse("connection", args=[team.public_id, account.public_id])
    assert "Ark does not accept" not in told(team, Role.PRODUCER)[0]


def test_an_empty_account_is_said_and_one_that_is_off_is_not(team: Team, account: Connection) -> None:
    Connection.objects.update(works=True, balance=Decimal(0))
    assert "has no credit left" in told(team)[0]
    Connection.objects.update(disabled_at=Now())
    assert told(team) == []


def test_an_empty_key_of_the_sandbox_is_filled_in_the_sandbox(
    team: Team, account: Connection, settings: LazySettings
) -> None:
    Connection.objects.update(works=True, balance=Decimal(0), base_url=f"{settings.PUBLIC_URL}/sandbox/ark/api/v3")
    health.forget()
    (one,) = health.sentences(team, Role.OWNER)
    assert one.text.endswith("add some to its key in the sandbox, then test the connection again.")
    assert one.address == reverse("team_sandbox", args=[team.public_id])
    settings.SANDBOX = False
    assert account.about.console_url in told(team)[0]


def test_files_that_a_vendor_outside_cannot_fetch_are_a_mild_trouble(
    team: Team, account: Connection, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    (one,) = health.sentences(team, Role.OWNER, at=account.public_id)
    assert one.mild
    assert f"cannot be rendered at {account}." in one.text
    assert "Set PUBLIC_URL" in one.text
    Connection.objects.update(base_url="http://localhost:8000/sandbox/ark/api/v3")
    assert health.sentences(team, Role.OWNER, at=account.public_id) == []


def test_what_a_vendor_cannot_fetch_stands_where_it_matters_and_on_no_board(
    team: Team, alice: User, account: Connection, settings: LazySettings, as_user: AsUser
) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    assert told(team) == []
    board = make.board_with(team, alice, "cut land", account)
    board.shots.update(landing=brought(team, alice, "end.png", "image/png", picture("png")).reference)
    client, bar = as_user(alice), f"{reverse('team_health', args=[team.public_id])}?connection={account.public_id}"
    at = reverse("connection", args=[team.public_id, account.public_id])
    assert bar in client.get(at).text
    answer = client.get(bar, headers={"HX-Request": "true"}).text
    assert "Set PUBLIC_URL" in answer
    assert bar in answer
    # The shot that carries such a file, and the sheet.
    assert "Set PUBLIC_URL" in client.get(reverse("board_render", args=[team.public_id, board.public_id])).text


def test_many_pages_ask_the_database_once(
    team: Team, account: Connection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        health.sentences(team, Role.OWNER)
    with django_assert_num_queries(0):
        health.sentences(team, Role.VIEWER)


def test_the_board_loads_the_bar_and_the_sheet_shows_it(team: Team, alice: User, as_user: AsUser) -> None:
    board = make.board_with(team, alice, "cut")
    client, place = as_user(alice), [team.public_id, board.public_id]
    address = reverse("team_health", args=[team.public_id])
    for page in (reverse("board", args=place), reverse("boards", args=[team.public_id])):
        assert f'hx-get="{address}" hx-trigger="load' in client.get(page).text
    silent("fast", "media")
    health.forget()
    assert "No worker is running" in client.get(reverse("board_render", args=place)).text


def test_the_bar_is_escaped_and_loads_itself_again(team: Team, alice: User, client: Client) -> None:
    switch.pause("<script>hurt()</script>")
    client.force_login(alice)
    text = client.get(reverse("team_health", args=[team.public_id]), headers={"HX-Request": "true"}).text
    assert "&lt;script&gt;hurt()" in text
    assert 'hx-trigger="every 15s' in text
    assert "<html" not in text


@pytest.fixture
def asked(team: Team, alice: User, account: Connection, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Send two takes; the vendor takes them, or raises. How many tests of the account were queued by that."""
    vendor = Mock()
    monkeypatch.setattr(sending, "client", Mock(return_value=vendor))
    Connection.objects.update(asked_at=Now() - timedelta(hours=1))

    def ask(error: Exception | None = None) -> int:
        vendor.submit.side_effect = error or (f"task_{number:08}" for number in range(9))
        before = checks_queued()
        for shot in make.shots_of(make.board_with(team, alice, "cut cut", account)):
            make.take(shot, State.QUEUED, at=account)
            sending.send(account.pk)
        return checks_queued() - before

    return ask


def checks_queued() -> int:
    return sum(SignedPackage.loads(row.payload)["args"][0] == CHECK for row in OrmQ.objects.all())


@pytest.mark.parametrize(
    ("error", "tests"),
    [
        (Refused("No such key.", status=401), 1),
        (Refused("No credit.", status=402), 1),
        (Refused("No such size.", status=400), 0),
        (NotCreated("Too much to do.", status=429, retryable=True), 0),
        (None, 0),
    ],
)
def test_an_account_that_is_refused_is_tested_again(
    asked: Callable[..., int], error: Exception | None, tests: int
) -> None:
    assert asked(error) == tests


@pytest.mark.parametrize(("error", "tests"), [(None, 1), (Refused("No credit.", status=402), 0)])
def test_an_account_without_credit_is_tested_again_once_it_takes_something(
    asked: Callable[..., int], error: Exception | None, tests: int
) -> None:
    Connection.objects.update(works=True, balance=Decimal(0))
    assert asked(error) == tests


def test_a_key_that_may_not_ask_is_tested_again(there: Connection, vendor: TakesVendor, film: Board) -> None:
    Connection.objects.update(asked_at=Now() - timedelta(hours=1))
    take, before = make.running(film, there), checks_queued()
    vendor.refuses(take, 401)
    make.job("polling.poll", there.pk)
    assert checks_queued() == before + 1
