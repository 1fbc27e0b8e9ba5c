"""Clips as cameras write them, in a browser: what the server says of their frames is what it shows."""

import time
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from storyboard.boards.models import Board
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.teams.models import Team, User
from tests.journeys.conftest import Visit
from tests.rendering.odd import DARKEST, STEP, odd, shown
from tests.takes import make
from tests.takes.test_odd_clips import kept

pytestmark = [pytest.mark.browser, pytest.mark.once]
FILM = ("uneven_b", "late", "sound_much_longer")
# The light in the middle of what a player shows, and where it is.
LIGHT = """(video) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 3, height: 3 });
  const brush = canvas.getContext("2d");
  brush.drawImage(video, video.videoWidth / 2 - 2, video.videoHeight / 2 - 2, 4, 4, 0, 0, 3, 3);
  return video.seeking || video.readyState < 2 ? null : brush.getImageData(1, 1, 1, 1).data[1];
}"""
FRONT = ".slot.front video"


@pytest.fixture
def film(team: Team, alice: User, tmp_path: Path, transactional_db: None) -> Board:
    board = make.board_with(team, alice, ["cut"] * len(FILM))
    for shot, name in zip(make.shots_of(board), FILM, strict=True):
        take = choosing.upload(shot, file=kept(team, odd(name, tmp_path)), by=alice)
        make.job("measuring.measure", take.pk)
    return board


def comes(video: Locator, number: int) -> None:
    """The player shows this frame; a busy machine takes a while to draw it."""
    until, seen = time.monotonic() + 20, None
    while time.monotonic() < until:
        seen = video.evaluate(LIGHT)
        if seen is not None and round((seen - DARKEST) / STEP) == number:
            return
        video.page.wait_for_timeout(30)
    pytest.fail(f"frame {number} does not come, but {seen} at {video.evaluate('video => video.currentTime')}")


def test_every_frame_of_the_slider_is_the_one_that_the_browser_shows(visit: Visit, film: Board, alice: User) -> None:
    for name, take in zip(FILM, Take.objects.order_by("shot__position"), strict=True):
        page = visit(reverse("take_hand_off", args=[film.team.public_id, film.public_id, take.public_id]), alice)
        expect(page.locator("[data-leave]")).to_have_attribute("data-begun", "yes")
        page.keyboard.press("Home")
        frames = shown(name)
        for at, frame in enumerate(frames, 1):
            expect(page.locator("[data-said]")).to_contain_text(f"frame {at} of {len(frames)}")
            comes(page.locator("[data-now]"), frame.number)
            page.keyboard.press(".")


def test_the_cut_steps_through_each_frame_and_ends_with_the_pictures(visit: Visit, film: Board, alice: User) -> None:
    page = visit(f"/teams/{film.team.public_id}/boards/{film.public_id}/cut/", alice)
    # 0.8 s, and twice one second.
    expect(page.locator("#cut .time")).to_have_text("0:00.0 / 0:02.8")
    page.evaluate("cut.mute()")
    for name in FILM:
        for frame in shown(name):
            comes(page.locator(FRONT), frame.number)
            page.keyboard.press(".")
    for name in reversed(FILM):
        for frame in reversed(shown(name)):
            comes(page.locator(FRONT), frame.number)
            page.keyboard.press(",")
    plays_through(page)


def plays_through(page: Page) -> None:
    """To the end of the last picture, and not on to that of its sound."""
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    until = time.monotonic() + 30
    while not page.evaluate("!cut.screen.isPlaying() && cut.now() > cut.total() - 0.1"):
        assert time.monotonic() < until
        page.wait_for_timeout(50)
    comes(page.locator(FRONT), shown(FILM[-1])[-1].number)
