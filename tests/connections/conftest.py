"""What tests of connections share: a key file of their own, a vendor on loopback, and somebody freshly signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from storyboard.connections.models import Connection
from storyboard.teams.models import Team, User
from tests.connections.connect import connect
from tests.connections.vendor import LoopbackVendor

AsOwner = Callable[[User], Client]


@pytest.fixture(autouse=True)
def key_file(settings: LazySettings, tmp_path: Path) -> Path:
    """A place for one; the file itself is made on its first use."""
    settings.CONNECTION_KEYS_FILE = tmp_path / "connection_keys"
    return tmp_path / "connection_keys"


@pytest.fixture(autouse=True)
def addresses_are_not_verified(settings: LazySettings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"


@pytest.fixture
def vendor(settings: LazySettings) -> Iterator[LoopbackVendor]:
    """reAPI on loopback, named in VENDOR_HOSTS."""
    with LoopbackVendor() as found:
        settings.VENDOR_HOSTS = frozenset({found.host})
        yield found


@pytest.fixture
def connection(team: Team, alice: User) -> Connection:
    return connect(team, by=alice)


@pytest.fixture
def as_owner(db: None) -> AsOwner:
    """A browser in which this person has just proved who they are."""

    def sign_in(user: User) -> Client:
        client = Client()
        answer = client.post("/accounts/login/", {"login": user.email, "password": "a long enough secret"})
        assert answer.status_code == 302
        return client

    return sign_in
