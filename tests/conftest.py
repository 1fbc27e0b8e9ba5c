"""Shared by every test: the four people, their team, and a database that both engines can empty."""

from collections.abc import Callable, Iterator

import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client, override_settings

from storyboard.teams.models import Membership, Role, Team, User
from tests.drain import drain

# A busy machine makes slow data, and slow data is no fault of the code's.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")
pytest_plugins = ["tests.again", "tests.browser", "tests.suite", "tests.contracts.counted", "tests.media.known"]


def pytest_configure() -> None:
    # Slow on purpose in production; here every test that makes a person would pay for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Off beside PostgreSQL, where it would have no tests.
    settings.SANDBOX = True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    # On SQLite emptying a table is a DELETE, which the audit log's trigger refuses; its own test puts it back.
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_DELETE")
    # Emptying the tables would write hundreds of rows anew that nothing here reads.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing is slow on purpose; thousands of tests that sign nobody in by password need not wait for it."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def alice(db: None) -> User:
    """Alice owns the team."""
    return User.objects.create_user("alice@example.com", "a long enough secret", name="Alice Munro")


@pytest.fixture
def bob(db: None) -> User:
    """Bob's role is set by each test; without one he is in no team."""
    return User.objects.create_user("bob@example.com", "a long enough secret", name="Bob Fosse")


@pytest.fixture
def charlie(db: None) -> User:
    """Charlie is a stranger with a team of his own."""
    user = User.objects.create_user("charlie@example.com", "a long enough secret", name="Charlie Kaufman")
    Membership.objects.create(team=Team.objects.create(name="Strangers"), user=user, role=Role.OWNER)
    return user


@pytest.fixture
def team(alice: User) -> Team:
    team = Team.objects.create(name="Northlight")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    return team


@pytest.fixture
def join(team: Team) -> Callable[[User, Role], Membership]:
    """Give somebody a role in Alice's team."""

    def join_team(user: User, role: Role) -> Membership:
        return Membership.objects.create(team=team, user=user, role=role)

    return join_team


@pytest.fixture
def as_user(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def run_jobs(db: None) -> Callable[[], list[str]]:
    """Run every due job in order, in this process, and those that they queue; says which tasks ran."""
    return drain
