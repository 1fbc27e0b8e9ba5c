"""A connection's own prices: what is accepted, what the page shows, what a quote is made with."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.connections import actions
from storyboard.connections.models import Connection
from storyboard.connections.prices import checked, own_rates, unit
from storyboard.errors import DomainError
from storyboard.providers import catalog, price
from storyboard.providers.base import ShotRequest
from storyboard.providers.catalog import Rate
from storyboard.teams.audit_log import in_words
from storyboard.teams.models import AuditEntry, Team, User
from tests.connections.connect import connect

pytestmark = pytest.mark.django_db
MODEL = catalog.model("reapi", "doubao-seedance-2.0")
SHOT = ShotRequest(prompt="A slow dolly in on a lighthouse", seconds=5)


def page(connection: Connection) -> str:
    return reverse("connection_prices", args=[connection.team.public_id, connection.public_id])


@pytest.mark.parametrize(
    "rates",
    [
        None,
        [],
        {"nothing": {"720p": {"text": "1", "ref": "1"}}},
        {MODEL.id: {"8k": {"text": "1", "ref": "1"}}},
        {MODEL.id: {"720p": {"text": "1"}}},
        {MODEL.id: {"720p": {"text": "-1", "ref": "1"}}},
        {MODEL.id: {"720p": {"text": "NaN", "ref": "1"}}},
        {MODEL.id: {"720p": {"text": "Infinity", "ref": "1"}}},
        {MODEL.id: {"720p": {"text": "1001", "ref": "1"}}},
        {MODEL.id: {"720p": {"text": "0.0000001", "ref": "1"}}},
        {MODEL.id: {"720p": {"text": "dear", "ref": "1"}}},
        {MODEL.id: "cheap"},
    ],
    ids=str,
)
def test_what_is_no_price_is_refused(connection: Connection, alice: User, rates: object) -> None:
    with pytest.raises(DomainError, match="A price is a number of US dollars"):
        actions.set_prices(connection, rates=rates, by=alice)


def test_prices_are_kept_as_plain_decimals() -> None:
    found = checked("reapi", {MODEL.id: {"720p": {"text": "1E+1", "ref": "0.10"}}, "doubao-seedance-2.0-fast": {}})
    assert found == {MODEL.id: {"720p": {"text": "10", "ref": "0.10"}}}


def test_own_prices_stand_in_the_place_of_the_list_and_leave_the_rest(connection: Connection, alice: User) -> None:
    assert own_rates(connection, MODEL) is None
    rates = {MODEL.id: {"720p": {"text": "0.2", "ref": "0.1"}}}
    found = actions.set_prices(connection, rates=rates, by=alice)
    own = own_rates(found, MODEL)
    assert own is not None
    assert own["720p"] == Rate(Decimal("0.2"), Decimal("0.1"))
    assert own["480p"] == MODEL.rates["480p"]
    assert price.quote(SHOT, MODEL, {}, own).micro_usd == 1_000_000
    assert found.rates_at == timezone.localdate()


def test_the_page_shows_the_list_with_its_date_and_says_what_is_not_known(
    connection: Connection, alice: User, as_user: Callable[[User], Client]
) -> None:
    text = as_user(alice).get(page(connection)).text
    assert 'placeholder="0.171776"' in text
    assert "list of 23 July 2026" in text
    assert 'placeholder="not known"' in text
    assert "In US dollars a second." in text


def test_prices_that_are_typed_are_saved_and_emptied_again(
    connection: Connection, alice: User, as_user: Callable[[User], Client]
) -> None:
    client, name = as_user(alice), f"{MODEL.id}:720p"
    client.post(page(connection), {f"{name}:text": "0.25", f"{MODEL.id}:480p:text": "1", f"{MODEL.id}:480p:ref": "0.5"})
    assert Connection.objects.get().rates == {
        MODEL.id: {"480p": {"text": "1", "ref": "0.5"}, "720p": {"text": "0.25", "ref": "0.25"}}
    }
    assert 'value="0.25"' in client.get(page(connection)).text
    client.post(page(connection), {})
    assert (Connection.objects.get().rates, Connection.objects.get().rates_at) == ({}, None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": "dear"}, "A price is a number of US dollars"),
        ({"text": "-1"}, "A price is a number of US dollars"),
        ({"text": "0.0000001"}, "A price is a number of US dollars"),
        ({"ref": "0.1"}, "Enter this one too."),
    ],
)
def test_a_mistake_stands_beside_its_field(
    connection: Connection, alice: User, as_user: Callable[[User], Client], data: dict[str, str], said: str
) -> None:
    typed = {f"{MODEL.id}:720p:{kind}": value for kind, value in data.items()}
    answer = as_user(alice).post(page(connection), typed)
    assert (answer.status_code, said in answer.text, Connection.objects.get().rates) == (422, True, {})


def test_ark_is_priced_by_tokens_and_shows_the_models_of_its_host(
    team: Team, alice: User, as_user: Callable[[User], Client]
) -> None:
    text = as_user(alice).get(page(connect(team, vendor="ark", by=alice))).text
    assert unit("ark") in text
    assert "dreamina-seedance-2-0-260128" in text
    assert "doubao-" not in text


def test_a_change_of_prices_is_recorded_in_words(connection: Connection, alice: User) -> None:
    rates = {MODEL.id: {"720p": {"text": "0", "ref": "0.1"}}}
    actions.set_prices(connection, rates=rates, by=alice)
    actions.set_prices(connection, rates={}, by=alice)
    gone, entered = (in_words(entry).detail for entry in AuditEntry.objects.filter(action="connection_priced"))
    assert entered == "Seedance 2.0 720p: $0 text, $0.1 with references"
    assert gone == "Seedance 2.0 720p: own price removed"


def test_many_changes_of_prices_are_counted(connection: Connection, alice: User) -> None:
    rates = {MODEL.id: {name: {"text": "1", "ref": "1"} for name in MODEL.resolutions}}
    assert len(MODEL.resolutions) > 3
    actions.set_prices(connection, rates=rates, by=alice)
    entry = AuditEntry.objects.get(action="connection_priced")
    assert in_words(entry).detail == f"prices changed: {len(MODEL.resolutions)}"


@pytest.mark.parametrize("vendor", catalog.VENDOR_FILES)
def test_each_price_of_a_vendor_has_words_of_its_own(vendor: str) -> None:
    labels = [model.label for model in catalog.models(vendor)]
    assert len(labels) == len(set(labels))


def test_a_vendor_without_a_list_is_no_list(
    team: Team, alice: User, as_user: Callable[[User], Client], connection: Connection
) -> None:
    client, other = as_user(alice), connect(team, name="Other", vendor="apimart", by=alice)
    for url in (page(other), reverse("connection", args=[team.public_id, other.public_id])):
        text = client.get(url).text
        assert "No price is known; enter yours" in text
        assert "APIMart’s list" not in text
        assert "own list" not in text
    assert "No price is known" not in client.get(page(connection)).text
