"""The account page: one's own name, sessions and ways to sign in, and nobody else's."""

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from storyboard.accounts.queries import device
from storyboard.teams.models import AuditEntry, User
from tests.accounts.conftest import SECRET, Browser, letters, without_tokens

pytestmark = pytest.mark.django_db


def test_the_page_needs_a_signed_in_person(client: Client) -> None:
    assert client.get("/account/")["Location"] == "/accounts/login/?next=/account/"
    assert client.post("/account/sessions/end-others/").status_code == 302


def test_a_name_is_changed_and_recorded(browser_of: Browser, alice: User) -> None:
    assert browser_of(alice).post("/account/", {"name": " Alice M. "})["Location"] == "/account/"
    alice.refresh_from_db()
    assert alice.name == "Alice M."
    assert AuditEntry.objects.filter(action="name_changed", actor=alice.email).count() == 1


def test_a_wrong_name_is_kept_in_the_field_with_a_sentence(browser_of: Browser, alice: User) -> None:
    answer = browser_of(alice).post("/account/", {"name": "A" * 81})
    page = answer.content.decode()
    assert (answer.status_code, "Use at most 80 characters." in page, "A" * 81 in page) == (422, True, True)
    alice.refresh_from_db()
    assert alice.name == "Alice Munro"


def test_a_session_is_ended_on_the_server_at_once(browser_of: Browser, alice: User) -> None:
    laptop, phone = browser_of(alice), browser_of(alice)
    other = UserSession.objects.get(session_key=phone.session.session_key)
    assert "Chrome on Linux" in laptop.get("/account/").content.decode()
    assert laptop.post(f"/account/sessions/{other.pk}/end/").status_code == 302
    assert phone.get("/account/").status_code == 302
    assert laptop.get("/account/").status_code == 200
    assert AuditEntry.objects.filter(action="session_ended", actor=alice.email).count() == 1


def test_all_other_sessions_are_ended_at_once(browser_of: Browser, alice: User, bob: User) -> None:
    laptop, phone, tablet, stranger = (browser_of(user) for user in (alice, alice, alice, bob))
    laptop.post("/account/sessions/end-others/")
    assert [browser.get("/account/").status_code for browser in (laptop, phone, tablet, stranger)] == [
        200,
        302,
        302,
        200,
    ]
    assert AuditEntry.objects.get(action="session_ended").detail == {"sessions": 2}


def test_somebody_elses_session_is_not_there(browser_of: Browser, alice: User, bob: User) -> None:
    browser_of(bob)
    theirs = UserSession.objects.get()
    assert browser_of(alice).post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert UserSession.objects.filter(pk=theirs.pk).exists()


def test_a_session_that_has_ended_is_not_listed(browser_of: Browser, alice: User) -> None:
    laptop, phone = browser_of(alice), browser_of(alice)
    phone.session.flush()
    assert laptop.get("/account/").content.decode().count("Chrome on Linux") == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140) Gecko Firefox/140", "Firefox on Linux"),
        ("curl/8", "An unknown browser"),
        ("<script>Linux", "A browser on Linux"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_named_in_known_words(agent: str, words: str) -> None:
    assert device(agent) == words


def test_a_new_address_counts_once_its_link_is_opened(
    browser_of: Browser, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = browser_of(alice)
    client.post("/accounts/email/", {"email": "Alice@New.example"})
    assert "changing to alice@new.example" in client.get("/account/").content.decode()
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    link = next(word for word in letters()[-1].body.split() if "confirm-email" in word)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(link.removeprefix("http://localhost:8000"))
    alice.refresh_from_db()
    assert alice.email == "alice@new.example"
    assert AuditEntry.objects.get(action="email_changed").subject == "alice@new.example"


def test_a_taken_address_is_answered_like_a_free_one(browser_of: Browser, alice: User, bob: User) -> None:
    client, pages = browser_of(alice), []
    for email in (bob.email, "free@example.com"):
        answer = client.post("/accounts/email/", {"email": email})
        page = without_tokens(client.get(answer["Location"]).content.decode()).replace(email, "E")
        pages.append((answer.status_code, answer["Location"], page))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("verified", [True, False])
def test_a_taken_address_cannot_be_confirmed(browser_of: Browser, alice: User, bob: User, verified: bool) -> None:
    EmailAddress.objects.create(user=bob, email=bob.email, verified=verified, primary=True)
    client = browser_of(alice)
    client.post("/accounts/email/", {"email": bob.email})
    link = next(word for word in letters()[-1].body.split() if "confirm-email" in word)
    assert client.post(link.removeprefix("http://localhost:8000")).status_code in {200, 302}
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_changing_the_address_asks_who_you_are_when_some_time_has_passed(
    browser_of: Browser, alice: User, settings: Settings
) -> None:
    client = browser_of(alice)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = client.post("/accounts/email/", {"email": "alice@new.example"})
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "Is it you?" in page
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
    client.post("/accounts/reauthenticate/", {"password": SECRET, "next": "/accounts/email/"})
    assert EmailAddress.objects.filter(email="alice@new.example", user=alice).exists()


def test_a_change_of_address_can_be_called_off(browser_of: Browser, alice: User) -> None:
    client = browser_of(alice)
    for email in ("a@new.example", "b@new.example"):
        client.post("/accounts/email/", {"email": email})
    link = next(word for word in letters()[-1].body.split() if "confirm-email" in word)
    assert list(EmailAddress.objects.order_by("pk").values_list("email", flat=True)) == [alice.email, "b@new.example"]
    client.post("/accounts/email/", {"cancel": ""})
    assert "no longer works" in client.get(link.removeprefix("http://localhost:8000")).content.decode()
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_the_link_is_sent_again_at_most_every_three_minutes(browser_of: Browser, alice: User) -> None:
    client = browser_of(alice)
    client.post("/accounts/email/", {"email": "alice@new.example"})
    page = client.post("/accounts/email/", {"send_again": ""}, follow=True)
    assert len(letters()) == 1
    assert "is on its way" in str(list(page.context["messages"])[-1])


@pytest.mark.usefixtures("with_mail")
def test_the_old_address_hears_of_the_change(browser_of: Browser, alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    client = browser_of(alice)
    client.post("/accounts/email/", {"email": "alice@new.example"})
    link = next(word for word in letters()[-1].body.split() if "confirm-email" in word)
    client.post(link.removeprefix("http://localhost:8000"))
    assert letters()[-1].to == ["alice@example.com"]
    assert "Your account now belongs to alice@new.example." in letters()[-1].body
