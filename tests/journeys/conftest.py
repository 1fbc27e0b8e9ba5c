"""The product itself, as `make run` serves it, for people with browsers of their own."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page

from storyboard.teams.models import User
from tests.browser import OpenPage, sign_in
from tests.server import Server

Visit = Callable[..., Page]
BUSY = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
# What a closed page still asks for comes within this; longer than a second nothing of ours takes.
SETTLED, LONGEST = 0.05, 5.0


@pytest.fixture(autouse=True)
def files_are_known(known_files: None) -> None:
    """What the jail says of a file is the same for each test."""


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[Server]:
    with Server(settings.DATABASES["default"]) as server:
        yield server
        server.stop()
        server.assert_clean()


@pytest.fixture
def emptied(transactional_db: None) -> Iterator[None]:
    """The tables are emptied only when the server is done with what the pages asked for: it has the same tables."""
    yield
    until, quiet = time.monotonic() + LONGEST, 0
    while connection.vendor == "postgresql" and quiet < 2 and time.monotonic() < until:
        time.sleep(SETTLED)
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            quiet = 0 if cursor.fetchone() else quiet + 1


@pytest.fixture
def visit(site: Server, emptied: None, open_page: OpenPage) -> Visit:
    """Open a page in a browser of one's own: `visit("/teams/", alice, size=PHONE)`."""

    def open_as(address: str, user: User | None = None, **options: object) -> Page:
        page = open_page(base_url=site.url, **options)
        if user is not None:
            sign_in(page, user, site.url)
        page.goto(address)
        return page

    return open_as
