"""People in a hurry: who types before the page is there, presses the keys of other programs, or opens ten windows."""

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board
from storyboard.teams.models import Team, User
from tests.browser import PHONE
from tests.journeys.conftest import Visit
from tests.journeys.test_board_writing import address, film

__all__ = ["film"]
pytestmark = pytest.mark.browser
LISTENS = ("data-live-state", "connected")
HEADING = "INT. LANTERN ROOM OF THE OLD LIGHTHOUSE AT THE END OF THE WORLD - NIGHT"


def ready(page: Page) -> Page:
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.locator(".cover").first.focus()
    return page


def test_ten_windows_leave_each_other_a_connection(visit: Visit, film: Board, alice: User) -> None:
    first = ready(visit(address(film), alice))
    for _ in range(9):
        page = first.context.new_page()
        page.goto(address(film))  # a seventh stream would leave none of the browser's six connections
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    expect(first.locator("html")).to_have_attribute("data-live-state", "paused")
