"""When frames are on screen is read from the file, whatever its sound does and however long each of them stays."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from storyboard.rendering import check, compare, frames, span
from storyboard.rendering.probe import Facts, Unreadable, probe
from storyboard.rendering.still import still
from tests.rendering.odd import NAMES, UNEVEN, number_of, odd, shown

# Such containers keep whole milliseconds, also of how long the last frame stays.
ROUNDED = {"webm": 1.1, "mp4": 0.01, "mov": 0.01}


def facts_of(name: str, folder: Path) -> Facts:
    return check.inspect(odd(name, folder))


def number_at(path: Path, folder: Path, at_ms: int | None) -> int:
    with Image.open(still(path, folder, at_ms=at_ms)) as image:
        return number_of(image)


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_begins_and_ends_where_its_frames_do(name: str, tmp_path: Path) -> None:
    facts, wanted = facts_of(name, tmp_path), shown(name)
    assert facts.picture_from is not None
    assert facts.picture_to is not None
    exact = ROUNDED[facts.format]
    assert float(facts.picture_from * 1000) == pytest.approx(wanted[0].starts, abs=exact)
    assert float(facts.picture_to * 1000) == pytest.approx(wanted[-1].ends, abs=exact)


@pytest.mark.parametrize("name", NAMES)
def test_each_frame_is_found_by_its_time_or_by_its_rate(name: str, tmp_path: Path) -> None:
    facts, wanted = facts_of(name, tmp_path), shown(name)
    assert facts.fps is not None
    starts = [float(at) for at in facts.frames] or [
        float((facts.picture_from or 0) * 1000 + at * 1000 / facts.fps) for at in range(len(wanted))
    ]
    assert starts == pytest.approx([one.starts for one in wanted], abs=1.1)
    assert bool(facts.frames) == (name in {"uneven", "uneven_b", "uneven_webm", "slides", "slides_webm"})


@pytest.mark.parametrize("name", NAMES)
def test_the_last_frame_is_the_last_one_that_is_shown(name: str, tmp_path: Path) -> None:
    path = odd(name, tmp_path)
    assert number_at(path, tmp_path, None) == shown(name)[-1].number
    assert number_of(frames.last_frame(path)) == shown(name)[-1].number


@pytest.mark.parametrize("name", NAMES)
def test_every_frame_is_measured_at_a_moment_at_which_it_is_on_screen(name: str, tmp_path: Path) -> None:
    path, wanted = odd(name, tmp_path), shown(name)
    looks = compare.measure(path)
    assert len(looks) == len(wanted)
    assert all(one.starts - 0.6 <= look.ms < one.ends for look, one in zip(looks, wanted, strict=True))
    some = range(0, len(looks), 5)
    assert [number_at(path, tmp_path, looks[at].ms) for at in some] == [wanted[at].number for at in some]


def test_the_average_rate_of_uneven_frames_is_counted(tmp_path: Path) -> None:
    # The head of this WebM says 24.
    assert facts_of("uneven_webm", tmp_path).fps == Decimal("22.5")


@pytest.mark.parametrize("name", ["upright", "plain"])
def test_pictures_of_a_clip_that_was_held_upright_are_upright(name: str, tmp_path: Path) -> None:
    path, wide = odd(name, tmp_path), name == "plain"
    first = frames.first_frame(path)
    with Image.open(still(path, tmp_path)) as last:
        assert first.size == last.size == ((96, 64) if wide else (64, 96))
    small = compare.measure(path)[-1].mosaic
    assert (small == compare.measure(odd("plain", tmp_path))[-1].mosaic) == wide


@pytest.mark.parametrize("name", ["plain", "late", "one_long", "slides", "sound_much_longer", "sound_much_longer_webm"])
def test_one_that_is_cut_short_is_refused_all_the_same(name: str, tmp_path: Path) -> None:
    path = odd(name, tmp_path)
    content = head_first(path) if path.suffix == ".mp4" else path.read_bytes()
    media = max(content.find(b"mdat"), 0)
    path.write_bytes(content[: media + (len(content) - media) * 3 // 10])
    with pytest.raises(Unreadable, match="cut short"):
        check.inspect(path)


def head_first(path: Path) -> bytes:
    """As it is sent over networks: what there is to be found stands before it."""
    made = path.with_name("head-first.mp4")
    with av.open(str(path)) as source, av.open(str(made), "w", options={"movflags": "faststart"}) as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return made.read_bytes()


def test_what_is_trusted_is_read_as_before(tmp_path: Path) -> None:
    facts = probe(odd("late", tmp_path))
    assert (facts.seconds, facts.picture_from, facts.frames) == (Decimal("1.2"), None, ())


def test_a_longer_clip_of_uneven_frames_has_its_average_only() -> None:
    starts = [Fraction(at, 30) + Fraction(at % 2, 100) for at in range(span.MOST_FRAMES + 1)]
    found = span.spanned([(start, Fraction(1, 30)) for start in starts], starts[-1], Decimal(30))
    assert (found.frames, round(found.fps or 0)) == ((), 30)
    assert len(span.spanned([(at, Fraction(1, 30)) for at in starts[1:]], starts[-1], None).frames) == span.MOST_FRAMES


def test_a_file_of_endless_packets_keeps_its_times_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(span, "MOST_PACKETS", len(UNEVEN))
    facts = facts_of("uneven", tmp_path)
    assert (facts.picture_to, facts.frames, facts.fps) == (None, (), Decimal("22.5"))


def test_a_picture_that_ends_long_after_its_file_is_refused(tmp_path: Path) -> None:
    # Whose head says that it lasts for two seconds, which may lie anywhere.
    facts = replace(facts_of("plain", tmp_path), picture_to=Decimal(901))
    with pytest.raises(Unreadable, match=r"The picture of the video ends after 15 min 1 s, and 10 min are the most"):
        check.check_length(facts)
