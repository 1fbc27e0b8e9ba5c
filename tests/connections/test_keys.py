"""Keys at rest: closed in the row, bound to where they belong, opened by workers only."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from storyboard.connections import actions, keys
from storyboard.connections.models import Connection
from storyboard.errors import DomainError
from storyboard.providers.secret import Secret
from storyboard.teams.models import Team, User
from tests.connections.connect import KEY, connect

pytestmark = pytest.mark.django_db
Break = Callable[[Connection, Team], None]


def revealed(connection: Connection) -> str:
    with keys.by_operator():
        return keys.reveal(connection).reveal()


def test_a_key_comes_back_as_it_was_typed(connection: Connection) -> None:
    found = Connection.objects.get(pk=connection.pk)
    assert revealed(found) == KEY
    assert (found.last_four, KEY.encode() in bytes(found.sealed)) == ("Zx7q", False)


def test_the_same_key_is_never_closed_the_same_way_twice(team: Team) -> None:
    one, other = connect(team, name="One"), connect(team, name="Other")
    assert bytes(one.sealed) != bytes(other.sealed)


def to_another_team(connection: Connection, stranger: Team) -> None:
    connection.team = stranger


def to_another_vendor(connection: Connection, stranger: Team) -> None:
    connection.vendor = "evolink"


def to_another_host(connection: Connection, stranger: Team) -> None:
    connection.base_url = "https://evil.example.com/api/v1"


def to_another_port(connection: Connection, stranger: Team) -> None:
    connection.base_url = "https://reapi.ai:8443/api/v1"


def with_one_bit_changed(connection: Connection, stranger: Team) -> None:
    connection.sealed = bytes([bytes(connection.sealed)[0] ^ 1]) + bytes(connection.sealed)[1:]


def cut_short(connection: Connection, stranger: Team) -> None:
    connection.sealed = b"short"


@pytest.mark.parametrize(
    "moved",
    [to_another_team, to_another_vendor, to_another_host, to_another_port, with_one_bit_changed, cut_short],
    ids=lambda moved: moved.__name__,
)
def test_a_row_that_was_moved_does_not_open(connection: Connection, charlie: User, moved: Break) -> None:
    moved(connection, charlie.memberships.get().team)
    connection.save()
    with pytest.raises(keys.KeyTrouble, match="Type the vendor’s key again"):
        revealed(Connection.objects.get(pk=connection.pk))


def test_another_path_at_the_same_host_still_opens(connection: Connection, alice: User) -> None:
    actions.move(connection, base_url="https://REAPI.ai:443/api/v2/", by=alice)
    found = Connection.objects.get(pk=connection.pk)
    assert (found.base_url, revealed(found)) == ("https://reapi.ai:443/api/v2", KEY)


def test_nobody_but_a_worker_or_an_operator_opens_a_key(connection: Connection) -> None:
    with pytest.raises(RuntimeError, match="in a worker's task only"):
        keys.reveal(connection)


def test_the_mark_of_an_operator_does_not_stay(connection: Connection) -> None:
    revealed(connection)
    with pytest.raises(RuntimeError):
        keys.reveal(connection)


def test_the_file_is_made_on_the_first_use_for_its_owner_alone(connection: Connection, key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]
    assert list(keys.read()) == [connection.key_id]


def place_and_read(_: int) -> str:
    path: Path = settings.CONNECTION_KEYS_FILE
    if not path.exists():
        keys.place(path)
    return path.read_text()


def test_of_many_that_start_at_once_one_makes_the_key(key_file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(place_and_read, range(64)))
    assert len(found) == 1
    assert list(key_file.parent.iterdir()) == [key_file]


@pytest.mark.parametrize("text", ["", "no key", "ab" * 31, "AB" * 32, "é" * 64], ids=repr)
def test_a_file_that_holds_no_keys_is_a_sentence_and_a_log_line(
    connection: Connection, key_file: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    key_file.write_text(text)
    with caplog.at_level(logging.ERROR), pytest.raises(keys.KeyTrouble, match="CONNECTION_KEYS_FILE"):
        revealed(connection)
    assert str(key_file) in caplog.text


def test_a_lost_file_is_not_replaced_while_rows_need_it(connection: Connection, key_file: Path) -> None:
    key_file.unlink()
    with pytest.raises(keys.KeyTrouble, match="CONNECTION_KEYS_FILE"):
        revealed(connection)
    assert not key_file.exists()


def test_a_foreign_file_opens_nothing_and_seals_on(connection: Connection, key_file: Path, team: Team) -> None:
    key_file.write_text("cd" * 32)
    with pytest.raises(keys.KeyTrouble, match="Type the vendor’s key again"):
        revealed(connection)
    assert revealed(connect(team, name="Other")) == KEY


def test_a_stale_row_opens_after_a_rotation(connection: Connection, key_file: Path) -> None:
    stale = Connection.objects.get(pk=connection.pk)
    key_file.write_text(key_file.read_text() + "ef" * 32)
    with transaction.atomic():
        keys.seal(connection, Secret(KEY))
        connection.save()
    key_file.write_text("ef" * 32)
    assert revealed(stale) == KEY


@pytest.mark.django_db(transaction=True)
def test_sealing_outside_a_transaction_is_refused(team: Team) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        keys.seal(Connection(team=team), Secret(KEY))


def test_a_deleted_connection_holds_no_key(connection: Connection, alice: User) -> None:
    actions.delete(connection, by=alice)
    found = Connection.objects.get(pk=connection.pk)
    assert (bytes(found.sealed), found.key_id, found.last_four) == (b"", "", "")


def test_without_a_usable_file_nothing_is_added(team: Team, key_file: Path) -> None:
    key_file.write_text("nonsense")
    with pytest.raises(DomainError, match="Ask whoever runs Lastframe"):
        connect(team)
    assert not Connection.objects.exists()
