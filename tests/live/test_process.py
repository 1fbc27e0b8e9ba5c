"""What open streams cost the process that serves them, and what it and they survive."""

import os
import signal
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from storyboard.live.hub import SEATS
from storyboard.teams.models import Team, User
from tests.live.conftest import OWN, Open, tell
from tests.server import Server

LISTENER = f"{OWN} live"
pytestmark = pytest.mark.processes


def threads(server: Server) -> int:
    return len(os.listdir(f"/proc/{server.pid}/task"))


def crowd(count: int) -> Iterator[User]:
    for number in range(count):
        yield User.objects.create_user(f"extra-{number}@example.com")


def backends(name: str) -> int:
    """How many connections to the database go by a name like this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s", [name])
        return int(cursor.fetchone()[0])


def cut(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s", [name])


@pytest.mark.timeout(60)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_three_seconds_with_streams_open(
    own_web: Server, listen: Open, alice: User, number: int
) -> None:
    ears = [listen(own_web, alice) for _ in range(SEATS)]
    for ear in ears:
        ear.next("hello")
    assert own_web.stop(number) < 3
    assert [ear.rest() for ear in ears] == [[]] * SEATS
    own_web.assert_clean()


def test_open_streams_hold_no_threads(own_web: Server, listen: Open, team: Team) -> None:
    people = list(crowd(30))
    for person in people:
        team.memberships.create(user=person, role=10)
    listen(own_web, people[0]).next("beat")
    few = threads(own_web)
    ears = [listen(own_web, person) for person in people]
    for ear in ears:
        ear.next("beat")
    # The few threads of our own may all have been started by now.
    assert threads(own_web) <= few + 4


@pytest.mark.postgres
def test_open_streams_share_one_database_connection(own_web: Server, listen: Open, team: Team) -> None:
    people = list(crowd(30))
    for person in people:
        team.memberships.create(user=person, role=10)
    ears = [listen(own_web, person) for person in people]
    for ear in ears:
        ear.next("hello")
    assert backends(LISTENER) == 1
    # The others belong to the pool and to whoever asks at this moment.
    assert backends(f"{OWN}%") <= 1 + settings.DATABASES["default"]["OPTIONS"].get("pool", {}).get("max_size", 10)


@pytest.mark.postgres
def test_a_lost_listener_comes_back_and_catches_up(own_web: Server, listen: Open, alice: User, team: Team) -> None:
    ear = listen(own_web, alice, after=0)
    tell(team.channel, "boards")
    ear.next("hint")
    cut(LISTENER)
    # It is away for half a second: these notices are heard by nobody.
    tell(team.channel, "cuts", "shots")
    assert ear.hints(2) == ["cuts", "shots"]
    tell(team.channel, "members")
    assert ear.next("hint") == "members"


@pytest.mark.postgres
def test_a_stream_outlives_a_restart_of_the_database(own_web: Server, listen: Open, alice: User, team: Team) -> None:
    ear = listen(own_web, alice, after=0)
    ear.next("hello")
    for _ in range(3):
        cut(f"{OWN}%")
        ear.next("beat")
    tell(team.channel, "boards")
    assert ear.next("hint") == "boards"
