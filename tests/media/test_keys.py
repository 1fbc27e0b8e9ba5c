"""What reaches no store: keys that are not ours, and links that would mean nothing."""

import io
from pathlib import Path

import pytest

from tests.media.conftest import DATA, Place

HOSTILE = ["", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", ".types/x", "a/.b", "a\\b", "a\0b", "a\nb"]
HOSTILE += ["C:/x", "~/x", "a b", "a%2e", "é", "a" * 101, "/".join("a" * 11), "a?b", "a#b", "file:a"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_key_that_is_not_one_of_ours_reaches_no_store(place: Place, hostile: str, tmp_path: Path) -> None:
    store = place.store
    for call in (
        lambda: store.presign_upload(hostile, "image/png", 1),
        lambda: store.presign_download(hostile, 60),
        lambda: store.presign_part(hostile, "0" * 32, 1, 1),
        lambda: store.create_multipart(hostile, "image/png"),
        lambda: store.head(hostile),
        lambda: store.put(hostile, io.BytesIO(DATA), "image/png"),
        lambda: store.get(hostile, tmp_path / "got"),
        lambda: store.copy(hostile, "a"),
        lambda: store.delete([hostile]),
    ):
        with pytest.raises(ValueError, match="no key"):
            call()


def test_a_copy_does_not_go_to_a_key_that_is_not_ours(place: Place, key: str) -> None:
    place.keep(key)
    with pytest.raises(ValueError, match="no key"):
        place.store.copy(key, "../out")


@pytest.mark.parametrize("prefix", ["/", "..", "a/../b", ".parts/", "a\0"])
def test_a_list_does_not_begin_outside(place: Place, prefix: str) -> None:
    with pytest.raises(ValueError, match="no beginning"):
        list(place.store.list(prefix))
    with pytest.raises(ValueError, match="no beginning"):
        list(place.store.list_multipart(prefix))


@pytest.mark.parametrize(
    ("content_type", "size", "seconds"),
    [
        ("image/png", 0, 300),
        ("image/png", -1, 300),
        ("image/png", 1, 0),
        ("image/png", 1, 604_801),
        ("image/png\r\nX: y", 1, 300),
        ("png", 1, 300),
        ("", 1, 300),
    ],
)
def test_what_means_nothing_is_not_signed(place: Place, key: str, content_type: str, size: int, seconds: int) -> None:
    with pytest.raises(ValueError, match=r"content type|empty|lives"):
        place.store.presign_upload(key, content_type, size, seconds=seconds)
