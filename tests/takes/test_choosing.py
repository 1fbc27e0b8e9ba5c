"""People choose among finished takes, and what waited for their decision goes on."""

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from storyboard.boards import actions as boards
from storyboard.boards.models import Board, Shot
from storyboard.boards.queries import sheet_for
from storyboard.connections.models import Connection
from storyboard.errors import Conflict, DomainError, Forbidden, Missing
from storyboard.live.models import Event
from storyboard.media.models import Kind
from storyboard.takes import planning, queries
from storyboard.takes.actions import choosing
from storyboard.takes.models import FINAL, State, Step, Take
from storyboard.takes.placeholders import OPENING
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.takes import make

Join = Callable[[User, Role], Membership]


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue", account)


@pytest.fixture
def shot(board: Board) -> Shot:
    return make.shots_of(board)[0]


@pytest.fixture
def take(shot: Shot) -> Take:
    return make.take(shot, last_frame=make.file(shot.board.team))


def waiting(board: Board, at: Connection, **columns: object) -> Take:
    """The second shot's, which opens on the first one's end."""
    return make.take(make.shots_of(board)[1], State.WAITING, at=at, asked=json.dumps({"image": OPENING}), **columns)


def state(take: Take) -> str:
    return Take.objects.get(pk=take.pk).state


def test_one_take_of_a_shot_is_selected(shot: Shot, take: Take, alice: User) -> None:
    old = make.selected(shot)
    choosing.select(take, by=alice)
    assert list(Take.objects.filter(is_selected=True)) == [take]
    old.refresh_from_db()
    assert old.selected_at is not None


def test_a_follower_goes_on_once_a_take_is_selected(board: Board, take: Take, account: Connection, alice: User) -> None:
    follower = waiting(board, account)
    choosing.select(take, by=alice)
    assert state(follower) == State.QUEUED
    assert make.queued("sending.send") == [[account.pk]]


def test_selecting_again_tells_nobody(take: Take, alice: User) -> None:
    choosing.select(take, by=alice)
    before = Event.objects.count()
    choosing.select(take, by=alice)
    assert Event.objects.count() == before


@pytest.mark.parametrize("other", [one for one in State if one != State.DONE])
def test_only_a_take_that_is_done_can_be_chosen(shot: Shot, account: Connection, alice: User, other: State) -> None:
    take = make.take(shot, other, at=account)
    for action in (choosing.select, choosing.approve, choosing.keep):
        with pytest.raises(Conflict, match="no clip"):
            action(take, by=alice)
    with pytest.raises(Conflict):
        choosing.set_hand_off(take, ms=1000, by=alice)


def test_a_follower_waits_for_the_approval(board: Board, account: Connection, alice: User, team: Team) -> None:
    shot = make.shots_of(board)[0]
    Shot.objects.filter(pk=shot.pk).update(needs_approval=True)
    take = make.selected(shot, last_frame=make.file(team))
    follower = waiting(board, account)
    choosing.reject(take, note="  Too dark. ", by=alice)
    assert state(follower) == State.WAITING
    approved = choosing.approve(take, by=alice)
    assert (approved.approved_by, approved.rejected_at, approved.note) == (alice, None, "Too dark.")
    assert state(follower) == State.QUEUED


def test_a_rejection_takes_an_approval_back(take: Take, alice: User) -> None:
    choosing.approve(take, by=alice)
    rejected = choosing.reject(take, note="", by=alice)
    assert (rejected.approved_at, rejected.approved_by) == (None, None)
    assert rejected.rejected_at is not None


def test_an_approval_may_carry_a_note_and_have_another_later(take: Take, alice: User) -> None:
    assert choosing.approve(take, note="  The light is right. ", by=alice).note == "The light is right."
    again = choosing.approve(take, note="", by=alice)
    assert (again.note, again.approved_by) == ("", alice)
    assert len(choosing.approve(take, note="x" * 9000, by=alice).note) == choosing.LONGEST_NOTE


def test_each_decision_is_in_the_audit_log_once(take: Take, alice: User) -> None:
    for _ in range(2):
        choosing.approve(take, by=alice)
    for _ in range(2):
        choosing.reject(take, note="no", by=alice)
    did = AuditEntry.objects.filter(action__startswith="take_").order_by("pk").values_list("action", flat=True)
    assert list(did) == ["take_approved", "take_rejected"]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, set()),
        (Role.REVIEWER, {"approve", "reject"}),
        (Role.EDITOR, {"approve", "reject", "select", "keep", "hand off", "delete", "restore", "upload"}),
    ],
)
def test_each_role_may_do_its_part(take: Take, bob: User, join: Join, role: Role, may: set[str]) -> None:
    join(bob, role)
    clip = make.file(take.shot.board.team, kind=Kind.VIDEO)
    asked: dict[str, Callable[[], object]] = {
        "approve": lambda: choosing.approve(take, by=bob),
        "reject": lambda: choosing.reject(take, note="", by=bob),
        "select": lambda: choosing.select(take, by=bob),
        "keep": lambda: choosing.keep(take, by=bob),
        "hand off": lambda: choosing.set_hand_off(take, ms=2000, by=bob),
        "delete": lambda: choosing.delete(take, by=bob),
        "restore": lambda: choosing.restore(take, by=bob),
        "upload": lambda: choosing.upload(take.shot, file=clip, by=bob),
    }
    done = set()
    for name, action in asked.items():
        try:
            action()
            done.add(name)
        except Forbidden:
            pass
    assert done == may


def test_a_stranger_finds_nothing(take: Take, charlie: User) -> None:
    with pytest.raises(Missing):
        choosing.select(take, by=charlie)


def test_a_take_that_is_kept_is_out_of_date_no_more_until_the_next_change(
    board: Board, account: Connection, alice: User
) -> None:
    shot = make.shots_of(board)[0]
    take = make.selected(shot, at=account, request={"prompt": "Something else."})
    assert stale(board, alice)
    choosing.keep(take, by=alice)
    assert stale(board, alice) == []
    boards.save_field(shot, name="prompt", value="A new day.", base_version=None, by=alice)
    assert stale(board, alice)


def stale(board: Board, by: User) -> list[str]:
    sheet = sheet_for(by, board.team.public_id, board.public_id)
    return queries.standing(sheet)[sheet.shots[0].pk].stale


def test_another_moment_has_its_frame_made_first(board: Board, account: Connection, alice: User, team: Team) -> None:
    take = make.selected(make.shots_of(board)[0], last_frame=make.file(team))
    follower = waiting(board, account)
    moved = choosing.set_hand_off(take, ms=1500, by=alice)
    assert (moved.hand_off_ms, moved.hand_off_frame) == (1500, None)
    assert [take.pk] in make.queued("collecting.prepare")
    assert state(follower) == State.WAITING
    choosing.set_hand_off(take, ms=None, by=alice)
    assert state(follower) == State.QUEUED


def test_what_was_made_for_another_moment_counts_no_more(take: Take, alice: User, team: Team) -> None:
    Take.objects.update(hand_off_ms=1000, hand_off_frame=make.file(team), tail=make.file(team, kind=Kind.VIDEO))
    found = choosing.set_hand_off(take, ms=2000, by=alice)
    assert (found.hand_off_frame, found.tail) == (None, None)


@pytest.mark.parametrize("ms", [0, 4000, 90_000])
def test_a_moment_lies_within_the_clip(take: Take, alice: User, ms: int) -> None:
    with pytest.raises(DomainError, match="4 seconds long"):
        choosing.set_hand_off(take, ms=ms, by=alice)


def test_movement_needs_two_seconds_before_the_moment(team: Team, alice: User, account: Connection) -> None:
    take = make.take(make.shots_of(make.board_with(team, alice, "cut motion", account))[0])
    with pytest.raises(DomainError, match="2 seconds of movement"):
        choosing.set_hand_off(take, ms=1999, by=alice)
    assert choosing.set_hand_off(take, ms=2000, by=alice).hand_off_ms == 2000


def test_a_shot_that_carries_movement_is_not_planned_after_too_little_of_it(
    team: Team, alice: User, account: Connection
) -> None:
    board = make.board_with(team, alice, "cut motion", account)
    first, second = make.shots_of(board)
    take = make.selected(first, last_frame=make.file(team))
    Take.objects.filter(pk=take.pk).update(hand_off_ms=521)
    sheet = sheet_for(alice, team.public_id, board.public_id)
    (line,) = planning.plan(sheet, [second.public_id]).lines
    assert any("less of shot 1 lies before its hand-off" in one.sentence for one in line.problems)


def test_a_note_is_kept_without_what_no_database_keeps(take: Take, alice: User) -> None:
    assert choosing.approve(take, note="fine\0 indeed", by=alice).note == "fine indeed"
    assert choosing.reject(take, note="\0", by=alice).note == ""
    assert choosing.reject(take, note="two\r\nlines", by=alice).note == "two\nlines"


@pytest.mark.parametrize("act", [choosing.select, choosing.approve, choosing.delete, choosing.restore])
def test_nothing_is_decided_about_a_deleted_shot(
    board: Board, shot: Shot, take: Take, alice: User, act: Callable[..., Take]
) -> None:
    boards.delete_shots(board, ids=[shot.public_id], by=alice)
    with pytest.raises(Missing, match="shot was deleted"):
        act(take, by=alice)
    take.refresh_from_db()
    assert (take.approved_at, take.is_selected, take.deleted_at) == (None, False, None)


def test_a_deleted_take_is_selected_no_more_and_comes_back_so(shot: Shot, alice: User) -> None:
    take = make.selected(shot)
    gone = choosing.delete(take, by=alice)
    assert (gone.is_selected, gone.deleted_at is None) == (False, False)
    back = choosing.restore(take, by=alice)
    assert (back.is_selected, back.deleted_at) == (True, None)
    assert choosing.restore(take, by=alice) == back


def test_what_was_selected_meanwhile_stays(shot: Shot, take: Take, alice: User) -> None:
    first = make.selected(shot)
    choosing.delete(first, by=alice)
    choosing.select(take, by=alice)
    assert choosing.restore(first, by=alice).is_selected is False
    take.refresh_from_db()
    assert take.is_selected


def test_one_that_was_not_selected_does_not_come_back_selected(shot: Shot, take: Take, alice: User) -> None:
    choosing.select(take, by=alice)
    choosing.select(make.take(shot), by=alice)
    choosing.delete(take, by=alice)
    Take.objects.filter(is_selected=True).update(is_selected=False)
    assert choosing.restore(take, by=alice).is_selected is False


@pytest.mark.parametrize("live", [one for one in State if one not in FINAL])
def test_what_is_on_its_way_is_not_deleted(shot: Shot, account: Connection, alice: User, live: State) -> None:
    with pytest.raises(Conflict, match="on its way"):
        choosing.delete(make.take(shot, live, at=account), by=alice)


def test_a_deleted_take_is_there_for_nobody_else(take: Take, alice: User) -> None:
    choosing.delete(take, by=alice)
    with pytest.raises(Missing):
        choosing.select(take, by=alice)


def test_a_clip_of_ones_own_is_a_take_that_followers_open_on(
    board: Board, shot: Shot, account: Connection, alice: User
) -> None:
    follower = waiting(board, account)
    clip = make.file(board.team, kind=Kind.VIDEO)
    take = choosing.upload(shot, file=clip, by=alice)
    assert (take.state, take.clip, take.connection, take.is_selected, take.number) == ("done", clip, None, True, 1)
    assert Step.objects.get(take=take).why == "Uploaded"
    # Its last frame has to be made first.
    assert state(follower) == State.WAITING
    assert make.queued("collecting.prepare") == [[take.pk]]


def test_the_same_clip_twice_is_one_take(shot: Shot, alice: User) -> None:
    clip = make.file(shot.board.team, kind=Kind.VIDEO)
    first, second = (choosing.upload(shot, file=clip, by=alice) for _ in range(2))
    assert first == second


def test_a_clip_of_ones_own_does_not_push_the_selected_one_aside(shot: Shot, alice: User) -> None:
    make.selected(shot)
    take = choosing.upload(shot, file=make.file(shot.board.team, kind=Kind.VIDEO), by=alice)
    assert (take.is_selected, take.number) == (False, 2)


def test_only_a_clip_of_this_team_is_taken(shot: Shot, alice: User) -> None:
    for file in (make.file(shot.board.team), make.file(Team.objects.create(name="Others"), kind=Kind.VIDEO)):
        with pytest.raises(DomainError, match="Choose a clip"):
            choosing.upload(shot, file=file, by=alice)


def test_a_deleted_shot_takes_no_clip(shot: Shot, alice: User) -> None:
    Shot.objects.filter(pk=shot.pk).update(deleted_at=timezone.now())
    with pytest.raises(Missing):
        choosing.upload(shot, file=make.file(shot.board.team, kind=Kind.VIDEO), by=alice)
