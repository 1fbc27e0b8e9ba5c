"""What the pages of connections say when a newcomer would otherwise wonder: tests, keys, balances, counts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.connections.models import Connection
from storyboard.connections.vendors import models_at
from storyboard.connections.views.answers import arrival
from storyboard.providers import catalog
from storyboard.teams.models import Team, User
from tests.connections.conftest import AsOwner
from tests.connections.connect import KEY, connect
from tests.connections.test_pages import FILLED, add_page

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


def page(connection: Connection, name: str = "connection") -> str:
    return reverse(name, args=[connection.team.public_id, connection.public_id])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"works": False, "said": "reAPI does not accept this key."}, "reAPI does not accept this key."),
        ({"checked_at": None}, "A worker is asking reAPI."),
    ],
    ids=["answered", "asking"],
)
def test_one_that_is_off_shows_its_last_test(
    connection: Connection, alice: User, as_user: AsUser, changes: dict[str, object], said: str
) -> None:
    now = timezone.now()
    Connection.objects.update(**{"disabled_at": now, "checked_at": now + timedelta(seconds=1)} | changes)
    text = as_user(alice).get(page(connection)).text
    assert said in text
    assert "This connection is switched off" in text


@pytest.mark.parametrize(
    ("after", "said"), [(-1, "It is being tested already."), (1, "Tested a moment ago.")], ids=["asking", "answered"]
)
def test_a_second_press_of_test_says_why_nothing_happens(
    connection: Connection, alice: User, as_user: AsUser, after: int, said: str
) -> None:
    asked = timezone.now()
    Connection.objects.update(asked_at=asked, checked_at=asked + timedelta(milliseconds=after), works=True)
    client = as_user(alice)
    assert (
        said in client.post(page(connection, "connection_test"), headers={"HX-Request": "true"}).headers["HX-Trigger"]
    )
    assert said in client.post(page(connection, "connection_test"), follow=True).text


def test_a_first_press_of_test_needs_no_such_words(connection: Connection, alice: User, as_user: AsUser) -> None:
    Connection.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    answer = as_user(alice).post(page(connection, "connection_test"), headers={"HX-Request": "true"})
    assert "HX-Trigger" not in answer.headers


def test_saving_the_key_page_as_it_is_keeps_everything(connection: Connection, alice: User, as_owner: AsOwner) -> None:
    url, before = page(connection, "connection_key"), Connection.objects.values().get()
    client = as_owner(alice)
    assert "Leave it empty to keep it." in client.get(url).text
    answer = client.post(url, {"key": "", "base_url": connection.base_url}, follow=True)
    assert "The key and the address are as they were." in answer.text
    assert Connection.objects.values().get() == before


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("connection_add", {"name": ""}), ("connection_add", {"name": "main"}), ("connection_key", {"base_url": "x"})],
)
def test_a_key_that_is_cleared_is_asked_for_again(
    connection: Connection, alice: User, as_owner: AsOwner, name: str, wrong: dict[str, str]
) -> None:
    url = add_page(connection.team) if name == "connection_add" else page(connection, name)
    answer = as_owner(alice).post(url, FILLED | {"name": "Second"} | wrong)
    assert (answer.status_code, "Type the key again: it is not kept." in answer.text) == (422, True)
    assert KEY not in answer.text


def test_a_key_that_was_not_typed_is_not_asked_for_again(
    connection: Connection, alice: User, as_owner: AsOwner
) -> None:
    answer = as_owner(alice).post(page(connection, "connection_key"), {"key": "", "base_url": "x"})
    assert (answer.status_code, "Type the key again" in answer.text) == (422, False)


def test_the_button_beside_a_key_speaks_of_a_key(connection: Connection, alice: User, as_owner: AsOwner) -> None:
    text = as_owner(alice).get(page(connection, "connection_key")).text
    assert 'Show<span class="visually-hidden"> the key</span>' in text
    assert "the password" not in text


def test_the_vendor_picker_counts_the_models_of_the_address_it_shows(team: Team, alice: User, as_user: AsUser) -> None:
    text = as_user(alice).get(reverse("connection_vendors", args=[team.public_id])).text
    counts = [len(models_at(vendor.id, vendor.base_url)) for vendor in catalog.vendors()]
    assert re.findall(r"(\d+) Seedance models", text) == [str(count) for count in counts]
    assert len(catalog.models("ark")) == 2 * counts[-1]


@pytest.mark.parametrize(("vendor", "path"), [("apimart", "apimart"), ("evolink", "evolink"), ("ark", "ark/api/v3")])
def test_the_sandbox_in_this_app_can_call_it(team: Team, settings: LazySettings, vendor: str, path: str) -> None:
    settings.PUBLIC_URL = "http://localhost:8330"
    there = connect(team, vendor=vendor, base_url=f"http://localhost:8330/sandbox/{path}")
    assert arrival(there).startswith("Results come by callback and by polling")
    assert "cannot call http://localhost:8330" in arrival(connect(team, name="Real", vendor=vendor))


def test_reapi_calls_nobody_back_in_the_sandbox_either(team: Team, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost:8330"
    there = connect(team, base_url="http://localhost:8330/sandbox/reapi/api/v1")
    assert "reAPI calls nobody back" in arrival(there)


def test_a_balance_says_how_old_it_is(connection: Connection, alice: User, as_user: AsUser) -> None:
    Connection.objects.update(balance=100, checked_at=timezone.now() - timedelta(minutes=12), works=True)
    client, old = as_user(alice), r"as of <time[^>]*>12.minutes ago</time>"
    assert re.search(old, client.get(reverse("connections", args=[connection.team.public_id])).text)
    Connection.objects.update(asked_at=timezone.now())
    assert re.search(old, client.get(page(connection)).text)
    Connection.objects.update(balance=None)
    assert "as of" not in client.get(reverse("connections", args=[connection.team.public_id])).text
