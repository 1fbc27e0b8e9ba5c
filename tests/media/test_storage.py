"""One suite for every store: what the rest of the product may rely on, wherever files live."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore import auth
from botocore.compat import get_current_datetime

from storyboard.media.storage import StorageError, Stored, Upload
from storyboard.media.storage.errors import Lost
from storyboard.media.storage.s3 import S3Store
from tests.media.conftest import DATA, NOT_THERE, REFUSED, Place
from tests.s3 import free_port, s3_options

Clock = Callable[[int], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sign as if it were some seconds ago; the servers' clocks stay as they are."""

    def turn_back(seconds: int) -> None:
        then = get_current_datetime() - timedelta(seconds=seconds)
        monkeypatch.setattr(auth, "get_current_datetime", lambda: then)
        stamp = datetime.now(UTC).timestamp() - seconds
        monkeypatch.setattr("storyboard.media.storage.signing.time.time", lambda: stamp)

    return turn_back


def test_a_store_that_works_says_so(place: Place) -> None:
    place.store.check()


def test_what_is_sent_with_a_signed_link_is_kept(place: Place, key: str, tmp_path: Path) -> None:
    upload = place.store.presign_upload(key, "image/png", len(DATA))
    assert (upload.method, upload.headers) == ("PUT", {"Content-Type": "image/png"})
    assert place.send(upload, DATA).status_code == 200
    assert place.at(key) == (len(DATA), "image/png")
    assert place.content(key, tmp_path) == DATA


@pytest.mark.parametrize("data", [DATA + b"x", DATA[:-1], b""], ids=["one byte more", "one less", "nothing"])
def test_another_length_than_was_signed_is_refused(strict: Place, key: str, data: bytes) -> None:
    upload = strict.store.presign_upload(key, "image/png", len(DATA))
    assert strict.send(upload, data).status_code in REFUSED
    assert strict.store.head(key) is None


@pytest.mark.parametrize("content_type", ["image/jpeg", "text/html", ""])
def test_another_type_than_was_signed_is_refused(strict: Place, key: str, content_type: str) -> None:
    upload = strict.store.presign_upload(key, "image/png", len(DATA))
    assert strict.send(upload, DATA, **{"Content-Type": content_type}).status_code in REFUSED
    assert strict.store.head(key) is None


def test_a_length_that_is_not_said_is_refused(strict: Place, key: str) -> None:
    upload = strict.store.presign_upload(key, "image/png", len(DATA))
    answer = strict.browser.put(upload.url, content=iter([DATA]), headers=upload.headers)
    assert answer.status_code in REFUSED
    assert strict.store.head(key) is None


CHANGES: dict[str, Callable[[str], str]] = {
    "another key": lambda url: url.replace("/file?", "/other?"),
    "another folder": lambda url: url.replace("/t/", "/u/"),
    "a longer life": lambda url: url.replace("Expires=300", "Expires=3000").replace("expires=", "expires=9"),
    "one more parameter": lambda url: f"{url}&type=text%2Fhtml",
    "a signature changed": lambda url: url.replace("ignature=", "ignature=0"),
    "no signature": lambda url: url.partition("&X-Amz-Signature")[0].partition("&signature")[0],
    "no query": lambda url: url.partition("?")[0],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_link_opens_nothing(strict: Place, key: str, change: Callable[[str], str]) -> None:
    strict.keep(key)
    upload = strict.store.presign_upload(key, "image/png", len(DATA))
    link = strict.store.presign_download(key, 300)
    changed = replace(upload, url=change(upload.url))
    assert changed.url != upload.url
    assert strict.send(changed, DATA).status_code in REFUSED
    assert strict.read(change(link)).status_code in REFUSED
    assert [found.key for found in strict.store.list(key.removesuffix("file"))] == [key]
    assert strict.at(key) == (len(DATA), "video/mp4")


def test_a_link_to_read_does_not_write_and_one_to_write_does_not_read(strict: Place, key: str) -> None:
    strict.keep(key)
    link = strict.store.presign_download(key, 300)
    upload = strict.store.presign_upload(key, "video/mp4", len(DATA))
    assert strict.send(Upload(link, headers=upload.headers), DATA).status_code in REFUSED
    assert strict.read(upload.url).status_code in REFUSED


def test_a_vendor_can_fetch_until_the_link_runs_out(strict: Place, key: str, clock: Clock) -> None:
    strict.keep(key)
    clock(3540)
    assert strict.read(strict.store.presign_download(key, 3600)).status_code == 200
    clock(120)
    assert strict.read(strict.store.presign_download(key, 60)).status_code in REFUSED


def test_a_link_to_upload_runs_out(strict: Place, key: str, clock: Clock) -> None:
    clock(301)
    upload = strict.store.presign_upload(key, "image/png", len(DATA))
    assert strict.send(upload, DATA).status_code in REFUSED
    assert strict.store.head(key) is None


def test_an_upload_that_is_sent_again_changes_no_copy_of_the_first(place: Place, key: str, tmp_path: Path) -> None:
    upload = place.store.presign_upload(key, "image/png", len(DATA))
    place.send(upload, DATA)
    place.store.copy(key, f"{key}-checked")
    assert place.send(upload, DATA[::-1]).status_code == 200
    assert place.content(f"{key}-checked", tmp_path) == DATA
    assert place.content(key, tmp_path) == DATA[::-1]


@pytest.mark.parametrize(
    ("wanted", "piece", "positions"), [("2-4", b"234", "2-4"), ("7-", b"789", "7-9"), ("-3", b"789", "7-9")]
)
def test_a_piece_is_sent_where_a_piece_is_asked_for(
    place: Place, key: str, wanted: str, piece: bytes, positions: str
) -> None:
    place.keep(key)
    answer = place.read(place.store.presign_download(key, 60), Range=f"bytes={wanted}")
    # rclone forgets to say 206; browsers seek all the same.
    assert answer.status_code == (200 if place.name == "rclone" else 206)
    assert (answer.content, answer.headers["content-range"]) == (piece, f"bytes {positions}/10")


def test_a_piece_that_is_not_there_is_refused(place: Place, key: str) -> None:
    place.keep(key)
    assert place.read(place.store.presign_download(key, 60), Range="bytes=10-").status_code == 416


def test_the_link_says_how_the_file_is_called_and_what_it_is(place: Place, key: str) -> None:
    place.keep(key, content_type="application/octet-stream")
    link = place.store.presign_download(key, 60, filename="Café “1”.mp4", content_type="video/mp4")
    answer = place.read(link)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''Caf%C3%A9%20%E2%80%9C1%E2%80%9D.mp4"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_what_could_carry_a_script_is_only_saved(place: Place, key: str, content_type: str) -> None:
    place.keep(key, b"<script>alert(1)</script>", content_type)
    answer = place.read(place.store.presign_download(key, 60, content_type=content_type))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


@pytest.mark.parametrize("content_type", ["text/html", "image/png"])
def test_without_a_type_of_our_own_a_file_is_not_shown_in_place(place: Place, key: str, content_type: str) -> None:
    place.keep(key, b"<script>alert(1)</script>", content_type)
    answer = place.read(place.store.presign_download(key, 60))
    assert answer.headers["content-disposition"] == "attachment"


def test_nothing_is_there_until_it_was_put(place: Place, key: str, tmp_path: Path) -> None:
    assert place.store.head(key) is None
    with pytest.raises(Lost):
        place.store.get(key, tmp_path / "got")
    with pytest.raises(Lost):
        place.store.copy(key, f"{key}-2")
    assert not (tmp_path / "got").exists()
    assert place.read(place.store.presign_download(key, 60)).status_code in NOT_THERE


def test_a_file_is_put_from_a_path_or_from_where_an_open_one_stands(place: Place, key: str, tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(DATA)
    place.store.put(key, tmp_path / "clip", "video/mp4")
    assert place.content(key, tmp_path) == DATA
    with (tmp_path / "clip").open("rb") as file:
        file.seek(4)
        place.store.put(key, file, "video/webm")
    assert place.content(key, tmp_path) == DATA[4:]
    assert place.at(key) == (6, "video/webm")


def test_getting_a_file_says_what_it_was(place: Place, key: str, tmp_path: Path) -> None:
    place.keep(key)
    got = place.store.get(key, tmp_path / "got")
    assert got == place.store.head(key) == Stored(10, "video/mp4", got.etag)


def test_a_file_that_is_replaced_has_another_etag(place: Place, key: str) -> None:
    place.keep(key)
    first = place.store.head(key)
    place.keep(key, DATA[::-1])
    second = place.store.head(key)
    assert first
    assert second
    assert first.etag != second.etag


def test_a_copy_has_the_type_of_the_first_and_outlives_it(place: Place, key: str, tmp_path: Path) -> None:
    place.keep(key)
    place.store.copy(key, f"{key}-2")
    place.store.delete([key])
    assert place.at(f"{key}-2") == (10, "video/mp4")
    assert place.content(f"{key}-2", tmp_path) == DATA


def test_what_is_deleted_is_gone_and_may_be_deleted_again(place: Place, key: str) -> None:
    place.keep(key)
    place.keep(f"{key}-2")
    link = place.store.presign_download(key, 60)
    for _ in range(2):
        place.store.delete([key, f"{key}-2", f"{key}-never"])
    assert [place.at(key), place.at(f"{key}-2")] == [None, None]
    assert place.read(link).status_code in NOT_THERE


def test_files_are_listed_by_the_beginning_of_their_key(place: Place, key: str) -> None:
    folder = key.removesuffix("/file")
    for name in ("a1", "a2", "b", "a-sub/c"):
        place.keep(f"{folder}/{name}")
    assert {found.key for found in place.store.list(f"{folder}/a")} == {
        f"{folder}/{n}" for n in ("a1", "a2", "a-sub/c")
    }
    assert [found.key for found in place.store.list(f"{folder}/a-sub/")] == [f"{folder}/a-sub/c"]
    assert list(place.store.list(f"{folder}/none")) == []
    (one,) = place.store.list(f"{folder}/b")
    assert one.size == 10
    assert abs(one.modified - datetime.now(UTC)) < timedelta(minutes=1)


def test_browsers_are_sent_to_the_public_address_and_we_go_to_our_own(rclone: Place, key: str) -> None:
    assert isinstance(rclone.store, S3Store)
    store = S3Store({**rclone.store.options, "public_endpoint": "https://files.example.com"})
    store.put(key, io.BytesIO(DATA), "image/png")
    links = [store.presign_upload(key, "image/png", 1).url, store.presign_download(key, 60)]
    links.append(store.presign_part(key, "upload", 1, 1).url)
    assert {urlsplit(link)[:2] for link in links} == {("https", "files.example.com")}


def test_in_the_virtual_style_the_bucket_is_in_the_name() -> None:
    options = {**s3_options("https://s3.example.com", "films", "key", "secret"), "style": "virtual"}
    assert urlsplit(S3Store(options).presign_download("a", 60)).netloc == "films.s3.example.com"


def test_a_server_that_is_away_is_said_in_words(key: str, tmp_path: Path) -> None:
    store = S3Store(s3_options(f"http://127.0.0.1:{free_port()}", "films", "key", "secret"))
    calls: list[Callable[[], object]] = [store.check, lambda: store.head(key)]
    calls.append(lambda: store.put(key, io.BytesIO(DATA), "image/png"))
    for call in calls:
        with pytest.raises(StorageError, match="does not answer"):
            call()


def test_wrong_keys_are_said_in_words(rclone: Place, key: str) -> None:
    assert isinstance(rclone.store, S3Store)
    store = S3Store({**rclone.store.options, "secret": "wrong"})
    with pytest.raises(StorageError, match="The storage refused"):
        store.put(key, io.BytesIO(DATA), "image/png")
