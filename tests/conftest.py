"""Shared by every test: the four people, their team, and a database that both engines can empty."""

import os
from collections.abc import Callable, Generator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from storyboard.teams.models import Membership, Role, Team, User

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    # Slow on purpose in production; here every test that makes a person would pay for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a browser; keep that and what kills processes on one worker; leave out what needs PostgreSQL."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if item.get_closest_marker("browser") or item.get_closest_marker("processes"):
            item.add_marker(pytest.mark.xdist_group("alone"))
    if connection.vendor != "postgresql":
        # Not a skip: `make test` runs them in its second pass, and says so when it cannot.
        left_out = [item for item in items if item.get_closest_marker("postgres")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that skips itself has failed: nobody reads the reasons there."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which is not allowed in CI: {call.excinfo and call.excinfo.value}"
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    # On SQLite emptying a table is a DELETE, which the audit log's trigger refuses; its own test puts it back.
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_DELETE")


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
