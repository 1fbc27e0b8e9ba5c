"""The takes of a shot in a real browser: two of them played as one, clips of one's own, settings put back, undo."""

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board, Shot
from storyboard.media.models import Upload
from storyboard.media.storage import store
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.teams.models import Membership, Role, Team, User
from tests.browser import PHONE, Console
from tests.drain import drain
from tests.journeys.conftest import Visit
from tests.media.library import brought
from tests.media.seeds import clip

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
Join = Callable[[User, Role], Membership]
LISTENS = ("data-live-state", "connected")
FRAME = 1 / 24
TIMES = "[...document.querySelectorAll('[data-compare] video')].map((video) => video.currentTime)"
READY = "[...document.querySelectorAll('[data-compare] video')].filter((video) => video.readyState >= 3).length === 2"
PLAYED = "document.querySelector('#compare-b').currentTime > 2"
CUT = "getComputedStyle(document.querySelector('.half.b')).clipPath"
SHOWN = "document.querySelector('.duo').dataset.shown"
# The shelf hears of a change; its answer has come, and is read only when the test lets it.
HOLD = """([take, topic]) => {
  const read = Response.prototype.text;
  Response.prototype.text = function () {
    if (!this.url.includes(take)) return read.call(this);
    return new Promise((go) => { window.letGo = () => go(read.call(this)); });
  };
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`));
}"""
DROP = """([where, name, text]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  data.items.add(new File([bytes], name, { type: "video/mp4" }));
  const what = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"]) document.querySelector(where).dispatchEvent(new DragEvent(kind, what));
}"""


@pytest.fixture
def shot(team: Team, alice: User, transactional_db: None) -> Shot:
    board = actions.create_sample(team, by=alice)
    return board.shots.select_related("board__team").get(position=1)


@pytest.fixture
def two(shot: Shot, alice: User) -> list[Take]:
    """Two takes with clips that play: four seconds and five."""
    return [own_take(shot, alice, seconds) for seconds in (4, 5)]


def own_take(shot: Shot, by: User, seconds: float) -> Take:
    upload = brought(shot.board.team, by, f"{seconds}.mp4", "video/mp4", clip("mp4", seconds=seconds, sound=False))
    assert upload.reference
    assert upload.reference.file
    return choosing.upload(shot, file=upload.reference.file, by=by)


def address(board: Board) -> str:
    return f"/teams/{board.team.public_id}/boards/{board.public_id}/"


def shelf(visit: Visit, shot: Shot, user: User, **options: object) -> Page:
    page = visit(f"{address(shot.board)}?shot={shot.public_id}&tab=takes", user, **options)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    expect(page.locator("#inspector .shelf")).to_be_visible()
    return page


def compared(page: Page) -> Locator:
    page.locator("#compare-take").click()
    until(page, READY)
    return page.locator("#compare")


def until(page: Page, true: str) -> None:
    """Playwright's own waiting would need `eval`, which the page's policy refuses."""
    for _ in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(true)


def times(page: Page) -> tuple[float, float]:
    a, b = page.evaluate(TIMES)
    return a, b


def test_two_takes_are_played_as_one(visit: Visit, shot: Shot, two: list[Take], alice: User, axe: Axe) -> None:
    page = shelf(visit, shot, alice)
    dialog = compared(page)
    assert axe(page) == []
    page.keyboard.press("Space")
    until(page, "document.querySelector('#compare-b').currentTime > 0.2")
    page.evaluate("document.querySelector('#compare-a').currentTime += 0.15")  # as if it had stumbled
    until(page, PLAYED)
    a, b = times(page)
    assert abs(a - b) <= FRAME
    page.keyboard.press("Space")
    a, _ = times(page)
    page.keyboard.press(".")
    after = times(page)
    assert after[0] == after[1] == pytest.approx(a + FRAME, abs=FRAME)
    # The shorter one holds its last frame.
    dialog.get_by_label("Position").fill("4.6")
    assert list(times(page)) == pytest.approx([4 - FRAME / 2, 4.6], abs=0.01)
    page.keyboard.press("Escape")
    expect(page.locator("#compare video")).to_have_count(0)


def test_a_clip_whose_file_is_gone_says_so_where_it_would_play(
    visit: Visit, shot: Shot, two: list[Take], alice: User, console: Console
) -> None:
    console.allow("status of 404")
    store().delete([take.clip.key for take in two if take.clip])
    page = shelf(visit, shot, alice)
    page.locator("#compare-take").click()
    expect(page.get_by_text("The file of this clip is gone from the storage.").first).to_be_visible()


def test_the_divider_is_moved_by_keys_and_the_two_alternate(
    visit: Visit, shot: Shot, two: list[Take], alice: User, axe: Axe
) -> None:
    page = shelf(visit, shot, alice)
    dialog = compared(page)
    page.keyboard.press("w")
    assert page.evaluate(CUT) == "inset(0px 0px 0px 50%)"
    dialog.get_by_label("Divider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(CUT) == "inset(0px 0px 0px 53%)"
    assert axe(page) == []
    page.keyboard.press("f")
    for shown in ("b", "a", "b"):
        until(page, f"{SHOWN} === '{shown}'")
    page.keyboard.press("1")
    expect(dialog.get_by_role("button", name="A Take 1")).to_have_attribute("aria-pressed", "true")
    expect(dialog.locator(".half.b")).to_have_css("opacity", "0")


def test_who_wants_less_motion_flips_by_hand(visit: Visit, shot: Shot, two: list[Take], alice: User) -> None:
    page = shelf(visit, shot, alice, reduced_motion="reduce")
    dialog = compared(page)
    page.keyboard.press("f")
    page.wait_for_timeout(1_200)
    assert page.evaluate(SHOWN) == "a"
    page.keyboard.press("f")
    assert page.evaluate(SHOWN) == "b"
    expect(dialog.get_by_label("Twice a second")).not_to_be_visible()


def test_another_pair_is_chosen_and_one_of_it_selected(visit: Visit, shot: Shot, two: list[Take], alice: User) -> None:
    own_take(shot, alice, 3)
    page = shelf(visit, shot, alice)
    dialog = compared(page)
    page.keyboard.press("w")
    dialog.get_by_label("Take beside on the right").select_option(label="Take 2, a clip of your own")
    expect(dialog.get_by_role("heading", name="Take 2")).to_be_visible()
    expect(dialog.locator(".duo")).to_have_attribute("data-mode", "wipe")
    dialog.get_by_role("button", name="Select take 2").click()
    expect(dialog.locator(".about.b")).to_contain_text("selected")
    assert Take.objects.get(is_selected=True) == two[1]


def test_on_a_phone_the_divider_follows_a_finger(
    visit: Visit, shot: Shot, two: list[Take], alice: User, axe: Axe
) -> None:
    page = shelf(visit, shot, alice, size=PHONE)
    dialog = compared(page)
    dialog.get_by_text("Wipe", exact=True).click()
    box = dialog.locator(".half.a").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    expect(dialog.get_by_label("Divider")).to_have_value("25")
    assert axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_page_of_its_own_works_without_scripts(visit: Visit, shot: Shot, two: list[Take], alice: User) -> None:
    page = visit(f"{address(shot.board)}shots/{shot.public_id}/compare/", alice, java_script_enabled=False)
    expect(page.locator("video[controls]")).to_have_count(2)
    page.get_by_role("button", name="Select take 2").click()
    expect(page.locator(".about.b")).to_contain_text("selected")
    assert Take.objects.get(is_selected=True) == two[1]


def test_a_note_that_is_being_written_stays_when_its_shot_is_deleted(
    visit: Visit, shot: Shot, two: list[Take], alice: User, bob: User, join: Join
) -> None:
    join(bob, Role.REVIEWER)
    page = shelf(visit, shot, bob)
    page.locator("textarea[data-note]").fill("Too dark at the")
    actions.delete_shots(shot.board, ids=[shot.public_id], by=alice)
    expect(page.locator("#gone")).to_contain_text("Somebody deleted this shot while you wrote.")
    page.keyboard.type(" end")
    expect(page.locator("textarea[data-note]")).to_have_value("Too dark at the end")


def test_an_answer_that_is_read_late_does_not_lead_back(visit: Visit, shot: Shot, two: list[Take], alice: User) -> None:
    page = shelf(visit, shot, alice)
    expect(page.get_by_role("heading", name="Take 1")).to_be_visible()
    page.evaluate(HOLD, [two[0].public_id, shot.topic])
    until(page, "Boolean(window.letGo)")
    page.get_by_role("link", name="Take 2, Done").click()
    expect(page.get_by_role("heading", name="Take 2")).to_be_visible()
    page.evaluate("letGo()")
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name="Take 2")).to_be_visible()


def test_a_clip_let_go_of_over_the_shelf_is_a_take(visit: Visit, shot: Shot, alice: User) -> None:
    page = shelf(visit, shot, alice)
    page.evaluate(DROP, [".shelf", "own.mp4", base64.b64encode(clip("mp4", seconds=2)).decode()])
    expect(page.locator("[data-coming]")).to_contain_text("own.mp4 Being looked at")
    assert Upload.objects.get().state == Upload.State.CHECKING
    drain()
    expect(page.locator("#toasts")).to_contain_text("Your clip is take 1 of shot 1.")
    expect(page.locator(".shelf video")).to_be_visible()
    expect(page.locator("[data-coming]")).to_be_hidden()


def test_a_clip_is_chosen_from_the_library_or_from_this_computer(
    visit: Visit, shot: Shot, two: list[Take], alice: User, axe: Axe
) -> None:
    choosing.delete(two[1], by=alice)
    page = shelf(visit, shot, alice)
    page.get_by_role("button", name="Use a clip of your own…").click()
    page.locator("#picking .ref").filter(has_text="5.mp4").click()
    assert axe(page) == []
    page.locator("#picking").get_by_role("button", name="Use").click()
    expect(page.get_by_role("heading", name="Take 3")).to_be_visible()
    page.get_by_role("button", name="Use a clip of your own…").click()
    new = FilePayload(name="new.mp4", mimeType="video/mp4", buffer=clip("mp4", seconds=2))
    page.locator("#picking input[type=file]").set_input_files(new)
    expect(page.locator("[data-coming]")).to_contain_text("Being looked at")
    expect(page.locator("#picking")).to_be_hidden()
    drain()
    expect(page.get_by_role("heading", name="Take 4")).to_be_visible()


def rendered(shot: Shot, by: User) -> Take:
    """As if it had been asked for with other words."""
    take = own_take(shot, by, 4)
    asked = '{"prompt": "Calm water."}'
    connection = shot.board.team.connections.create(name="Ark", vendor="ark", base_url="https://ark.example")
    request = {"prompt": "Calm water.", "words": "Calm water.", "joint": "cut", "seconds": 9}
    Take.objects.filter(pk=take.pk).update(connection=connection, model="m", asked=asked, request=request)
    return take


def more(page: Page, what: str) -> None:
    page.locator(".headline summary").click()
    page.locator(".headline .pop").get_by_text(what).click()


def test_settings_are_put_back_after_a_look_and_undone(visit: Visit, shot: Shot, alice: User, axe: Axe) -> None:
    rendered(shot, alice)
    page = shelf(visit, shot, alice)
    before, settings = shot.prompt, dict(shot.settings)
    more(page, "Reuse its settings…")
    expect(page.locator("#ask")).to_contain_text("Calm water.")
    assert axe(page) == []
    page.get_by_role("button", name="Set the shot so").click()
    expect(page.locator("#toasts")).to_contain_text("Shot 1 is set as it was for take 1.")
    expect(page.locator(".cell").first).to_contain_text("Calm water.")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".cell").first).to_contain_text(before[:20])
    shot.refresh_from_db()
    assert (shot.prompt, shot.settings) == (before, settings)


def test_the_exact_request_is_copied_or_selected(visit: Visit, shot: Shot, alice: User) -> None:
    rendered(shot, alice)
    page = shelf(visit, shot, alice)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    more(page, "Copy the exact request")
    expect(page.locator("#toasts")).to_contain_text("The exact request of take 1 is copied.")
    assert "Calm water." in page.evaluate("navigator.clipboard.readText()")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    more(page, "Copy the exact request")
    expect(page.locator("#toasts")).to_contain_text("The text is selected")
    assert "Calm water." in page.evaluate("getSelection().toString()")


def test_a_note_goes_with_the_approval_and_a_deleted_take_comes_back(
    visit: Visit, shot: Shot, two: list[Take], alice: User
) -> None:
    page = shelf(visit, shot, alice)
    page.keyboard.press("x")
    page.keyboard.type("The light is right.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".shelf .said")).to_have_text("The light is right.")
    more(page, "Delete this take")
    expect(page.locator(".takes a")).to_have_count(1)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".takes a")).to_have_count(2)
    assert Take.objects.get(pk=two[0].pk).note == "The light is right."


def test_one_approves_and_plays_while_the_other_writes(
    visit: Visit, shot: Shot, two: list[Take], alice: User, bob: User, join: Join
) -> None:
    join(bob, Role.EDITOR)
    here = shelf(visit, shot, alice)
    there = visit(f"{address(shot.board)}?shot={shot.public_id}", bob, size=PHONE, scheme="dark")
    expect(there.locator("html")).to_have_attribute(*LISTENS)
    there.locator("#in-prompt").fill("Half a sen")
    here.get_by_role("button", name="Approve").click()
    expect(there.locator(".cell").first).to_contain_text("Approved")
    expect(there.locator("#in-prompt")).to_be_focused()
    here.evaluate("const video = document.querySelector('#inspector video'); video.loop = true; video.play()")
    there.keyboard.type("tence")
    expect(there.locator("#in-prompt")).to_have_value("Half a sentence")
    expect(here.locator(".cell").first).to_contain_text("Half a sentence")
    assert here.evaluate("document.querySelector('#inspector video').paused") is False
