"""What the pages of connections say when a newcomer would otherwise wonder: tests, keys, balances, counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.connections.models import Connection
from storyboard.teams.models import User
from tests.connections.conftest import AsOwner

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
    assert said in client.post(page(connection, "connection_test"), headers={"HX-Request": "true"}).headers["HX-Trigger"]
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
