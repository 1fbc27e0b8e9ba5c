"""People around one team: inviting, joining, changing roles, leaving, each in a browser of their own."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from storyboard.accounts.models import Message
from storyboard.teams.models import Membership, Role, Team, User
from tests.browser import PHONE, Console
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser
Join = Callable[[User, Role], Membership]
LISTENS = ("data-live-state", "connected")


def test_a_role_changed_here_shows_there(
    visit: Visit, team: Team, alice: User, bob: User, join: Join, console: Console
) -> None:
    join(bob, Role.VIEWER)
    address = f"/teams/{team.public_id}/"
    here, there = visit(address, alice), visit(address, bob, size=PHONE, scheme="dark")
    for page in (here, there):
        expect(page.locator("html")).to_have_attribute(*LISTENS)
    expect(there.get_by_text("You are a viewer here.")).to_be_visible()
    here.get_by_label("Role of Bob Fosse").select_option("Producer")
    expect(there.get_by_text("You are a producer here.")).to_be_visible()
    expect(here.get_by_label("Role of Bob Fosse")).to_have_value(str(Role.PRODUCER.value))


def test_a_removed_member_sees_it_at_once(
    visit: Visit, team: Team, alice: User, bob: User, join: Join, console: Console
) -> None:
    console.allow("status of 404")
    join(bob, Role.EDITOR)
    address = f"/teams/{team.public_id}/"
    here, there = visit(address, alice), visit(address, bob)
    for page in (here, there):
        expect(page.locator("html")).to_have_attribute(*LISTENS)
    here.get_by_role("link", name="Remove Bob Fosse").click()
    here.get_by_role("button", name="Remove from the team").click()
    expect(there).to_have_url(re.compile("/teams/$"))
    expect(there.get_by_text("You are no longer in that team")).to_be_visible()
    expect(here.get_by_text("bob@example.com")).to_have_count(0)


def test_somebody_new_is_invited_signs_up_and_joins(visit: Visit, team: Team, alice: User) -> None:
    here = visit(f"/teams/{team.public_id}/", alice)
    expect(here.locator("html")).to_have_attribute(*LISTENS)
    here.get_by_label("E-mail address").fill("dora@example.com")
    here.get_by_role("button", name="Invite").click()
    link = here.locator("input[readonly]").input_value()
    there = visit(link, size=PHONE)
    there.get_by_role("link", name="account").click()
    there.get_by_label("Name").fill("Dora Maar")
    there.get_by_label("E-mail").fill("dora@example.com")
    there.locator("input[type=password]").first.fill("a long enough secret")
    there.locator("main form button.go").click()
    prove_the_address(there)
    there.get_by_role("button", name="Join").click()
    expect(there.get_by_role("heading", name="Northlight")).to_be_visible()
    expect(here.locator("strong", has_text="Dora Maar")).to_be_visible()
    expect(here.get_by_text("Nobody is on the way.")).to_be_visible()


def prove_the_address(page: Page) -> None:
    """With a mail server by the link in the mail; in the embedded mode there is none, and one signs in at once."""
    if settings.EMBEDDED:
        page.locator("input[type=password]").first.fill("a long enough secret")
        page.get_by_role("button", name="Sign in", exact=True).click()
        return
    expect(page.locator("input[type=password]")).to_have_count(0)
    link = next(word for word in Message.objects.get().text.split() if "confirm-email" in word)
    page.goto(link)
    page.locator("main form button.go").click()


def test_new_names_show_on_the_other_page(visit: Visit, team: Team, alice: User, bob: User, join: Join) -> None:
    join(bob, Role.VIEWER)
    address = f"/teams/{team.public_id}/"
    here, there = visit(address, alice), visit(address, bob, size=PHONE)
    expect(there.locator("html")).to_have_attribute(*LISTENS)
    here.get_by_label("Name", exact=True).fill("Southlight")
    here.get_by_role("button", name="Rename").click()
    expect(there.get_by_role("heading", name="Southlight")).to_be_visible()
    here.goto("/account/")
    here.get_by_label("Your name").fill("Alice B. Munro")
    here.get_by_role("button", name="Save").click()
    expect(there.locator("strong", has_text="Alice B. Munro")).to_be_visible()
