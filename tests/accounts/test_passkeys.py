"""Passkeys in a real Chromium with a virtual authenticator: add one, sign in with it, use it as the second step."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from storyboard.accounts import actions
from storyboard.teams.models import AuditEntry, User
from tests.accounts.conftest import SECRET
from tests.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The site under the name that passkeys are bound to; they do not work for a bare address."""
    settings.PUBLIC_URL = live_server.url.replace("127.0.0.1", "localhost")
    return str(settings.PUBLIC_URL)


@pytest.fixture
def page(site: str, open_page: OpenPage) -> Page:
    page = open_page(base_url=site)
    with_authenticator(page)
    return page


def with_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page: Page, user: User, name: str = "Laptop") -> None:
    page.goto(f"/accounts/link/{actions.make_link(user)}/")
    page.goto("/accounts/2fa/passkeys/add/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("button", name="Sign out here").click()
    page.wait_for_url(lambda url: "/account/" not in url)


def test_a_passkey_is_added_and_signs_in(page: Page, alice: User) -> None:
    add_passkey(page, alice)
    page.goto("/account/")
    expect(page.get_by_text("Laptop", exact=True).first).to_be_visible()
    sign_out(page)
    page.goto("/accounts/login/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    entry = AuditEntry.objects.filter(action="signed_in").first()
    assert entry is not None
    assert entry.detail == {"how": "passkey"}
    assert AuditEntry.objects.get(action="mfa_added").subject == "passkey"


def test_a_passkey_is_the_second_step_after_a_password(page: Page, alice: User) -> None:
    add_passkey(page, alice)
    sign_out(page)
    page.goto("/accounts/login/?next=/account/")
    page.get_by_label("E-mail").fill(alice.email)
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def test_a_passkey_confirms_who_you_are(page: Page, alice: User, settings: Settings) -> None:
    add_passkey(page, alice)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    page.goto("/accounts/2fa/recovery-codes/")
    page.get_by_role("link", name="Use a passkey").click()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_a_removed_passkey_signs_nobody_in(page: Page, alice: User) -> None:
    add_passkey(page, alice)
    page.goto(f"/accounts/2fa/passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_is_renamed(page: Page, alice: User) -> None:
    add_passkey(page, alice)
    page.goto("/account/")
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name").fill("“Phone” <b>")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Phone” <b>").first).to_be_visible()
