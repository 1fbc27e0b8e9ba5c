"""References that are let go of over a shot, scenes that are carried, and two people at one list: in a real browser."""

import base64
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board, Shot
from storyboard.media.models import Upload
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import account
from tests.browser import Console
from tests.drain import drain
from tests.journeys.conftest import Visit
from tests.media.library import brought
from tests.media.seeds import clip, drawing, picture

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
LISTENS = ("data-live-state", "connected")
DROP = """([where, name, text, type]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  data.items.add(new File([bytes], name, { type }));
  const what = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"]) document.querySelector(where).dispatchEvent(new DragEvent(kind, what));
}"""


@pytest.fixture
def film(team: Team, alice: User, transactional_db: None) -> Board:
    return actions.create_sample(team, by=alice)


def shot_at(board: Board, number: int) -> Shot:
    return Shot.objects.get(board=board, position=number, deleted_at=None)


def opened(visit: Visit, board: Board, user: User, number: int) -> Page:
    shot = shot_at(board, number).public_id
    page = visit(f"/teams/{board.team.public_id}/boards/{board.public_id}/?shot={shot}", user)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    return page


def drop(page: Page, where: str, name: str) -> None:
    """Let go of a file from the desktop; the worker is this test."""
    let_go(page, where, name, picture("png", drawing((len(name) * 9, 60))))
    drain()


def let_go(page: Page, where: str, name: str, data: bytes, kind: str = "image/png") -> None:
    """Until all of it is here, and nobody has looked at it yet."""
    before = Upload.objects.exclude(state=Upload.State.WAITING).count()
    page.evaluate(DROP, [where, name, base64.b64encode(data).decode(), kind])
    for _ in range(200):
        if Upload.objects.exclude(state=Upload.State.WAITING).count() > before:
            break
        page.wait_for_timeout(50)


def references(board: Board, number: int) -> list[str]:
    return [row.reference.name for row in shot_at(board, number).references.all()]


def test_a_file_from_the_desktop_becomes_what_it_was_dropped_on(visit: Visit, film: Board, alice: User) -> None:
    page = opened(visit, film, alice, 6)
    drop(page, "#references", "keeper.png")
    expect(page.locator("#references")).to_contain_text("Image 1 keeper.png")
    drop(page, "#landing", "harbour.png")
    expect(page.locator("#landing .picture")).to_contain_text("harbour.png")
    drop(page, f"#cell-{shot_at(film, 2).public_id} .thumb", "lamp.png")
    expect(page.locator(".toast")).to_contain_text("lamp.png is a reference of shot 2 now.")
    expect(page.locator(".cell").nth(1).locator(".thumb img")).to_have_count(1)
    expect(page.locator("#picking")).not_to_be_visible()
    assert (references(film, 6), references(film, 2)) == (["keeper.png"], ["lamp.png"])
    landing = shot_at(film, 6).landing
    assert landing
    assert landing.name == "harbour.png"


KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('arrival:')).length"

# What was looked at a day ago and nobody came back for.
FORGOTTEN = """() => {
  const key = Object.keys(localStorage).find((key) => key.startsWith("arrival:"));
  const kept = { ...JSON.parse(localStorage.getItem(key)), name: "old.png", at: Date.now() - 25 * 3600 * 1000 };
  localStorage.setItem(`${key}old`, JSON.stringify(kept));
}"""


def test_what_was_dropped_on_a_shot_is_not_lost_when_its_page_is_left(visit: Visit, film: Board, alice: User) -> None:
    page = opened(visit, film, alice, 1)
    board = page.url
    page.locator("#inspector").get_by_role("link", name="Takes").click()
    expect(page.locator("#inspector [data-drop=clip]")).to_be_visible()
    let_go(page, "#inspector .shelf", "own.mp4", clip("mp4"), "video/mp4")
    let_go(page, f"#cell-{shot_at(film, 2).public_id} .thumb", "lamp.png", picture("png"))
    page.wait_for_function(f"{KEPT} === 2")
    page.goto(f"/teams/{film.team.public_id}/library/")
    drain()
    page.evaluate(FORGOTTEN)
    page.goto(board)
    told = page.locator(".toast")
    expect(told.filter(has_text="Your clip is take 1 of shot 1.")).to_be_visible()
    expect(told.filter(has_text="lamp.png is a reference of shot 2 now.")).to_be_visible()
    page.wait_for_function(f"{KEPT} === 0")
    assert references(film, 2) == ["lamp.png"]
    expect(told.filter(has_text="old.png")).to_have_count(0)


def test_what_was_dropped_is_kept_for_who_is_signed_out_meanwhile(
    visit: Visit, film: Board, alice: User, console: Console
) -> None:
    console.allow("401")
    page = opened(visit, film, alice, 1)
    let_go(page, f"#cell-{shot_at(film, 2).public_id} .thumb", "lamp.png", picture("png"))
    page.wait_for_function(f"{KEPT} === 1")
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    drain()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(f"/teams/{film.team.public_id}/boards/{film.public_id}/")
    expect(page.locator(".toast").filter(has_text="lamp.png is a reference of shot 2 now.")).to_be_visible()
    assert references(film, 2) == ["lamp.png"]


def carry(page: Page, source: str, target: str) -> None:
    """Drag with a real mouse, as far as the browser lets one."""
    start, end = (page.locator(where).bounding_box() for where in (source, target))
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 8, start["y"] + start["height"] / 2 - 8, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 20, steps=8)
    page.mouse.up()


def test_references_are_dragged_from_the_picker_and_put_in_order_by_keys(
    visit: Visit, film: Board, team: Team, alice: User, axe: Axe
) -> None:
    for name in ("harbour.png", "keeper.png"):
        brought(team, alice, name, "image/png", picture("png", drawing((len(name) * 9, 60))))
    page = opened(visit, film, alice, 1)
    page.get_by_role("button", name="Choose from the library").click()
    for number, name in enumerate(("harbour.png", "keeper.png"), 1):
        carry(page, f'#picked .ref:has-text("{name}")', "#references")
        expect(page.locator("#references")).to_contain_text(f"Image {number} {name}")
    carry(page, '#picked .ref:has-text("keeper.png")', f"#cell-{shot_at(film, 2).public_id} .thumb")
    expect(page.locator(".cell").nth(1).locator(".thumb img")).to_have_count(1)
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#picking")).not_to_be_visible()
    page.get_by_role("button", name="keeper.png earlier").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#references")).to_contain_text("Image 1 keeper.png")
    expect(page.get_by_role("button", name="keeper.png earlier")).to_be_focused()
    assert references(film, 1) == ["keeper.png", "harbour.png"]


def test_a_scene_is_moved_by_drag_by_menu_and_by_keys(visit: Visit, film: Board, alice: User) -> None:
    before = [shot.public_id for shot in Shot.objects.filter(board=film).order_by("position")]
    page = opened(visit, film, alice, 1)
    names = page.locator(".scene-head input")
    carry(page, ".scene:nth-child(2) .grip", ".scene:nth-child(1) .scene-head")
    expect(names.first).to_have_value("Night")
    # A card has the focus when all of it is over; a menu that is opened before closes again.
    expect(page.locator(".cover:focus")).to_have_count(1)
    page.get_by_text("More for the scene Night").locator("..").click()
    page.locator(".scene").first.get_by_role("button", name="Move down").click()
    expect(names.first).to_have_value("Dusk")
    page.locator(".cover").first.focus()
    page.keyboard.press("Alt+Shift+ArrowRight")
    expect(names.first).to_have_value("Night")
    expect(page.locator(".toast.told")).to_have_text(
        ["Moved the scene “Dusk”.\n  Undo\n  Dismiss"], use_inner_text=False
    )
    page.keyboard.press("u")
    expect(names.first).to_have_value("Dusk")
    assert [shot.public_id for shot in Shot.objects.filter(board=film).order_by("position")] == before


@pytest.fixture
def shared(team: Team, alice: User, bob: User, transactional_db: None) -> Board:
    """Alice's film, on which Bob works too; there are models to choose from."""
    Membership.objects.create(team=team, user=bob, role=Role.EDITOR)
    account(team)
    return actions.create_sample(team, by=alice)


@pytest.mark.parametrize("label", ["Length", "Model"])
def test_two_choose_from_one_list_at_once_and_both_choices_are_shown(
    visit: Visit, shared: Board, alice: User, bob: User, console: Console, label: str
) -> None:
    console.allow("ERR_FAILED")
    page, shot, connection = opened(visit, shared, alice, 1), shot_at(shared, 1), shared.settings["connection"]
    page.route("**/save/", lambda route: route.abort(), times=1)
    field = page.locator("#side").get_by_label(label, exact=True)
    field.select_option(f"{connection}/doubao-seedance-2.0-fast" if label == "Model" else "9")
    expect(page.locator("[data-saving]")).to_contain_text("No connection")
    if label == "Model":
        face = {"connection": connection, "model": "doubao-seedance-2.0-face"}
        actions.save_model(shot, **face, base_version=None, by=bob)
    else:
        actions.save_field(shot, name="seconds", value=12, base_version=None, by=bob)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Two of you chose “{label}”")
    expect(dialog).to_contain_text("Bob Fosse")
    expect(dialog.locator("[data-theirs]")).to_contain_text("Face" if label == "Model" else "12 s")
    expect(dialog.locator("[data-mine]")).to_contain_text("Fast" if label == "Model" else "9 s")
    dialog.get_by_role("button", name="Take theirs").click()
    theirs = f"{connection}/doubao-seedance-2.0-face" if label == "Model" else "12"
    expect(field).to_have_value(theirs)
    page.reload()
    expect(field).to_have_value(theirs)
