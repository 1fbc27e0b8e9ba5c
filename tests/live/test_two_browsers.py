"""Two people look at one page, and it keeps itself up to date: static/js/live.js in a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from storyboard.teams.models import Membership, Role, Team, User
from tests.browser import Console, OpenPage, sign_in
from tests.live.conftest import tell
from tests.server import Server

pytestmark = pytest.mark.browser
Look = Callable[[Server, User], Page]

PLAY = """async () => {
  const canvas = document.createElement("canvas"), clip = document.getElementById("clip");
  const pen = canvas.getContext("2d");
  window.painting = setInterval(() => pen.fillRect(0, 0, Math.random() * 99, 9), 20);
  clip.muted = true; clip.srcObject = canvas.captureStream(30); window.clip = clip;
  await clip.play();
}"""


@pytest.fixture
def look(open_page: OpenPage, console: Console, transactional_db: None, team: Team) -> Look:
    """Open the page as somebody, in a browser of their own, and wait until it listens."""
    # A line that was cut is a complaint of the browser's, whatever the page does about it.
    console.allow("net::ERR_")
    console.allow("Failed to fetch")

    def look_at(server: Server, user: User) -> Page:
        page = open_page(base_url=server.url)
        sign_in(page, user, server.url)
        page.goto(f"/try/{team.public_id}")
        expect(page.locator("html")).to_have_attribute("data-live-state", "connected")
        return page

    return look_at


def rename(team: Team, name: str) -> None:
    Team.objects.filter(pk=team.pk).update(name=name)
    tell(team.channel, "members")


def test_both_see_a_change_without_asking(
    web: Server, look: Look, alice: User, bob: User, team: Team, join: Callable[..., Membership]
) -> None:
    join(bob, Role.VIEWER)
    pages = [look(web, alice), look(web, bob)]
    rename(team, "Southlight")
    for page in pages:
        expect(page.locator("#part h2")).to_have_text("Southlight")


def test_an_update_interrupts_neither_typing_nor_playing(web: Server, look: Look, alice: User, team: Team) -> None:
    page = look(web, alice)
    page.evaluate(PLAY)
    page.locator("#note").press_sequentially("half a sen")
    rename(team, "Southlight")
    expect(page.locator("#part h2")).to_have_text("Southlight")
    page.keyboard.type("tence")
    expect(page.locator("#note")).to_have_value("half a sentence")
    assert page.evaluate("() => window.clip === document.getElementById('clip') && !window.clip.paused")


def test_a_burst_of_hints_fetches_once_or_twice(web: Server, look: Look, alice: User, team: Team) -> None:
    page = look(web, alice)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/part") else None)
    tell(team.channel, *["boards"] * 5)
    rename(team, "Eastlight")
    expect(page.locator("#part h2")).to_have_text("Eastlight")
    assert len(asked) == 1


def test_a_restarted_server_is_noticed_and_nothing_is_missed(
    own_web: Server, look: Look, alice: User, team: Team
) -> None:
    page = look(own_web, alice)
    own_web.stop()
    expect(page.locator("html")).to_have_attribute("data-live-state", "lost")
    expect(page.locator("#offline")).to_be_visible()
    rename(team, "Westlight")
    own_web.start()
    expect(page.locator("#part h2")).to_have_text("Westlight", timeout=20_000)
    expect(page.locator("html")).to_have_attribute("data-live-state", "connected")
    expect(page.locator("#offline")).to_be_hidden()


def test_a_browser_that_went_offline_catches_up(web: Server, look: Look, alice: User, team: Team) -> None:
    page = look(web, alice)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    rename(team, "Westlight")
    page.context.set_offline(False)
    expect(page.locator("#part h2")).to_have_text("Westlight", timeout=10_000)


def test_somebody_who_missed_too_much_fetches_every_part(web: Server, look: Look, alice: User, team: Team) -> None:
    page = look(web, alice)
    page.context.set_offline(True)
    rename(team, "Westlight")
    tell(team.channel, *["boards"] * 300)
    page.context.set_offline(False)
    expect(page.locator("#part h2")).to_have_text("Westlight", timeout=10_000)


def test_the_page_of_a_removed_member_stops_asking(
    web: Server, look: Look, bob: User, team: Team, join: Callable[..., Membership]
) -> None:
    membership = join(bob, Role.VIEWER)
    page = look(web, bob)
    membership.delete()
    tell(team.channel, "members")
    expect(page.locator("html")).to_have_attribute("data-live-state", "ended")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("() => { dispatchEvent(new Event('focus')); dispatchEvent(new Event('online')); }")
    page.wait_for_function("() => fetch('/healthz').then(() => true)")
    assert not [url for url in asked if "/live" in url]
