"""A newcomer's first minutes: from the printed link, by one press and one approval, to a film of six shots."""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PHONE, OpenPage
from tests.takes.studio import Studio, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.once, pytest.mark.timeout(900)]
Axe = Callable[[Page], list[str]]
# On whatever machine this is; three minutes are what it should take, and the time is printed.
MADE = 240_000
NAME = "The lighthouse keeper"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("first"), speed=os.environ.get("SANDBOX_SPEED", "0.02")) as studio:
        yield studio


def word(number: int) -> str:
    return f".cell[data-number='{number}'] .tag.s"


def link(studio: Studio) -> str:
    wait_until(lambda: "Sign in: " in studio.log.read_text(), 60, studio.words)
    return studio.log.read_text().split("Sign in: ")[1].split()[0]


def test_a_newcomer_has_a_film_in_three_minutes(
    studio: Studio, open_page: OpenPage, axe: Axe, capsys: pytest.CaptureFixture[str]
) -> None:
    page = open_page(base_url=studio.url)
    began = time.monotonic()
    page.goto(link(studio))
    expect(page.get_by_role("heading", name=NAME)).to_be_attached()
    go_through_the_tour(page, axe)
    render(page, axe)
    approve_the_fourth(page)
    for number in (1, 2, 3, 5, 6):
        expect(page.locator(word(number))).to_have_text("Done", timeout=MADE)
    took = time.monotonic() - began
    with capsys.disabled():
        print(f"\nThe first film: {took:.0f} s from the link to six finished shots.")
    the_title_says_so(page)
    the_films_chain_is_whole(studio)
    on_a_phone(open_page, page, axe)


def go_through_the_tour(page: Page, axe: Axe) -> None:
    tour = page.locator("#tour")
    expect(tour).to_contain_text("Step 1 of 5")
    # It takes no focus by itself, and keeps it where somebody put it.
    assert page.evaluate("document.activeElement === document.body")
    for step in (2, 3):
        page.get_by_role("button", name="Next").press("Enter")
        expect(tour).to_contain_text(f"Step {step} of 5")
        assert page.evaluate("document.activeElement.id") == "tour-next"
    assert axe(page) == []
    page.reload()
    expect(tour).to_contain_text("Step 3 of 5")
    page.get_by_role("button", name="Next").press("Escape")
    expect(tour).to_be_hidden()


def render(page: Page, axe: Axe) -> None:
    expect(page.locator(".painting")).to_have_count(0, timeout=MADE)
    page.locator("#render-all").click()
    expect(page.get_by_role("heading", name="Render 6 shots")).to_be_visible()
    expect(page.locator("#render .trouble.bad")).to_have_count(0)
    # While it rises it is half transparent, and its colours are not yet its own.
    page.locator("#render").evaluate("sheet => Promise.all(sheet.getAnimations().map(one => one.finished))")
    assert axe(page) == []
    page.get_by_role("button", name="Render for").click()
    expect(page.locator(word(2))).to_have_text("Waits for shot 1")
    expect(page).to_have_title(f"(2 rendering) {NAME} · Lastframe", timeout=30_000)
    expect(page.get_by_role("button", name="Tell me when it is done")).to_be_visible()


def approve_the_fourth(page: Page) -> None:
    expect(page.locator(word(4))).to_have_text("Done", timeout=MADE)
    expect(page.locator(word(5))).to_have_text("Waits for approval", timeout=MADE)
    page.locator(".cell[data-number='4'] .cover").click()
    page.get_by_role("link", name="Takes").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(word(4))).to_have_text("Approved")


def the_title_says_so(page: Page) -> None:
    expect(page.locator("#toasts")).to_contain_text("The render is over: 6 takes done.")
    expect(page).to_have_title(f"Done · {NAME} · Lastframe")
    page.locator("#board").press("Escape")
    expect(page).to_have_title(f"{NAME} · Lastframe")


def the_films_chain_is_whole(studio: Studio) -> None:
    """Each take is paid once, and shows what the one before it handed on."""
    asked = "SELECT state, COUNT(*) FROM takes_take GROUP BY state"
    assert studio.rows(asked) == [("done", 6)]
    assert studio.rows("SELECT COUNT(*) FROM sandbox_task") == [(6,)]


def on_a_phone(open_page: OpenPage, page: Page, axe: Axe) -> None:
    phone = open_page(base_url=page.url.partition("?")[0], size=PHONE, storage_state=page.context.storage_state())
    phone.goto("")
    phone.locator(".menu summary.face").click()
    phone.get_by_role("button", name="Show me around").click()
    tour = phone.locator("#tour")
    for step in (1, 2, 3, 4, 5):
        expect(tour).to_contain_text(f"Step {step} of 5")
        expect(tour).to_be_in_viewport(ratio=0.95)
        phone.locator("#tour-next").tap()
    expect(tour).to_be_hidden()
    assert axe(phone) == []
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
