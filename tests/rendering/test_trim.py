"""A part is exact: its first picture is the one on screen at the start, its sound is cut at the sample."""

from decimal import Decimal
from pathlib import Path

import av
import numpy as np
import pytest

from storyboard.rendering import check
from storyboard.rendering.probe import Unreadable
from storyboard.rendering.trim import trim
from tests.media.seeds import CODECS, clip, picture, seeds

FPS = 24


def counted(path: Path, seconds: int = 3) -> None:
    """A clip whose pictures say their number: 3 grey levels more each."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "1", "g": "1000"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * FPS):
            grey = np.full((48, 64, 3), 20 + 3 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode())


def numbers(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        greys = [frame.to_ndarray(format="rgb24").mean() for frame in container.decode(video=0)]
    return [round((grey - 20) / 3) for grey in greys]


def times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [round(frame.time or 0, 3) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [(0, 500, 0, 11), (1000, 2000, 24, 47), (1010, 2000, 24, 47), (1042, 1100, 25, 26), (2500, 3000, 60, 71)],
)
def test_a_part_holds_the_very_pictures(tmp_path: Path, start: int, end: int, first: int, last: int) -> None:
    counted(tmp_path / "in")
    part = trim(tmp_path / "in", tmp_path, in_ms=start, out_ms=end)
    assert numbers(part) == list(range(first, last + 1))
    assert check.inspect(part).seconds == Decimal(end - start) / 1000


def test_a_picture_that_began_before_the_part_is_shown_for_its_rest(tmp_path: Path) -> None:
    counted(tmp_path / "in")
    shown = times(trim(tmp_path / "in", tmp_path, in_ms=1010, out_ms=1100))
    assert shown == [0, 0.032, 0.073]


def test_a_part_within_one_picture_is_that_picture(tmp_path: Path) -> None:
    counted(tmp_path / "in")
    assert numbers(trim(tmp_path / "in", tmp_path, in_ms=1001, out_ms=1030)) == [24]


@pytest.mark.parametrize("name", CODECS)
def test_every_kind_of_clip_keeps_its_sound_and_its_length(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").write_bytes(clip(name, seconds=2))
    facts = check.inspect(trim(tmp_path / "in", tmp_path, in_ms=500, out_ms=1250))
    assert (facts.format, facts.audio_codec) == ("mp4", "aac")
    assert facts.seconds
    assert abs(facts.seconds - Decimal("0.75")) <= Decimal("0.022")


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_clip_held_upright_stays_upright(tmp_path: Path, rotation: int) -> None:
    (tmp_path / "in").write_bytes(clip("mp4", rotation=rotation))
    before = check.inspect(tmp_path / "in")
    after = check.inspect(trim(tmp_path / "in", tmp_path, in_ms=100, out_ms=900))
    assert (after.width, after.height) == (before.width, before.height)


@pytest.mark.parametrize(("name", "tolerance"), [("wav", 0), ("mp3", 1)])
def test_a_part_of_a_sound_is_as_long_as_was_asked(tmp_path: Path, name: str, tolerance: int) -> None:
    (tmp_path / "in").write_bytes(seeds()[name])
    facts = check.inspect(trim(tmp_path / "in", tmp_path, in_ms=333, out_ms=777))
    assert facts.format == name
    assert facts.seconds
    assert abs(facts.seconds * 1000 - 444) <= tolerance


def test_a_wav_is_cut_at_the_sample(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(seeds()["wav"])
    whole, part = samples(tmp_path / "in"), samples(trim(tmp_path / "in", tmp_path, in_ms=250, out_ms=500))
    rate = len(whole)  # the sound lasts one second
    assert np.array_equal(part, whole[rate // 4 : rate // 2])


def samples(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])


def test_a_picture_has_no_parts(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(picture("png"))
    with pytest.raises(Unreadable, match="cannot be trimmed"):
        trim(tmp_path / "in", tmp_path, in_ms=0, out_ms=1)
