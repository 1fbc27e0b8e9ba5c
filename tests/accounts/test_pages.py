"""Every page of the door in a browser: nothing serious for axe-core, a clean console, no sideways scrolling."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from storyboard.accounts import actions
from storyboard.teams.models import User
from tests.browser import DESKTOP, NARROW, OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
OUTSIDE = [
    "login/",
    "signup/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/done/",
    "password/reset/key/1-x/",
    "confirm-email/",
    "confirm-email/x/",
    "inactive/",
]
INSIDE = [
    "../account/",
    "email/",
    "password/change/",
    "logout/",
    "2fa/totp/activate/",
    "2fa/passkeys/add/",
]
WITH_APP = ["../account/", "2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/"]


@pytest.fixture(params=[(DESKTOP, "light"), (NARROW, "dark")], ids=["wide and light", "narrow and dark"])
def page(request: pytest.FixtureRequest, open_page: OpenPage, live_server: LiveServer) -> Page:
    size, scheme = request.param
    return open_page(base_url=f"{live_server.url}/accounts/", size=size, scheme=scheme)


def look_at(page: Page, paths: list[str], axe: Callable[[Page], list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in paths:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if problems := axe(page) + (["scrolls sideways"] if wide else []):
            found[path] = problems
    return found


def test_the_pages_outside(page: Page, axe: Callable[[Page], list[str]], db: None) -> None:
    assert look_at(page, OUTSIDE, axe) == {}


def test_the_pages_inside(page: Page, axe: Callable[[Page], list[str]], alice: User) -> None:
    page.goto(f"link/{actions.make_link(alice)}/")
    assert look_at(page, INSIDE, axe) == {}


def test_the_pages_of_two_step_sign_in(page: Page, axe: Callable[[Page], list[str]], alice: User) -> None:
    page.goto(f"link/{actions.make_link(alice)}/")
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    assert look_at(page, WITH_APP, axe) == {}
    page.goto("../account/")
    page.get_by_role("button", name="Sign out here").click()
    page.goto(f"link/{actions.make_link(alice)}/")
    assert look_at(page, ["2fa/authenticate/"], axe) == {}
