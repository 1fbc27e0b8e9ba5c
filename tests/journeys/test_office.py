"""The queue and the inbox in a browser: they keep themselves up to date, and each fits a phone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from storyboard.connections.models import Connection
from storyboard.takes.actions import asking, binding, doorbell
from storyboard.takes.models import Delivery, Orphan, State, Take
from storyboard.teams.models import Team, User
from tests.browser import DESKTOP, PHONE
from tests.journeys.conftest import Visit
from tests.takes import make

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
LISTENS = ("data-live-state", "connected")
LOOKS = {"desktop dark": {"size": DESKTOP, "scheme": "dark"}, "phone light": {"size": PHONE, "scheme": "light"}}
SIZES = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
HOSTILE = '<img src=x onerror="window.hurt=1">'


@pytest.fixture
def account(team: Team, alice: User, settings: LazySettings, tmp_path: Path, transactional_db: None) -> Connection:
    settings.CONNECTION_KEYS_FILE = tmp_path / "connection_keys"
    return make.connection(team, by=alice)


@pytest.fixture
def takes(team: Team, alice: User, account: Connection) -> list[Take]:
    """One is rendered, one waits for it, about one somebody has to decide."""
    board = make.board_with(team, alice, "cut continue cut", account)
    run, (first, second, third) = make.run(board), make.shots_of(board)
    board.shots.update(prompt=HOSTILE)
    return [
        make.take(first, State.RUNNING, at=account, run=run, progress=40),
        make.take(second, State.WAITING, at=account, run=run),
        make.take(third, State.UNDECIDED, at=account, run=run, sentence=HOSTILE, wake_at=None),
    ]


def is_fine(page: Page, axe: Axe) -> None:
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth || window.hurt")


@SIZES
def test_the_queue_tells_what_happens_and_lets_a_run_be_stopped(
    visit: Visit, takes: list[Take], alice: User, axe: Axe, look: dict[str, Any]
) -> None:
    page = visit(f"/teams/{takes[0].shot.board.team.public_id}/queue/", alice, **look)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    is_fine(page, axe)
    asking.unanswered(takes[0], sentence="The vendor takes its time.")
    # Sooner than the page would ask by itself.
    expect(page.get_by_text("The vendor takes its time.")).to_be_visible(timeout=8_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#toasts")).to_contain_text("nothing more is sent")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    stop_everything(page)
    is_fine(page, axe)


def stop_everything(page: Page) -> None:
    """One take, then what the filter leaves of the run; only what is undecided stays."""
    page.get_by_role("button", name="Cancel take 1 of shot 2").click()
    expect(page.locator(".lines > li")).to_have_count(2)
    page.get_by_role("link", name="Needs somebody").click()
    expect(page.locator(".lines > li")).to_have_count(1)
    page.locator(".party .run").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("Cancelling")).to_be_visible()
    expect(page.get_by_role("link", name="Decide on shot 3")).to_have_attribute("href", re.compile("tab=takes"))


def test_an_empty_queue_can_be_read_without_scripts(visit: Visit, team: Team, alice: User) -> None:
    page = visit(f"/teams/{team.public_id}/queue/", alice, java_script_enabled=False)
    page.get_by_role("link", name="Open a board").click()
    expect(page.get_by_role("heading", name="Boards")).to_be_visible()


@SIZES
def test_the_inbox_shows_what_came_asks_again_and_puts_tasks_away(
    visit: Visit, takes: list[Take], alice: User, axe: Axe, look: dict[str, Any]
) -> None:
    came = Delivery.objects.create(take=takes[0], vendor="ark", task_id="cgt-other", said="succeeded", body=HOSTILE)
    Orphan.objects.create(connection_id=takes[0].connection_id or 0, remote_id="cgt-stray")
    page = visit(f"/teams/{takes[0].shot.board.team.public_id}/inbox/", alice, **look)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.get_by_text("What was posted, word for word").click()
    expect(page.locator("pre")).to_have_text(HOSTILE)
    is_fine(page, axe)
    doorbell.judge(came, verdict=binding.OLDER)
    expect(page.get_by_text(binding.OLDER)).to_be_visible(timeout=8_000)
    expect(page.locator("pre")).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("The vendor is being asked whose task this is.")).to_be_visible()
    put_away_and_back(page)
    find(page, axe)


def put_away_and_back(page: Page) -> None:
    page.get_by_role("button", name="Put away task cgt-stray").click()
    expect(page.locator("#orphans .rows")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#orphans .rows li")).to_have_count(1)


def find(page: Page, axe: Axe) -> None:
    page.get_by_label("Find by the id of a take or of a task").fill("nobody")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    is_fine(page, axe)
    page.get_by_role("link", name="Show every delivery").click()
    expect(page.locator(".slips > li")).to_have_count(1)


def test_an_empty_inbox_teaches_how_results_come(
    visit: Visit, team: Team, account: Connection, alice: User, axe: Axe
) -> None:
    page = visit(f"/teams/{team.public_id}/inbox/", alice)
    expect(page.get_by_role("heading", name="Nobody rang yet")).to_be_visible()
    expect(page.locator(".arrivals")).to_contain_text("polling")
    is_fine(page, axe)
