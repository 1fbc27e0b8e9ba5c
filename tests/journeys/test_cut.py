"""The cut, played in a browser below its board: painted clips joined by their last frames, and a shot without one."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board
from storyboard.takes.actions import choosing
from storyboard.takes.models import State
from storyboard.teams.models import Team, User
from tests.browser import PHONE, Console
from tests.journeys.conftest import Visit
from tests.takes import make
from tests.takes.painted import paint

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
OVER = 60_000
# Every frame that was shown, as [the shot's number, its time in the clip], from now on.
WATCH = """() => {
  window.seen = [];
  for (const slot of document.querySelectorAll("#cut-stage [data-slot]")) {
    const video = slot.querySelector("video");
    const see = (now, { mediaTime }) => {
      const part = document.querySelector(`#cut-track [data-play="${video.dataset.play}"]`);
      window.seen.push([Number(part?.dataset.number), Math.round(mediaTime * 1000), slot.classList.contains("front")]);
      video.requestVideoFrameCallback(see);
    };
    video.requestVideoFrameCallback(see);
  }
}"""


@pytest.fixture
def film(team: Team, alice: User, tmp_path: Path) -> Board:
    """Two clips of a second joined by a frame, then a shot without one, and one more clip."""
    board = make.board_with(team, alice, "cut continue cut cut")
    first, second, _, last = make.shots_of(board)
    ahead = paint(first, tmp_path)
    paint(second, tmp_path, before=ahead)
    paint(last, tmp_path)
    return board


@pytest.fixture
def board(visit: Visit, film: Board, alice: User) -> Callable[..., Page]:
    def open_board(below: str = "", **options: Any) -> Page:
        page = visit(f"/teams/{film.team.public_id}/boards/{film.public_id}/{below}", alice, **options)
        expect(page.locator("#cut-track")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("data-live-state", "connected")
        page.evaluate(WATCH)
        return page

    return open_board


def playing(page: Page) -> str:
    return str(page.evaluate("cut.screen.isPlaying() ? 'on' : 'off'"))


def at(page: Page) -> float:
    return float(page.evaluate("cut.now()"))


def comes(page: Page, truth: str) -> None:
    """Once this is true. Chromium's own wait would evaluate text, which the page's policy refuses."""
    until = time.monotonic() + OVER / 1000
    while not page.evaluate(truth):
        assert time.monotonic() < until, f"{truth}: {page.evaluate('seen.slice(-30)')}"
        page.wait_for_timeout(50)


def ends(page: Page) -> None:
    comes(page, "!cut.screen.isPlaying() && cut.now() > cut.total() - 0.1")


def test_the_cut_is_played_through_in_order_without_the_doubled_frame(board: Callable[..., Page], axe: Axe) -> None:
    page = board()
    expect(page.locator("#cut .time")).to_have_text("0:00.0 / 0:07.0")
    began = page.evaluate("performance.now()")
    page.keyboard.press("Space")
    expect(page.locator(".cell[data-playing]")).to_have_attribute("data-number", "1")
    expect(page.locator(".slot.front .still")).to_contain_text("Waves break on a cliff, view 2.", timeout=OVER)
    assert axe(page) == []
    ends(page)
    took = page.evaluate("performance.now()") - began
    seen = page.evaluate("seen")
    # What is made ready behind may show other frames, which nobody sees; a busy machine may skip what is in front.
    shown = [(number, ms) for number, ms, front in seen if front]
    assert list(dict.fromkeys(number for number, _ in shown)) == [1, 2, 4]
    assert min(ms for number, ms in shown if number == 2) >= 42, "the follower starts one frame in"
    assert min(ms for number, ms, _ in seen if number == 4) == 0, "what is cut to starts with its first frame"
    # Nothing of it is left out: the card stood for its four seconds.
    assert took > 6900


def test_the_keyboard_scrubs_steps_and_closes_and_leaves_writing_alone(board: Callable[..., Page]) -> None:
    page = board()
    slider = page.locator("#cut-slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert at(page) == pytest.approx(1, abs=0.05)
    expect(slider).to_have_attribute("aria-valuetext", "Shot 2, 0:01.0 of 0:07.0")
    page.keyboard.press(",")
    expect(slider).to_have_attribute("aria-valuetext", "Shot 1, 0:01.0 of 0:07.0")
    page.keyboard.press("End")
    expect(page.locator("#cut-track [data-now]")).to_have_attribute("data-number", "4")
    page.keyboard.press("Home")
    assert at(page) == 0
    page.keyboard.press("Escape")
    expect(page.locator("#cut-stage")).to_be_hidden()
    page.locator(".cell[data-number='1'] .cover").click()
    page.get_by_label("Prompt", exact=True).press_sequentially(" Two, three. ")
    assert playing(page) == "off"


def test_a_joint_is_looped_until_it_is_pressed_once_more(board: Callable[..., Page]) -> None:
    page = board()
    page.locator("#cut-play").click()
    page.get_by_role("button", name="Loop the joint between shots 1 and 2").click()
    comes(page, "seen.filter(([shot, time]) => shot === 2 && time === 42).length >= 2")
    comes(page, "new Set(seen.slice(-12).map(([shot]) => shot)).size === 2")
    assert at(page) < 2
    page.keyboard.press("l")
    expect(page.locator(".slot.front .still")).to_be_visible(timeout=OVER)


def test_what_changes_meanwhile_leaves_the_picture_alone_and_is_played_next(
    board: Callable[..., Page], film: Board, alice: User, tmp_path: Path
) -> None:
    page = board()
    page.locator("#cut-play").click()
    expect(page.locator(".slot.front .still")).to_be_visible(timeout=OVER)
    third, last = make.shots_of(film)[2:]
    paint(third, tmp_path)
    actions.save_field(last, name="notes", value="Look again.", base_version=None, by=alice)
    expect(page.locator("#cut .hole")).to_have_count(0)
    assert playing(page) == "on"
    expect(page.locator(".slot.front .still")).to_contain_text("view 2.")
    expect(page.locator("#cut .time")).to_contain_text("/ 0:04.0")
    ends(page)
    assert page.evaluate("seen.at(-1)[0]") == 4


def test_a_link_that_fails_is_asked_for_anew(board: Callable[..., Page], film: Board, console: Console) -> None:
    console.allow("Failed to load resource")
    page = board()
    asked: list[str] = []
    page.route("**/play/", lambda route: route.abort() if not asked and not asked.append("") else route.fallback())  # type: ignore[func-returns-value]
    page.locator("#cut-play").click()
    comes(page, "seen.some(([shot]) => shot === 2)")
    assert asked


def test_the_page_of_the_cut_and_the_phone_play_it_too(
    board: Callable[..., Page], film: Board, alice: User, axe: Axe
) -> None:
    choosing.set_hand_off(make.shots_of(film)[0].takes.get(), ms=500, by=alice)
    page = board("cut/", size=PHONE)
    # The first clip ends on the chosen frame, and the second one, made from another, loses none.
    expect(page.locator("#cut-slider")).to_have_attribute("max", "6542")
    assert axe(page) == []
    page.locator("#cut-play").click()
    comes(page, "seen.some(([shot]) => shot === 2)")
    # A busy machine may have shown nothing of so short a clip the first time.
    page.locator("#cut-slider").press("Home")
    comes(page, "seen.some(([shot, , front]) => shot === 1 && front)")
    assert max(ms for number, ms, front in page.evaluate("seen") if number == 1 and front) <= 542
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_last_note_of_the_tour_stands_above_the_player_and_what_is_rendered(
    board: Callable[..., Page], film: Board, alice: User
) -> None:
    actions.show_tour(film, step=5, by=alice)
    make.take(make.shots_of(film)[2], State.WAITING, run=make.run(film))
    page = board()
    expect(page.locator("#runs .run")).to_be_visible()
    expect(page.locator("#tour")).to_have_attribute("data-placed", "above")
    comes(page, "document.getElementById('tour').getBoundingClientRect().bottom < runs.getBoundingClientRect().top")


def test_the_way_back_through_the_board_leaves_the_player_alone(board: Callable[..., Page]) -> None:
    page = board()
    page.locator(".cell[data-number='3'] .cover").click()
    expect(page.get_by_label("Prompt", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Prompt", exact=True)).to_have_count(0)
    page.locator("#cut-play").click()
    comes(page, "seen.some(([shot, , front]) => shot === 1 && front)")
    page.go_forward()
    expect(page.get_by_label("Prompt", exact=True)).to_be_visible()
    assert playing(page) == "on"
