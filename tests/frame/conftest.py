"""The style page, opened by Alice in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from storyboard.teams.models import Team, User
from tests.browser import OpenPage, sign_in

Style = Callable[..., Page]


@pytest.fixture
def style(live_server: LiveServer, open_page: OpenPage, alice: User, team: Team, settings: object) -> Style:
    """Open the style page: `style(size=PHONE, scheme="dark", address="/style/")`."""
    settings.ROOT_URLCONF = "tests.frame.urls"  # type: ignore[attr-defined]

    def open_style(address: str = "/style/", **options: object) -> Page:
        page = open_page(base_url=live_server.url, **options)
        sign_in(page, alice, live_server.url)
        page.goto(address)
        return page

    return open_style
