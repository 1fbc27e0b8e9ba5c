"""The frame in a real Chromium: every part in both themes and all widths, and what its scripts do."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import DESKTOP, NARROW, PHONE, WIDE, Console, Scheme
from tests.frame.conftest import Style

pytestmark = pytest.mark.once
SCHEMES: list[Scheme] = ["light", "dark"]
SIZES = {"narrow": NARROW, "phone": PHONE, "desktop": DESKTOP, "wide": WIDE}


@pytest.mark.parametrize("size", SIZES)
def test_every_part_is_accessible_and_fits(
    style: Style, axe: Callable[[Page], list[str]], console: Console, size: str
) -> None:
    console.allow("status of 404")
    page = style(size=SIZES[size])
    for address, scheme in product(("/style/", "/nowhere"), SCHEMES):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_open_menus_dialogs_and_toasts_are_accessible(
    style: Style, axe: Callable[[Page], list[str]], scheme: str
) -> None:
    page = style(scheme=scheme)
    page.get_by_role("button", name="Fine").click()
    expect(page.locator(".toast.good")).to_be_visible()
    page.locator("summary.face").click()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove Bob Fosse").click()
    page.locator("#confirm").evaluate("dialog => Promise.all(dialog.getAnimations().map(each => each.finished))")
    assert axe(page) == []


def test_without_scripts_the_page_reads_and_its_forms_work(style: Style, console: Console) -> None:
    console.allow("status of 422")
    page = style(java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Northlight")
    page.locator("summary.face").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.get_by_role("button", name="Show the password")).to_be_hidden()
    page.locator("#id_name").fill("Northlight")
    page.locator("#everything").get_by_role("button", name="Save").click()
    expect(page.locator("#id_name")).to_have_value("Northlight")
    expect(page.locator("#id_password_error")).to_have_text("This field is required.")


def test_a_chosen_theme_holds_on_the_next_page_before_anything_is_painted(style: Style) -> None:
    page = style(scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("summary.face").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) != light
    page.reload(wait_until="commit")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("summary.face").click()
    page.get_by_role("button", name="As the device").click()
    assert page.evaluate(ground) == light


def test_a_refusal_becomes_a_toast_and_leaves_the_page_as_it_is(style: Style, console: Console) -> None:
    for status in ("403", "409", "502"):
        console.allow(f"status of {status}")
    page = style()
    for name, words in {
        "Conflict": "Bob changed this a moment ago",
        "Forbidden": "Your role does not reach",
        "Broken": "Try again in a moment",
    }.items():
        page.get_by_role("button", name=name).click()
        expect(page.locator(".toast.problem", has_text=words)).to_be_visible()
    expect(page.locator("#said")).to_have_text("Nothing yet")


def test_a_mistake_takes_the_focus_and_is_read_with_its_field(style: Style, console: Console) -> None:
    console.allow("status of 422")
    page = style()
    page.locator("#id_name").fill("Northlight")
    page.locator("#everything").get_by_role("button", name="Save").click()
    expect(page.locator("#id_password")).to_be_focused()
    expect(page.locator("#id_password")).to_have_accessible_description("This field is required.")


def test_a_form_is_sent_once_however_often_it_is_pressed(style: Style) -> None:
    page, sent = style(), []

    def hold(route: Route) -> None:
        sent.append(route)

    page.route("**/act/fine", hold)
    button = page.get_by_role("button", name="Fine")
    for _ in range(3):
        button.click(force=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    assert len(sent) == 1
    sent[0].continue_()
    expect(page.locator("#said")).to_have_text("POST fine")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    assert len(sent) == 1


def test_a_plain_form_is_sent_once_too(style: Style) -> None:
    page, sent = style(), []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request)
            route.fulfill(status=204)
        else:
            route.continue_()

    page.route("**/style/", answer)
    page.locator("#everything").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
    expect(page.locator("#everything")).to_have_attribute("aria-busy", "true")
    assert len(sent) <= 1


def test_a_dangerous_form_asks_first_and_cancel_is_in_focus(style: Style, console: Console) -> None:
    console.allow("status of 422")
    page, posts = style(), []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    remove = page.get_by_role("button", name="Remove Bob Fosse")
    remove.click()
    dialog = page.get_by_role("dialog", name="Remove Bob Fosse from Northlight?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(remove).to_be_focused()
    assert posts == []
    remove.click()
    with page.expect_request(lambda request: request.method == "POST"):
        dialog.get_by_role("button", name="Remove").click()


def test_htmx_asks_first_in_the_same_words(style: Style) -> None:
    page = style()
    page.get_by_role("button", name="Ask first").click()
    dialog = page.get_by_role("dialog", name="Really?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("#said")).to_have_text("Nothing yet")
    page.get_by_role("button", name="Ask first").click()
    dialog.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("#said")).to_have_text("POST sure")


def test_a_lost_connection_is_said_and_so_is_its_return(style: Style, console: Console) -> None:
    for words in ("ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        console.allow(words)
    page = style()
    note = page.get_by_text("No connection.")
    page.context.set_offline(True)
    expect(note).to_be_visible()
    page.get_by_role("button", name="Fine").click()
    page.context.set_offline(False)
    expect(note).to_be_hidden()
    expect(page.locator(".toast", has_text="You are connected again.")).to_be_visible()
    page.get_by_role("button", name="Fine").click()
    expect(page.locator("#said")).to_have_text("POST fine")


def test_a_live_stream_reports_its_loss_and_return(style: Style) -> None:
    page = style()
    note = page.get_by_text("No connection.")
    for event, shown in {"live:lost": True, "live:back": False}.items():
        page.evaluate("name => document.body.dispatchEvent(new CustomEvent(name, {bubbles: true}))", event)
        expect(note).to_be_visible(visible=shown)


def test_a_token_replaced_in_another_tab_does_not_break_this_one(style: Style, console: Console) -> None:
    console.allow("status of 422")
    page = style()
    page.evaluate("token => { document.cookie = `csrf=${token}; path=/`; }", "n" * 32)
    page.get_by_role("button", name="Fine").click()
    expect(page.locator("#said")).to_have_text("POST fine")
    sent = page.locator(".rows form[data-confirm]").evaluate(
        """form => {
            delete form.dataset.confirm;
            form.addEventListener("submit", (event) => event.preventDefault());
            form.requestSubmit();
            return new FormData(form).get("csrfmiddlewaretoken");
        }"""
    )
    assert sent == "n" * 32


def test_a_fragment_after_the_session_ended_leads_to_signing_in_and_back(style: Style, console: Console) -> None:
    console.allow("favicon.ico")  # asked for by a sign-in page outside the frame
    page = style()
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Signed out", exact=True).click()
    page.wait_for_url("**/accounts/login/?next=%2Fstyle%2F")


def test_a_page_with_something_to_send_stays_when_the_session_ended(style: Style) -> None:
    page = style()
    page.locator("#id_name").fill("Half typed")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Signed out, sending").click()
    expect(page.locator(".toast.problem", has_text="You are signed out.")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Half typed")


def test_code_in_attributes_is_refused_before_the_browser_has_to(style: Style, console: Console) -> None:
    console.allow("Code in attributes is switched off here.")
    page = style()
    page.locator("#asks button").first.evaluate(
        "button => { button.setAttribute('hx-vals', 'js:{a: 1}'); htmx.process(button, true); button.click(); }"
    )
    page.wait_for_function("() => document.getElementById('said').textContent === 'Nothing yet'")
    assert any("switched off" in problem for problem in console.problems)


def test_a_password_can_be_looked_at_and_a_link_copied(style: Style) -> None:
    page = style()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field: Any = page.locator("#id_password")
    page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide the password").click()
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".toast", has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://films.example.com/invitations/abc"


def test_a_menu_is_walked_by_keys_and_closes_elsewhere(style: Style) -> None:
    page = style()
    face = page.locator("summary.face")
    face.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".pop.right :is(a, button)").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(face).to_be_focused()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    face.click()
    page.locator("h1").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def test_the_skip_link_leads_past_the_bar(style: Style) -> None:
    page = style()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
