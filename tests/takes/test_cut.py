"""The cut: which frames of which clip are played after one another, and what stands where a clip is missing."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.boards import actions
from storyboard.boards.changes import Spot
from storyboard.boards.models import Board, Joint, Shot
from storyboard.boards.queries import sheet_of
from storyboard.media.models import Kind
from storyboard.takes.actions import choosing
from storyboard.takes.cut import Cut, Segment, cut_of
from storyboard.takes.models import State, Take
from storyboard.takes.queries import standing_of
from storyboard.teams.access import require
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import picture
from tests.takes import joints, make

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def board(team: Team, alice: User) -> Board:
    return make.board_with(team, alice, "cut continue cut")


def cut(board: Board, steps: dict[int, str] | None = None) -> Cut:
    owner = board.created_by
    assert owner
    sheet = sheet_of(Board.objects.get(pk=board.pk), require(owner, board.team, Role.VIEWER))
    return cut_of(sheet.shots, standing_of(sheet.shots), steps or {})


def times(board: Board) -> list[tuple[int, int]]:
    return [(one.in_ms, one.out_ms) for one in cut(board).segments]


def chained(board: Board, **columns: Any) -> tuple[Take, Take]:
    """The first two shots, the second opening on the end of the first."""
    first, second, _ = make.shots_of(board)
    ahead = make.selected(first, **columns)
    return ahead, make.selected(second, upstream=ahead, upstream_ms=ahead.hand_off_ms)


def page(client: Client, board: Board, **headers: str) -> str:
    return client.get(reverse("board_cut", args=[board.team.public_id, board.public_id]), headers=headers).text


def test_the_doubled_frame_is_skipped_where_a_clip_opens_on_the_one_before(board: Board) -> None:
    chained(board)
    make.selected(make.shots_of(board)[2])
    # A frame is 41.7 ms; 42 is well within the second one.
    assert times(board) == [(0, 4000), (42, 4000), (0, 4000)]
    assert cut(board).total_ms == 11_958


@pytest.mark.parametrize("joint", [Joint.CUT, Joint.MOTION])
def test_other_joints_double_no_frame(board: Board, joint: Joint) -> None:
    _, take = chained(board)
    Shot.objects.filter(pk=take.shot_id).update(joint=joint, joint_from=None if joint == Joint.CUT else take.follows_id)
    assert times(board)[1] == (0, 4000)


def test_a_clip_that_was_made_from_another_take_keeps_its_first_frame(board: Board) -> None:
    ahead, take = chained(board)
    other = make.take(ahead.shot)
    Take.objects.filter(pk=take.pk).update(upstream=other)
    assert times(board)[1] == (0, 4000)


def test_a_shot_that_moved_away_from_the_one_it_follows_is_played_whole(board: Board, alice: User) -> None:
    chained(board, hand_off_ms=2000)
    third = make.shots_of(board)[2]
    actions.move_shots(board, ids=[third.public_id], to=Spot(after=make.shots_of(board)[0].public_id), by=alice)
    assert times(board)[0] == times(board)[2] == (0, 4000)


@pytest.mark.parametrize(("moment", "end"), [(2000, 2042), (1999, 2000), (1, 42), (3990, 4000)])
def test_the_chosen_hand_off_frame_is_the_last_one_that_is_played(board: Board, moment: int, end: int) -> None:
    chained(board, hand_off_ms=moment)
    assert times(board)[:2] == [(0, end), (42, 4000)]


def test_a_chosen_hand_off_ends_no_clip_that_nobody_continues(board: Board) -> None:
    _, second, third = make.shots_of(board)
    make.selected(second, hand_off_ms=1000)
    make.selected(third, hand_off_ms=1000)
    assert times(board)[1:] == [(0, 4000), (0, 4000)]


@pytest.mark.parametrize(
    ("seconds", "fps", "end"),
    [("5.021", "24", 5000), ("5.042", "24", 5042), ("4.999", "24", 5000), ("2.002", "29.97", 2002), ("3", None, 3000)],
)
def test_a_clip_is_played_in_whole_frames(board: Board, seconds: str, fps: str | None, end: int) -> None:
    clip = make.file(board.team, kind=Kind.VIDEO, seconds=Decimal(seconds), fps=Decimal(fps) if fps else None)
    make.selected(make.shots_of(board)[2], clip=clip)
    assert times(board)[2] == (0, end)


def test_a_clip_of_one_frame_is_played_although_it_is_doubled(board: Board) -> None:
    _, take = chained(board)
    Take.objects.filter(pk=take.pk).update(
        clip=make.file(board.team, kind=Kind.VIDEO, seconds=Decimal("0.042"), fps=Decimal(24))
    )
    assert times(board)[1] == (0, 42)


def test_a_shot_without_a_clip_stands_for_its_seconds(board: Board, alice: User) -> None:
    third = make.shots_of(board)[2]
    actions.save_field(third, name="seconds", value=7, base_version=None, by=alice)
    found = cut(board).segments[2]
    assert (found.take, found.length_ms, found.prompt) == (None, 7000, "Waves break on a cliff, view 2.")


def test_a_picture_or_a_take_that_nobody_chose_stands_in_its_place(board: Board, team: Team, alice: User) -> None:
    first, second, _ = make.shots_of(board)
    shown = picture(team)
    assert shown.file
    type(shown.file).objects.update(poster_key="t/poster")
    actions.set_references(second, references=[shown.public_id], by=alice)
    waits = make.take(first, clip=make.file(team, kind=Kind.VIDEO, poster_key="t/other"))
    found = cut(board).segments
    assert (found[0].still, found[1].picture, found[1].still) == (waits, shown, None)


def test_only_the_selected_take_is_played(board: Board) -> None:
    first = make.shots_of(board)[0]
    chosen = make.selected(first)
    make.take(first)
    make.take(first, State.FAILED)
    assert cut(board).segments[0].take == chosen


def test_the_biggest_step_is_told_and_only_of_joints(board: Board) -> None:
    _, second, third = make.shots_of(board)
    assert cut(board).biggest is None
    found = cut(board, {second.pk: "2.9", third.pk: "12.4"})
    assert [one.step for one in found.segments] == ["", "2.9", ""]
    assert found.biggest == found.segments[1]


def test_the_length_is_written_as_the_clock_writes_it(board: Board) -> None:
    shot = make.shots_of(board)[0]

    def written(ms: int) -> str:
        return Cut([Segment(shot=shot, starts_ms=0, in_ms=0, out_ms=ms)]).length

    assert [written(ms) for ms in (0, 4950, 59_960, 60_040, 725_100)] == [
        "0:00.0",
        "0:05.0",
        "1:00.0",
        "1:00.0",
        "12:05.1",
    ]


def test_the_footer_says_what_is_played_and_for_how_long(board: Board, alice: User, as_user: AsUser) -> None:
    _, second = chained(board)
    text = page(as_user(alice), board, **HTMX)
    assert "<html" not in text
    assert " / 0:12.0</span>" in text
    assert f'data-play="/teams/{board.team.public_id}/boards/{board.public_id}/takes/{second.public_id}/play/"' in text
    assert 'data-in="42" data-out="4000" data-fps="24.' in text
    assert "Loop the joint between shots 1 and 2" in text
    assert "Biggest step" not in text


def test_the_page_lists_the_clips_for_browsers_without_scripts(board: Board, alice: User, as_user: AsUser) -> None:
    first, _ = chained(board)
    text = page(as_user(alice), board).partition("<noscript>")[2]
    assert f"/takes/{first.public_id}/play/" in text
    assert text.count("No clip yet.") == 1
    assert "1 of 3 shots has no clip yet." in page(as_user(alice), board)


def test_a_board_without_shots_says_what_to_do(team: Team, alice: User, as_user: AsUser) -> None:
    empty = actions.create_board(team, name="Nothing yet", by=alice)
    assert "There is nothing to play yet. Write the first shot on the board." in page(as_user(alice), empty)
    assert "cut-track" not in page(as_user(alice), empty, **HTMX)


def test_prompts_stay_text(board: Board, alice: User, as_user: AsUser) -> None:
    words = '"><script>alert(1)</script>' + "x" * 400
    actions.save_field(make.shots_of(board)[0], name="prompt", value=words, base_version=None, by=alice)
    text = page(as_user(alice), board)
    assert "<script>alert" not in text
    assert "x" * 300 not in text


def test_the_page_takes_as_many_queries_for_thirty_shots_as_for_three(
    board: Board, team: Team, alice: User, as_user: AsUser
) -> None:
    client = as_user(alice)
    long = make.board_with(team, alice, ["cut", *["continue"] * 29])
    for film in (board, long):
        for shot in make.shots_of(film):
            joints.selected(shot)
    counts = []
    for film in (board, long):
        with CaptureQueriesContext(connection) as queries:
            page(client, film, **HTMX)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 16


def test_the_largest_step_between_two_shots_is_told(board: Board, alice: User, as_user: AsUser) -> None:
    first, second, *_ = make.shots_of(board)
    joints.selected(first)
    joints.selected(second, joints.brighter(9))
    assert "Biggest step" in page(as_user(alice), board, **HTMX)


def test_a_viewer_may_see_it_and_a_stranger_may_not(
    board: Board, bob: User, charlie: User, join: Callable[[User, Role], Membership], as_user: AsUser
) -> None:
    join(bob, Role.VIEWER)
    address = reverse("board_cut", args=[board.team.public_id, board.public_id])
    assert [as_user(one).get(address).status_code for one in (bob, charlie)] == [200, 404]


def test_another_hand_off_trims_the_cut(board: Board, alice: User) -> None:
    ahead, _ = chained(board)
    choosing.set_hand_off(ahead, ms=1000, by=alice)
    # The second one is out of date now: it opens on another frame, so none is doubled.
    assert times(board)[:2] == [(0, 1042), (0, 4000)]
