"""From a request to its file: the size, the length, the rate, and what the clip opens and ends on."""

import base64
import io
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from storyboard.rendering import frames
from storyboard.rendering.probe import probe
from storyboard.sandbox import scene
from storyboard.sandbox.models import Task
from tests.sandbox.conftest import ORIGIN, Take, picture

Run = Callable[[], list[str]]
SQUARE = (640, 640)


def drawn(colour: tuple[int, int, int], size: tuple[int, int] = SQUARE) -> Image.Image:
    """A soft gradient with a mark in it."""
    ramp = Image.linear_gradient("L").resize(size)
    image = Image.composite(Image.new("RGB", size, colour), Image.new("RGB", size, (20, 30, 40)), ramp)
    image.paste((240, 240, 240), (40, 40, 200, 90))
    return image


def written_out(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are from each other on average, in parts of 255."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def clip(task: Task) -> Path:
    return task.folder / "0.mp4"


@pytest.mark.once
def test_a_clip_has_the_pixels_the_length_and_the_rate_that_were_asked_for(take: Take, run_jobs: Run) -> None:
    task = take(ratio="16:9")
    assert run_jobs() == [f"storyboard.sandbox.tasks.{name}" for name in ("begin", "render", "finish")]
    task.refresh_from_db()
    assert task.state == "succeeded"
    facts = probe(clip(task))
    assert (facts.width, facts.height, facts.seconds, facts.fps) == (864, 496, Decimal(4), Decimal(24))
    with av.open(str(clip(task))) as container:
        count = sum(1 for _ in container.decode(video=0))
        assert (count, container.streams.video[0].average_rate) == (96, Fraction(24))


@pytest.mark.once
def test_a_clip_opens_on_one_picture_and_ends_on_the_other(take: Take, run_jobs: Run) -> None:
    opening, landing = drawn((200, 90, 40)), drawn((40, 120, 190))
    content = [picture(written_out(opening), "first_frame"), picture(written_out(landing), "last_frame")]
    task = take(content=content)
    run_jobs()
    assert apart(frames.first_frame(clip(task)), opening) < 2
    assert apart(frames.last_frame(clip(task)), landing) < 2


@pytest.mark.once
def test_the_last_frame_lies_beside_the_clip_only_when_it_was_asked_for(take: Take, run_jobs: Run) -> None:
    given, left_out = take(return_last_frame=True), take()
    missing = take(prompt="Dusk sandbox:no-last-frame", return_last_frame=True)
    run_jobs()
    assert [(task.folder / "0.png").exists() for task in (given, left_out, missing)] == [True, False, False]
    with Image.open(given.folder / "0.png") as frame:
        assert frame.tobytes() == frames.last_frame(clip(given)).tobytes()


@pytest.mark.once
def test_a_shot_that_opens_on_the_last_frame_goes_on_where_the_film_was(take: Take, run_jobs: Run) -> None:
    first = take(return_last_frame=True)
    run_jobs()
    link = f"{ORIGIN}/sandbox/files/{first.token}/0.png"
    second = take(content=[picture(link, "first_frame")])
    stranger = take(content=[picture(written_out(drawn((1, 2, 3))), "first_frame")])
    run_jobs()
    places = Task.objects.in_bulk([first.pk, second.pk, stranger.pk])
    assert [places[task.pk].sound_from for task in (first, second, stranger)] == [0, 4, 0]
    with Image.open(first.folder / "0.png") as frame:
        assert apart(frames.first_frame(clip(second)), frame) < 2


def test_a_picture_inside_the_body_is_kept_as_a_file_and_not_in_the_database(take: Take) -> None:
    task = take(content=[picture(written_out(drawn((9, 9, 90))), "first_frame")])
    ((name, file),) = task.inputs.items()
    assert (task.folder / "in" / file).stat().st_size > 1000
    assert name.startswith("data:sha256,")
    assert len(str(task.body)) < 500


@pytest.mark.parametrize("vendor", ["reapi", "apimart", "evolink", "ark"])
def test_every_vendor_ends_with_a_clip(take: Take, run_jobs: Run, vendor: str) -> None:
    task = take(vendor=vendor)
    run_jobs()
    task.refresh_from_db()
    assert (task.state, probe(clip(task)).width) == ("succeeded", 640)


def test_only_the_clip_is_left_when_it_is_there(take: Take, run_jobs: Run) -> None:
    task = take(content=[picture(written_out(drawn((9, 9, 90))), "first_frame")])
    (task.folder / "work-of-one-that-was-killed").mkdir()
    run_jobs()
    assert sorted(path.name for path in task.folder.iterdir()) == ["0.mp4"]


@pytest.mark.once
def test_the_same_task_painted_again_gives_the_same_bytes(take: Take, run_jobs: Run) -> None:
    task = take()
    run_jobs()
    first = clip(task).read_bytes()
    scene.paint(task)
    assert clip(task).read_bytes() == first
