"""An animatic has exactly the size, length and pictures that were asked for."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from storyboard.rendering import frames, paint, tone
from storyboard.rendering.animatic import Plan, Result, render
from storyboard.rendering.probe import Kind, probe
from tests.rendering.conftest import SIZE, apart, plan_in

Draw = Callable[[str, tuple[int, int, int]], Path]
CLOSE = 2.5
RED, GREEN = (200, 40, 40), (40, 170, 80)


def test_a_clip_has_the_size_the_length_and_the_rate_it_was_asked_for(clip: Result) -> None:
    facts = probe(clip.video)
    assert (facts.kind, facts.format, facts.width, facts.height) == (Kind.VIDEO, "mp4", *SIZE)
    assert (facts.seconds, facts.fps) == (Decimal(1), Decimal(24))
    assert (facts.video_codec, facts.audio_codec, facts.has_sound) == ("h264", "aac", True)


@pytest.mark.parametrize(("size", "seconds"), [((128, 224), 1), ((130, 98), 2)])
def test_every_frame_of_it_is_there(tmp_path: Path, size: tuple[int, int], seconds: int) -> None:
    made = render(plan_in(tmp_path, width=size[0], height=size[1], seconds=seconds))
    with av.open(str(made.video)) as file:
        shown = list(file.decode(video=0))
    assert [frame.time for frame in shown] == [pytest.approx(number / 24) for number in range(24 * seconds)]
    assert {(frame.width, frame.height) for frame in shown} == {size}
    assert not probe(made.video).has_sound


def test_a_clip_begins_to_play_before_it_is_loaded(clip: Result) -> None:
    content = clip.video.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_a_clip_is_tagged_as_bt709_at_video_range(clip: Result) -> None:
    with av.open(str(clip.video)) as file:
        context = file.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
    assert [int(tag) for tag in tags] == [1, 1, 1, 1]


def test_the_last_frame_beside_the_clip_is_the_one_that_a_player_shows(clip: Result) -> None:
    with av.open(str(clip.video)) as file:
        last = list(file.decode(video=0))[-1]
    with Image.open(clip.last_frame) as saved:
        assert saved.size == SIZE
        assert apart(frames.picture(last), saved) == 0


def test_with_an_opening_picture_the_clip_starts_on_it_and_moves_away(tmp_path: Path, picture: Draw) -> None:
    opening = picture("red.png", RED)
    made = render(plan_in(tmp_path / "clip", opening=opening))
    with Image.open(opening) as wanted:
        assert apart(frames.first_frame(made.video), wanted) < CLOSE
        assert apart(frames.frame_at(made.video, 0.3), wanted) > CLOSE
        assert apart(frames.last_frame(made.video), wanted) > 4 * CLOSE


def test_with_a_landing_picture_the_clip_ends_on_it(tmp_path: Path, picture: Draw) -> None:
    opening, landing = picture("red.png", RED), picture("green.png", GREEN)
    made = render(plan_in(tmp_path / "clip", opening=opening, landing=landing))
    with Image.open(opening) as first, Image.open(landing) as last:
        assert apart(frames.first_frame(made.video), first) < CLOSE
        assert apart(frames.last_frame(made.video), last) < CLOSE


def test_a_shot_takes_up_the_picture_where_the_one_before_left_it(tmp_path: Path, clip: Result) -> None:
    following = render(plan_in(tmp_path, prompt="A forest at night", opening=clip.last_frame))
    assert apart(frames.first_frame(following.video), frames.last_frame(clip.video)) < CLOSE


def test_references_are_seen_in_the_clip(tmp_path: Path, clip: Result, picture: Draw) -> None:
    references = (picture("red.png", (255, 0, 0)), clip.video)
    made = render(plan_in(tmp_path / "clip", references=references))
    before, after = frames.frame_at(clip.video, 0.5), frames.frame_at(made.video, 0.5)
    corner = (SIZE[0] // 2, 0, SIZE[0], SIZE[1] // 3)
    assert apart(before.crop(corner), after.crop(corner)) > 10
    assert apart(frames.last_frame(clip.video), frames.last_frame(made.video)) < CLOSE


def test_the_caption_is_seen_in_the_middle_and_gone_at_both_ends(tmp_path: Path, picture: Draw) -> None:
    same = picture("red.png", RED)
    spoken = render(plan_in(tmp_path / "spoken", opening=same, landing=same))
    silent = render(plan_in(tmp_path / "silent", opening=same, landing=same, prompt=""))
    foot = (0, SIZE[1] * 3 // 4, *SIZE)
    seen = [
        apart(frames.frame_at(spoken.video, at).crop(foot), frames.frame_at(silent.video, at).crop(foot))
        for at in (0, 0.5, 1)
    ]
    assert seen[0] < CLOSE < 5 < seen[1]
    assert seen[2] < CLOSE


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, clip: Result) -> None:
    again = render(plan_in(tmp_path, audio=True))
    assert again.video.read_bytes() == clip.video.read_bytes()
    assert again.last_frame.read_bytes() == clip.last_frame.read_bytes()


def test_another_seed_or_another_prompt_paints_another_scene() -> None:
    scenes = [paint.scene(*what, SIZE).tobytes() for what in [("sea", 1), ("sea", 2), ("snow", 1), ("sea", 1)]]
    assert scenes[0] == scenes[3]
    assert len(set(scenes)) == 3


@pytest.mark.parametrize("prompt", ["night city", "夜", "sea at dusk", "snow", "forest", "desert", "rain", "fog", ""])
def test_every_kind_of_scene_can_be_painted_in_any_shape(prompt: str) -> None:
    for size in [(96, 54), (54, 96), (210, 90)]:
        scene = paint.scene(prompt, 3, size)
        assert scene.size == size
        assert np.asarray(scene).std() > 8


def test_night_is_darker_than_day() -> None:
    assert (
        np.asarray(paint.scene("sea at night", 1, SIZE)).mean() < np.asarray(paint.scene("sunny sea", 1, SIZE)).mean()
    )


def test_the_sound_of_two_shots_is_the_sound_of_one() -> None:
    whole = tone.samples(0, 2 * tone.RATE)
    parts = [tone.samples(0, tone.RATE), tone.samples(1, tone.RATE)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert 0.02 < np.abs(whole).max() < 0.9


@pytest.mark.parametrize("changes", [{"width": 255}, {"height": 0}, {"seconds": 0}])
def test_a_size_that_video_cannot_have_is_refused(tmp_path: Path, changes: dict[str, int]) -> None:
    plan: Plan = plan_in(tmp_path, **changes)
    with pytest.raises(ValueError, match="even numbers"):
        render(plan)
