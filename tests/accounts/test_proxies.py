"""Whose address counts when the request came through proxies: only what a trusted one wrote down."""

from ipaddress import ip_network

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from storyboard.middleware import plain_address, unwrap_proxies


def client_of(peer: str, chain: str) -> str:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": chain}, REMOTE_ADDR=peer)
    unwrap_proxies(request)
    return str(request.META["REMOTE_ADDR"])


@pytest.fixture(autouse=True)
def behind_proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", '"[2001:db8::1]"', "2001:db8::1"),
        ("10.0.0.1", "2001:DB8:0::1", "2001:db8::1"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("fd00::1", "6.6.6.6,,198.51.100.1,", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.1", "6.6.6.6, unknown", "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.2.3", "10.0.0.1"),
        ("203.0.113.9", "10.0.0.1, 198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),
        ("not an address", "198.51.100.1", ""),
    ],
)
def test_the_address_is_the_last_that_a_trusted_proxy_saw(peer: str, chain: str, client: str) -> None:
    assert client_of(peer, chain) == client


@given(st.text(max_size=60))
def test_no_header_makes_a_stranger_anybody_else(chain: str) -> None:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": chain, "HTTP_X_FORWARDED_PROTO": "https"}
    unwrap_proxies(request)
    assert request.META == {"REMOTE_ADDR": "203.0.113.9"}


@given(st.text(max_size=60))
def test_what_a_client_writes_left_of_the_proxy_never_counts(claim: str) -> None:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"{claim}, 198.51.100.1"}
    unwrap_proxies(request)
    assert request.META["REMOTE_ADDR"] == "198.51.100.1"


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_nothing(text: str) -> None:
    assert plain_address(plain_address(text)) == plain_address(text)


@pytest.mark.django_db
def test_the_account_page_shows_the_unwrapped_address(client: Client) -> None:
    from allauth.usersessions.models import UserSession

    from storyboard.teams.models import User

    User.objects.create_user("alice@example.com", "a long enough secret")
    form = {"login": "alice@example.com", "password": "a long enough secret"}
    headers = {"X-Forwarded-For": "6.6.6.6, 198.51.100.1"}
    client.post("/accounts/login/", form, headers=headers, REMOTE_ADDR="10.0.0.1")
    assert UserSession.objects.get().ip == "198.51.100.1"
