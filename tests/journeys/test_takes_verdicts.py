"""What people say of takes in a real browser: notes that are half typed, takes that were rejected or deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards.models import Shot
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.teams.models import Membership, Role, User
from tests.browser import DESKTOP, PHONE, sign_in
from tests.journeys.conftest import Visit
from tests.journeys.test_takes_shelf import address, shelf, shot, two

__all__ = ["shot", "two"]
pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
Join = Callable[[User, Role], Membership]
SIZES = pytest.mark.parametrize(
    "look", [{"size": DESKTOP, "scheme": "dark"}, {"size": PHONE}], ids=["desktop dark", "phone light"]
)


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


def test_nobody_finds_what_another_person_typed_in_the_same_browser(
    visit: Visit, shot: Shot, two: list[Take], alice: User, bob: User, join: Join
) -> None:
    join(bob, Role.REVIEWER)
    path = f"{address(shot.board)}shots/{shot.public_id}/takes/"
    page = visit(path, bob)
    page.locator("[data-note]").fill("Between us")
    sign_in(page, alice, page.evaluate("location.origin"))
    page.reload()
    expect(page.locator("[data-note]")).to_have_value("")
    sign_in(page, bob, page.evaluate("location.origin"))
    page.reload()
    expect(page.locator("[data-note]")).to_have_value("Between us")


@SIZES
def test_a_rejected_take_offers_the_other_and_a_deleted_one_comes_back(
    visit: Visit, shot: Shot, two: list[Take], alice: User, axe: Axe, look: dict[str, Any]
) -> None:
    page = shelf(visit, shot, alice, **look)
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#toasts")).to_contain_text("It is still selected.")
    expect(page.locator(".shelf .note")).to_contain_text("Take 1 was rejected and is still the one in the film.")
    is_fine(page, axe)
    page.locator("#toasts").get_by_role("button", name="Select take 2").click()
    expect(page.locator(".shelf .note")).to_have_count(0)
    assert Take.objects.get(is_selected=True) == two[1]
    # Whoever looks at a take while somebody deletes it would ask for its clip in vain.
    page.locator(".takes a").last.click()
    expect(page.get_by_role("heading", name="Take 1", exact=True)).to_be_visible()
    choosing.delete(two[1], by=alice)
    page.get_by_text("Deleted takes (1)").click()
    is_fine(page, axe)
    page.get_by_role("button", name="Bring back take 2").click()
    expect(page.locator(".takes a")).to_have_count(2)
    expect(page.get_by_text("Deleted takes")).to_have_count(0)


def is_fine(page: Page, axe: Axe) -> None:
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
