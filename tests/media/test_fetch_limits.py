"""Too much, too slow, too little: each is ended soon, and nothing of it stays on the disk."""

import gzip
import io
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from storyboard import pinned
from storyboard.addresses import Policy
from storyboard.media.fetch import FetchError, fetch
from storyboard.media.inflate import PIECE, inflated
from tests.providers.misbehaving import Connection, Misbehaving, reads, sends

Mode = Callable[[Connection], None]
MOST = 200_000
HEAD = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(bytes(16_000_000))
NO_FILES = gzip.compress(b"") * 20_000


def forever(head: bytes, again: bytes) -> Mode:
    def send(it: Connection) -> None:
        it.send(head)
        while not it.server.over.is_set():
            it.send(again)

    return reads(send)


def slowly(head: bytes, again: bytes) -> Mode:
    """As slow as one wants: each wait is short, and there is no end of them."""

    def drip(it: Connection) -> None:
        it.send(head)
        while not it.server.over.wait(0.02):
            it.send(again)

    return reads(drip)


def packed(body: bytes, how: bytes = b"gzip") -> Mode:
    return sends(HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (how, len(body), body))


def of_length(said: int, body: bytes) -> Mode:
    return sends(HEAD + b"Content-Length: %d\r\n\r\n%s" % (said, body))


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CASES: dict[str, tuple[Mode | str, str]] = {
    "says 2 GB": (of_length(2_000_000_000, b"x"), "larger than"),
    "sends without end": (forever(HEAD + b"\r\n", b"x" * 65_536), "larger than"),
    "sends chunks without end": (forever(CHUNKED, b"4000\r\n" + b"x" * 0x4000 + b"\r\n"), "larger than"),
    "one byte too many": (of_length(MOST + 1, b"x" * (MOST + 1)), "larger than"),
    "a bomb": (packed(BOMB), "larger than"),
    "a bomb in a bomb": (packed(gzip.compress(BOMB), b"gzip, gzip"), "packed form"),
    "nothing, packed often": (packed(NO_FILES), "larger than"),
    "another packing": (packed(b"x", b"br"), "packed form"),
    "packed but not": (packed(b"x" * 100), "damaged"),
    "packed with something behind": (packed(gzip.compress(b"x") + b"rubbish"), "damaged"),
    "packed and cut off": (packed(gzip.compress(bytes(range(256)) * 9)[:-9]), "damaged"),
    "one byte after the other": (slowly(HEAD + b"Content-Length: 9999\r\n\r\n", b"x"), "in time"),
    "chunk after chunk": (slowly(CHUNKED, b"1\r\nx\r\n"), "in time"),
    "a header that is never over": (slowly(HEAD + b"X: ", b"x"), "in time"),
    "headers without end": (forever(HEAD, b"X-More: and more\r\n"), "damaged"),
    "a header without end": (forever(HEAD + b"X: ", b"x" * 1000), "damaged"),
    "continues without end": (forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "in time"),
    "trailers without end": (forever(CHUNKED + b"0\r\n", b"X-More: and more\r\n"), "damaged"),
    "a chunk with a long name": (forever(CHUNKED + b"1;", b"x" * 1000), "damaged"),
    "silence": (reads(Connection.hang), "in time"),
    "silence in the middle": (
        reads(lambda it: it.send(HEAD + b"Content-Length: 9\r\n\r\nx"), Connection.hang),
        "in time",
    ),
    "less than said": (of_length(1000, b"x"), "incomplete"),
    "two lengths": (sends(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), "incomplete"),
    "a length that is none": (sends(HEAD + b"Content-Length: -1\r\n\r\nx"), "incomplete"),
    "reset": ("half the body, then reset", "incomplete"),
    "no answer": ("closed after reading", "incomplete"),
    "no HTTP": ("no HTTP", "incomplete"),
    "a wrong chunk": ("a wrong chunk", "incomplete"),
    "half a chunk": ("half a chunk", "incomplete"),
}


def fetched(server: Misbehaving, to: Path | BinaryIO, *, most: int = MOST, seconds: float = 5) -> int:
    policy = Policy(hosts=frozenset({f"127.0.0.1:{server.port}"}))
    return fetch(server.url, policy=policy, to=to, most_bytes=most, seconds=seconds).bytes


@pytest.mark.clock
@pytest.mark.parametrize("case", CASES)
def test_a_bad_answer_is_ended_soon_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    mode, words = CASES[case]
    began = time.monotonic()
    with Misbehaving(mode) as server:
        with pytest.raises(FetchError, match=words):
            fetched(server, tmp_path / "a", seconds=0.4)
        assert time.monotonic() - began < 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.clock
def test_redirects_share_one_clock(tmp_path: Path) -> None:
    def late(it: Connection) -> None:
        it.server.over.wait(0.3)
        it.send(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    with Misbehaving(reads(late)) as server, pytest.raises(FetchError, match="in time"):
        fetched(server, tmp_path / "a", seconds=0.4)
    assert len(server.requests) == 2


def test_more_than_was_said_is_left_behind() -> None:
    file = io.BytesIO()
    with Misbehaving(of_length(3, b"abcdef")) as server:
        assert fetched(server, file) == 3
    assert file.getvalue() == b"abc"


def test_exactly_as_much_as_is_allowed_is_fetched() -> None:
    with Misbehaving(of_length(MOST, b"x" * MOST)) as server:
        assert fetched(server, io.BytesIO()) == MOST


@pytest.mark.clock
def test_with_a_clock_for_each_wait_only_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_clock = pinned.client
    monkeypatch.setattr(pinned, "client", lambda policy, timeout, until: with_a_clock(policy, timeout=timeout))
    began = time.monotonic()
    mode, _ = CASES["chunk after chunk"]
    with Misbehaving(mode) as server, pytest.raises(FetchError, match="larger than"):
        fetched(server, io.BytesIO(), most=40, seconds=0.1)
    assert time.monotonic() - began > 0.5


def memory(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_takes_no_memory() -> None:
    assert memory(lambda: sum(map(len, inflated([BOMB])))) < 10 * PIECE
    assert memory(lambda: zlib.decompress(BOMB, zlib.MAX_WBITS | 16)) > 10_000_000
    assert max(map(len, inflated([BOMB]))) == PIECE


@pytest.mark.parametrize("cut", [1, 7, 1000])
def test_what_is_unpacked_is_the_same_however_it_is_cut(cut: int) -> None:
    body = bytes(range(256)) * 1000
    data = gzip.compress(body) + gzip.compress(b"more") + gzip.compress(b"")
    assert b"".join(inflated(data[at : at + cut] for at in range(0, len(data), cut))) == body + b"more"
