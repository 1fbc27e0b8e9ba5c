"""The paid request: each way in which a vendor or the network can break has its class, and none sends it twice."""

import httpx
import pytest

from storyboard.providers import http, outcomes
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unknown
from storyboard.providers.gathering import Answer
from storyboard.providers.http import Client
from tests.providers.misbehaving import MODES, Misbehaving, full, refusing
from tests.providers.quick import client
from tests.providers.spoken import EVOLINK, FAKE, SPOKEN, Spoken

BODY = {"prompt": "A lighthouse at dusk"}
LARGE = {"prompt": "x" * 16_000_000}
CREATED = FAKE.task_id
WORKS = ("well behaved", "created", "continue first", "byte by byte but done in time")
NOT_CREATED = ("429", "429 with Retry-After", "429 that quotes the key")
REFUSED = ("400", "401", "402", "403", "404", "413", "415", "422", "401 that quotes the key", "403 of a proxy")
# Whose pages say of a 503 when to come back; from the others it tells nothing.
TAKES_503 = (FAKE, EVOLINK)
# What broke, as the error's reason says; the others came with an answer.
BROKEN = {
    "reset before reading": "Error",
    "reset after reading": "ReadError",
    "closed before reading": "Error",
    "closed after reading": "RemoteProtocolError: Server disconnected without sending a response",
    "hang before reading": "ReadTimeout",
    "hang after reading": "ReadTimeout",
    "headers byte by byte": "the whole exchange took too long",
    "body byte by byte": "the whole exchange took too long",
    "half the headers": "RemoteProtocolError",
    "half the body": "RemoteProtocolError",
    "half the body, then reset": "ReadError",
    "half the body, then hang": "ReadTimeout",
    "half a chunk": "RemoteProtocolError",
    "a wrong chunk": "RemoteProtocolError",
    "length no number": "RemoteProtocolError",
    "no HTTP": "RemoteProtocolError",
    "wrong gzip": "DecodingError",
    "too large": "Unreadable: The answer is too large",
    "half a refusal": "RemoteProtocolError",
}
SENT_ONCE = [mode for mode in MODES if mode not in {"keep-alive closed", "no TLS"}]


def expected(mode: str, says: Spoken) -> type[ProviderError] | None:
    if mode in WORKS:
        return None
    if mode in REFUSED:
        return Refused
    busy = mode in NOT_CREATED or (mode == "503 with Retry-After" and says in TAKES_503)
    return NotCreated if busy else Unknown


def check(mode: str, says: Spoken = FAKE) -> None:
    """Submit once; the outcome must be the table's, and the server must have been asked once."""
    with Misbehaving(mode, says) as server:
        kind, asking = expected(mode, says), client(server.url, says.vendor)
        if kind is None:
            assert asking.submit(BODY) == says.task_id
        else:
            with pytest.raises(kind) as raised:
                asking.submit(BODY)
            assert type(raised.value) is kind
            assert BROKEN.get(mode, "") in raised.value.reason
    assert server.connections == 1
    assert server.posts <= 1
    assert server.requests == [f"POST {says.vendor.SUBMIT}"] * server.posts


@pytest.mark.parametrize("vendor", SPOKEN)
@pytest.mark.parametrize("mode", SENT_ONCE)
def test_a_submission_ends_in_its_class_and_is_sent_once(mode: str, vendor: str) -> None:
    check(mode, SPOKEN[vendor])


def test_a_refused_connection_created_nothing() -> None:
    with refusing() as url, pytest.raises(NotCreated, match="nothing was created") as raised:
        client(url).submit(BODY)
    assert raised.value.reason.startswith("ConnectError")
    assert raised.value.retryable
    assert raised.value.status is None


def test_a_connection_that_nobody_takes_created_nothing() -> None:
    with full() as url, pytest.raises(NotCreated) as raised:
        client(url).submit(BODY)
    assert raised.value.reason.startswith("ConnectTimeout")


def test_a_server_without_tls_gets_nothing_of_the_request() -> None:
    with Misbehaving("no TLS") as server, pytest.raises(NotCreated) as raised:
        client(server.url.replace("http:", "https:")).submit(BODY)
    assert raised.value.reason.startswith("ConnectError: [SSL")
    assert server.requests == []


def test_a_request_that_nobody_reads_is_unknown() -> None:
    with Misbehaving("hang before reading") as server, pytest.raises(Unknown) as raised:
        client(server.url).submit(LARGE)
    assert raised.value.reason.startswith("WriteTimeout")
    assert server.connections == 1


@pytest.mark.parametrize("says", [says for says in SPOKEN.values() if says.balance], ids=lambda says: says.task_id)
def test_a_kept_connection_that_was_closed_is_never_used_to_submit(says: Spoken) -> None:
    with Misbehaving("keep-alive closed", says) as server:
        asking = client(server.url, says.vendor)
        assert asking.balance()
        assert asking.submit(BODY) == says.task_id
    assert server.requests == [f"GET {says.vendor.BALANCE}", f"POST {says.vendor.SUBMIT}"]
    assert server.connections == 2


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (httpx.PoolTimeout("none free"), NotCreated),
        (httpx.WriteError("broken pipe"), Unknown),
        (httpx.LocalProtocolError("not allowed"), Unknown),
        (httpx.InvalidURL("no address"), Unknown),
        (OSError("a cable"), Unknown),
        (MemoryError(), Unknown),
        (RecursionError(), Unknown),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_no_server_can_bring_about_has_its_class_too(
    monkeypatch: pytest.MonkeyPatch, broken: Exception, kind: type[ProviderError]
) -> None:
    def breaks(*args: object) -> None:
        raise broken

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", breaks)
    with pytest.raises(kind) as raised:
        client("http://127.0.0.1:9").submit(BODY)
    assert type(broken).__name__ in raised.value.reason


def test_an_end_of_the_process_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", stops)
    with pytest.raises(KeyboardInterrupt):
        client("http://127.0.0.1:9").submit(BODY)


def test_a_503_that_the_vendor_does_not_document_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.providers.fake.NOT_ACCEPTED", frozenset({429}))
    with Misbehaving("503 with Retry-After") as server, pytest.raises(Unknown):
        client(server.url).submit(BODY)


@pytest.mark.parametrize("vendor", SPOKEN)
def test_the_sentence_is_the_vendors_where_its_file_has_one_and_plain_otherwise(vendor: str) -> None:
    says = SPOKEN[vendor]
    for mode, sentence in (("402", says.out_of_money), ("403 of a proxy", "nothing was created or charged")):
        with Misbehaving(mode, says) as server, pytest.raises(Refused, match=sentence):
            client(server.url, says.vendor).submit(BODY)


def test_an_error_carries_what_the_vendor_said() -> None:
    with Misbehaving("429 with Retry-After") as server, pytest.raises(NotCreated) as raised:
        client(server.url).submit(BODY)
    error = raised.value
    assert (error.status, error.code, error.message, error.request_id) == (429, "50001", "Not like this.", "req_77")
    assert error.retry_after is not None
    assert error.retry_after.total_seconds() == 7
    assert '"code": 50001' in error.raw


def test_what_came_before_the_break_is_kept_as_evidence() -> None:
    with Misbehaving("half the body, then reset") as server, pytest.raises(Unknown, match="console") as raised:
        client(server.url).submit(BODY)
    assert (raised.value.status, CREATED in raised.value.raw, raised.value.retryable) == (200, True, False)


def test_an_answer_of_any_size_leaves_a_short_piece_of_evidence() -> None:
    with Misbehaving("too large") as server, pytest.raises(Unknown) as raised:
        client(server.url).submit(BODY)
    assert len(raised.value.raw) == 20_000


def test_the_paid_request_says_that_its_connection_ends_with_it() -> None:
    with Misbehaving("well behaved") as server:
        client(server.url).submit(BODY)
    assert "connection: close" in server.heads[0].lower()
    assert "authorization: bearer sk-canary" in server.heads[0].lower()


def test_a_proxy_from_the_environment_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Misbehaving("well behaved") as proxy, Misbehaving("well behaved") as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        client(server.url).submit(BODY)
    assert (proxy.connections, server.posts) == (0, 1)


# The twins: with the safety taken out, the check above has to fail.


@pytest.mark.parametrize(
    "mode", ["reset after reading", "closed after reading", "hang after reading", "502", "bad JSON"]
)
def test_the_count_notices_a_client_that_sends_again(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    once = Client._exchange

    def thrice(self: Client, method: str, url: str, *, content: str | None = None) -> Answer:
        return [once(self, method, url, content=content) for _ in range(3)][-1]

    monkeypatch.setattr(Client, "_exchange", thrice)
    with pytest.raises(AssertionError, match="== 1"):
        check(mode)


def test_the_count_notices_a_client_that_follows_redirects(monkeypatch: pytest.MonkeyPatch) -> None:
    options = Client._options
    monkeypatch.setattr(Client, "_options", lambda self: options(self) | {"follow_redirects": True})
    with pytest.raises(AssertionError, match="== 1"):
        check("307 to itself")


def test_the_table_notices_a_lost_answer_taken_for_a_request_that_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "NEVER_SENT", (*http.NEVER_SENT, httpx.ReadTimeout))
    with pytest.raises(NotCreated):
        check("hang after reading")


def test_the_table_notices_a_5xx_taken_for_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "REFUSED", outcomes.REFUSED | {502})
    with pytest.raises(Refused):
        check("502")
