"""What tests of takes share: a place for keys and files, and a connection whose vendor nobody reaches."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import LazySettings

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.takes.tasks import collecting
from storyboard.takes.tasks import sending as tasks
from storyboard.teams.models import Team, User
from tests.takes import make
from tests.takes.terminal import Shell, shell
from tests.takes.vendor import TakesVendor


@pytest.fixture(autouse=True)
def files_are_known(known_files: None) -> None:
    """What the jail says of a file is the same for each test."""


@pytest.fixture(autouse=True)
def key_file(settings: LazySettings, tmp_path: Path) -> Path:
    settings.CONNECTION_KEYS_FILE = tmp_path / "connection_keys"
    return tmp_path / "connection_keys"


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept, empty at first."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setitem(settings.S3, "bucket", "")
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def leases_are_not_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that does it would wait for the end of the test's own transaction."""
    monkeypatch.setattr(collecting, "RENEW_SECONDS", 3600.0)


@pytest.fixture
def account(team: Team, alice: User) -> Connection:
    """At Ark, which lists, cancels and returns last frames."""
    return make.connection(team, by=alice)


@pytest.fixture
def data(settings: LazySettings, tmp_path: Path) -> Path:
    """A data folder of the test's own, in which nothing was sent yet."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What is POSTed; each is accepted at once."""
    client = Mock()
    client.submit.side_effect = [f"cgt-posted-{number}" for number in range(50)]
    monkeypatch.setattr(tasks, "client", Mock(return_value=client))
    submit: Mock = client.submit
    return submit


@pytest.fixture
def vendor(settings: LazySettings) -> Iterator[TakesVendor]:
    """Ark on loopback, named in VENDOR_HOSTS."""
    with TakesVendor() as found:
        settings.VENDOR_HOSTS = frozenset({found.host})
        yield found


@pytest.fixture
def there(vendor: TakesVendor, team: Team, alice: User) -> Connection:
    """A connection to it."""
    return make.connection(team, base_url=vendor.url, by=alice)


@pytest.fixture
def board_(team: Team, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """`manage.py board`, in a place with one team."""
    return shell(monkeypatch)


@pytest.fixture
def film(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue cut", account)
