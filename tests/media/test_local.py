"""The folder behind the local store, and the door to it."""

import io
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.test import Client

from storyboard.media import storage
from storyboard.media.storage import Upload
from storyboard.media.storage.errors import Lost, StorageError
from storyboard.media.storage.local import LocalStore
from storyboard.media.storage.signing import Refused, sign, verify
from tests.media.conftest import Place
from tests.server import Server

DATA = b"0123456789"
PNG = {"Content-Type": "image/png"}
NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path, settings: LazySettings) -> LocalStore:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.S3 = {**settings.S3, "bucket": ""}
    return LocalStore(settings.MEDIA_ROOT)


def files(store: LocalStore) -> list[str]:
    """Every file in the folder, hidden ones too."""
    return sorted(path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file())


def send(client: Client, upload: Upload, data: bytes) -> int:
    return client.put(upload.url, data, content_type=upload.headers["Content-Type"]).status_code


def test_the_settings_say_which_store_it_is(settings: LazySettings) -> None:
    settings.S3 = {**settings.S3, "bucket": ""}
    assert isinstance(storage.store(), LocalStore)
    settings.S3 = {**settings.S3, "bucket": "films"}
    assert storage.store() is storage.store()
    assert not isinstance(storage.store(), LocalStore)


def test_a_link_is_a_path_on_this_site_and_whole_for_a_vendor(store: LocalStore, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://films.example.com"
    link = store.presign_download("t/1/a", 60)
    assert link.startswith("/media/t/1/a?expires=")
    assert storage.from_outside(link) == f"https://films.example.com{link}"
    assert storage.from_outside("https://files.example.com/a?b=c") == "https://files.example.com/a?b=c"


def test_files_come_and_go_without_a_database_a_session_or_a_cookie(client: Client, store: LocalStore) -> None:
    # No `db` fixture: a query would raise. And the check for forged forms is on: the link stands in for it.
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, store.presign_upload("t/1/a", "image/png", 10), DATA) == 200
    answer = client.get(store.presign_download("t/1/a", 60))
    assert (answer.status_code, b"".join(answer)) == (200, DATA)
    assert not answer.cookies


def test_a_file_is_whole_or_not_there(store: LocalStore) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(4)

    store.put("t/1/a", io.BytesIO(DATA), "image/png")
    before = files(store)
    with pytest.raises(StorageError, match="Input/output error"):
        store.put("t/1/a", Broken(b"other"), "image/jpeg")
    assert files(store) == before
    assert store.path("t/1/a").read_bytes() == DATA
    assert store.type_of("t/1/a") == "image/png"


def test_a_refused_upload_leaves_nothing(client: Client, store: LocalStore) -> None:
    store.create_multipart("t/1/other", "image/png")
    before = files(store)
    upload = store.presign_upload("t/1/a", "image/png", 10)
    for data in (DATA + b"x", DATA[1:], b""):
        assert send(client, upload, data) == 403
    assert files(store) == before


@pytest.mark.parametrize("told", [4, 10_000])
def test_a_length_that_is_not_the_body_s_is_refused(store: LocalStore, told: int) -> None:
    with pytest.raises(Refused, match="not as long"):
        store.receive("t/1/a", io.BytesIO(DATA), "image/png", told)
    assert files(store) == []


def test_a_finished_upload_leaves_only_the_file_and_its_type(store: LocalStore, client: Client) -> None:
    upload = store.create_multipart("t/1/a", "video/mp4")
    assert send(client, store.presign_part("t/1/a", upload, 1, 10), DATA) == 200
    store.complete_multipart("t/1/a", upload, 10)
    assert files(store) == [".types/t/1/a", "t/1/a"]
    store.delete(["t/1/a"])
    assert files(store) == []


def test_a_folder_that_cannot_be_used_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = LocalStore(tmp_path / "file" / "media")
    for call in (store.check, lambda: store.put("a", io.BytesIO(DATA), "image/png")):
        with pytest.raises(StorageError, match=r"The media folder cannot be (made|used): Not a directory\."):
            call()


def test_a_file_without_its_type_is_bytes_without_meaning(store: LocalStore) -> None:
    store.put("t/1/a", io.BytesIO(DATA), "image/png")
    store.types("t/1/a").unlink()
    found = store.head("t/1/a")
    assert found
    assert found.content_type == "application/octet-stream"


@pytest.mark.parametrize("note", ["", '{"key": "t/1', "\0"])
def test_an_upload_that_a_crash_left_half_noted_is_found_with_all_others(store: LocalStore, note: str) -> None:
    upload = store.create_multipart("t/1/a", "image/png")
    (store.parts_of(upload) / "about").write_text(note)
    assert [begun.upload for begun in store.list_multipart("")] == [upload]
    assert list(store.list_multipart("t/")) == []
    with pytest.raises(Lost):
        store.parts("t/1/a", upload)


def test_what_is_no_file_of_ours_is_not_listed(store: LocalStore) -> None:
    store.put("t/1/a", io.BytesIO(DATA), "image/png")
    store.create_multipart("t/1/b", "image/png")
    for stray in ("t/1/.DS_Store", "t/1/a b", ".hidden"):
        (store.root / stray).touch()
    assert [found.key for found in store.list("")] == ["t/1/a"]
    assert [store.head("t/1"), list(store.list("t/1/a/"))] == [None, []]


HOSTILE = [
    "../secret",
    "..%2fsecret",
    "%2e%2e/secret",
    "a/../../secret",
    ".types/t/1/a",
    ".parts/x/about",
    "//etc/passwd",
]
HOSTILE += [
    "%2fetc%2fpasswd",
    "..\\secret",
    "a%00",
    "a%0a",
    "~root",
    "a//b",
    "t/1/a/",
    "C:/x",
    "%c0%ae%c0%ae/secret",
    "",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_path_that_is_no_key_leads_nowhere_even_when_signed(
    client: Client, store: LocalStore, hostile: str, db: None
) -> None:
    store.put("t/1/a", io.BytesIO(DATA), "image/png")
    (store.root.parent / "secret").write_bytes(DATA)
    before = files(store)
    for key in (hostile, httpx.URL(f"http://x/{hostile}").path[1:]):
        query = sign("GET", key, {}, seconds=60)
        assert client.get(f"/media/{hostile}?{query}").status_code in {403, 404}
        query = sign("PUT", key, {}, seconds=60, headers=("image/png", "1"))
        assert client.put(f"/media/{hostile}?{query}", b"x", content_type="image/png").status_code in {403, 404}
    assert files(store) == before
    assert (store.root.parent / "secret").read_bytes() == DATA


@pytest.mark.parametrize("upload", ["..", "", "0" * 31, "../../secret" + "0" * 20, "x" * 32])
def test_an_upload_that_is_not_ours_leads_nowhere(client: Client, store: LocalStore, upload: str) -> None:
    fields = {"upload": upload, "part": "1"}
    query = sign("PUT", "t/1/a", fields, seconds=60, headers=("application/octet-stream", "1"))
    status = client.put(f"/media/t/1/a?{query}", b"x", content_type="application/octet-stream").status_code
    assert status == 404
    assert files(store) == [] if store.root.exists() else True


def test_beside_an_s3_server_the_door_is_shut(client: Client, store: LocalStore, settings: LazySettings) -> None:
    store.put("t/1/a", io.BytesIO(DATA), "image/png")
    link, upload = store.presign_download("t/1/a", 60), store.presign_upload("t/1/a", "image/png", 1)
    settings.S3 = {**settings.S3, "bucket": "films"}
    assert [client.get(link).status_code, send(client, upload, b"x")] == [404, 404]


def test_a_refusal_is_a_plain_sentence(client: Client, store: LocalStore) -> None:
    answer = client.get("/media/t/1/a")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert answer.content.decode() == "This link is not complete. Reload the page it came from."
    assert client.get(store.presign_download("t/1/a", 60)).status_code == 404


def test_a_disk_that_is_full_is_said_in_words(
    client: Client, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storyboard.media.storage.local.os.fsync", full)
    assert send(client, store.presign_upload("t/1/a", "image/png", 10), DATA) == 503
    assert files(store) == []


@pytest.mark.parametrize(("age", "holds"), [(0, True), (59, True), (60, False), (3_600, False)])
def test_a_link_holds_until_it_runs_out(age: int, holds: bool) -> None:
    query = sign("GET", "t/1/a", {"name": "a&b=c\n"}, seconds=60, now=NOW)
    if holds:
        assert verify("GET", "t/1/a", query, now=NOW + age)["name"] == "a&b=c\n"
    else:
        with pytest.raises(Refused, match="has run out"):
            verify("GET", "t/1/a", query, now=NOW + age)


CHANGES: dict[str, Callable[[str], str]] = {
    "nothing": lambda query: "",
    "no signature": lambda query: query.partition("&signature")[0],
    "an empty one": lambda query: query.partition("&signature")[0] + "&signature=",
    "not text": lambda query: query.partition("&signature")[0] + "&signature=%ff%ff",
    "two": lambda query: query + "&signature=0",
    "more behind": lambda query: query + "&type=text/html",
    "more in front": lambda query: "type=text/html&" + query,
    "later": lambda query: query.replace("expires=1", "expires=2"),
    "twice": lambda query: query.replace("expires=", "expires=2900000000&expires="),
    "very many": lambda query: "&".join(["a=b"] * 1_000) + "&" + query,
    "spelled otherwise": lambda query: query.replace("&", ";"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_query_is_refused(change: Callable[[str], str]) -> None:
    query = sign("GET", "t/1/a", {"type": "image/png"}, seconds=60, now=NOW)
    verify("GET", "t/1/a", query, now=NOW)
    with pytest.raises(Refused):
        verify("GET", "t/1/a", change(query), now=NOW)


@pytest.mark.parametrize(
    ("method", "key", "headers"),
    [
        ("GET", "a", ("image/png", "1")),
        ("PUT", "b", ("image/png", "1")),
        ("PUT", "a", ("image/png", "2")),
        ("PUT", "a", ()),
    ],
)
def test_a_signature_is_for_one_request(method: str, key: str, headers: tuple[str, ...]) -> None:
    query = sign("PUT", "a", {}, seconds=60, headers=("image/png", "1"), now=NOW)
    with pytest.raises(Refused, match="does not fit"):
        verify(method, key, query, headers, now=NOW)


def test_another_installation_s_links_are_refused(settings: LazySettings) -> None:
    query = sign("GET", "a", {}, seconds=60, now=NOW)
    settings.SECRET_KEY = "another key of more than thirty-two letters"
    with pytest.raises(Refused, match="does not fit"):
        verify("GET", "a", query, now=NOW)


def open_files(server: Server) -> list[str]:
    folder = Path(f"/proc/{server.pid}/fd")
    return [os.readlink(found) for found in folder.iterdir() if found.exists()]


def wait_until(done: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


def read_a_little(server: Server, link: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", server.port))
    line.sendall(f"GET {link} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert line.recv(1_000).startswith(b"HTTP/1.1 200")
    return line


def test_the_web_process_closes_the_file_of_a_reader_that_went_away(site: Server, local: Place, key: str) -> None:
    store: Any = local.store
    store.put(key, io.BytesIO(bytes(50_000_000)), "video/mp4")
    path = str(store.path(key))
    lines = [read_a_little(site, store.presign_download(key, 60)) for _ in range(3)]
    assert open_files(site).count(path) == 3
    # While three readers dawdle, a fourth is answered.
    assert local.read(store.presign_download(key, 60), Range="bytes=0-9").content == bytes(10)
    for line in lines:
        line.close()
    wait_until(lambda: path not in open_files(site))


def test_many_parts_at_once_make_one_file(local: Place, key: str) -> None:
    upload = local.store.create_multipart(key, "video/mp4")
    pieces = {number: os.urandom(1_000_000) for number in range(1, 9)}
    parts = {number: local.store.presign_part(key, upload, number, 1_000_000) for number in pieces}
    senders = [threading.Thread(target=local.send, args=(parts[number], pieces[number])) for number in pieces]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    local.store.complete_multipart(key, upload, 8_000_000)
    link = local.store.presign_download(key, 60)
    assert local.read(link).content == b"".join(pieces[number] for number in sorted(pieces))
