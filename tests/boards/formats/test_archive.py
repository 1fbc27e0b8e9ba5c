"""A board travels with its media in a ZIP, and a hostile ZIP is refused before anything in it is opened."""

import hashlib
import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from storyboard.boards.formats import archive, bundle, directory
from storyboard.boards.formats.archive import Member, copy_member, read_zip, write_zip
from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftShot, Unusable
from storyboard.providers.base import Kind

FOX, SONG = b"a picture of a fox", b"a song" * 400_000
SUMS = [hashlib.sha256(data).hexdigest() for data in (FOX, SONG)]
FILM = DraftBoard(
    name="Harbour",
    shots=[DraftShot(prompt="A fox", references=["a", "b"])],
    references=[
        DraftReference(id="a", name="Fox", kind=Kind.IMAGE, sha256=SUMS[0], file_name="../../Fox ..PNG"),
        DraftReference(id="b", name="Song", kind=Kind.AUDIO, sha256=SUMS[1], file_name="song"),
        DraftReference(id="c", name="Gone", kind=Kind.IMAGE, sha256="0" * 64, file_name="gone.png"),
    ],
)
# What a test does to an entry before its bytes are written.
Bend = Callable[[ZipInfo], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The film, as Export makes it."""
    files = dict(zip(SUMS, (tmp_path / "fox", tmp_path / "song"), strict=True))
    for file, data in zip(files.values(), (FOX, SONG), strict=True):
        file.write_bytes(data)
    with (tmp_path / "film.zip").open("wb") as to:
        write_zip(FILM, files, to)
    return tmp_path / "film.zip"


def add(path: Path, name: str, data: bytes = b"x", bend: Bend = lambda info: None) -> None:
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    with ZipFile(path, "a") as zipped:
        bend(info)
        zipped.writestr(info, data)


def copied(path: Path, member: Member) -> bytes:
    to = io.BytesIO()
    copy_member(path, member, to)
    return to.getvalue()


def test_the_board_and_its_media_come_back(path: Path) -> None:
    draft, members = read_zip(path)
    assert draft == FILM
    assert [copied(path, members[name]) for name in SUMS] == [FOX, SONG]
    assert members.keys() == set(SUMS)


def test_the_file_is_ordinary_and_the_same_each_time(path: Path, tmp_path: Path) -> None:
    with ZipFile(path) as zipped:
        assert zipped.namelist() == ["board.json", f"media/{SUMS[0]}.png", f"media/{SUMS[1]}"]
        assert stat.S_IMODE(zipped.infolist()[1].external_attr >> 16) == 0o644
    again = io.BytesIO()
    write_zip(FILM, {SUMS[0]: tmp_path / "fox", SUMS[1]: tmp_path / "song"}, again)
    assert again.getvalue() == path.read_bytes()


def test_a_folder_around_everything_and_other_files_do_no_harm(path: Path, tmp_path: Path) -> None:
    packed = tmp_path / "again.zip"
    with ZipFile(path) as source, ZipFile(packed, "w") as target:
        target.mkdir("My film")
        for name in source.namelist():
            target.writestr(f"My film/{name}", source.read(name))
        target.writestr("__MACOSX/._board.json", b"x")
    draft, members = read_zip(packed)
    assert (draft, copied(packed, members[SUMS[0]])) == (FILM, FOX)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up", "a/../../up", "a//b", "./a", "..", "a\\..\\b", "C:/x", "file:x", "media/../x"]
)
def test_a_name_that_leads_elsewhere_is_refused(path: Path, name: str) -> None:
    add(path, name)
    with pytest.raises(Unusable, match="a file’s name leads out of it"):
        read_zip(path)


def test_a_name_with_a_null_character_is_refused(path: Path) -> None:
    add(path, "mediaXfox")
    path.write_bytes(path.read_bytes().replace(b"mediaXfox", b"media\0fox"))
    with pytest.raises(Unusable, match=r"leads out of it|no ZIP that can be read"):
        read_zip(path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_is_refused(path: Path, kind: int) -> None:
    add(path, "media/link", b"/etc/passwd", lambda info: setattr(info, "external_attr", (kind | 0o777) << 16))
    with pytest.raises(Unusable, match="it holds a link"):
        read_zip(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["board.json", "BOARD.JSON"])
def test_two_files_of_one_name_are_refused(path: Path, name: str) -> None:
    add(path, name)
    with pytest.raises(Unusable, match="two of its files have the same name"):
        read_zip(path)


def test_a_file_that_grows_beyond_measure_is_refused(path: Path) -> None:
    add(path, "media/bomb", b"\0" * 30_000_000)
    with pytest.raises(Unusable, match="grows beyond measure"):
        read_zip(path)


def test_files_that_are_too_much_together_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_BYTES", len(SONG))
    with pytest.raises(Unusable, match="unpacked it has more than"):
        read_zip(path)


def test_files_that_lie_on_top_of_each_other_are_refused(path: Path) -> None:
    with ZipFile(path, "a") as zipped:
        zipped.infolist()[2].header_offset = zipped.infolist()[1].header_offset + 1
        zipped.writestr("x", b"x")
    with pytest.raises(Unusable, match="lie on top of each other"):
        read_zip(path)


def test_too_many_files_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_ENTRIES", 2)
    with pytest.raises(Unusable, match="more than 2 files"):
        read_zip(path)


def test_a_table_of_contents_that_is_too_long_is_not_even_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_DIRECTORY", 100)
    monkeypatch.setattr(directory, "ZipFile", None)
    with pytest.raises(Unusable, match="it holds too much"):
        read_zip(path)


def test_a_large_table_of_contents_behind_a_small_one_is_not_read(path: Path) -> None:
    data = path.read_bytes()
    end = data.rfind(b"PK\5\6")
    path.write_bytes(data[:end] + struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1) + data[end:])
    with pytest.raises(Unusable, match="it holds too much"):
        read_zip(path)


def test_a_locked_and_an_oddly_packed_file_are_refused(path: Path) -> None:
    add(path, "media/odd", bend=lambda info: setattr(info, "compress_type", zipfile.ZIP_LZMA))
    with pytest.raises(Unusable, match="packed in an unusual way"):
        read_zip(path)
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(Unusable, match="locked with a password"):
        read_zip(path)


@pytest.mark.parametrize("cut", [0, 1, 30, 60, 2_000_000, -1, -22, -40, -200])
def test_half_a_file_is_refused_in_words(path: Path, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Unusable, match="Export the board again"):
        read_zip(path)


def test_a_medium_that_is_another_one_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(FOX, FOX.upper()))
    _, members = read_zip(path)
    with pytest.raises(Unusable, match="is not what its board describes"):
        copied(path, members[SUMS[0]])
    assert copied(path, members[SUMS[1]]) == SONG


def test_a_true_file_under_the_name_of_another_is_refused(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with ZipFile(other, "w") as zipped:
        zipped.writestr("board.json", bundle.write(FILM))
        zipped.writestr(f"media/{SUMS[0]}.png", b"a wolf")
    _, members = read_zip(other)
    with pytest.raises(Unusable, match="is not what its board describes"):
        copied(other, members[SUMS[0]])


def test_no_board_two_boards_and_a_board_of_too_many_words_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.zip"
    for names, data in (
        (["readme.txt"], b"x"),
        (["a/board.json", "b/board.json"], b"x"),
        (["board.json"], b" " * 20_000_001),
    ):
        with ZipFile(path, "w") as zipped:
            for name in names:
                zipped.writestr(name, data)
        with pytest.raises(Unusable, match=r"no board, or several|more than 20 MB of words"):
            read_zip(path)


def test_media_that_are_too_large_are_not_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 5)
    (tmp_path / "fox").write_bytes(FOX)
    with pytest.raises(Unusable, match="Export the board without them"):
        write_zip(FILM, {SUMS[0]: tmp_path / "fox"}, io.BytesIO())
