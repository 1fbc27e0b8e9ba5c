"""Two people on one board, and a line that drops: what somebody types is never lost and never overwritten."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board, Shot
from storyboard.teams.models import Membership, Role, Team, User
from tests.browser import PHONE, Console
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser
Join = Callable[[User, Role], Membership]
LISTENS = ("data-live-state", "connected")


@pytest.fixture
def film(team: Team, alice: User, bob: User, join: Join, transactional_db: None) -> Board:
    join(bob, Role.EDITOR)
    return actions.create_sample(team, by=alice)


def shot_at(board: Board, number: int) -> Shot:
    return Shot.objects.get(board=board, position=number, deleted_at=None)


def open_shot(visit: Visit, board: Board, user: User, number: int = 1, **options: object) -> Page:
    shot = shot_at(board, number).public_id
    page = visit(f"/teams/{board.team.public_id}/boards/{board.public_id}/?shot={shot}", user, **options)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    return page


def test_what_one_writes_the_other_sees_and_who_is_where(visit: Visit, film: Board, alice: User, bob: User) -> None:
    here, there = open_shot(visit, film, alice), open_shot(visit, film, bob, 2, size=PHONE, scheme="dark")
    expect(here.locator("#people .one")).to_have_count(2)
    expect(here.locator(".cell").nth(1).locator(".here .avatar")).to_have_count(1)
    here.locator("#in-prompt").fill("Fog over the harbour, the camera pans")
    expect(there.locator(".cell").first).to_contain_text("Fog over the harbour", timeout=10_000)


def test_an_update_leaves_half_typed_text_and_the_cursor_alone(
    visit: Visit, film: Board, alice: User, bob: User
) -> None:
    page = open_shot(visit, film, alice)
    page.locator("#in-prompt").fill("Half a sen")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    page.route("**/save/", lambda route: None)
    page.keyboard.type("tence")
    page.locator("#in-prompt").evaluate("field => field.setSelectionRange(3, 3)")
    actions.save_field(shot_at(film, 1), name="notes", value="by Bob", base_version=None, by=bob)
    actions.save_field(film, name="look", value="A look by Bob", base_version=None, by=bob)
    expect(page.locator(".look-here")).to_contain_text("A look by Bob")
    expect(page.locator("#in-prompt")).to_have_value("Half a sentence")
    expect(page.locator("#in-prompt")).to_be_focused()
    assert page.locator("#in-prompt").evaluate("field => field.selectionStart") == 3


@pytest.mark.parametrize(
    "choice",
    [("Keep mine", "mine"), ("Take theirs", "theirs"), ("Keep both", "theirs\n\nmine")],
    ids=lambda one: one[0],
)
def test_one_field_written_twice_shows_both_texts(
    visit: Visit, film: Board, alice: User, bob: User, choice: tuple[str, str], console: Console
) -> None:
    console.allow("ERR_FAILED")
    button, stays = choice
    page = open_shot(visit, film, alice)
    page.route("**/save/", lambda route: route.abort(), times=1)
    page.locator("#in-prompt").fill("mine")
    expect(page.locator("[data-saving]")).to_contain_text("No connection")
    actions.save_field(shot_at(film, 1), name="prompt", value="theirs", base_version=None, by=bob)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Bob Fosse")
    expect(dialog).to_contain_text("theirs")
    dialog.get_by_role("button", name=button).click()
    expect(page.locator("#in-prompt")).to_have_value(stays)
    expect(page.locator(".cell").first.locator(".body p")).to_contain_text(stays.partition("\n")[0])
    page.reload()
    expect(page.locator("#in-prompt")).to_have_value(stays)


def test_a_reload_before_the_choice_asks_again(
    visit: Visit, film: Board, alice: User, bob: User, console: Console
) -> None:
    console.allow("ERR_FAILED")
    page = open_shot(visit, film, alice)
    page.route("**/save/", lambda route: route.abort(), times=1)
    page.locator("#in-prompt").fill("mine")
    expect(page.locator("[data-saving]")).to_contain_text("No connection")
    actions.save_field(shot_at(film, 1), name="prompt", value="theirs", base_version=None, by=bob)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("theirs")
    page.reload()
    expect(dialog).to_contain_text("theirs")
    expect(dialog.locator("[data-mine]")).to_have_text("mine")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    assert shot_at(film, 1).prompt == "mine"


def test_what_met_somebody_while_the_page_was_left_is_said_on_the_next_one(
    visit: Visit, film: Board, alice: User, bob: User
) -> None:
    page = open_shot(visit, film, alice)
    page.clock.install()
    page.route("**/save/", lambda route: None, times=1)
    page.locator("#in-prompt").fill("mine")
    page.clock.fast_forward(1_000)
    expect(page.locator("[data-saving]")).to_have_text("Saving…")
    actions.save_field(shot_at(film, 1), name="prompt", value="theirs", base_version=None, by=bob)
    page.reload()
    expect(page.locator("#in-prompt")).to_have_value("theirs")
    page.clock.fast_forward(6_000)
    expect(page.get_by_role("dialog").locator("[data-mine]")).to_have_text("mine")


def test_the_line_drops_in_mid_sentence_and_nothing_is_lost(
    visit: Visit, film: Board, alice: User, console: Console
) -> None:
    for complaint in ("ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        console.allow(complaint)
    page = open_shot(visit, film, alice)
    page.locator("#in-prompt").fill("The storm")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    page.context.set_offline(True)
    page.keyboard.press("End")
    page.keyboard.type(" breaks the glass")
    expect(page.locator("[data-saving]")).to_contain_text("Kept here, sent when it is back")
    page.context.set_offline(False)
    expect(page.locator("[data-saving]")).to_have_text("Saved", timeout=10_000)
    assert shot_at(film, 1).prompt == "The storm breaks the glass"


def test_a_page_closed_without_a_line_sends_its_words_when_it_comes_back(
    visit: Visit, film: Board, alice: User, console: Console
) -> None:
    console.allow("ERR_FAILED")
    page = open_shot(visit, film, alice)
    page.route("**/save/", lambda route: route.abort())
    page.locator("#in-prompt").fill("Written on a train")
    expect(page.locator("[data-saving]")).to_contain_text("No connection")
    page.clock.install()
    page.clock.fast_forward(10_000)
    page.unroute("**/save/")
    page.reload()
    expect(page.locator("#in-prompt")).to_have_value("Written on a train")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    assert shot_at(film, 1).prompt == "Written on a train"


def test_what_the_board_gives_shows_on_every_card_and_who_goes_is_gone(
    visit: Visit, film: Board, alice: User, bob: User
) -> None:
    here, there = open_shot(visit, film, alice), open_shot(visit, film, bob, 3)
    expect(here.locator("#people .one")).to_have_count(2)
    actions.save_field(film, name="resolution", value="1080p", base_version=None, by=bob)
    expect(here.locator(".meta .chip", has_text="1080p")).to_have_count(6)
    there.goto("about:blank")
    expect(here.locator("#people .one")).to_have_count(1)


def test_a_press_without_a_connection_says_that_it_was_not_done(
    visit: Visit, film: Board, alice: User, console: Console
) -> None:
    page = open_shot(visit, film, alice)
    page.context.set_offline(True)
    page.get_by_role("button", name="Add shot").click()
    expect(page.locator("#toasts")).to_contain_text("That was not done, the connection is gone.")
    page.context.set_offline(False)
    console.allow("Failed to fetch")
    console.allow("ERR_INTERNET_DISCONNECTED")


def test_a_shot_that_is_deleted_under_somebodys_hands_keeps_what_they_write(
    visit: Visit, film: Board, alice: User, bob: User, console: Console
) -> None:
    shot = shot_at(film, 2)
    page = open_shot(visit, film, bob, 2)
    page.locator("#in-prompt").fill("Half a sen")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    page.keyboard.type("tence ")
    actions.delete_shots(film, ids=[shot.public_id], by=alice)
    expect(page.locator(".cell[data-shot]")).to_have_count(5)
    expect(page.locator("#gone")).to_contain_text("Somebody deleted this shot while you wrote.")
    expect(page.locator("#in-prompt")).to_be_focused()
    page.keyboard.type("and u more")
    expect(page.locator("#in-prompt")).to_have_value("Half a sentence and u more")
    expect(page.locator("[data-saving]")).to_contain_text("This shot was deleted.")
    actions.undo(film, by=alice)
    expect(page.locator("#gone")).to_have_count(0)
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    shot.refresh_from_db()
    assert shot.prompt == "Half a sentence and u more"
    console.allow("the server responded with a status of 404")


def test_a_shot_that_nobody_writes_in_closes_when_it_is_deleted(
    visit: Visit, film: Board, alice: User, bob: User
) -> None:
    page = open_shot(visit, film, bob, 2)
    actions.delete_shots(film, ids=[shot_at(film, 2).public_id], by=alice)
    expect(page.locator(".cell[data-shot]")).to_have_count(5)
    expect(page.locator("#side [aria-current=page]")).to_have_text("Board")
