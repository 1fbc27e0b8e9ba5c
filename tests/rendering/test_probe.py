"""A file is what it holds, whatever its name says, and reading it opens nothing else."""

import wave
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from storyboard.rendering import frames
from storyboard.rendering.animatic import Result
from storyboard.rendering.probe import Kind, Unreadable, probe
from tests.rendering.conftest import SIZE, apart

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile {clip}\n"


def test_a_picture_has_a_size_and_no_length(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "one.jpg")
    facts = probe(tmp_path / "one.jpg")
    assert (facts.kind, facts.format, facts.width, facts.height) == (Kind.IMAGE, "jpeg", 30, 20)
    assert (facts.seconds, facts.has_sound, facts.size) == (None, False, (tmp_path / "one.jpg").stat().st_size)


def test_a_sound_has_a_length_and_no_size(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "one.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 12000)
    facts = probe(tmp_path / "one.wav")
    assert (facts.kind, facts.format, facts.seconds, facts.width) == (Kind.AUDIO, "wav", Decimal("1.5"), None)


@pytest.mark.parametrize("playlist", [HLS, CONCAT])
@pytest.mark.parametrize("name", ["list.mp4", "list.m3u8", "list.txt"])
def test_a_playlist_is_refused_and_what_it_names_is_not_opened(
    tmp_path: Path, clip: Result, playlist: str, name: str
) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip.video.read_bytes())
    (tmp_path / name).write_text(playlist.format(clip="clip.mp4"))
    with pytest.raises(Unreadable, match="not a picture, video or sound"):
        probe(tmp_path / name)


@pytest.mark.parametrize(
    "content", [b"Dear Sir or Madam,\n" * 50, b"\0" * 4096, b"%!PS-Adobe-3.0 EPSF-3.0\n", b"<svg/>"]
)
def test_what_is_no_media_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(Unreadable, match=r"^The file is not .+\.$"):
        probe(tmp_path / "film.mp4")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    with pytest.raises(Unreadable, match="empty"):
        probe(tmp_path / "film.mp4")


def test_a_picture_that_calls_itself_a_film_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "film.mp4", "PNG")
    with pytest.raises(Unreadable, match=r"named \.mp4 but holds a PNG picture"):
        probe(tmp_path / "film.mp4")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_film_cut_short_is_noticed_though_it_starts_well(tmp_path: Path, clip: Result, share: float) -> None:
    content = clip.video.read_bytes()
    head = content.index(b"mdat")
    (tmp_path / "cut.mp4").write_bytes(content[: head + int((len(content) - head) * share)])
    assert probe(tmp_path / "cut.mp4", to_the_end=False).seconds == 1
    with pytest.raises(Unreadable, match="cut short"):
        probe(tmp_path / "cut.mp4")


def test_a_picture_cut_short_is_refused(tmp_path: Path, clip: Result) -> None:
    (tmp_path / "cut.png").write_bytes(clip.last_frame.read_bytes()[:900])
    with pytest.raises(Unreadable, match="cut short"):
        probe(tmp_path / "cut.png")


def test_frames_are_found_by_time_and_kept_without_loss(
    clip: Result, picture: Callable[[str, tuple[int, int, int]], Path], tmp_path: Path
) -> None:
    assert apart(frames.frame_at(clip.video, 99), frames.last_frame(clip.video)) == 0
    assert apart(frames.frame_at(clip.video, 0.02), frames.first_frame(clip.video)) == 0
    (tmp_path / "kept.png").write_bytes(frames.png(frames.last_frame(clip.video)))
    with Image.open(tmp_path / "kept.png") as kept:
        assert kept.size == SIZE
        assert apart(frames.last_frame(clip.video), kept) == 0
