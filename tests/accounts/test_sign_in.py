"""Signing up, in and out: nobody learns who has an account, and every act is recorded once."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from storyboard.accounts import actions, tasks
from storyboard.accounts.models import Message
from storyboard.jobs.run import JobFailed
from storyboard.teams.models import AuditEntry, User
from tests.accounts.conftest import SECRET, Browser, letters, without_tokens

pytestmark = pytest.mark.django_db
NEW = {"name": "Dora", "email": "dora@example.com", "password1": SECRET}


def recorded() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "actor"))


def test_signing_up_and_in_and_out_is_recorded(client: Client) -> None:
    client.post("/accounts/signup/", NEW)
    client.post("/accounts/login/", {"login": " Dora@Example.com ", "password": SECRET})
    client.post("/accounts/logout/")
    assert recorded() == [(act, "dora@example.com") for act in ("signed_up", "signed_in", "signed_out")]
    assert User.objects.get().name == "Dora"


def test_a_failed_sign_in_is_recorded_with_its_address(client: Client, alice: User) -> None:
    client.post("/accounts/login/", {"login": alice.email, "password": "wrong"}, REMOTE_ADDR="203.0.113.5")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.ip) == ("sign_in_failed", alice.email, "203.0.113.5")
    assert "wrong" not in str(entry.detail)


def test_signing_in_rotates_the_session_and_signing_out_ends_it(client: Client, alice: User) -> None:
    client.get("/accounts/2fa/passkeys/login/", headers={"Accept": "application/json"})
    before = client.session.session_key
    client.post("/accounts/login/", {"login": alice.email, "password": SECRET})
    after = client.session.session_key
    assert before != after
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key__in=[before, after]).exists()
    assert not UserSession.objects.exists()


@pytest.mark.usefixtures("either_mode")
def test_a_taken_address_is_answered_like_a_free_one(alice: User) -> None:
    answers = {}
    for email in (alice.email, "free1@example.com"):
        client = Client()
        first = client.post("/accounts/signup/", {**NEW, "email": email})
        second = client.get(first["Location"])
        body = without_tokens(second.content.decode()).replace(email, "E")
        answers[email] = (first.status_code, first["Location"], first.content, sorted(client.cookies), body)
    assert answers[alice.email] == answers["free1@example.com"]
    alice.refresh_from_db()
    assert alice.check_password(SECRET)
    assert alice.name == "Alice Munro"


def test_the_address_is_filled_in_after_signing_up(client: Client) -> None:
    page = client.post("/accounts/signup/?next=/x/", {**NEW, "next": "/account/"}, follow=True)
    assert page.redirect_chain == [("/accounts/login/?next=%2Faccount%2F", 302)]
    assert 'value="dora@example.com"' in page.content.decode()
    said = [str(message) for message in page.context["messages"]]
    assert said == ["If that address was new here, its account is ready. Sign in to start."]


@pytest.mark.usefixtures("either_mode")
def test_the_button_pressed_twice_makes_one_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.post("/accounts/signup/", NEW)
    monkeypatch.setattr("storyboard.accounts.queries.is_taken", lambda _: False)
    second = Client().post("/accounts/signup/", {**NEW, "name": "Dora again"})
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert User.objects.get().name == "Dora"


def test_the_database_refuses_a_second_account(alice: User) -> None:
    with pytest.raises(IntegrityError):
        actions.sign_up(User(email=alice.email))


@pytest.mark.usefixtures("with_mail")
def test_with_mail_an_address_is_confirmed_before_the_first_sign_in(client: Client) -> None:
    client.post("/accounts/signup/", {**NEW, "next": "/account/"})
    link = next(word for word in letters()[0].body.split() if "confirm-email" in word)
    assert link.startswith("http://localhost:8000/accounts/confirm-email/")
    page = client.get(link.removeprefix("http://localhost:8000"))
    assert "Is <strong>dora@example.com</strong> your address?" in page.content.decode()
    assert client.post(link.removeprefix("http://localhost:8000"))["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


@pytest.mark.usefixtures("with_mail")
def test_mail_names_the_public_url_and_never_the_host_header(client: Client, settings: Settings, alice: User) -> None:
    settings.PUBLIC_URL = "https://films.example.com"
    host = {"Host": "127.0.0.1:9999"}
    client.post("/accounts/signup/", NEW, headers=host)
    client.post("/accounts/signup/", {**NEW, "email": alice.email}, headers=host)
    for email in (alice.email, "missing@example.com"):
        client.post("/accounts/password/reset/", {"email": email}, headers=host)
    assert len(letters()) == 4
    for message in letters():
        assert "https://films.example.com" in message.body
        assert "127.0.0.1" not in message.body
        assert "\n" not in message.subject


def test_a_silent_mail_server_loses_no_message(
    client: Client, settings: Settings, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client.post("/accounts/password/reset/", {"email": alice.email})
    with pytest.raises(JobFailed):
        letters()
    settings.EMAIL_BACKEND = backend
    later = timezone.now() + timedelta(minutes=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    tasks.send_waiting_messages()
    assert [message.to for message in letters()] == [[alice.email]]
    assert not Message.objects.exists()


def test_a_message_that_nobody_waits_for_any_more_is_forgotten(client: Client, alice: User) -> None:
    Message.objects.create(to=alice.email, subject="x", text="y", created_at=timezone.now() - timedelta(hours=2))
    tasks.send_waiting_messages()
    assert letters() == []
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/account/", "/account/"),
        ("http://testserver/account/", "http://testserver/account/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://localhost/", "/"),
        ("http://testserver@evil.example/", "/"),
        ("\x00/account/", "/"),
    ],
)
def test_next_leads_only_to_our_own_host(client: Client, alice: User, wanted: str, where: str) -> None:
    form = {"login": alice.email, "password": SECRET, "next": wanted}
    assert client.post("/accounts/login/", form)["Location"] == where


def test_a_closed_account_cannot_sign_in(client: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    answer = client.post("/accounts/login/", {"login": alice.email, "password": SECRET}, follow=True)
    assert "This account is closed" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(browser_of: Browser, alice: User) -> None:
    client = browser_of(alice)
    thief = Client()
    thief.cookies["session"] = client.cookies["session"].value
    assert thief.get("/account/").status_code == 200
    client.post("/accounts/logout/")
    assert thief.get("/account/").status_code == 302


def test_the_session_cookie_is_kept_from_scripts(browser_of: Browser, alice: User) -> None:
    cookie = browser_of(alice).cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 14 * 24 * 3600)
