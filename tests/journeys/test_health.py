"""What keeps films from being made comes and goes on an open page by itself, and moves nothing that is being typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards import actions
from storyboard.takes.actions import switch
from storyboard.teams.models import Team, User
from tests.browser import PHONE
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
WHY = "A backup from May is back."
# As often as a hint comes, not every 15 seconds.
HINTS = "setInterval(() => document.body.dispatchEvent(new CustomEvent('live:connections')), 400)"


def heard(page: Page, *, told: bool = True) -> None:
    """The page was answered, with the sentence or without it."""
    with page.expect_response(lambda answer: "/health/" in answer.url and (WHY in answer.text()) == told):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_sentence_waits_while_somebody_writes_below_it(team: Team, alice: User, visit: Visit, axe: Axe) -> None:
    board = actions.create_sample(team, by=alice)
    page = visit(f"/teams/{team.public_id}/boards/{board.public_id}/", alice)
    bar, name = page.locator("#health"), page.locator("#board input[id^='scene-']").first
    page.evaluate(HINTS)
    heard(page, told=False)
    name.press_sequentially(", later")
    stood = name.bounding_box()
    switch.pause(WHY)
    heard(page)
    heard(page)
    assert name.bounding_box() == stood
    name.blur()
    expect(bar).to_contain_text(WHY)
    assert axe(page) == []
    switch.resume({})
    expect(bar).not_to_contain_text(WHY)


@pytest.mark.django_db(transaction=True)
def test_on_a_phone_the_sentences_fit(team: Team, alice: User, visit: Visit, axe: Axe) -> None:
    switch.pause(WHY)
    for address in ("boards/", "health/"):
        page = visit(f"/teams/{team.public_id}/{address}", alice, size=PHONE)
        expect(page.locator("#health")).to_contain_text(WHY)
        assert axe(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
