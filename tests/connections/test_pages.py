"""The pages of connections: who sees what, how forms answer, and that a key goes in and never comes out."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from storyboard.connections.models import Connection
from storyboard.connections.views.answers import arrival
from storyboard.teams.models import Membership, Role, Team, User
from tests.connections.conftest import AsOwner
from tests.connections.connect import KEY, connect

pytestmark = pytest.mark.django_db
FILLED = {"name": "Main", "key": KEY, "base_url": "https://reapi.ai/api/v1", "parallel": "3", "budget": "250.50"}


def add_page(team: Team, vendor: str = "reapi") -> str:
    return reverse("connection_add", args=[team.public_id, vendor])


def page(connection: Connection, name: str = "connection") -> str:
    return reverse(name, args=[connection.team.public_id, connection.public_id])


def test_the_empty_page_says_what_a_connection_is_and_where_keys_are(
    team: Team, alice: User, as_user: Callable[[User], Client]
) -> None:
    text = as_user(alice).get(reverse("connections", args=[team.public_id])).text
    assert "A connection is your own account at a vendor" in text
    assert "https://reapi.ai/settings/apikeys" in text
    assert add_page(team)[:-6] in text


def test_a_producer_sees_how_connections_stand_and_no_more(
    connection: Connection, bob: User, join: Callable[[User, Role], Membership], as_user: Callable[[User], Client]
) -> None:
    join(bob, Role.PRODUCER)
    text = as_user(bob).get(reverse("connections", args=[connection.team.public_id])).text
    assert "Main" in text
    assert "Zx7q" not in text
    assert page(connection) not in text
    assert "Add a connection" not in text


@pytest.mark.parametrize("vendor", ["reapi", "apimart", "evolink", "ark"])
def test_each_vendors_form_begins_with_its_address(team: Team, alice: User, as_owner: AsOwner, vendor: str) -> None:
    text = as_owner(alice).get(add_page(team, vendor)).text
    assert re.search(r'<input[^>]*name="base_url"[^>]*value="https://', text) or 'value="https://' in text
    assert re.search(r'<input type="password" name="key"(?![^>]*value)[^>]*autocomplete="off"', text)


def test_an_unknown_vendor_is_not_found(team: Team, alice: User, as_owner: AsOwner) -> None:
    assert as_owner(alice).get(add_page(team, "nobody")).status_code == 404


def test_what_is_typed_becomes_a_connection(team: Team, alice: User, as_owner: AsOwner) -> None:
    answer = as_owner(alice).post(add_page(team), FILLED)
    found = Connection.objects.get()
    assert answer.headers["Location"] == page(found)
    assert (found.name, found.vendor, found.parallel, found.monthly_budget) == ("Main", "reapi", 3, 250_500_000)
    assert (found.last_four, found.works, found.team) == ("Zx7q", None, team)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Give the connection a name."),
        ("key", "", "Paste the vendor’s API key."),
        ("key", "two words", "This is no API key"),
        ("key", "k" * 2000, "too long for an API key"),
        ("base_url", "", "Write the address"),
        ("base_url", "http://reapi.ai", "must begin with https://"),
        ("base_url", "https://192.168.0.1", "not on the public internet"),
        ("parallel", "0", "At least one"),
        ("parallel", "51", "At most 50"),
        ("parallel", "many", "Write a whole number."),
        ("budget", "-1", "A budget is 0 or more."),
        ("budget", "NaN", "Write an amount"),
        ("budget", "1e30", "1,000,000 dollars at most"),
    ],
)
def test_a_mistake_is_told_and_the_key_is_not_written_back(
    team: Team, alice: User, as_owner: AsOwner, field: str, value: str, sentence: str
) -> None:
    answer = as_owner(alice).post(add_page(team), FILLED | {field: value})
    assert (answer.status_code, Connection.objects.count()) == (422, 0)
    assert sentence in answer.text
    assert KEY not in answer.text
    assert field != "key" or value == "" or value not in answer.text


def test_what_is_not_in_the_form_is_not_taken(team: Team, alice: User, charlie: User, as_owner: AsOwner) -> None:
    theirs = charlie.memberships.get().team
    extra = {
        "team": theirs.pk, "team_id": theirs.pk, "public_id": "2" * 20, "vendor": "ark", "key_id": "x", "sealed": "x",
        "last_four": "0000", "works": "1", "balance": "9", "said": "x", "deleted_at": "2026-01-01", "rates": "{}",
        "disabled_at": "2026-01-01", "checked_at": "2026-01-01", "monthly_budget": "1", "id": "77",
    }  # fmt: skip
    client = as_owner(alice)
    client.post(add_page(team), extra | FILLED)
    found = Connection.objects.values().get()
    client.post(page(Connection.objects.get()), extra | {"name": "Main", "parallel": "3", "budget": "250.50"})
    assert Connection.objects.values().get() == found
    assert (found["team_id"], found["vendor"], found["last_four"], found["monthly_budget"]) == (
        team.pk, "reapi", "Zx7q", 250_500_000,
    )  # fmt: skip
    untouched = Connection.objects.filter(works=None, balance=None, deleted_at=None, disabled_at=None, checked_at=None)
    assert untouched.count() == 1


@pytest.mark.parametrize("name", ["connection_add", "connection_key"])
def test_who_signed_in_long_ago_proves_it_again_and_no_key_is_kept(
    connection: Connection, alice: User, as_user: Callable[[User], Client], name: str
) -> None:
    client = as_user(alice)
    url = add_page(connection.team) if name == "connection_add" else page(connection, name)
    for answer in (client.get(url), client.post(url, FILLED | {"name": "Second"})):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=%2Fteams%2F")
    assert KEY not in str(dict(client.session.items()))
    assert "fill in the form once more" in client.get("/accounts/reauthenticate/").text
    client.post("/accounts/reauthenticate/", {"password": "a long enough secret", "next": url})
    assert client.get(url).status_code == 200


def test_somebody_without_a_password_is_not_locked_out(team: Team, as_user: Callable[[User], Client]) -> None:
    dora = User.objects.create_user("dora@example.com")
    Membership.objects.create(team=team, user=dora, role=Role.OWNER)
    assert as_user(dora).get(add_page(team)).status_code == 200


def test_the_page_of_one_shows_its_limits_and_never_its_key(
    connection: Connection, alice: User, as_user: Callable[[User], Client]
) -> None:
    text = as_user(alice).get(page(connection)).text
    assert 'name="parallel" value="3"' in text
    assert "Zx7q" in text
    assert KEY not in text


def test_changed_limits_are_saved(connection: Connection, alice: User, as_user: Callable[[User], Client]) -> None:
    as_user(alice).post(page(connection), {"name": "Second", "parallel": "7", "budget": ""})
    found = Connection.objects.get()
    assert (found.name, found.parallel, found.monthly_budget) == ("Second", 7, None)


def test_another_host_asks_for_the_key_in_the_form(connection: Connection, alice: User, as_owner: AsOwner) -> None:
    client, url = as_owner(alice), page(connection, "connection_key")
    answer = client.post(url, {"key": "", "base_url": "https://gateway.example.com"})
    assert (answer.status_code, "Type it again" in answer.text) == (422, True)
    assert client.post(url, {"key": "", "base_url": connection.base_url + "/v2"}).status_code == 302
    assert client.post(url, {"key": "sk-other-key-last", "base_url": "https://gateway.example.com"}).status_code == 302
    found = Connection.objects.get()
    assert (found.base_url, found.last_four) == ("https://gateway.example.com", "last")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "Testing"),
        ({"asked_at": timezone.now() - timedelta(minutes=5)}, "Not tested"),
        ({"works": True, "said": "The key works.", "balance": 1240}, "Works"),
        ({"works": False, "said": "No answer from reapi.ai."}, "Does not work"),
        ({"disabled_at": timezone.now()}, "Off"),
    ],
    ids=["asking", "silent", "works", "broken", "off"],
)
def test_every_state_has_its_words(
    connection: Connection, alice: User, as_user: Callable[[User], Client], changes: dict[str, object], word: str
) -> None:
    if "said" in changes:
        changes = changes | {"checked_at": timezone.now() + timedelta(seconds=1), "balance_unit": "credits"}
    Connection.objects.update(**changes)
    client = as_user(alice)
    for url in (reverse("connections", args=[connection.team.public_id]), page(connection)):
        text = client.get(url).text
        assert re.search(rf"</span>{word}</span>", text)
    assert ("1,240" in text) == ("balance" in changes)


def test_the_pages_listen_for_changes(connection: Connection, alice: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(alice)
    for url in (reverse("connections", args=[connection.team.public_id]), page(connection)):
        text = client.get(url).text
        assert 'data-live="' in text
        assert 'hx-trigger="live:connections from:body"' in text
    fragment = client.get(page(connection, "connection_status"), headers={"HX-Request": "true"}).text
    assert fragment.strip().startswith('<div id="status"')


def test_a_press_of_test_answers_htmx_with_the_fragment(
    connection: Connection, alice: User, as_user: Callable[[User], Client]
) -> None:
    Connection.objects.update(asked_at=None, checked_at=timezone.now(), works=True)
    answer = as_user(alice).post(page(connection, "connection_test"), headers={"HX-Request": "true"})
    assert "A worker is asking reAPI" in answer.text
    assert OrmQ.objects.count() == 2


@pytest.mark.parametrize(
    ("vendor", "public_url", "said"),
    [
        ("reapi", "https://films.example.com", "reAPI calls nobody back"),
        ("evolink", "http://localhost:8000", "EvoLink cannot call http://localhost:8000"),
        ("evolink", "https://films.example.com", "EvoLink calls back as soon as a result is ready"),
    ],
)
def test_it_is_said_how_results_arrive(
    team: Team, settings: LazySettings, vendor: str, public_url: str, said: str
) -> None:
    settings.PUBLIC_URL = public_url
    assert said in arrival(connect(team, vendor=vendor))


def test_a_broken_key_file_is_a_sentence_on_the_page(
    connection: Connection, alice: User, as_owner: AsOwner, key_file: Path
) -> None:
    key_file.write_text("nonsense")
    client = as_owner(alice)
    assert client.get(page(connection)).status_code == 200
    for url in (add_page(connection.team), page(connection, "connection_key")):
        answer = client.post(url, FILLED | {"name": "Second"})
        assert (answer.status_code, "CONNECTION_KEYS_FILE" in answer.text) == (422, True)
        assert KEY not in answer.text


def test_switching_off_on_and_deleting(connection: Connection, alice: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(alice)
    client.post(page(connection, "connection_disable"))
    assert Connection.objects.filter(disabled_at=None).count() == 0
    client.post(page(connection, "connection_enable"))
    assert Connection.objects.filter(disabled_at=None).count() == 1
    assert "revoke it there" in client.get(page(connection, "connection_delete")).text
    client.post(page(connection, "connection_delete"))
    assert client.get(page(connection)).status_code == 404


def test_a_typed_key_is_in_no_table_page_or_log_line(
    team: Team, alice: User, as_owner: AsOwner, caplog: pytest.LogCaptureFixture, run_jobs: Callable[[], list[str]]
) -> None:
    client = as_owner(alice)
    with caplog.at_level(logging.DEBUG):
        pages = [client.post(add_page(team), FILLED | {"base_url": "https://gateway.invalid"}, follow=True).text]
        pages += [client.post(add_page(team), FILLED, follow=True).text]
        pages += [client.post(add_page(team), FILLED, follow=True).text]  # the name is taken now
        pages += [client.get(url).text for url in (page(Connection.objects.get()), f"/teams/{team.public_id}/audit/")]
    assert [text for text in pages if KEY in text] == []
    assert KEY not in caplog.text
    assert KEY not in str([SignedPackage.loads(job.payload) for job in OrmQ.objects.all()])
    for model in apps.get_models():
        assert KEY not in str(list(model._default_manager.values())), model


def test_a_page_of_many_connections_asks_no_more_questions(
    team: Team, alice: User, as_user: Callable[[User], Client], django_assert_num_queries: Callable[..., object]
) -> None:
    client, url = as_user(alice), reverse("connection_list", args=[team.public_id])
    for number in range(5):
        connect(team, name=f"Account {number}")
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        client.get(url)
