"""A doorbell's address: made for one POST, kept as a digest, asked for where the vendor could reach us."""

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import resolve

from storyboard.connections.models import Connection
from storyboard.logs import scrub
from storyboard.takes import callbacks
from storyboard.takes.models import State, Take
from storyboard.takes.placeholders import digest
from storyboard.teams.models import Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(team: Team, alice: User, account: Connection) -> Take:
    return make.take(make.shots_of(make.board_with(team, alice, "cut", account))[0], State.QUEUED, at=account)


def test_the_address_leads_to_the_take_and_its_secret_is_new_each_time(take: Take, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://films.example.com"
    url, kept = callbacks.address(take)
    again, other = callbacks.address(take)
    assert url.startswith("https://films.example.com/hooks/ark/")
    secret = url.rsplit("/", 1)[1]
    assert (len(secret), digest(secret)) == (43, kept)
    assert again != url
    assert other != kept
    found = resolve(url.removeprefix("https://films.example.com"))
    assert (found.url_name, found.kwargs) == ("hook", {"vendor": "ark", "take_id": take.public_id, "secret": secret})


def test_only_its_own_secret_fits(take: Take) -> None:
    url, take.secret_digest = callbacks.address(take)
    assert callbacks.fits(take, url.rsplit("/", 1)[1])
    assert not callbacks.fits(take, take.secret_digest)
    take.secret_digest = ""
    assert not callbacks.fits(take, "")
    assert not callbacks.fits(None, "-" * 64)


@pytest.mark.parametrize(
    ("public_url", "base_url", "wanted"),
    [
        ("http://localhost:8000", "https://ark.ap-southeast.bytepluses.com/api/v3", False),
        ("https://films.example.com", "https://ark.ap-southeast.bytepluses.com/api/v3", True),
        ("http://localhost:8000", "http://localhost:8000/sandbox/ark/api/v3", True),
    ],
)
def test_a_callback_is_asked_for_where_it_can_come(
    team: Team, alice: User, settings: LazySettings, public_url: str, base_url: str, wanted: bool
) -> None:
    settings.PUBLIC_URL = public_url
    assert callbacks.wanted(make.connection(team, base_url=base_url, by=alice)) is wanted


@pytest.mark.parametrize("end", ["", "/", "/callback", " HTTP/1.1", '"', "?x=1"])
def test_no_log_line_shows_the_secret(take: Take, end: str) -> None:
    url, _ = callbacks.address(take)
    assert url.rsplit("/", 1)[1] not in scrub(f"POST {url}{end}")


def test_a_bell_is_no_redirect_to_another_scheme(take: Take, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    url, take.secret_digest = callbacks.address(take)
    take.save(update_fields=["secret_digest"])
    answer = Client().post(url[url.index("/hooks/") :], b"{}", content_type="application/json")
    assert answer.status_code == 200
