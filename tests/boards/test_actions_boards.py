"""Boards come, are copied, put away, deleted and brought back; who is here is known."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.boards import actions, queries, tasks
from storyboard.boards.changes import NewShot
from storyboard.boards.models import Board, Joint, Presence, Shot, ShotReference
from storyboard.errors import DomainError, Forbidden, Missing
from storyboard.live.models import Event
from storyboard.teams.actions import purge_team
from storyboard.teams.audit import Did
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.boards.films import account, film, joints_of, picture, prompts_of, shot, shots_of


def test_a_new_board_renders_with_the_first_connection(team: Team, alice: User) -> None:
    connection = account(team)
    board = actions.create_board(team, name=" The   keeper ", by=alice)
    assert board.name == "The keeper"
    assert board.settings == {"connection": connection.public_id, "model": "doubao-seedance-2.0"}
    assert AuditEntry.objects.filter(action=Did.BOARD_CREATED, subject="The keeper").count() == 1


def test_two_presses_make_one_board(team: Team, alice: User) -> None:
    first = actions.create_board(team, name="Film", by=alice)
    assert actions.create_board(team, name="Film", by=alice) == first
    assert actions.duplicate_board(first, by=alice) == actions.duplicate_board(first, by=alice)
    assert actions.create_sample(team, by=alice) == actions.create_sample(team, by=alice)
    Board.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert actions.create_board(team, name="Film", by=alice) != first


def test_a_board_that_was_worked_on_is_nobodys_second_press(team: Team, alice: User) -> None:
    first = actions.create_board(team, name="Film", by=alice)
    actions.add_shots(first, shots=[NewShot()], by=alice)
    second = actions.create_board(team, name="Film", by=alice)
    assert second != first
    actions.save_field(second, name="look", value="Amber", base_version=None, by=alice)
    assert actions.create_board(team, name="Film", by=alice) not in {first, second}
    copy = actions.duplicate_board(first, by=alice)
    actions.save_field(shots_of(copy)[0], name="prompt", value="Snow", base_version=None, by=alice)
    assert actions.duplicate_board(first, by=alice) != copy


def test_viewers_make_change_and_delete_nothing(
    board: Board, bob: User, join: Callable[[User, Role], Membership]
) -> None:
    join(bob, Role.REVIEWER)
    for act in (actions.duplicate_board, actions.archive, actions.delete_board, actions.undo):
        with pytest.raises(Forbidden):
            act(board, by=bob)
    with pytest.raises(Forbidden):
        actions.create_board(board.team, name="Film", by=bob)


def test_budgets_are_the_owners(board: Board, alice: User, editor: User) -> None:
    with pytest.raises(Forbidden):
        actions.set_budget(board, micro_usd=5_000_000, by=editor)
    actions.set_budget(board, micro_usd=5_000_000, by=alice)
    board.refresh_from_db()
    assert board.budget_micro_usd == 5_000_000
    assert AuditEntry.objects.filter(action=Did.BUDGET_CHANGED).count() == 1
    with pytest.raises(DomainError):
        actions.set_budget(board, micro_usd=-1, by=alice)


def test_a_copy_has_everything_and_holds_on_to_nothing_of_the_first(team: Team, alice: User) -> None:
    board = film(team, alice, "abc", joint=Joint.CONTINUE)
    reference = picture(team)
    actions.set_references(shot(board, "b"), references=[reference.public_id], by=alice)
    actions.set_landing(shot(board, "b"), reference=reference.public_id, by=alice)
    actions.make_scene(board, ids=[shot(board, "a").public_id], name="Dusk", by=alice)
    copy = actions.duplicate_board(board, by=alice)
    assert (prompts_of(copy), joints_of(copy)) == ("abc", ["b<a", "c<b"])
    assert not {row.pk for row in shots_of(copy)} & {row.pk for row in shots_of(board)}
    assert all(row.joint_from is None or row.joint_from.board == copy for row in shots_of(copy))
    assert shot(copy, "b").references.get().reference == reference
    assert shot(copy, "a").scene != shot(board, "a").scene
    assert copy.name == f"{board.name} (copy)"


def test_a_deleted_board_comes_back_exactly_within_thirty_days(board: Board, alice: User) -> None:
    place = (board.team.public_id, board.public_id)
    actions.delete_board(board, by=alice)
    with pytest.raises(Missing):
        queries.board_for(alice, *place)
    found = queries.board_for(alice, *place, deleted=True)
    actions.restore_board(found, by=alice)
    assert queries.board_for(alice, *place) == board
    assert prompts_of(board) == "abc"


def test_after_thirty_days_a_deleted_board_is_gone_with_everything(board: Board, alice: User) -> None:
    kept = film(board.team, alice, "x")
    actions.delete_board(board, by=alice)
    tasks.tidy()
    assert Board.objects.filter(pk=board.pk).exists()
    Board.objects.filter(pk=board.pk).update(deleted_at=timezone.now() - queries.KEPT)
    with pytest.raises(Missing):
        actions.restore_board(board, by=alice)
    tasks.tidy()
    assert list(Board.objects.all()) == [kept]
    assert Shot.objects.count() == 1


def test_a_team_goes_with_its_boards_and_their_references(board: Board, alice: User) -> None:
    reference = picture(board.team)
    actions.set_references(shot(board, "a"), references=[reference.public_id], by=alice)
    actions.set_landing(shot(board, "b"), reference=reference.public_id, by=alice)
    Team.objects.filter(pk=board.team.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    purge_team(board.team)
    assert not Board.objects.exists()
    assert not ShotReference.objects.exists()


def test_the_archive_is_another_list(board: Board, alice: User) -> None:
    actions.archive(board, by=alice)
    assert list(queries.boards_of(board.team)) == []
    assert list(queries.boards_of(board.team, archived=True)) == [board]
    actions.reopen(board, by=alice)
    assert list(queries.boards_of(board.team)) == [board]


def test_others_hear_of_who_is_here_only_when_it_is_news(board: Board, alice: User, editor: User) -> None:
    first, second = (row.public_id for row in shots_of(board)[:2])
    for shot_id, news in (("", 1), ("", 0), (first, 1), (first, 0), (second, 1), ("no such\0shot", 1)):
        Event.objects.all().delete()
        actions.seen(board, shot_id=shot_id, by=alice)
        assert Event.objects.filter(topic="presence").count() == news
    actions.seen(board, by=editor)
    assert [row.user for row in queries.present(board)] == [alice, editor]
    actions.left(board, by=alice)
    Presence.objects.update(seen_at=timezone.now() - queries.HERE)
    assert list(queries.present(board)) == []


def test_a_page_of_a_board_that_is_gone_for_good_is_told_so(board: Board, alice: User) -> None:
    Board.objects.filter(pk=board.pk).delete()
    for say in (actions.seen, actions.left):
        with pytest.raises(Missing):
            say(board, by=alice)
