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


def test_what_is_typed_before_the_new_shot_is_there_is_its_prompt(visit: Visit, film: Board, alice: User) -> None:
    page = ready(visit(address(film), alice))
    page.keyboard.press("n")
    page.keyboard.type("dusk, slow pan")  # D alone would duplicate a shot, S select one
    expect(page.locator("#in-prompt")).to_have_value("dusk, slow pan")
    expect(page.locator(".cell[data-shot]")).to_have_count(7)
    expect(page.locator(".cell").nth(1).locator(".body p")).to_contain_text("dusk, slow pan")
    expect(page.get_by_text("shot selected")).to_have_count(0)


def test_what_is_typed_before_a_shot_opens_goes_on_where_its_prompt_ends(
    visit: Visit, film: Board, alice: User
) -> None:
    page = ready(visit(address(film), alice))
    prompt = film.shots.get(position=1).prompt
    page.keyboard.press("Enter")
    page.keyboard.type(" Snow.")
    expect(page.locator("#in-prompt")).to_have_value(f"{prompt} Snow.")
    expect(page.locator("[data-saving]")).to_have_text("Saved")


def test_undo_and_redo_have_the_keys_they_have_everywhere(visit: Visit, film: Board, alice: User) -> None:
    page = ready(visit(address(film), alice))
    page.keyboard.press("d")
    expect(page.locator(".cell[data-shot]")).to_have_count(7)
    for key, left in (("z", 6), ("y", 7), ("z", 6), ("Shift+Z", 7)):
        page.keyboard.press(f"Control+{key}")
        expect(page.locator(".cell[data-shot]")).to_have_count(left)


def test_j_goes_to_how_a_shot_opens(visit: Visit, film: Board, alice: User) -> None:
    page = ready(visit(address(film), alice))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    expect(page.get_by_role("radio", name="Continue")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".cell").nth(1).locator(".joint")).to_contain_text("cut")


def test_a_long_scene_heading_leaves_a_phone_its_width(visit: Visit, film: Board, team: Team, alice: User) -> None:
    scene = film.scenes.earliest("pk")
    actions.save_field(scene, name="name", value=HEADING, base_version=None, by=alice)
    page = visit(address(film), alice, size=PHONE)
    expect(page.get_by_label("Name of the scene").first).to_have_value(HEADING)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]


def test_ten_windows_leave_each_other_a_connection(visit: Visit, film: Board, alice: User) -> None:
    first = ready(visit(address(film), alice))
    for _ in range(9):
        page = first.context.new_page()
        page.goto(address(film))  # a seventh stream would leave none of the browser's six connections
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    expect(first.locator("html")).to_have_attribute("data-live-state", "paused")
