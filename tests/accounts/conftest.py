"""For the tests of the door: quick password hashes, and somebody signed in the way people do it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings

from storyboard.teams.models import User
from tests.drain import drain

SECRET = "a long enough secret"
STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
Browser = Callable[[User], Client]


def without_tokens(page: str) -> str:
    """A page as everybody gets it: the form tokens differ each time."""
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "token", page)


def letters() -> list[EmailMessage]:
    """What was mailed, once the worker has done its jobs."""
    drain()
    return list(mail.outbox)


@pytest.fixture(autouse=True)
def the_embedded_mode(settings: Settings) -> None:
    """No mail server, whatever the database; a real hash takes half a second on purpose, so not here."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    # The names of a collected build are not there in tests.
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": STATIC_FILES}}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def with_mail(settings: Settings, the_embedded_mode: None) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True


@pytest.fixture(params=["none", "mandatory"])
def either_mode(request: pytest.FixtureRequest, settings: Settings, the_embedded_mode: None) -> str:
    """Once as in the embedded mode, once as with a mail server."""
    settings.ACCOUNT_EMAIL_VERIFICATION = request.param
    return str(request.param)


@pytest.fixture
def browser_of(db: None) -> Browser:
    """A new browser in which this person has signed in with their password."""

    def sign_in(user: User) -> Client:
        client = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537")
        answer = client.post("/accounts/login/", {"login": user.email, "password": SECRET})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in
