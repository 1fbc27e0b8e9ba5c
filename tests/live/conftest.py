"""A web process for the live tests, and a team whose stream somebody may open."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import transaction

from storyboard.live.publish import publish
from storyboard.teams.models import Team, User
from tests.live.ear import Ear
from tests.server import Server, session_for

PAGES = {"DJANGO_SETTINGS_MODULE": "tests.live.settings"}
# Names this process's connections to PostgreSQL, so that a test may cut them and no others.
OWN = "own web"
Open = Callable[..., Ear]


@pytest.fixture(scope="session")
def web(django_db_setup: None) -> Iterator[Server]:
    """One process for every test that does not hurt it; it must not have complained."""
    with Server(settings.DATABASES["default"], **PAGES) as server:
        yield server
        server.stop()
        server.assert_clean()


@pytest.fixture
def own_web(transactional_db: None) -> Iterator[Server]:
    """A process of the test's own, to count in, to stop and to hurt."""
    database = settings.DATABASES["default"]
    if not settings.EMBEDDED:
        database = {**database, "OPTIONS": {**database["OPTIONS"], "application_name": OWN}}
    with Server(database, **PAGES) as server:
        yield server


@pytest.fixture
def listen(transactional_db: None, team: Team) -> Iterator[Open]:
    """Open the team's stream as somebody: `listen(server, user, after=3)`."""
    ears: list[Ear] = []

    def open_stream(server: Server, user: User, *, after: object = "", last_id: str = "", session: str = "") -> Ear:
        path = f"/teams/{team.public_id}/live" + (f"?after={after}" if after != "" else "")
        ears.append(Ear(server, path, session or session_for(user), last_id))
        return ears[-1]

    yield open_stream
    for ear in ears:
        ear.close()


def tell(channel: str, *topics: str) -> None:
    """Publish each topic in a transaction of its own."""
    for topic in topics:
        with transaction.atomic():
            publish(channel, topic)
