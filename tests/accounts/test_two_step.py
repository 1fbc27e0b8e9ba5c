"""Two-step sign-in: codes are good once, other sessions end on a change, secrets are not in the database."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from storyboard.accounts.mfa import MFAAdapter
from storyboard.teams.models import AuditEntry, User
from tests.accounts.conftest import SECRET, Browser

pytestmark = pytest.mark.django_db
ON = "/accounts/2fa/totp/activate/"


def code(secret: str, step: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)))


@pytest.fixture
def secret(alice: User) -> str:
    """Alice has an app and recovery codes."""
    made = str(generate_totp_secret())
    TOTP.activate(alice, made)
    RecoveryCodes.activate(alice)
    return made


@pytest.fixture
def at_the_second_step(client: Client, alice: User, secret: str) -> Callable[[str], str]:
    client.post("/accounts/login/", {"login": alice.email, "password": SECRET, "next": "/account/"})

    def answer(text: str) -> str:
        page = client.post("/accounts/2fa/authenticate/", {"code": text})
        return str(page["Location"]) if page.status_code == 302 else page.content.decode()

    return answer


def test_the_app_is_turned_on_with_its_first_code(
    browser_of: Browser, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client, phone = browser_of(alice), browser_of(alice)
    page = client.get(ON).content.decode()
    key = re.findall(r'class="key">([A-Z2-7]+)<', page)[0]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(ON, {"code": code(key)})["Location"] == "/accounts/2fa/recovery-codes/"
    assert len(re.findall(r"<code>\d{8}</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())) == 10
    assert phone.get("/account/").status_code == 302
    assert AuditEntry.objects.get(action="mfa_added").subject == "authenticator app"


def test_a_wrong_code_turns_nothing_on_and_keeps_the_key(browser_of: Browser, alice: User) -> None:
    client = browser_of(alice)
    key = re.findall(r'class="key">([A-Z2-7]+)<', client.get(ON).content.decode())[0]
    page = client.post(ON, {"code": "000000"}).content.decode()
    assert "That did not work" in page
    assert key in page
    assert not Authenticator.objects.exists()


def test_the_key_is_not_readable_in_the_database(alice: User, secret: str) -> None:
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code(secret))


def test_a_changed_key_file_opens_nothing(settings: Settings) -> None:
    sealed = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert MFAAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    assert len(MFAAdapter().decrypt(sealed)) == 32
    assert MFAAdapter().decrypt(sealed) != MFAAdapter().decrypt(sealed)


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_code_of_a_slightly_wrong_clock_signs_in(
    at_the_second_step: Callable[[str], str], secret: str, step: int
) -> None:
    assert at_the_second_step(code(secret, step)) == "/account/"
    assert AuditEntry.objects.get(action="signed_in").detail == {"how": "password and totp"}


def test_a_code_is_good_once(at_the_second_step: Callable[[str], str], alice: User, secret: str) -> None:
    used = code(secret, 1)
    assert at_the_second_step(used) == "/account/"
    thief = Client()
    thief.post("/accounts/login/", {"login": alice.email, "password": SECRET})
    # allauth's own note of used codes is gone by the time the clock reaches the end of its stretch.
    from django.core.cache import cache

    cache.delete(f"allauth.mfa.totp.used?user={alice.pk}&code={used}")
    page = thief.post("/accounts/2fa/authenticate/", {"code": f" {used[:3]} {used[3:]}"}).content.decode()
    assert "That code has been used. Wait for the next one." in page


def test_a_recovery_code_is_good_once(at_the_second_step: Callable[[str], str], alice: User) -> None:
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert at_the_second_step(codes[0]) == "/account/"
    other = Client()
    other.post("/accounts/login/", {"login": alice.email, "password": SECRET})
    assert "That did not work" in other.post("/accounts/2fa/authenticate/", {"code": codes[0]}).content.decode()


def test_guessing_codes_is_stopped_and_recorded(at_the_second_step: Callable[[str], str], secret: str) -> None:
    pages = [at_the_second_step(f"00000{n}") for n in range(6)]
    assert "That did not work" in pages[4]
    assert "That is too often" in pages[5]
    assert "That is too often" in at_the_second_step(code(secret))
    failed = AuditEntry.objects.filter(action="sign_in_failed")
    assert {entry.detail["how"] for entry in failed} == {"second step"}


def test_nobody_is_in_between_the_steps(client: Client, alice: User, secret: str) -> None:
    client.post("/accounts/login/", {"login": alice.email, "password": SECRET})
    assert client.get("/account/").status_code == 302
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 302
    page = client.get("/accounts/2fa/authenticate/")
    assert "Second step" in page.content.decode()
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert client.get("/accounts/2fa/authenticate/").status_code == 302


def test_turning_it_off_is_recorded_and_ends_other_sessions(
    alice: User, browser_of: Browser, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client, phone = browser_of(alice), browser_of(alice)
    TOTP.activate(alice, generate_totp_secret())
    assert "Turn off codes" in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert phone.get("/account/").status_code == 302
    assert AuditEntry.objects.filter(action="mfa_removed").count() == 1


def test_showing_recovery_codes_asks_who_you_are(alice: User, browser_of: Browser, settings: Settings) -> None:
    client = browser_of(alice)
    RecoveryCodes.activate(alice)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    for page in ("", "download/", "generate/"):
        assert "reauthenticate" in client.get(f"/accounts/2fa/recovery-codes/{page}")["Location"]


def test_new_recovery_codes_replace_the_old(
    alice: User, browser_of: Browser, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = browser_of(alice)
    TOTP.activate(alice, generate_totp_secret())
    old = RecoveryCodes.activate(alice).get_unused_codes()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/generate/")
    new = client.get("/accounts/2fa/recovery-codes/download/").content.decode()
    assert not set(old) & set(new.split())
    assert AuditEntry.objects.filter(action="codes_made").count() == 1
