"""A team’s statement in a browser: what is behind a sum, a budget changed; wide, on a phone, without scripts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from storyboard.boards.models import Board
from storyboard.takes import money
from storyboard.takes.actions.budgets import set_team_budget
from storyboard.takes.models import State
from storyboard.teams.models import Team, User
from tests.browser import PHONE, Console
from tests.journeys.conftest import Visit
from tests.takes import make

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
HOSTILE = "<img src=x onerror=window.hurt=1>"


@pytest.fixture
def film(team: Team, alice: User, transactional_db: None, settings: LazySettings, tmp_path: Path) -> Board:
    """Its first take cost more than quoted, its second is unclear, and its name would like to be markup."""
    settings.CONNECTION_KEYS_FILE = tmp_path / "connection_keys"
    account = make.connection(team, by=alice, name="Ark")
    board = make.board_with(team, alice, "cut cut", account)
    Board.objects.filter(pk=board.pk).update(name=HOSTILE)
    board.refresh_from_db()
    first, second = make.shots_of(board)
    done = make.take(first, State.DONE, at=account)
    make.hold(done)
    money.settle(done, 540_000)
    make.take(second, State.UNDECIDED, at=account)
    return board


def looks_right(page: Page, axe: Axe) -> None:
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not page.evaluate("window.hurt")


@pytest.mark.parametrize(("options", "scheme"), [({}, "dark"), ({"size": PHONE}, "light")], ids=["desk", "phone"])
def test_an_owner_looks_behind_a_sum_and_sets_a_budget(
    visit: Visit, film: Board, alice: User, axe: Axe, options: dict[str, object], scheme: str
) -> None:
    page = visit(f"/teams/{film.team.public_id}/statement/", alice, scheme=scheme, **options)
    looks_right(page, axe)
    page.get_by_role("link", name=HOSTILE).first.click()
    behind = page.locator("#behind")
    expect(behind).to_contain_text("$0.14 more than quoted")
    expect(behind).to_contain_text("unclear, counts as held until somebody decides")
    looks_right(page, axe)
    page.get_by_role("link", name="Set the budget of Northlight").click()
    page.get_by_label("Budget in US dollars").fill("0.50")
    looks_right(page, axe)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("$0.94 is used already, so nothing more is rendered this month")
    expect(page.locator(".money-now")).to_contain_text("by $0.44 more than it allows")
    looks_right(page, axe)


def test_the_month_is_chosen_without_a_press_and_the_page_hears_of_a_budget(
    visit: Visit, film: Board, alice: User
) -> None:
    page = visit(f"/teams/{film.team.public_id}/statement/", alice)
    page.get_by_label("Month").select_option("all")
    expect(page).to_have_url(re.compile("month=all"))
    expect(page.locator(".sums-table tfoot")).to_contain_text("$0.54")
    expect(page.locator("html")).to_have_attribute("data-live-state", "connected")
    set_team_budget(film.team, micro_usd=77_000_000, base=None, by=alice)
    expect(page.locator(".money-now")).to_contain_text("of $77.00")


def test_without_javascript_it_is_read_and_budgets_are_set(
    visit: Visit, film: Board, alice: User, console: Console
) -> None:
    console.allow("status of 422")
    page = visit(f"/teams/{film.team.public_id}/statement/?month=all", alice, java_script_enabled=False)
    page.get_by_role("link", name="Connection", exact=True).click()
    expect(page.locator(".sums-table tbody")).to_contain_text("$0.54")
    page.get_by_role("link", name="Set the budget of Ark").click()
    page.get_by_label("Budget in US dollars").fill("ten")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error")).to_contain_text("Write an amount of dollars")
    page.get_by_label("Budget in US dollars").fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#budgets")).to_contain_text("$10.00")
