"""A board leaves with its media and comes back, in a browser: made, fetched, sent, shown, imported."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards.models import Board
from storyboard.teams.models import Team, User
from tests.boards.films import film, prompts_of
from tests.boards.parcels import film_with_media
from tests.browser import DESKTOP, PHONE
from tests.drain import drain
from tests.journeys.conftest import Visit
from tests.journeys.test_library import arrived

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
LISTENS = ("data-live-state", "connected")


@pytest.fixture
def harbour(team: Team, alice: User, transactional_db: None) -> Board:
    return film_with_media(team, alice)


def address(board: Board, page: str) -> str:
    return f"/teams/{board.team.public_id}/boards/{board.public_id}/{page}/"


def fetched(page: Page, folder: Path) -> Path:
    """Made while somebody looks on, and downloaded."""
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.get_by_role("button", name="Make the ZIP").click()
    expect(page.locator("#zip")).to_contain_text("Being made: 0 of 2")
    page.reload()
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    drain()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    download.value.save_as(folder / download.value.suggested_filename)
    return folder / download.value.suggested_filename


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_board_leaves_with_its_media_and_comes_back(
    visit: Visit, harbour: Board, alice: User, axe: Axe, tmp_path: Path, size: dict[str, object]
) -> None:
    page = visit(address(harbour, "export"), alice, size=size)
    path = fetched(page, tmp_path)
    assert axe(page) == []
    page.goto(f"/teams/{harbour.team.public_id}/boards/import/")
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.locator("[data-upload] input").set_input_files(path)
    arrived(page, 1)
    page.locator("#brought").get_by_label("Name of the board").fill("Harbour again")
    expect(page.get_by_text("3 shots, 2 media")).to_be_visible()
    assert axe(page) == []
    page.locator("#brought").get_by_role("button", name="Import").click()
    expect(page.get_by_text("0 of 2 media checked")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    drain()
    page.get_by_role("link", name="Open Harbour again").click()
    expect(page.locator(".cell[data-shot]")).to_have_count(3)


def test_words_are_added_where_somebody_says_and_taken_back(
    visit: Visit, harbour: Board, team: Team, alice: User, axe: Axe
) -> None:
    board = film(team, alice)
    page = visit(address(board, "import"), alice)
    page.get_by_label("Paste your text").fill("x\n\ny")
    page.get_by_label("After shot number").fill("1")
    expect(page.locator("#preview")).to_contain_text("The first of them opens with a cut.")
    assert axe(page) == []
    page.get_by_role("button", name="Add these shots").click()
    expect(page.locator(".cell[data-shot]")).to_have_count(5)
    assert prompts_of(board) == "axybc"
    page.get_by_role("button", name="Undo: Import 2 shots").click()
    expect(page.locator(".cell[data-shot]")).to_have_count(3)
