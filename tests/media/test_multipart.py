"""Large files in parts, in every store: in any order, again after a lost answer, found when nobody ended them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storyboard.media.storage import PART_BYTES
from storyboard.media.storage.errors import Lost, Unfinished
from tests.media.conftest import DATA, REFUSED, Place


def in_parts(place: Place, key: str, pieces: dict[int, bytes]) -> str:
    upload = place.store.create_multipart(key, "video/mp4")
    for number, piece in pieces.items():
        part = place.store.presign_part(key, upload, number, len(piece))
        assert place.send(part, piece).status_code == 200
    return upload


def test_a_large_file_arrives_in_parts_and_in_any_order(place: Place, key: str, tmp_path: Path) -> None:
    upload = in_parts(place, key, {2: b"tail", 1: b"a" * PART_BYTES})
    assert place.store.head(key) is None
    assert [(part.number, part.size) for part in place.store.parts(key, upload)] == [(1, PART_BYTES), (2, 4)]
    place.store.complete_multipart(key, upload, PART_BYTES + 4)
    assert place.at(key) == (PART_BYTES + 4, "video/mp4")
    assert place.content(key, tmp_path) == b"a" * PART_BYTES + b"tail"
    assert [begun.key for begun in place.store.list_multipart("") if begun.key == key] == []


def test_a_part_whose_answer_was_lost_is_sent_again(place: Place, key: str, tmp_path: Path) -> None:
    upload = in_parts(place, key, {1: DATA})
    assert place.send(place.store.presign_part(key, upload, 1, 10), DATA).status_code == 200
    # rclone keeps the first: it has passed it on already.
    data = DATA if place.name == "rclone" else DATA[::-1]
    place.send(place.store.presign_part(key, upload, 1, 10), data)
    place.store.complete_multipart(key, upload, 10)
    assert place.content(key, tmp_path) == data


@pytest.mark.parametrize("data", [DATA + b"x", DATA[:-1], b""], ids=["one byte more", "one less", "nothing"])
def test_a_part_of_another_length_is_refused(strict: Place, key: str, data: bytes) -> None:
    upload = strict.store.create_multipart(key, "video/mp4")
    part = strict.store.presign_part(key, upload, 1, len(DATA))
    assert strict.send(part, data).status_code in REFUSED
    assert list(strict.store.parts(key, upload)) == []
    strict.store.abort_multipart(key, upload)


@pytest.mark.parametrize(
    ("old", "new"), [("part=1", "part=2"), ("partNumber=1", "partNumber=2"), ("/file?", "/other?")]
)
def test_a_changed_link_to_a_part_opens_nothing(strict: Place, key: str, old: str, new: str) -> None:
    upload = strict.store.create_multipart(key, "video/mp4")
    part = strict.store.presign_part(key, upload, 1, len(DATA))
    if old in part.url:
        assert strict.send(replace(part, url=part.url.replace(old, new)), DATA).status_code in REFUSED
    assert list(strict.store.parts(key, upload)) == []
    strict.store.abort_multipart(key, upload)


@pytest.mark.parametrize(("pieces", "size"), [({}, 10), ({1: DATA}, 11), ({2: DATA}, 10), ({1: DATA, 3: DATA}, 20)])
def test_parts_that_do_not_make_the_file_are_not_put_together(
    place: Place, key: str, pieces: dict[int, bytes], size: int
) -> None:
    upload = in_parts(place, key, pieces)
    with pytest.raises(Unfinished):
        place.store.complete_multipart(key, upload, size)
    assert place.store.head(key) is None
    place.store.abort_multipart(key, upload)


def test_an_upload_in_parts_that_nobody_ended_is_found_and_forgotten(place: Place, key: str) -> None:
    upload = in_parts(place, key, {1: DATA})
    (begun,) = place.store.list_multipart(key)
    assert (begun.key, begun.upload) == (key, upload)
    # moto says that all of them began on a day in 2010.
    assert place.name == "moto" or abs(begun.started - datetime.now(UTC)) < timedelta(minutes=1)
    for _ in range(2):
        place.store.abort_multipart(key, upload)
    assert list(place.store.list_multipart(key)) == []
    with pytest.raises(Lost):
        place.store.parts(key, upload)


def test_a_part_for_a_forgotten_upload_is_refused(strict: Place, key: str) -> None:
    upload = strict.store.create_multipart(key, "video/mp4")
    part = strict.store.presign_part(key, upload, 1, len(DATA))
    strict.store.abort_multipart(key, upload)
    assert strict.send(part, DATA).status_code == 404
