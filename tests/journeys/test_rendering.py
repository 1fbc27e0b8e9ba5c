"""From Render to a film that is there, watched in a browser: the product as `make run` starts it, and its sandbox."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PHONE, OpenPage
from tests.takes.studio import Studio, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.once, pytest.mark.timeout(400)]
Axe = Callable[[Page], list[str]]
LISTENS = ("data-live-state", "connected")
# A clip is painted and fetched on whatever machine this is.
MADE = 120_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("watched")) as studio:
        wait_until(lambda: studio.rows("SELECT 1 FROM connections_connection"), 60, studio.words)
        yield studio


@pytest.fixture(scope="module")
def seat() -> dict[str, Any]:
    """Where the sample board is and the session that sees it, once somebody has signed in."""
    return {}


@pytest.fixture
def board(studio: Studio, seat: dict[str, Any], open_page: OpenPage) -> Callable[..., Page]:
    def open_board(**options: Any) -> Page:
        page = open_page(base_url=studio.url, **({"storage_state": seat["session"]} if seat else {}), **options)
        if not seat:
            enter(page, studio)
            seat.update(url=page.url, session=page.context.storage_state())
        page.goto(str(seat["url"]))
        expect(page.locator("html")).to_have_attribute(*LISTENS)
        return page

    return open_board


def enter(page: Page, studio: Studio) -> None:
    """As the words of the first start say: to the sample; here without a picture for its last shot to land on."""
    # All of the log: while it starts on a busy machine much may follow.
    wait_until(lambda: "Sign in: " in studio.log.read_text(), 60, studio.words)
    page.goto(studio.log.read_text().split("Sign in: ")[1].split()[0])
    expect(page.locator(".cell[data-shot]")).to_have_count(6)
    page.get_by_role("button", name="Close the tour").click()
    expect(page.locator(".painting")).to_have_count(0, timeout=MADE)
    page.locator(".cell[data-number='6'] .cover").click()
    page.get_by_role("button", name="Take The ship’s lamp out").click()
    expect(word(page, 6)).to_have_text("1 problem")
    page.goto(page.url.partition("?")[0])


def word(page: Page, number: int) -> Locator:
    return page.locator(f".cell[data-number='{number}'] .tag.s")


def open_takes(page: Page, number: int) -> None:
    page.locator(f".cell[data-number='{number}'] .cover").click()
    expect(page.locator("#inspector h2")).to_have_text(f"Shot {number}")
    page.get_by_role("link", name="Takes").click()


def test_a_film_is_rendered_approved_and_kept_while_somebody_watches(board: Callable[..., Page], axe: Axe) -> None:
    page = board()
    press_render(page, axe)
    write_while_it_is_rendered(page)
    approve_the_fourth(page, axe)
    change_the_first_and_keep_it(page)


def press_render(page: Page, axe: Axe) -> None:
    page.locator("#render-all").click()
    expect(page.get_by_role("heading", name="Render 6 shots")).to_be_visible()
    expect(page.locator("#render")).to_contain_text("Choose the picture that this shot lands on.")
    page.get_by_role("link", name="Leave out what cannot be rendered").click()
    expect(page.get_by_role("heading", name="Render 5 shots")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Render for").click()
    expect(word(page, 2)).to_have_text("Waits for shot 1")


def write_while_it_is_rendered(page: Page) -> None:
    # Somebody writes all the while, and nothing that arrives takes a letter of it.
    page.locator(".cell[data-number='6'] .cover").click()
    page.get_by_label("Prompt", exact=True).fill("A ship’s lamp ans")
    for number in (1, 2, 3, 4):
        expect(word(page, number)).to_have_text("Done", timeout=MADE)
    expect(word(page, 5)).to_have_text("Waits for approval")
    assert page.get_by_label("Prompt", exact=True).input_value() == "A ship’s lamp ans"


def approve_the_fourth(page: Page, axe: Axe) -> None:
    open_takes(page, 4)
    video = page.locator("#inspector video")
    video.evaluate("video => { video.muted = true; return video.play() }")
    page.get_by_role("button", name="Approve").click()
    expect(word(page, 4)).to_have_text("Approved")
    expect(word(page, 5)).to_have_text("Done", timeout=MADE)
    expect(page.locator("#toasts")).to_contain_text("The render is over: 5 takes done.")
    # It plays, and what arrived meanwhile did not begin it anew.
    assert video.evaluate("video => video.currentTime") > 0
    assert axe(page) == []


def change_the_first_and_keep_it(page: Page) -> None:
    page.locator(".cell[data-number='1'] .cover").click()
    page.get_by_label("Prompt", exact=True).fill("A lighthouse in heavy rain. Slow push in.")
    page.locator("#in-seconds").focus()
    for number in (1, 2, 3):
        expect(word(page, number)).to_have_text("Out of date")
    page.get_by_role("button", name="keep it").click()
    for number in (1, 2, 3):
        expect(word(page, number)).to_have_text("Done")


def test_on_a_phone_everything_fits(board: Callable[..., Page], axe: Axe) -> None:
    page = board(size=PHONE)
    page.locator("#render-all").click()
    expect(page.locator("#render-title")).to_be_visible()
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("link", name="Cancel").click()
    open_takes(page, 1)
    expect(page.locator("#inspector .shelf")).to_be_visible()
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
