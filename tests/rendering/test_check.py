"""The first bytes say what a file is; whatever is beyond the caps is refused with what would be right."""

from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from storyboard.rendering import check, sniff, wave
from storyboard.rendering.poster import posters
from storyboard.rendering.probe import Kind, Unreadable
from tests.media import seeds
from tests.media.hostile_boxes import many_tracks, patched


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    return seeds.seeds()


def written(folder: Path, content: bytes) -> Path:
    (folder / "file.txt").write_bytes(content)
    return folder / "file.txt"


def test_each_format_is_known_by_its_bytes_under_any_name(good: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in good.items():
        facts = check.inspect(written(tmp_path, content))
        assert (facts.format, facts.size) == (name, len(content))
        assert facts.has_sound is (name in {"mp4", "mov", "webm", "wav", "mp3"})
        if facts.kind is not Kind.IMAGE:
            assert facts.seconds is not None
            assert abs(facts.seconds - 1) < Decimal("0.1")


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"GIF89a", "This is a GIF. Please save it as a PNG, JPEG or WebP picture."),
        (b"\0\0\0\x18ftypheic", "This is an HEIC picture. Please save it as a PNG, JPEG or WebP picture."),
        (b"\x1aE\xdf\xa3\x42\x82\x88matroska", "This is an MKV video. Please save it as an MP4, MOV or WebM video."),
        (b"fLaC", "This is a FLAC sound. Please save it as a WAV or MP3 sound."),
        (b"RIFF\0\0\0\0AVI ", "This is an AVI video. Please save it as an MP4, MOV or WebM video."),
        (
            b"PK\3\4",
            "This is a ZIP archive. Please bring a PNG, JPEG or WebP picture, an MP4, MOV or WebM video "
            "or a WAV or MP3 sound.",
        ),
    ],
)
def test_what_people_bring_by_mistake_is_called_by_its_name(head: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        sniff.sniff(written(tmp_path, head + b"\0" * 50))
    assert str(refused.value) == sentence


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        check.inspect(written(folder, content))
    return str(refused.value)


def test_a_long_video_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, seeds.clip("mp4", seconds=725, fps=1, sound=False))
    assert said == "The video is 12 min 5 s long, and 10 min are the most. Please cut it."


def test_too_many_tracks_are_refused(good: dict[str, bytes], tmp_path: Path) -> None:
    said = refusal(tmp_path, many_tracks(good["mp4"], 9))
    assert said.startswith("The file has 9 tracks, and 8 are the most. Please export")


def test_a_sound_in_a_videos_clothes_is_refused(good: dict[str, bytes], tmp_path: Path) -> None:
    said = refusal(tmp_path, good["mp4"].replace(b"trak", b"free", 1))
    assert said == "This MP4 holds no video. Please save it as a WAV or MP3 sound."


def test_an_old_codec_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CODECS", check.CODECS - {"aac"})
    said = refusal(tmp_path, seeds.clip("mp4"))
    assert said == "A track is coded as aac, which is not taken. Please export it as H.264 with AAC."


def test_a_rate_that_cannot_be_is_refused(good: dict[str, bytes], tmp_path: Path) -> None:
    said = refusal(tmp_path, patched(good["mp4"], b"stts", 12, b"\0\0\0\1"))
    assert "pictures a second, and 300 are the most. Please export it with 24 to 60." in said


def test_a_side_that_is_too_long_is_refused(
    good: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "MOST_SIDE", 90)
    assert refusal(tmp_path, good["mp4"]).startswith("The video is 96 × 64 pixels, and 90 a side are the most.")


@pytest.mark.parametrize(("rotation", "red"), [(0, (5, 5)), (90, (58, 5)), (180, (90, 58)), (270, (5, 90))])
def test_a_clip_that_lies_on_its_side_is_shown_upright(rotation: int, red: tuple[int, int], tmp_path: Path) -> None:
    path = written(tmp_path, seeds.clip("mp4", rotation=rotation))
    facts = check.inspect(path)
    with Image.open(posters(path, tmp_path, widths=[96])[0]) as shown:
        assert shown.size == (facts.width, facts.height)
        pixel = shown.convert("RGB").getpixel(red)
    assert isinstance(pixel, tuple)
    assert pixel[0] > 180
    assert pixel[1] < 90


def test_the_poster_can_show_a_later_moment(tmp_path: Path) -> None:
    path = written(tmp_path, seeds.clip("mp4"))
    assert posters(path, tmp_path, widths=[32], at=99)[0].stat().st_size


def test_silence_is_flat_and_a_picture_has_no_waveform(good: dict[str, bytes], tmp_path: Path) -> None:
    silence = good["wav"][:44] + bytes(len(good["wav"]) - 44)
    assert wave.peaks(written(tmp_path, silence), 20) == [0] * 20
    assert len(wave.peaks(written(tmp_path, good["mp3"]))) == wave.BARS
    for content, words in ((good["png"], "A picture has no sound"), (seeds.clip("mp4", sound=False), "has no sound")):
        with pytest.raises(Unreadable, match=words):
            wave.peaks(written(tmp_path, content))
    with pytest.raises(Unreadable, match="waveform"):
        posters(written(tmp_path, good["wav"]), tmp_path, widths=[32])
