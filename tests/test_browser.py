"""The browser fixtures can fail: they hear the console, keep visitors apart and see what axe-core sees."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, Route

from storyboard.teams.models import User
from tests.browser import DESKTOP, NARROW, PHONE, Console, OpenPage, driver, sign_in

SITE = "http://localhost:1"


def serve(page: Page, body: str, **headers: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=f"<!doctype html><title>A page</title>{body}", content_type="text/html", headers=headers)

    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/")


def test_a_complaint_in_the_console_is_heard_unless_it_was_meant(page: Page, console: Console) -> None:
    page.evaluate("console.error('the card fell over')")
    assert console.unexpected() == ["error: the card fell over ()"]
    console.allow("fell over")
    assert console.unexpected() == []


def test_an_uncaught_exception_is_heard(page: Page, console: Console) -> None:
    serve(page, "<script>throw new Error('lost')</script>")
    assert ["lost" in problem for problem in console.unexpected()] == [True]
    console.allow("lost")


def test_a_breach_of_the_content_security_policy_is_heard(page: Page, console: Console) -> None:
    policy: Any = {"Content-Security-Policy": "default-src 'none'"}
    serve(page, "<p style='color: red'>words</p>", **policy)
    assert any("Content Security Policy" in problem for problem in console.unexpected())
    console.allow("Content Security Policy")


def test_axe_finds_a_picture_without_words_and_passes_a_good_page(page: Page, axe: Callable[[Page], list[str]]) -> None:
    serve(page, "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>")
    assert [line.split(":")[0] for line in axe(page) if line.startswith("image-alt")] == ["image-alt"]
    page.set_content("<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1></main>")
    assert axe(page) == []


@pytest.mark.browser
def test_the_database_is_the_same_before_and_while_a_browser_runs(alice: User) -> None:
    driver.close()
    before = connection.connection
    driver.start()
    assert connection.connection is before
    assert User.objects.get() == alice
    driver.close()
    assert connection.connection is before


def test_each_visitor_has_cookies_size_and_colours_of_their_own(open_page: OpenPage, alice: User) -> None:
    one, other = open_page(size=PHONE, scheme="dark"), open_page(size=NARROW)
    sign_in(one, alice, SITE)
    assert (len(one.context.cookies()), len(other.context.cookies())) == (1, 0)
    assert [page.evaluate("screen.width") for page in (one, other, open_page(size=DESKTOP))] == [390, 320, 1440]
    assert one.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
