"""The list of boards in a browser: what is searched there is not overwritten by what happens meanwhile."""

import re

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from storyboard.boards import actions
from storyboard.teams.models import Team, User
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.once]
LISTENS = ("data-live-state", "connected")
REFRESH = re.compile(r"/boards/\??$")


@pytest.fixture
def page(visit: Visit, team: Team, alice: User, transactional_db: None) -> Page:
    """With two boards on it, that listens."""
    for name in ("The lamp", "The storm"):
        actions.create_board(team, name=name, by=alice)
    page = visit(f"/teams/{team.public_id}/boards/", alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    return page


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Find a board")


def is_refresh(request: Request) -> bool:
    return REFRESH.search(request.url) is not None


def hold(route: Route) -> None:
    """Its answer never comes."""


def test_what_is_found_stands_in_the_place_of_the_list_alone(page: Page) -> None:
    search(page).fill("storm")
    expect(page.locator(".film h2")).to_have_text(["The storm"])
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(search(page)).to_be_focused()


def test_a_search_overtakes_the_refresh_that_is_on_its_way(page: Page, team: Team, alice: User) -> None:
    page.route(REFRESH, hold)
    with page.expect_request(is_refresh):
        actions.create_board(team, name="The gull", by=alice)
    with page.expect_event("requestfailed", is_refresh):
        search(page).fill("storm")
    expect(page.locator(".film h2")).to_have_text(["The storm"])


def test_a_refresh_waits_for_the_search_that_is_on_its_way(page: Page) -> None:
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/boards/?text=*", keep)
    with page.expect_request("**/boards/?text=*"):
        search(page).fill("storm")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if is_refresh(request) else None)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:boards', { bubbles: true }))")
    held[0].continue_()
    expect(page.locator(".film h2")).to_have_text(["The storm"])
    assert asked == []
