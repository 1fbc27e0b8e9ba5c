"""A clip that is not what was asked for is paid for and stays, and says so wherever people look."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.media.models import File, Kind
from storyboard.takes.actions import choosing, preparing, results
from storyboard.takes.delivered import shortcomings
from storyboard.takes.models import State, Take
from storyboard.takes.placeholders import OPENING
from storyboard.takes.staleness import snapshot
from storyboard.takes.waits import Why, around, wait
from storyboard.teams.models import Team, User
from tests.takes import make
from tests.takes.terminal import Shell, answer
from tests.takes.test_cards import card, sheet

pytestmark = pytest.mark.django_db
ASKED = {"seconds": 5, "ratio": "16:9", "resolution": "720p", "audio": False, "joint": "cut"}
SHORT = "The clip is 2.0 s long; 4 s were asked for."


def clip(team: Team, seconds: str = "5", width: int = 1280, height: int = 720, codec: str = "") -> File:
    facts: dict[str, Any] = {"seconds": Decimal(seconds), "width": width, "height": height, "audio_codec": codec}
    return make.file(team, kind=Kind.VIDEO, **facts)


def said(film: Board, account: Connection, found: File, **asked: Any) -> str:
    take = make.take(make.shots_of(film)[0], at=account, clip=found, request=ASKED | asked)
    return shortcomings(take, found)


@pytest.mark.parametrize(
    ("seconds", "asked", "is_right"),
    [
        ("2", 5, False),
        ("9", 5, False),
        ("4.5", 5, True),
        ("4.4", 5, False),
        ("5.5", 5, True),
        ("13.5", 15, True),
        ("13.4", 15, False),
        ("9", -1, True),
    ],
)
def test_a_length_may_be_half_a_second_or_a_tenth_off(
    film: Board, account: Connection, seconds: str, asked: int, is_right: bool
) -> None:
    wanted = "" if is_right else f"The clip is {Decimal(seconds):.1f} s long; {asked} s were asked for."
    assert said(film, account, clip(film.team, seconds), seconds=asked) == wanted


@pytest.mark.parametrize(
    ("width", "height", "asked", "is_right"),
    [
        (320, 180, {}, False),
        (1248, 704, {}, True),
        (1112, 834, {}, False),
        (720, 1280, {}, False),
        (320, 180, {"ratio": "adaptive"}, True),
        (320, 180, {"resolution": "4k"}, True),
        (960, 960, {"joint": "continue"}, True),
        (320, 180, {"joint": "continue"}, False),
    ],
)
def test_a_size_may_be_what_a_vendor_rounds_it_to(
    film: Board, account: Connection, width: int, height: int, asked: dict[str, str], is_right: bool
) -> None:
    wanted = "" if is_right else f"The clip has {width} × {height} pixels; about 1280 × 720 were asked for."
    assert said(film, account, clip(film.team, "5", width, height), **asked) == wanted


@pytest.mark.parametrize(("audio", "codec", "is_right"), [(True, "", False), (True, "aac", True), (False, "", True)])
def test_sound_is_missed_where_it_was_asked_for(
    film: Board, account: Connection, audio: bool, codec: str, is_right: bool
) -> None:
    wanted = "" if is_right else "The clip has no sound; sound was asked for."
    assert said(film, account, clip(film.team, codec=codec), audio=audio) == wanted


def test_a_clip_of_ones_own_lacks_nothing(film: Board) -> None:
    take = make.take(make.shots_of(film)[0], clip=clip(film.team, "2"))
    assert shortcomings(take, take.clip) == ""


@pytest.fixture
def short(film: Board, account: Connection, alice: User) -> Take:
    """It has just been brought here, half as long as the shot."""
    ask = sheet(film, alice).asks()[0]
    take = make.take(ask.shot, State.COLLECTING, at=account, request=snapshot(ask))
    results.collected(take, results.Brought(clip=clip(film.team, "2", 640, 640)))
    return take


def test_it_is_done_and_selected_and_says_so_everywhere(
    film: Board, short: Take, alice: User, board_: Shell, as_user: Callable[[User], Client]
) -> None:
    short.refresh_from_db()
    assert (short.state, short.is_selected, short.sentence) == (State.DONE, True, SHORT)
    assert card(film, alice).detail == SHORT
    assert answer(board_, "status", film.public_id)["shots"][0]["why"] == SHORT
    place = [film.team.public_id, film.public_id]
    assert SHORT in as_user(alice).get(reverse("takes", args=[*place, short.shot.public_id])).text
    # Only of a clip that is gone it is said that nothing can be handed over.
    assert (
        "Render this shot again"
        not in as_user(alice).get(reverse("take_hand_off", args=[*place, short.public_id])).text
    )


def test_it_still_says_so_after_another_one_was_chosen_and_it_was_chosen_again(
    film: Board, short: Take, account: Connection, alice: User
) -> None:
    other = make.take(short.shot, at=account)
    choosing.select(other, by=alice)
    assert choosing.select(short, by=alice).sentence == SHORT
    preparing.gone(short)
    choosing.select(other, by=alice)
    assert choosing.select(short, by=alice).sentence == SHORT
    choosing.approve(short, by=alice)
    short.refresh_from_db()
    assert short.sentence == SHORT


def test_what_follows_it_waits_for_its_frame_and_not_for_a_person(
    film: Board, short: Take, account: Connection
) -> None:
    second = make.shots_of(film)[1]
    follower = make.take(second, State.WAITING, at=account, run=short.run, asked=json.dumps({"link": OPENING}))
    held = wait(follower, around([follower]))
    assert held is not None
    assert held.why is Why.FRAME
