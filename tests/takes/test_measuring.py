"""Every clip is measured some seconds after it came; a failure harms nobody, and a lost job is made up for."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.live.models import Event
from storyboard.media.models import Kind
from storyboard.takes.actions import choosing, measuring
from storyboard.takes.actions.results import Brought, collected
from storyboard.takes.models import Measure, State, Take
from storyboard.takes.tasks import measuring as tasks
from storyboard.teams.models import Team, User
from tests.rendering.test_trim import counted
from tests.takes import make


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    """Three seconds, each frame a little brighter than the one before."""
    counted(tmp_path / "counted")
    return (tmp_path / "counted").read_bytes()


@pytest.fixture
def take(film: Board, team: Team, clip: bytes) -> Take:
    return make.selected(make.shots_of(film)[0], clip=make.file(team, clip, kind=Kind.VIDEO, seconds=3))


def test_a_clip_is_measured_frame_by_frame(take: Take) -> None:
    make.job("measuring.measure", take.pk)
    found = Measure.objects.get(take=take)
    assert (len(found.frames), found.first, found.last) == (72, found.frames[0], found.frames[-1])
    assert (found.at_hand_off, found.attempts, found.made_at is not None) == ([], 1, True)
    assert (found.first[1], found.last[1]) == (pytest.approx(8, abs=1), pytest.approx(91, abs=1))


def test_a_second_job_measures_nothing_again(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    make.job("measuring.measure", take.pk)
    monkeypatch.setattr(tasks, "looks_of", lambda clip: pytest.fail("again"))
    make.job("measuring.measure", take.pk)
    assert Measure.objects.get(take=take).attempts == 1


def test_pages_hear_of_it_when_it_is_the_selected_take(take: Take, film: Board, team: Team, clip: bytes) -> None:
    make.job("measuring.measure", take.pk)
    newest = Event.objects.latest("pk")
    assert (newest.channel, newest.topic) == (film.channel, take.shot.topic)
    before = Event.objects.count()
    other = make.take(take.shot, clip=make.file(team, clip + b" ", kind=Kind.VIDEO, seconds=3))
    make.job("measuring.measure", other.pk)
    assert Event.objects.count() == before


def test_a_clip_that_came_is_measured_later_than_the_next_is_collected(
    film: Board, account: Connection, team: Team
) -> None:
    take = make.take(make.shots_of(film)[0], State.COLLECTING, at=account)
    assert collected(take, Brought(clip=make.file(team, kind=Kind.VIDEO)))
    assert make.queued("measuring.measure") == [[take.pk]]
    row = next(row for row in OrmQ.objects.all() if "measuring" in str(row.task))
    assert row.lock
    assert row.lock > timezone.now() + timedelta(seconds=4)


def test_an_uploaded_clip_is_measured_too(film: Board, team: Team, alice: User) -> None:
    own = choosing.upload(make.shots_of(film)[0], file=make.file(team, kind=Kind.VIDEO), by=alice)
    assert make.queued("measuring.measure") == [[own.pk]]


@pytest.mark.parametrize("content", [b"", b"no clip at all"])
def test_a_clip_that_cannot_be_measured_is_logged_and_harms_nobody(
    film: Board, team: Team, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    take = make.selected(make.shots_of(film)[0], clip=make.file(team, content, kind=Kind.VIDEO))
    with caplog.at_level(logging.INFO):
        make.job("measuring.measure", take.pk)
    assert "was not measured" in caplog.text
    take.refresh_from_db()
    assert (take.state, Measure.objects.get(take=take).made_at) == (State.DONE, None)


def test_it_is_tried_a_few_times_and_no_more(film: Board, team: Team) -> None:
    take = make.selected(make.shots_of(film)[0], clip=make.file(team, b"no clip", kind=Kind.VIDEO))
    make.aged(take, finished_at=-600)
    for _ in range(measuring.MOST_TRIES + 1):
        make.job("measuring.catch_up")
        make.job("measuring.measure", take.pk)
    assert Measure.objects.get(take=take).attempts == measuring.MOST_TRIES
    assert len(make.queued("measuring.measure")) == measuring.MOST_TRIES


def test_the_sweep_finds_what_was_lost_and_leaves_the_rest(film: Board, take: Take) -> None:
    first, second, third = make.shots_of(film)
    old, fresh, gone = make.take(second), make.take(third), make.take(first, deleted_at=timezone.now())
    for found, seconds in ((take, -600), (old, -10 * 24 * 3600), (fresh, -5), (gone, -600)):
        make.aged(found, finished_at=seconds)
    make.job("measuring.catch_up")
    assert make.queued("measuring.measure") == [[take.pk]]
    make.job("measuring.measure", take.pk)
    make.job("measuring.catch_up")
    assert make.queued("measuring.measure") == [[take.pk]]


@pytest.mark.parametrize("number", [0, 24, 71])
def test_the_frame_at_the_hand_off_is_the_one_that_was_chosen(take: Take, alice: User, number: int) -> None:
    make.job("measuring.measure", take.pk)
    row = Measure.objects.get(take=take).frames[number]
    choosing.set_hand_off(take, ms=row[0], by=alice)
    assert Measure.objects.get(take=take).at_hand_off == row
    choosing.set_hand_off(take, ms=None, by=alice)
    assert Measure.objects.get(take=take).at_hand_off == []


def test_a_hand_off_that_was_chosen_first_is_found_by_the_measuring(take: Take, alice: User) -> None:
    choosing.set_hand_off(take, ms=1000, by=alice)
    make.job("measuring.measure", take.pk)
    found = Measure.objects.get(take=take)
    assert found.at_hand_off in (found.frames[23], found.frames[24])


def test_what_is_prepared_for_the_follower_is_exactly_the_frame_that_was_chosen(
    take: Take, alice: User, tmp_path: Path
) -> None:
    make.job("measuring.measure", take.pk)
    choosing.set_hand_off(take, ms=Measure.objects.get(take=take).frames[30][0], by=alice)
    make.job("collecting.prepare", take.pk)
    take.refresh_from_db()
    assert take.hand_off_frame is not None
    (tmp_path / "frame").write_bytes(make.content(take.hand_off_frame, tmp_path))
    with Image.open(tmp_path / "frame") as image:
        assert round((image.convert("L").resize((1, 1)).getpixel((0, 0)) - 20) / 3) == 30  # type: ignore[operator]
