"""Where a shot hands over, chosen in a real browser: frames of real clips, warnings, what becomes out of date."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board, Joint, Shot
from storyboard.boards.queries import sheet_of
from storyboard.media.models import Kind
from storyboard.takes.models import Take
from storyboard.takes.staleness import snapshot
from storyboard.teams.access import require
from storyboard.teams.models import Role, Team, User
from tests.browser import DESKTOP, PHONE
from tests.journeys.conftest import Visit
from tests.rendering import made
from tests.takes import make

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
LISTENS = ("data-live-state", "connected")
SECONDS = Decimal(2)
# The lightest colour of a picture that was drawn.
LIGHTEST = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((most, value, at) => (at % 4 === 3 ? most : Math.max(most, value)), 0);
}"""


@pytest.fixture
def board(team: Team, alice: User, transactional_db: None) -> Board:
    return make.board_with(team, alice, "cut continue")


def filmed(shot: Shot, path: Path, **columns: Any) -> Take:
    """A selected take of what the shot says now, with this clip, measured as a worker does it."""
    sheet = sheet_of(shot.board, require(shot.board.created_by, shot.board.team, Role.VIEWER))  # type: ignore[arg-type]
    ask = next(ask for ask in sheet.asks() if ask.shot.pk == shot.pk)
    size = {"width": made.SIZE[0], "height": made.SIZE[1], "seconds": SECONDS}
    clip = make.file(shot.board.team, path.read_bytes(), kind=Kind.VIDEO, **size)
    take = make.selected(shot, clip=clip, request=snapshot(ask), **columns)
    make.job("measuring.measure", take.pk)
    return take


def film(board: Board, folder: Path, how: str) -> Take:
    """The second shot opens in the light in which the first one is, up to where it goes wrong."""
    first, second = make.shots_of(board)
    take = filmed(first, made.ending(folder / "first", how))
    # It goes on from the last good frame.
    filmed(second, made.clip(folder / "second", (made.scene(shift=at) for at in range(34, 82))), upstream=take)
    return take


def opened(visit: Visit, board: Board, user: User, number: int, **options: object) -> Page:
    shot = make.shots_of(board)[number - 1].public_id
    page = visit(f"/teams/{board.team.public_id}/boards/{board.public_id}/?shot={shot}", user, **options)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    return page


def drift(page: Page, number: int) -> Locator:
    return page.locator(f".cell[data-number='{number}'] .drift > [aria-hidden]")


def at_frame(page: Page, number: int) -> None:
    """It is said, and the player shows it: the middle of its time."""
    expect(page.locator("[data-said]")).to_contain_text(f"frame {number} of 48")
    middle = (number - 0.5) / made.FPS
    now = page.locator("[data-now]")
    for _ in range(200):
        if abs(now.evaluate("video => video.seeking ? -1 : video.currentTime") - middle) < 0.002:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"frame {number} is not shown")


def test_an_earlier_frame_is_chosen_and_what_follows_is_out_of_date(
    visit: Visit, board: Board, alice: User, tmp_path: Path, axe: Axe
) -> None:
    take = film(board, tmp_path, "fading")
    page = opened(visit, board, alice, 2)
    far = float(drift(page, 2).inner_text().removeprefix("Δ "))
    assert far > 10
    expect(page.locator(".pair")).to_contain_text("Shot 1 leaves at its end")
    page.locator(".pair a.pic").click()
    at_frame(page, 48)
    expect(page.locator("[data-weak=black]")).to_be_visible()
    assert axe(page) == []
    walk_to_the_light(page)
    page.get_by_role("button", name="Leave here").click()
    expect(page.locator("#hand-off")).not_to_be_visible()
    expect(page.locator(".cell[data-number='2'] .tag.s")).to_have_text("Out of date")
    expect(page.locator(".pair")).to_contain_text("Shot 1 leaves at 1.44 s")
    expect(drift(page, 2)).not_to_have_text(f"Δ {far}")
    take.refresh_from_db()
    assert take.hand_off_ms == int(34.5 * 1000 / made.FPS)


def walk_to_the_light(page: Page) -> None:
    """Back by tens and ones, with keys and with buttons."""
    page.keyboard.press("Shift+ArrowLeft")
    at_frame(page, 38)
    expect(page.locator("[data-weak=fading]")).to_be_visible()
    page.keyboard.press(",")
    at_frame(page, 37)
    page.get_by_role("button", name="−1", exact=True).click()
    page.get_by_role("button", name="−1", exact=True).click()
    at_frame(page, 35)
    expect(page.locator("[data-weak=fading]")).to_be_hidden()
    expect(page.locator("[data-apart-said]")).to_contain_text("Δ ")
    assert page.locator("[data-apart]").evaluate(LIGHTEST) < 80


@pytest.mark.parametrize("how", ["black", "blurred"])
def test_a_frame_that_is_no_good_is_warned_of(
    visit: Visit, board: Board, alice: User, tmp_path: Path, how: str
) -> None:
    film(board, tmp_path, how)
    page = opened(visit, board, alice, 2)
    page.locator(".pair a.pic").click()
    expect(page.locator(f"[data-weak={how}]")).to_be_visible()
    expect(page.locator(f".along rect.{how}")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator(".warnings")).to_be_hidden()


def test_a_chain_that_drifted_begins_anew(visit: Visit, board: Board, alice: User, tmp_path: Path, axe: Axe) -> None:
    film(board, tmp_path, "black")
    page = opened(visit, board, alice, 2)
    expect(page.locator(".anchor")).to_contain_text("Re-anchor here?")
    assert axe(page) == []
    page.get_by_role("button", name="Land on a still…").click()
    expect(page.locator("#picking")).to_be_visible()
    page.locator("#toasts .told").get_by_role("button", name="Undo").click()
    expect(page.locator(".cell[data-number='2'] .joint")).to_contain_text("continues")
    page.get_by_role("button", name="Cut here").click()
    expect(page.locator(".cell[data-number='2'] .joint")).to_contain_text("cut")
    expect(page.locator(".pair")).to_have_count(0)
    assert Shot.objects.get(board=board, position=2).joint == Joint.CUT


def test_on_a_phone_it_fits_and_writing_goes_on_beside_it(
    visit: Visit, board: Board, alice: User, tmp_path: Path, axe: Axe
) -> None:
    film(board, tmp_path, "")
    page = opened(visit, board, alice, 2, size=PHONE)
    page.get_by_label("Prompt", exact=True).fill("Half a sen")
    # Somebody else changes the same shot: the pair stays, and so does what was typed.
    actions.save_field(make.shots_of(board)[1], name="needs_approval", value=True, base_version=None, by=alice)
    expect(page.locator("#in-approval")).to_be_checked()
    expect(page.locator(".pair video")).to_have_count(2)
    assert page.get_by_label("Prompt", exact=True).input_value() == "Half a sen"
    page.locator(".pair a.pic").click()
    expect(page.get_by_role("button", name="Leave here")).to_be_in_viewport()
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_of_its_own_is_as_wide_as_the_page(
    visit: Visit, board: Board, alice: User, tmp_path: Path, size: dict[str, Any]
) -> None:
    take = film(board, tmp_path, "")
    page = visit(
        f"/teams/{board.team.public_id}/boards/{board.public_id}/takes/{take.public_id}/hand-off/", alice, size=size
    )
    expect(page.get_by_role("heading", name="Where shot 1 hands over")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    box, around = page.locator(".hand-page").bounding_box(), page.locator("main").bounding_box()
    assert box
    assert around
    assert box["width"] >= min(1040, around["width"] - 64)
