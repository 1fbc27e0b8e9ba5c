"""A real Chromium for tests: `page`, `phone`, `open_page(...)`, `console`, `axe`; loaded as a plugin by conftest.

Every page is watched: a console error, an uncaught exception or a breach of the content security policy fails the test.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, expect, sync_playwright

from storyboard.teams.models import User
from tests.chromium import find_chromium

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
# What is just fading in is as pale as no reader will find it.
AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity)
  .map((one) => one.finished.catch(() => {})))"""

Scheme = Literal["light", "dark"]
OpenPage = Callable[..., Page]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


# A build machine shared with others stops for seconds. What does not come is not there after fifteen either.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


class Driver:
    """One Chromium for a row of browser tests; closed before the next test of another kind."""

    def __init__(self) -> None:
        self.playwright: Playwright | None = None
        self.chromium: Browser | None = None

    def start(self) -> Browser:
        if self.chromium is None:
            # Playwright's event loop looks to Django as if every test ran inside async code.
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
            with same_connections():
                self.playwright = sync_playwright().start()
            arguments = ["--autoplay-policy=no-user-gesture-required"]
            if os.geteuid() == 0 or os.environ.get("CI"):
                arguments.append("--no-sandbox")  # neither root nor most containers can make Chromium's sandbox
            self.chromium = self.playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        return self.chromium

    def close(self) -> None:
        if self.chromium and self.playwright:
            self.chromium.close()
            with same_connections():
                self.playwright.stop()
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        self.playwright = self.chromium = None


@contextmanager
def same_connections() -> Iterator[None]:
    """Django keeps database connections apart for sync and for async code; here both are the one thread of the test."""
    held = connections.all(initialized_only=True)
    yield
    for connection in held:
        connections[connection.alias] = connection


driver = Driver()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if "browser" not in getattr(nextitem, "fixturenames", ()):
        driver.close()


class Console:
    """What the pages of one test complained of."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.allowed: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))

    def hear(self, message: ConsoleMessage) -> None:
        # A refused inline script or style is a console error too.
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def allow(self, text: str) -> None:
        """This test means to cause complaints that contain the text, say “status of 422”."""
        self.allowed.append(text)

    def unexpected(self) -> list[str]:
        return [problem for problem in self.problems if not any(text in problem for text in self.allowed)]


@pytest.fixture
def browser() -> Browser:
    return driver.start()


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def open_page(browser: Browser, console: Console) -> Iterator[OpenPage]:
    """Open a page as a new visitor: `open_page(base_url=..., size=PHONE, scheme="dark")`; each has its own cookies."""
    contexts = []

    def open_one(
        *, base_url: str | None = None, size: dict[str, Any] = DESKTOP, scheme: Scheme = "light", **options: Any
    ) -> Page:
        context = browser.new_context(base_url=base_url, color_scheme=scheme, **{**size, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        console.watch(page)
        return page

    yield open_one
    complaints = console.unexpected()  # before pages are left, which cuts what they are fetching
    for context in contexts:
        for page in context.pages:
            # Closing a page while a form of its is being sent can wait for ever; leaving it first cannot.
            with suppress(Error):
                page.goto("about:blank", timeout=5_000)
        context.close()
    assert complaints == [], "the browser's console must stay clean"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    return open_page(size=PHONE)


def sign_in(page: Page, user: User, base_url: str) -> None:
    """Give the page's visitor a session, without the form."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base_url}])


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds serious or critical on a page, one line each."""

    def look(page: Page) -> list[str]:
        # Evaluated, not added as a script: the page's policy would refuse that, and it stays on.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.evaluate(AT_REST)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {violation['help']} — {node['html']}"
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return look
