"""A file, or the piece of it that was asked for, with headers that make it harmless when opened by itself."""

import asyncio
import os
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncRequestFactory, RequestFactory

from storyboard.media import ranged as module
from storyboard.media.ranged import CHUNK, ranged
from storyboard.media.storage.errors import Lost

DATA = b"0123456789"
WHOLE = (200, None, DATA)
NONE = (416, "bytes */10", b"")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "clip").write_bytes(DATA)
    os.utime(tmp_path / "clip", (1_700_000_000, 1_700_000_000))
    return tmp_path / "clip"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Three pieces and a bit, each position different from its neighbours."""
    (tmp_path / "large").write_bytes(bytes(range(251)) * (3 * CHUNK // 251 + 9))
    return tmp_path / "large"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every file that was opened."""
    files: list[Any] = []
    real = Path.open

    def open_and_note(path: Path, mode: str) -> Any:
        files.append(real(path, mode))
        return files[-1]

    monkeypatch.setattr(Path, "open", open_and_note)
    return files


def ask(path: Path, method: str = "GET", *, content_type: str = "video/mp4", **headers: str) -> HttpResponseBase:
    request = RequestFactory(headers={name.replace("_", "-"): value for name, value in headers.items()})
    return ranged(request.generic(method, "/"), path, content_type=content_type)


def ask_async(path: Path, **headers: str) -> StreamingHttpResponse:
    answer = ranged(AsyncRequestFactory().get("/", headers=headers), path, content_type="video/mp4")
    assert isinstance(answer, StreamingHttpResponse)
    return answer


def said(answer: HttpResponseBase) -> tuple[int, str | None, bytes]:
    return answer.status_code, answer.headers.get("Content-Range"), b"".join(answer)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-3", (206, "bytes 0-3/10", b"0123")),
        ("bytes=0-0", (206, "bytes 0-0/10", b"0")),
        ("bytes=4-", (206, "bytes 4-9/10", b"456789")),
        ("bytes=-4", (206, "bytes 6-9/10", b"6789")),
        ("bytes=-99", (206, "bytes 0-9/10", DATA)),
        ("bytes=8-99", (206, "bytes 8-9/10", b"89")),
        ("bytes= 2 - 3", WHOLE),
        ("bytes= 2-3 ", (206, "bytes 2-3/10", b"23")),
        ("bytes=10-", NONE),
        ("bytes=99-100", NONE),
        ("bytes=-0", NONE),
        ("bytes=-", WHOLE),
        ("bytes=4-3", WHOLE),
        ("bytes=0-1,4-5", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=1", WHOLE),
        ("bytes=--1", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=\u0661-2", WHOLE),
        ("seconds=1-2", WHOLE),
        ("", WHOLE),
        (f"bytes=0-{'9' * 5_000}", WHOLE),
    ],
)
def test_a_range_is_read_as_the_standard_says(path: Path, wanted: str, expected: tuple[int, str | None, bytes]) -> None:
    answer = ask(path, range=wanted)
    assert said(answer) == expected
    assert answer.headers.get("Content-Length", "0") == str(len(expected[2])) or expected == NONE


def test_the_answer_says_that_pieces_can_be_had(path: Path) -> None:
    answer = ask(path)
    assert (answer.headers["Accept-Ranges"], answer.headers["Content-Length"]) == ("bytes", "10")
    assert answer.headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_head_tells_the_whole_length_and_sends_nothing(path: Path) -> None:
    answer = ask(path, "HEAD", range="bytes=0-3")
    assert said(answer) == (200, None, b"")
    assert answer.headers["Content-Length"] == "10"


def test_no_piece_of_an_empty_file_can_be_had(path: Path) -> None:
    path.write_bytes(b"")
    assert said(ask(path)) == (200, None, b"")
    assert said(ask(path, range="bytes=0-"))[:2] == (416, "bytes */0")


def test_a_piece_is_sent_only_beside_pieces_of_the_same_file(path: Path) -> None:
    tag = ask(path).headers["ETag"]
    for condition in (tag, "Tue, 14 Nov 2023 22:13:20 GMT"):
        assert ask(path, range="bytes=0-3", if_range=condition).status_code == 206
    for condition in ('"another"', f"W/{tag}", "Tue, 14 Nov 2023 22:13:21 GMT", "yesterday", ""):
        assert said(ask(path, range="bytes=0-3", if_range=condition)) == WHOLE


def test_what_the_browser_has_is_not_sent_again(path: Path) -> None:
    first = ask(path)
    for condition in ({"if_none_match": first.headers["ETag"]}, {"if_modified_since": formatdate(usegmt=True)}):
        again = ask(path, **condition)
        assert said(again) == (304, None, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert ask(path, if_none_match='"another"').status_code == 200
    assert ask(path, if_match='"another"').status_code == 412


def test_a_file_that_was_replaced_has_another_etag(path: Path) -> None:
    before = ask(path).headers["ETag"]
    (path.parent / "new").write_bytes(DATA)
    os.replace(path.parent / "new", path)
    assert ask(path).headers["ETag"] != before


def test_an_etag_of_the_caller_s_is_used(path: Path) -> None:
    answer = ranged(RequestFactory().get("/"), path, content_type="video/mp4", etag="sha")
    assert answer.headers["ETag"] == '"sha"'


@pytest.mark.parametrize(
    "content_type", ["image/png", "image/jpeg", "image/webp", "video/mp4", "audio/mpeg", "audio/wav"]
)
def test_six_types_are_shown_in_place(path: Path, content_type: str) -> None:
    answer = ask(path, content_type=content_type)
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == (content_type, "inline")


@pytest.mark.parametrize(
    ("content_type", "served"),
    [
        ("text/html", "application/octet-stream"),
        ("TEXT/HTML; charset=utf-8", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("text/css", "application/octet-stream"),
        ("video/mp4, text/html", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("video/quicktime", "video/quicktime"),
        ("application/pdf", "application/pdf"),
    ],
)
def test_every_other_type_is_saved(path: Path, content_type: str, served: str) -> None:
    answer = ask(path, content_type=content_type)
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == (served, "attachment")


def test_what_is_no_picture_clip_or_sound_is_shut_in(path: Path) -> None:
    shut = ask(path, content_type="application/pdf").headers["Content-Security-Policy"]
    shown = ask(path, content_type="video/mp4").headers["Content-Security-Policy"]
    assert ("sandbox" in shut, "sandbox" in shown, "media-src 'self'" in shown) == (True, False, True)


def test_opened_by_itself_a_file_can_do_nothing(path: Path) -> None:
    for answer in (ask(path), ask(path, range="bytes=0-3"), ask(path, range="bytes=99-"), ask(path, if_none_match="*")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shot 1.mp4", 'attachment; filename="shot 1.mp4"'),
        ("a\r\nX-Evil: 1.mp4", 'attachment; filename="aX-Evil: 1.mp4"'),
        ('a"; filename="b.html', 'attachment; filename="a_; filename=_b.html"'),
        ("../../etc/passwd", 'attachment; filename=".._.._etc_passwd"'),
        ("\u202egpj.exe", 'attachment; filename="gpj.exe"'),
        ("戏.mp4", "attachment; filename*=utf-8''%E6%88%8F.mp4"),
        ("\0\ud800", "attachment"),
        ("x" * 500, f'attachment; filename="{"x" * 150}"'),
    ],
)
def test_a_file_is_saved_under_a_name_that_says_no_more_than_a_name(path: Path, name: str, said: str) -> None:
    answer = ranged(RequestFactory().get("/"), path, content_type="video/mp4", filename=name, inline=False)
    assert answer.headers["Content-Disposition"] == said


@pytest.mark.parametrize("name", ["none", ".", "clip/x"])
def test_a_file_that_is_not_there_is_said_in_words(path: Path, name: str) -> None:
    with pytest.raises(Lost, match="Upload or generate it again"):
        ask(path.parent / name)


def test_a_large_piece_is_sent_in_small_ones(large: Path, db: None) -> None:
    answer = ask(large, range=f"bytes=5-{3 * CHUNK}")
    pieces = list(answer)
    assert b"".join(pieces) == large.read_bytes()[5 : 3 * CHUNK + 1]
    assert max(map(len, pieces)) == CHUNK
    answer.close()


def test_without_an_event_loop_the_file_is_closed_with_the_answer(large: Path, opened: list[Any], db: None) -> None:
    answer = ask(large)
    assert [file.closed for file in opened] == [False]
    answer.close()
    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-3"}, {"range": "bytes=99-"}, {"if_none_match": "*"}])
def test_a_short_answer_holds_no_file(path: Path, opened: list[Any], headers: dict[str, str]) -> None:
    ask(path, **headers)
    assert [file.closed for file in opened] == [True]


async def read(answer: StreamingHttpResponse) -> bytes:
    return b"".join([piece async for piece in answer])


def test_an_event_loop_is_given_the_same(large: Path, opened: list[Any]) -> None:
    answer = ask_async(large, range=f"bytes=5-{3 * CHUNK}")
    assert answer.is_async
    assert asyncio.run(read(answer)) == large.read_bytes()[5 : 3 * CHUNK + 1]
    assert opened[0].closed


def test_a_reader_that_goes_away_closes_the_file(large: Path, opened: list[Any]) -> None:
    async def leave() -> None:
        pieces: AsyncIterator[bytes] = aiter(ask_async(large))
        assert len(await anext(pieces)) == CHUNK
        assert not opened[0].closed
        await pieces.aclose()  # type: ignore[attr-defined]

    asyncio.run(leave())
    assert opened[0].closed


def test_the_loop_goes_on_while_the_disk_is_slow(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turned = []
    real = os.pread

    async def other() -> None:
        turned.append(True)

    async def watch() -> None:
        loop = asyncio.get_running_loop()

        def wait_for_other(*where: int) -> bytes:
            # Runs in a thread; were it the loop's own, this would wait for itself.
            asyncio.run_coroutine_threadsafe(other(), loop).result(timeout=5)
            return real(*where)

        monkeypatch.setattr("storyboard.media.ranged.os.pread", wait_for_other)
        await read(ask_async(large))

    asyncio.run(watch())
    assert len(turned) == 4


def test_database_connections_are_given_back_before_the_first_piece(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    async def give_back() -> None:
        given.append("back")

    monkeypatch.setattr(module, "let_go", give_back)

    async def first() -> None:
        pieces = aiter(ask_async(large))
        await anext(pieces)
        assert given == ["back"]

    asyncio.run(first())
