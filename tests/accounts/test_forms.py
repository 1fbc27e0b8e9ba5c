"""Bad input in every form of the door: a sentence beside the field, what was typed kept, never a 500."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.fixtures import Settings

from storyboard.teams.models import User
from tests.accounts.conftest import SECRET, Browser

pytestmark = pytest.mark.django_db
BAD = {
    "missing": None,
    "empty": "",
    "blank": "   ",
    "null byte": "a\x00b@example.com",
    "very long": "x" * 100_000,
    "long address": "x" * 300 + "@example.com",
    "markup": "<script>alert(1)</script>@example.com",
    "template": "{{ form }}{% url 'x' %}@example.com",
    "quotes": "'\"; DROP TABLE teams_user; --@example.com",
    "lines": "a@example.com\r\nBcc: b@example.com",
    "turned round": "\u202egnp.exe",
    "half a letter": "\ud83c",
    "emoji": "🎬" * 50,
    "full width digits": "１２３４５６",
    "a list": "[1]",
    "deep": "[" * 50_000,
    "deep object": '{"a":' * 3000 + "1" + "}" * 3000,
    "an object": '{"id": 1, "response": {"userHandle": "////"}, "rawId": [], "type": 7}',
    "number": "9" * 400,
}
# Form, its fields, whether it is for somebody signed in.
FORMS: list[tuple[str, list[str], bool]] = [
    ("account_login", ["login", "password"], False),
    ("account_signup", ["name", "email", "password1"], False),
    ("account_reset_password", ["email"], False),
    ("mfa_login_webauthn", ["credential"], False),
    ("account", ["name"], True),
    ("account_email", ["email"], True),
    ("account_change_password", ["oldpassword", "password1"], True),
    ("account_reauthenticate", ["password"], True),
    ("mfa_activate_totp", ["code"], True),
    ("mfa_add_webauthn", ["name", "credential"], True),
]
GOOD = {
    "login": "alice@example.com",
    "password": SECRET,
    "name": "Alice",
    "email": "dora@example.com",
    "password1": "a completely fresh secret",
    "oldpassword": SECRET,
    "code": "123456",
    "credential": "{}",
}


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MFA_RATE_LIMITS = False


@pytest.fixture
def someone(client: Client, alice: User, browser_of: Browser, request: pytest.FixtureRequest) -> Client:
    return browser_of(alice) if request.node.callspec.params["inside"] else client


def send(client: Client, url: str, form: dict[str, str | None]) -> Any:
    # A lone surrogate is sent as the bytes it would have: the browser of an attacker is no browser.
    body = urlencode({key: value.encode("utf-8", "surrogatepass") for key, value in form.items() if value is not None})
    return client.post(url, body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize(("name", "fields", "inside"), FORMS, ids=[form[0] for form in FORMS])
def test_every_form_survives_bad_input(someone: Client, name: str, fields: list[str], inside: bool, bad: Any) -> None:
    for field in fields:
        form = {each: GOOD[each] for each in fields} | {field: bad}
        answer = send(someone, reverse(name), form)
        assert answer.status_code in {200, 302, 422}, answer.status_code
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert SECRET not in page
        if answer.status_code == 302 and inside:
            assert not answer["Location"].startswith("/accounts/login"), "signed out"


@pytest.mark.parametrize(
    ("name", "field", "bad", "sentence"),
    [
        ("account_login", "login", "", "Enter your e-mail address."),
        ("account_login", "login", "nonsense", "It needs a name, an @ and a domain."),
        ("account_login", "password", "", "Enter your password."),
        ("account_login", "password", "x" * 201, "That is longer than any password here."),
        ("account_signup", "name", " ", "Enter your name."),
        ("account_signup", "name", "x" * 81, "Use at most 80 characters."),
        ("account_signup", "email", "x" * 250 + "@example.com", "That is too long for an e-mail address."),
        ("account_signup", "password1", "", "Choose a password."),
        ("account_signup", "password1", "short", "too short"),
        ("account_reset_password", "email", "a b", "does not look like an e-mail address"),
    ],
)
def test_a_sentence_stands_beside_the_field(client: Client, name: str, field: str, bad: str, sentence: str) -> None:
    fields = next(fields for form, fields, _ in FORMS if form == name)
    page = client.post(reverse(name), {each: GOOD[each] for each in fields} | {field: bad}).content.decode()
    assert sentence in page
    for each in fields:
        if "password" not in each and each != field:
            assert f'value="{GOOD[each]}"' in page, f"{each} was lost"


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_the_second_step_survives_bad_input(client: Client, alice: User, bad: Any) -> None:
    TOTP.activate(alice, generate_totp_secret())
    client.post("/accounts/login/", {"login": alice.email, "password": SECRET})
    for field in ("code", "credential"):
        answer = send(client, "/accounts/2fa/authenticate/", {field: bad})
        assert answer.status_code == 200
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_the_reset_form_survives_bad_input(client: Client, alice: User, bad: Any) -> None:
    from tests.accounts.test_passwords import reset_link

    where = client.get(reset_link(client, alice.email), follow=True).redirect_chain[-1][0]
    answer = send(client, where, {"password1": bad})
    assert answer.status_code in {200, 302}


@pytest.mark.parametrize("key", ["x-y", "1-set-password", "zzzzzzzzzzzzz-abc", "0-0", "-", "1-" + "a" * 500, "1-%00"])
def test_a_mistyped_reset_link_is_a_plain_page(client: Client, key: str) -> None:
    assert client.get(f"/accounts/password/reset/key/{key}/").status_code in {200, 404}


@pytest.mark.parametrize("key", ["x", "MQ:1abc:def", "a" * 3000, ":::"])
def test_a_mistyped_confirmation_is_a_plain_page(client: Client, key: str) -> None:
    assert "no longer works" in client.get(f"/accounts/confirm-email/{key}/").content.decode()
    assert client.post(f"/accounts/confirm-email/{key}/").status_code == 404


def test_somebody_elses_passkey_is_not_there(browser_of: Browser, alice: User, bob: User) -> None:
    data = {"name": "Bob’s", "credential": {}}
    theirs = Authenticator.objects.create(user=bob, type="webauthn", data=data)
    client = browser_of(alice)
    for what in ("edit", "remove"):
        assert client.get(f"/accounts/2fa/passkeys/{theirs.pk}/{what}/").status_code == 404
        assert client.post(f"/accounts/2fa/passkeys/{theirs.pk}/{what}/", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get().data == json.loads(json.dumps(data))


def test_only_the_pages_we_chose_are_mounted() -> None:
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert "usersessions_list" not in names
    assert not {name for name in names if name.startswith("socialaccount")}
    assert "account_confirm_login_code" not in names
