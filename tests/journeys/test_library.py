"""The library in a real browser: drop, watch, play, trim, find, delete, undo; on a phone; and when the line breaks."""

import base64
import re
import wave
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from storyboard.media.models import File, Reference, Upload
from storyboard.teams.models import Team, User
from tests.browser import PHONE, Console
from tests.drain import drain
from tests.journeys.conftest import Visit
from tests.media.library import brought
from tests.media.seeds import clip, drawing, picture, seeds

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "mp4": "video/mp4", "wav": "audio/wav"}
DROP = """(files) => {
  const zone = document.querySelector(".drop");
  const data = new DataTransfer();
  for (const [name, type, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  for (const name of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def shelf(visit: Visit, team: Team, alice: User) -> Callable[..., Page]:
    """Alice's library in a browser of hers, listening."""

    def open_library(**options: object) -> Page:
        page = visit(f"/teams/{team.public_id}/library/", alice, **options)
        expect(page.locator("html")).to_have_attribute("data-live-state", "connected")
        return page

    return open_library


def drop(page: Page, **files: bytes) -> None:
    """Let go of files over the page: `drop(page, keeper_png=…)`."""
    told = []
    for name, data in files.items():
        stem, _, ending = name.rpartition("_")
        told.append([f"{stem}.{ending}", TYPES[ending], base64.b64encode(data).decode()])
    page.evaluate(DROP, told)


def arrived(page: Page, count: int) -> None:
    """The browser has sent so many; the worker is this test."""
    for _ in range(200):
        if Upload.objects.filter(state=Upload.State.CHECKING).count() >= count:
            break
        drain()
        page.wait_for_timeout(50)
    drain()


def cut(page: Page, route: Route) -> None:
    """The line breaks while this is on its way."""
    page.context.set_offline(True)
    route.abort("internetdisconnected")


def until(page: Page, question: str) -> None:
    """As Playwright's wait_for_function, which the page's policy refuses."""
    for _ in range(200):
        if page.evaluate(question):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"It never came true: {question}")


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desk", "phone"])
def test_dropped_files_become_references_with_pictures(
    shelf: Callable[..., Page], axe: Axe, size: dict[str, object]
) -> None:
    made = seeds()
    page = shelf(**({"size": size} if size else {}))
    drop(page, keeper_png=made["png"], dolly_mp4=made["mp4"], wind_wav=made["wav"])
    arrived(page, 3)
    expect(page.locator(".ref")).to_have_count(3)
    expect(page.locator(".transfers > li")).to_have_count(0)
    expect(page.locator(".ref svg.wave")).to_have_count(1)
    for number in range(2):
        shown = page.locator(".ref .thumb img").nth(number)
        shown.scroll_into_view_if_needed()
        until(page, f"document.querySelectorAll('.thumb img')[{number}].naturalWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []


def test_a_clip_plays_under_the_pointer_and_a_sound_on_its_button(
    shelf: Callable[..., Page], team: Team, alice: User
) -> None:
    brought(team, alice, "dolly.mp4", "video/mp4", clip("mp4", seconds=2))
    brought(team, alice, "wind.wav", "audio/wav", seeds()["wav"])
    page = shelf()
    assert page.locator("video, audio").count() == 0
    page.locator(".thumb.video").hover()
    until(page, "document.querySelector('.thumb.video video')?.currentTime > 0.2")
    assert page.evaluate("document.querySelector('.thumb.video video').muted")
    page.locator("h1").hover()
    expect(page.locator("video")).to_have_count(0)
    page.get_by_role("button", name="Play wind.wav").click()
    until(page, "document.querySelector('audio')?.currentTime > 0.1")


def test_a_clip_can_be_sought(visit: Visit, team: Team, alice: User) -> None:
    reference = brought(team, alice, "dolly.mp4", "video/mp4", clip("mp4", seconds=5)).reference
    assert reference
    page = visit(f"/teams/{team.public_id}/library/{reference.public_id}/", alice)
    until(page, "document.querySelector('video').readyState >= 1")
    page.evaluate("document.querySelector('video').currentTime = 4")
    until(page, "!document.querySelector('video').seeking && document.querySelector('video').readyState >= 2")
    assert abs(page.evaluate("document.querySelector('video').currentTime") - 4) < 0.1


def test_a_part_is_made_with_the_keyboard(visit: Visit, team: Team, alice: User, axe: Axe) -> None:
    whole = brought(team, alice, "dolly.mp4", "video/mp4", clip("mp4", seconds=3)).reference
    assert whole
    page = visit(f"/teams/{team.public_id}/library/{whole.public_id}/trim/", alice)
    page.get_by_label("In").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_label("Out", exact=True).last.fill("2.345")
    page.keyboard.press("Tab")
    expect(page.locator("output")).to_have_text("1.345 s of 3.000 s")
    assert axe(page) == []
    page.get_by_role("button", name="Make this part").click()
    expect(page.get_by_text("The part is being made", exact=True)).to_be_visible()
    drain()
    expect(page.locator(".ref")).to_have_count(2)
    part = Reference.objects.get(trimmed_from=whole)
    assert part.file
    assert part.file.seconds == Decimal("1.345")


def test_a_reference_is_found_deleted_and_brought_back(shelf: Callable[..., Page], team: Team, alice: User) -> None:
    for name, made in (("harbour.png", picture("png")), ("keeper.jpeg", picture("jpeg"))):
        brought(team, alice, name, f"image/{name.rpartition('.')[2]}", made)
    page = shelf()
    page.get_by_label("Find by name or tag").fill("harb")
    expect(page.locator(".ref")).to_have_count(1)
    assert page.url.endswith("?text=harb&kind=")
    page.locator(".ref summary").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("harbour.png is back.")).to_be_visible()
    # Still what was searched for, however often the page is told of it.
    expect(page.locator(".ref .name")).to_have_text(["harbour.png"])
    page.get_by_label("Find by name or tag").fill("")
    expect(page.locator(".ref")).to_have_count(2)


def test_an_upload_goes_on_when_the_connection_is_back(shelf: Callable[..., Page], console: Console) -> None:
    for words in ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "status of", "ERR_FAILED"):
        console.allow(words)
    page = shelf()
    page.route("**/media/**", lambda route: cut(page, route))
    drop(page, dolly_mp4=seeds()["mp4"])
    expect(page.get_by_text("No connection. It goes on by itself.")).to_be_visible()
    page.get_by_label("Find by name or tag").fill("still of use")
    page.unroute("**/media/**")
    page.context.set_offline(False)
    expect(page.get_by_text("No connection. It goes on by itself.")).to_have_count(0)
    arrived(page, 1)
    page.get_by_label("Find by name or tag").fill("")
    expect(page.locator(".ref", has_text="dolly.mp4")).to_be_visible()
    assert File.objects.count() == 1


def test_only_what_is_missing_is_sent_again(shelf: Callable[..., Page], console: Console, tmp_path: Path) -> None:
    for words in ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "status of", "ERR_FAILED"):
        console.allow(words)
    sent: list[str] = []
    there: set[str] = set()
    with wave.open(str(tmp_path / "sea.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(33 * 1024 * 1024))  # three parts
    page = shelf()
    page.on("request", lambda request: sent.append(part_of(request.url)) if request.method == "PUT" else None)
    page.on("requestfinished", lambda request: there.add(part_of(request.url)))
    # The line breaks when the other two are there.
    page.route(re.compile("part=3"), lambda route: cut(page, route) if {"1", "2"} <= there else route.abort())
    page.locator("input[type=file]").set_input_files(tmp_path / "sea.wav")
    for _ in range(200):
        if {"1", "2"} <= there:
            break
        drain()
        page.wait_for_timeout(50)
    expect(page.locator("#offline")).to_be_visible()
    page.unroute_all()
    page.context.set_offline(False)
    arrived(page, 1)
    expect(page.locator(".ref", has_text="sea.wav")).to_be_visible()
    assert (sent.count("1"), sent.count("2")) == (1, 1)
    assert sent.count("3") > 1


def part_of(url: str) -> str:
    return url.partition("part=")[2].partition("&")[0]


PICKER = """async (address) => {
  const script = document.createElement("script");
  script.src = "/static/js/picker.js";
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.innerHTML = await (await fetch(address)).text();
  document.body.append(script, dialog);
  document.addEventListener("picked", (event) => { window.picked = event.detail; });
  await new Promise((resolve) => { script.onload = resolve; });
  htmx.process(dialog);
  dialog.showModal();
}"""


def test_the_picker_tells_its_page_what_was_chosen(
    shelf: Callable[..., Page], team: Team, alice: User, axe: Axe
) -> None:
    names = ("harbour.png", "keeper.png", "lamp.png")
    chosen = [
        brought(team, alice, name, "image/png", picture("png", drawing((60 + at, 60)))).reference
        for at, name in enumerate(names)
    ]
    page = shelf()
    page.evaluate(PICKER, f"/teams/{team.public_id}/library/picker/?kinds=image&most=2&field=references")
    dialog = page.get_by_role("dialog")
    for name in names[:2]:
        dialog.get_by_role("searchbox").fill(name)
        expect(dialog.locator(".ref .name")).to_have_text([name])
        dialog.get_by_role("checkbox").check()
    dialog.get_by_role("searchbox").fill("")
    expect(dialog.locator(".ref")).to_have_count(3)
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(2)
    assert axe(page) == []
    dialog.get_by_role("checkbox", checked=False).click()
    expect(page.get_by_text("2 are the most here.")).to_be_attached()
    dialog.get_by_role("button", name="Use").click()
    told = page.evaluate("window.picked")
    assert told["field"] == "references"
    assert set(told["ids"]) == {each.public_id for each in chosen[:2] if each}


def test_what_is_refused_says_why_until_it_was_read(shelf: Callable[..., Page]) -> None:
    page = shelf()
    drop(page, keeper_png=b"GIF89a nothing but a name")
    arrived(page, 1)
    expect(page.get_by_text("This is a GIF")).to_be_visible()
    page.get_by_role("button", name="Dismiss keeper.png").click()
    expect(page.get_by_text("This is a GIF")).to_have_count(0)


def test_an_upload_is_cancelled_before_it_is_there(shelf: Callable[..., Page]) -> None:
    page = shelf()
    page.route("**/media/**", lambda route: None)
    drop(page, keeper_png=seeds()["png"])
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator(".transfers > li")).to_have_count(0)
    for _ in range(100):
        if Upload.objects.filter(state=Upload.State.CANCELLED).exists():
            break
        page.wait_for_timeout(50)
    assert Upload.objects.get().state == Upload.State.CANCELLED
    page.unroute_all(behavior="ignoreErrors")
