"""What somebody who looks elsewhere sees of a render: the page's title, and a notice of the browser if they asked."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from storyboard.boards.models import Board
from storyboard.live.publish import publish
from storyboard.takes.models import Run, State, Take
from storyboard.teams.models import Team, User
from tests.journeys.conftest import Visit
from tests.takes import make
from tests.takes.conftest import key_file

pytestmark = [pytest.mark.browser, pytest.mark.once]
Watch = Callable[..., Page]
LISTENS = ("data-live-state", "connected")
BUTTON = "Tell me when it is done"
# The page is never in front, the browser answers as the test says, and what it is told is written down.
BROWSER = """
  document.hasFocus = () => false;
  window.told = [];
  window.Notification = class extends EventTarget {
    static permission = sessionStorage.getItem("permission") ?? "default";
    static async requestPermission() {
      Notification.permission = "%s";
      sessionStorage.setItem("permission", "%s");
      return "%s";
    }
    constructor(title, { body }) { super(); window.told.push(`${title}: ${body}`); }
  };
"""
__all__ = ["key_file"]


@pytest.fixture
def board(team: Team, alice: User, emptied: None) -> Board:
    account = make.connection(team, "reapi", by=alice)
    found = make.board_with(team, alice, "cut continue", account)
    run = make.run(found)
    for shot, state in zip(make.shots_of(found), (State.RUNNING, State.WAITING), strict=True):
        make.take(shot, state, at=account, run=run)
    return found


@pytest.fixture
def watch(visit: Visit, board: Board, alice: User) -> Watch:
    def look(answer: str) -> Page:
        page = visit("/accounts/login/", alice)
        page.add_init_script(BROWSER.replace("%s", answer))
        page.goto(f"/teams/{board.team.public_id}/boards/{board.public_id}/")
        expect(page.locator("html")).to_have_attribute(*LISTENS)
        return page

    return look


def become(board: Board, *states: State) -> None:
    """The takes come into these states, and the page is told; when all are over the render is."""
    now = timezone.now()
    with transaction.atomic():
        for take, state in zip(Take.objects.filter(shot__board=board).order_by("pk"), states, strict=True):
            over = {"finished_at": now} if state == State.CANCELLED else {}
            Take.objects.filter(pk=take.pk).update(state=state, **over)
        if set(states) == {State.CANCELLED}:
            Run.objects.update(finished_at=now)
        publish(board.channel, "runs")


def titled(page: Page, words: str, board: Board) -> None:
    expect(page).to_have_title(f"{words}{board.name} · Lastframe")


def test_the_title_follows_the_render(watch: Watch, board: Board) -> None:
    page = watch("granted")
    titled(page, "(1 rendering) ", board)
    become(board, State.UNDECIDED, State.WAITING)
    titled(page, "Needs a decision · ", board)
    become(board, State.CANCELLED, State.WAITING)
    titled(page, "Waits for you · ", board)
    become(board, State.CANCELLED, State.CANCELLED)
    titled(page, "Done · ", board)
    page.mouse.click(5, 500)
    titled(page, "", board)


def test_who_asked_is_told_and_asked_once(watch: Watch, board: Board) -> None:
    page = watch("granted")
    become(board, State.UNDECIDED, State.WAITING)
    titled(page, "Needs a decision · ", board)
    assert page.evaluate("told") == []
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#toasts")).to_contain_text("You will be told")
    page.reload()
    expect(page.get_by_role("button", name=BUTTON)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    become(board, State.CANCELLED, State.CANCELLED)
    expect(page.locator("#toasts")).to_contain_text("The render is over")
    assert page.evaluate("told") == [f"{board.name}: The render is over: 0 takes done, 2 cancelled."]


def test_a_browser_that_refuses_is_said_and_nothing_is_remembered(watch: Watch, board: Board) -> None:
    page = watch("denied")
    button = page.get_by_role("button", name=BUTTON)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(page.locator("#toasts .problem")).to_contain_text("This browser blocks notices")
    expect(button).to_have_attribute("aria-pressed", "false")
    become(board, State.CANCELLED, State.CANCELLED)
    titled(page, "Done · ", board)
    assert page.evaluate("told") == []
