"""Changing and resetting a password: the link is good once, other sessions end, the second step stays."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.teams.models import AuditEntry, User
from tests.accounts.conftest import SECRET, Browser, letters

pytestmark = pytest.mark.django_db
BETTER = "an even better secret"


def reset_link(client: Client, email: str) -> str:
    client.post("/accounts/password/reset/", {"email": email})
    found = next(word for word in letters()[-1].body.split() if "/reset/key/" in word)
    return found.removeprefix("http://localhost:8000")


def choose(client: Client, link: str) -> str:
    form = client.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    return client.post(where, {"password1": BETTER}, follow=True).content.decode()


def test_a_reset_link_sets_a_new_password_once(client: Client, alice: User) -> None:
    link = reset_link(client, alice.email)
    assert "Your password is changed" in choose(client, link)
    alice.refresh_from_db()
    assert alice.check_password(BETTER)
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()
    assert AuditEntry.objects.filter(action="password_changed", actor=alice.email).count() == 1


def test_a_reset_ends_every_session(browser_of: Browser, alice: User) -> None:
    laptop = browser_of(alice)
    choose(Client(), reset_link(Client(), alice.email))
    assert laptop.get("/account/").status_code == 302


def test_a_reset_does_not_go_around_the_second_step(client: Client, alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    choose(client, reset_link(client, alice.email))
    assert client.get("/account/").status_code == 302
    answer = client.post("/accounts/login/", {"login": alice.email, "password": BETTER})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/account/").status_code == 302


def test_changing_the_password_ends_the_other_sessions_at_once(browser_of: Browser, alice: User) -> None:
    laptop, phone = browser_of(alice), browser_of(alice)
    before = laptop.session.session_key
    form = {"oldpassword": SECRET, "password1": BETTER}
    assert laptop.post("/accounts/password/change/", form).status_code == 302
    assert laptop.get("/account/").status_code == 200
    assert phone.get("/account/").status_code == 302
    assert laptop.session.session_key != before
    assert "this one" in laptop.get("/account/").content.decode()


def test_an_account_without_a_password_chooses_one(client: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    client.force_login(alice)
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    client.post("/accounts/password/set/", {"password1": BETTER})
    alice.refresh_from_db()
    assert alice.check_password(BETTER)


@pytest.mark.parametrize("password", ["short", "password123", "12345678901", "alice@example"])
def test_a_weak_password_is_refused_in_words(browser_of: Browser, alice: User, password: str) -> None:
    form = {"oldpassword": SECRET, "password1": password}
    page = browser_of(alice).post("/accounts/password/change/", form).content.decode()
    assert "password" in page
    alice.refresh_from_db()
    assert alice.check_password(SECRET)


def test_reset_says_the_same_for_a_missing_account(alice: User) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email}) for email in (alice.email, "no@example.com")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert answers[0].cookies == answers[1].cookies == {}


@pytest.mark.parametrize(("url", "field"), [("/accounts/login/", "login"), ("/accounts/password/reset/", "email")])
def test_a_missing_account_takes_as_much_work_as_an_existing_one(
    alice: User, url: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be told apart by the clock: a password that is hashed (most of the time it takes), a mail, queries."""
    hashed = spied(monkeypatch)
    work = []
    for email in (alice.email, "nobody@example.com"):
        before = len(hashed), len(letters())
        with CaptureQueriesContext(connection) as queries:
            Client(REMOTE_ADDR="203.0.113.7").post(url, {field: email, "password": "wrong"})
        work.append((len(hashed) - before[0], len(letters()) - before[1], len(queries)))
    here, gone = work
    assert here[:2] == gone[:2] == (1, 0 if field == "login" else 1)
    # Some microseconds each, beside half a second for the hash.
    assert abs(here[2] - gone[2]) <= 8, work


def spied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that are hashed from here on."""
    hashed: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def encoding(self: Any, password: str, *rest: Any, **named: Any) -> str:
        hashed.append(password)
        return str(encode(self, password, *rest, **named))

    monkeypatch.setattr(hasher, "encode", encoding)
    return hashed
