"""The product itself, as `make run` serves it, for people with browsers of their own."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page

from storyboard.teams.models import User
from tests.browser import OpenPage, sign_in
from tests.server import Server

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[Server]:
    with Server(settings.DATABASES["default"]) as server:
        yield server
        server.stop()
        server.assert_clean()


@pytest.fixture
def visit(site: Server, open_page: OpenPage, transactional_db: None) -> Visit:
    """Open a page in a browser of one's own: `visit("/teams/", alice, size=PHONE)`."""

    def open_as(address: str, user: User | None = None, **options: object) -> Page:
        page = open_page(base_url=site.url, **options)
        if user is not None:
            sign_in(page, user, site.url)
        page.goto(address)
        return page

    return open_as
