"""What every request passes: ids, forwarded headers, caching, errors as sentences."""

import json
import re
from ipaddress import ip_network
from unittest.mock import Mock

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from storyboard import middleware
from storyboard.errors import Conflict
from storyboard.middleware import answer_domain_error, connections_back, unwrap_proxies


def forwarded(peer: str, chain: str, proto: str = "https") -> HttpRequest:
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": chain, "X-Forwarded-Proto": proto}, REMOTE_ADDR=peer
    )
    unwrap_proxies(request)
    return request


@pytest.fixture
def behind_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def test_a_stranger_cannot_choose_its_address() -> None:
    request = forwarded("203.0.113.9", "198.51.100.1")
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert not request.is_secure()
    assert "HTTP_X_FORWARDED_FOR" not in request.META


@pytest.mark.usefixtures("behind_proxy")
@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the left part is what the client claimed
        ("198.51.100.1, 10.1.1.1", "198.51.100.1"),  # two proxies of ours
        ("6.6.6.6, fd00::1, 10.1.1.1", "6.6.6.6"),
        ("nonsense", "10.0.0.2"),
        ("", "10.0.0.2"),
        ("6.6.6.6, <script>", "10.0.0.2"),
    ],
)
def test_a_trusted_proxy_vouches_for_one_address(chain: str, client: str) -> None:
    request = forwarded("10.0.0.2", chain)
    assert request.META["REMOTE_ADDR"] == client
    assert request.is_secure()


def test_every_answer_names_its_request_and_is_not_kept(client: Client) -> None:
    first, second = client.get("/healthz"), client.get("/healthz")
    assert re.fullmatch(r"[0-9a-f]{16}", first["X-Request-Id"])
    assert first["X-Request-Id"] != second["X-Request-Id"]
    assert first["Cache-Control"] == "no-store"


def test_htmx_gets_a_domain_error_as_a_toast() -> None:
    request = RequestFactory().post("/", headers={"HX-Request": "true"})
    answer = answer_domain_error(request, Conflict("Somebody else “changed” it."))
    assert answer is not None
    assert (answer.status_code, answer["HX-Reswap"]) == (409, "none")
    assert json.loads(answer["HX-Trigger"]) == {"toast": {"kind": "problem", "text": "Somebody else “changed” it."}}


def test_other_errors_are_left_to_django() -> None:
    assert answer_domain_error(RequestFactory().get("/"), ValueError("not for people")) is None


@pytest.mark.parametrize(
    ("pooled", "in_a_block", "answer", "closed"),
    [
        (True, False, HttpResponse("a page"), 1),
        (True, True, HttpResponse("a page"), 0),
        (False, False, HttpResponse("a page"), 0),
        (True, False, StreamingHttpResponse(["rows"]), 0),
    ],
    ids=["pooled", "in a transaction", "without a pool", "a stream"],
)
def test_an_answer_gives_its_connection_back_before_it_is_sent(
    monkeypatch: pytest.MonkeyPatch, pooled: bool, in_a_block: bool, answer: HttpResponse, closed: int
) -> None:
    close = Mock()
    options: dict[str, object] = {"pool": {}} if pooled else {}
    fake = Mock(settings_dict={"OPTIONS": options}, in_atomic_block=in_a_block, close=close)
    monkeypatch.setattr(middleware, "connection", fake)
    assert connections_back(lambda request: answer)(RequestFactory().get("/")) is answer
    assert close.call_count == closed
