"""A download that goes well, and the sentence for each that does not."""

import gzip
import hashlib
import io
import logging
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from storyboard.addresses import Policy, url_problem
from storyboard.media import fetch as fetching
from storyboard.media.fetch import Fetched, FetchError, fetch, our_policy
from tests.providers.misbehaving import Misbehaving, refusing, sends

BODY = b"frame " * 20_000


def served(body: bytes, headers: bytes = b"", status: int = 200) -> Misbehaving:
    head = b"HTTP/1.1 %d Any\r\nContent-Length: %d\r\n%s\r\n" % (status, len(body), headers)
    return Misbehaving(sends(head + body))


def here(server: Misbehaving) -> Policy:
    return Policy(hosts=frozenset({f"127.0.0.1:{server.port}"}))


def got(server: Misbehaving, to: Path | BinaryIO) -> Fetched:
    return fetch(f"{server.url}/a.png?sig=canary", policy=here(server), to=to, most_bytes=len(BODY), seconds=5)


def test_a_file_is_fetched_with_what_there_is_to_know_of_it(tmp_path: Path) -> None:
    with served(BODY, b"Content-Type: Image/PNG; charset=binary\r\n") as server:
        found = got(server, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == BODY
    assert found == Fetched(
        status=200,
        content_type="image/png",
        bytes=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        final_url=f"{server.url}/a.png?sig=canary",
        address="127.0.0.1",
    )
    assert list(tmp_path.iterdir()) == [tmp_path / "a.png"]


def test_an_open_file_is_written_from_where_it_is() -> None:
    file = io.BytesIO(b"before")
    file.seek(6)
    with served(BODY) as server:
        got(server, file)
    assert file.getvalue() == b"before" + BODY


def test_after_a_failure_the_open_file_is_as_it_was() -> None:
    file = io.BytesIO(b"before")
    file.seek(6)
    with Misbehaving("half the body") as server, pytest.raises(FetchError):
        got(server, file)
    assert file.getvalue() == b"before"


def test_after_a_failure_the_file_of_before_is_still_there(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"before")
    with Misbehaving("half the body") as server, pytest.raises(FetchError):
        got(server, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("kind", [b'text/html\\"><script>', b"nonsense", b"", b"a/b/c"])
def test_a_content_type_that_is_none_is_left_out(kind: bytes, tmp_path: Path) -> None:
    with served(BODY, b"Content-Type: %s\r\n" % kind) as server:
        assert got(server, tmp_path / "a").content_type == ""


def test_what_is_packed_is_unpacked(tmp_path: Path) -> None:
    with served(gzip.compress(BODY[:600]) + gzip.compress(BODY[600:]), b"Content-Encoding: GZip\r\n") as server:
        found = got(server, tmp_path / "a")
    assert (found.bytes, (tmp_path / "a").read_bytes()) == (len(BODY), BODY)
    assert "accept-encoding: identity" in server.heads[0].lower()


def test_redirects_are_followed_and_the_last_url_is_told(tmp_path: Path) -> None:
    steps = iter([b"/b?x=1", b"c d", b"//127.0.0.1:%d/e#f"])

    def mode(it: Any) -> None:
        it.read()
        if (to := next(steps, None)) is None:
            it.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        else:
            to = to % server.port if b"%d" in to else to
            it.send(b"HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % to)

    with Misbehaving(mode) as server:
        found = got(server, tmp_path / "a")
    assert found.final_url == f"{server.url}/e#f"
    assert [request.partition(" ")[2] for request in server.requests] == ["/a.png?sig=canary", "/b?x=1", "/c%20d", "/e"]
    assert not any("cookie" in head.lower() or "referer" in head.lower() for head in server.heads)


@pytest.mark.parametrize(
    ("status", "words", "later"),
    [
        (204, "could not be fetched", False),
        (206, "could not be fetched", False),
        (304, "could not be fetched", False),
        (401, "asks for a sign-in", False),
        (403, "may have expired", False),
        (404, "nothing behind that link", False),
        (410, "is gone", False),
        (429, "Try again later", True),
        (500, "could not be fetched", True),
        (503, "could not be fetched", True),
    ],
)
def test_each_answer_has_its_sentence(status: int, words: str, later: bool, tmp_path: Path) -> None:
    with served(b"", status=status) as server, pytest.raises(FetchError, match=words) as raised:
        got(server, tmp_path / "a")
    assert (raised.value.answered, raised.value.later) == (status, later)
    assert list(tmp_path.iterdir()) == []


def test_nobody_there_and_not_allowed_there_sound_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more: dict[str, Any] = {"to": tmp_path / "a", "most_bytes": 9, "seconds": 5}
    with refusing() as url, pytest.raises(FetchError) as nobody:
        fetch(url, policy=Policy(hosts=frozenset({url.removeprefix("http://")})), **more)
    monkeypatch.setattr(fetching, "url_problem", lambda url, policy: "")
    with pytest.raises(FetchError) as inside:
        fetch("https://127.0.0.1/", policy=Policy(), **more)
    assert str(nobody.value) == str(inside.value) == fetching.UNREACHABLE
    assert (nobody.value.later, inside.value.later) == (True, False)


def test_a_link_that_cannot_be_fetched_says_what_a_form_would_say(tmp_path: Path) -> None:
    for url in ("nonsense", "http://films.example.com/", "https://10.0.0.1/"):
        with pytest.raises(FetchError) as raised:
            fetch(url, policy=Policy(), to=tmp_path / "a", most_bytes=9, seconds=5)
        assert raised.value.message == url_problem(url)


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    with served(BODY) as server, pytest.raises(FetchError, match="could not be kept"):
        got(server, tmp_path / "no such folder" / "a")


def test_the_log_names_the_host_and_not_the_link(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Misbehaving("half the body") as server, pytest.raises(FetchError):
        got(server, tmp_path / "a")
    assert "nothing fetched from 127.0.0.1: RemoteProtocolError" in caplog.text
    assert "canary" not in caplog.text


def test_our_policy_is_the_public_internet_and_what_the_settings_name(settings: Any) -> None:
    settings.FETCH_HOSTS, settings.PUBLIC_URL, settings.EMBEDDED = (
        frozenset({"s3.lan:9000"}),
        "http://localhost:8000",
        True,
    )
    assert our_policy().hosts == {"s3.lan:9000", "localhost:8000"}
    settings.EMBEDDED = False
    assert our_policy(suffixes=("cdn.example.com",)) == Policy(frozenset({"s3.lan:9000"}), False, ("cdn.example.com",))


@pytest.mark.parametrize(("url", "own"), [("https://a.example.com", "a.example.com:443"), ("http://[::1]", "[::1]:80")])
def test_our_own_port_may_go_without_saying(url: str, own: str, settings: Any) -> None:
    settings.PUBLIC_URL, settings.EMBEDDED = url, True
    assert own in our_policy().hosts
