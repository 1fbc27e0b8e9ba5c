"""What people say of takes in a real browser: notes that are half typed, takes that were rejected or deleted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards.models import Shot
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.teams.models import Membership, Role, User
from tests.journeys.conftest import Visit
from tests.journeys.test_takes_shelf import address, shelf, shot, two

__all__ = ["shot", "two"]
pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
Join = Callable[[User, Role], Membership]


def test_a_half_typed_note_outlives_what_others_do_other_takes_and_a_reload(
    visit: Visit, shot: Shot, two: list[Take], alice: User, bob: User, join: Join
) -> None:
    join(bob, Role.REVIEWER)
    page = shelf(visit, shot, bob)
    note = page.locator("[data-note]")
    note.fill("The gull is")
    page.locator(".headline summary").focus()
    choosing.approve(two[0], note="Fine by me.", by=alice)
    expect(page.locator(".shelf .said")).to_have_text("Fine by me.")
    expect(note).to_have_value("The gull is")
    page.locator(".takes a").first.click()
    expect(page.get_by_role("heading", name="Take 2")).to_be_visible()
    expect(note).to_have_value("")
    page.reload()
    expect(note).to_have_value("The gull is")
    expect(page.get_by_text("Only you see this so far.")).to_be_visible()


def test_a_note_that_has_arrived_is_not_kept_any_longer(visit: Visit, shot: Shot, two: list[Take], alice: User) -> None:
    page = shelf(visit, shot, alice)
    page.locator("[data-note]").fill("Two lines,\nand a blank one.\n\n")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".shelf .said")).to_contain_text("Two lines,")
    expect(page.get_by_text("Only you see this so far.")).to_be_hidden()
    choosing.approve(two[0], note="Another one.", by=alice)
    page.reload()
    expect(page.locator("[data-note]")).to_have_value("Another one.")


def test_a_note_is_kept_on_the_shelf_that_is_a_page_of_its_own(
    visit: Visit, shot: Shot, two: list[Take], alice: User
) -> None:
    page = visit(f"{address(shot.board)}shots/{shot.public_id}/takes/", alice)
    page.locator("[data-note]").fill("Half a no")
    page.reload()
    expect(page.locator("[data-note]")).to_have_value("Half a no")
