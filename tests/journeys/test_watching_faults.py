"""What goes wrong, looked at on screen: a worker that dies in the middle of a film, and a vendor with each fault."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import OpenPage
from tests.takes.studio import Studio, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.once, pytest.mark.timeout(400)]
Axe = Callable[[Page], list[str]]
Show = Callable[[str], Page]
LISTENS = ("data-live-state", "connected")
SMALLEST = ("--seconds", "4", "--ratio", "1:1", "--resolution", "480p")
# A clip is painted and fetched on whatever machine this is.
MADE = 120_000
# A worker counts as gone after 30 seconds, a page asks every 15.
TOLD = 75_000
CHAIN = "Shot,Prompt,Joint,Follows\n1,Waves break,cut,\n2,They fall back,continue,1\n3,A gull cries,cut,\n"
FAULTS = """Shot,Prompt
1,Nothing goes wrong
2,A face sandbox:refused
3,A long night sandbox:hang
4,A letter sandbox:lost-answer
5,A locked door sandbox:expired-link
"""
# By shot: the word on its card, and what stands below it.
SAID = {
    2: ("Failed", "reAPI’s check refused the prompt or a reference. Change it; real people need a Face model."),
    4: ("Needs a decision", "reAPI has no list of tasks, and was not asked to call back. Look into its console"),
    5: ("Collecting", "That link lets nobody in; it may have expired. It is tried again by itself."),
    1: ("Done", "Nothing goes wrong"),
    3: (r"Rendering \d", "A long night"),
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("faulty"))
    # Without a doorbell nobody but a person knows what became of a lost answer.
    studio.env["CALLBACKS"] = "never"
    with studio:
        wait_until(lambda: studio.answer("connection", "list")["connections"], 60, studio.words)
        yield studio


@pytest.fixture(scope="module")
def seat() -> dict[str, Any]:
    """The session, once somebody has signed in."""
    return {}


@pytest.fixture
def show(studio: Studio, seat: dict[str, Any], open_page: OpenPage) -> Show:
    """Make a board of this table, and open it."""

    def show_board(table: str) -> Page:
        page = open_page(base_url=studio.url, **({"storage_state": seat["session"]} if seat else {}))
        if not seat:
            wait_until(lambda: "Sign in: " in studio.log.read_text(), 60, studio.words)
            page.goto(studio.log.read_text().split("Sign in: ")[1].split()[0])
            seat.update(session=page.context.storage_state())
        (studio.folder / "film.csv").write_text(table)
        path = str(studio.folder / "film.csv")
        board = studio.answer("board", "import", path, "--connection", "Sandbox", *SMALLEST)["id"]
        ((team,),) = studio.rows("SELECT public_id FROM teams_team")
        page.goto(f"/teams/{team}/boards/{board}/")
        expect(page.locator("html")).to_have_attribute(*LISTENS)
        return page

    return show_board


def cell(page: Page, number: int) -> Locator:
    return page.locator(f".cell[data-number='{number}']")


def word(page: Page, number: int) -> Locator:
    return cell(page, number).locator(".tag.s")


def press_render(page: Page) -> None:
    page.locator("#render-all").click()
    page.get_by_role("button", name="Render for").click()
    expect(page.locator("#runs .run")).to_be_visible()


@contextmanager
def nobody_restarts_it(studio: Studio) -> Iterator[None]:
    """The process that would start another worker stands still."""
    os.kill(studio.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(studio.process.pid, signal.SIGCONT)


def paid(studio: Studio) -> int:
    return int(studio.rows("SELECT count(*) FROM sandbox_task")[0][0])


def test_a_worker_that_dies_is_told_of_and_the_next_one_pays_nothing_twice(
    studio: Studio, show: Show, axe: Axe
) -> None:
    page, before = show(CHAIN), paid(studio)
    press_render(page)
    # Not while it is sent: what became of that, only a person could say.
    expect(word(page, 1)).to_have_text(re.compile("Rendering|Collecting"), timeout=MADE)
    with nobody_restarts_it(studio):
        studio.kill_worker()
        prompt = write(page)
        stood = prompt.bounding_box()
        expect(page.locator("#health")).to_contain_text("No worker is running", timeout=TOLD)
        assert prompt.bounding_box() == stood, "what is being written must not jump"
        assert axe(page) == []
    for number, became in ((1, "Done"), (2, "Out of date"), (3, "Done")):
        expect(word(page, number)).to_have_text(became, timeout=MADE)
    expect(page.locator("#health .note")).to_have_count(0, timeout=TOLD)
    assert prompt.input_value() == "They fall back, and"
    assert paid(studio) == before + 3


def write(page: Page) -> Locator:
    """Half a sentence into the second shot, which waits for the first."""
    expect(word(page, 2)).to_have_text("Waits for shot 1")
    cell(page, 2).locator(".cover").click()
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("They fall back, and")
    expect(page.locator("#inspector")).to_contain_text("Saved", timeout=MADE)
    return prompt


def test_each_fault_of_a_vendor_is_said_on_its_card(studio: Studio, show: Show, axe: Axe) -> None:
    page = show(FAULTS)
    press_render(page)
    for number, (said, why) in SAID.items():
        expect(word(page, number)).to_have_text(re.compile(said), timeout=MADE)
        expect(cell(page, number)).to_contain_text(why, timeout=MADE)
    assert axe(page) == []
    decide(page, studio)


def decide(page: Page, studio: Studio) -> None:
    """Somebody looks into the vendor's console, finds the task and pastes its id."""
    cell(page, 4).locator(".cover").click()
    page.get_by_role("link", name="Look at its takes").click()
    card = page.locator(".decision")
    expect(card).to_contain_text("Sent to reAPI")
    expect(card.get_by_role("link", name="Open reAPI’s console")).to_be_visible()
    ((task,),) = studio.rows("SELECT remote_id FROM sandbox_task WHERE faults LIKE '%lost-answer%'")
    card.get_by_label("It is there: its task id").fill(str(task))
    card.get_by_role("button", name="Look").click()
    expect(word(page, 4)).to_have_text("Done", timeout=MADE)
    assert len(studio.rows("SELECT 1 FROM sandbox_task WHERE faults LIKE '%lost-answer%'")) == 1
