"""How boards are loaded: who may, and with how many questions to the database."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from storyboard.boards import actions, queries
from storyboard.boards.changes import NewShot
from storyboard.boards.models import Board, Joint
from storyboard.boards.summary import summary_of
from storyboard.errors import Forbidden, Missing
from storyboard.media.queries import uses_of
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import account, film, picture, shot, shots_of


def test_outsiders_find_nothing_and_weak_roles_are_told(board: Board, bob: User, charlie: User) -> None:
    found = shots_of(board)[0]
    place = (board.team.public_id, board.public_id)
    for person in (charlie, AnonymousUser()):
        for load in (queries.board_for, queries.sheet_for):
            with pytest.raises(Missing):
                load(person, *place)
    Membership.objects.create(team=board.team, user=bob, role=Role.VIEWER)
    assert queries.shot_for(bob, *place, found.public_id) == found
    with pytest.raises(Forbidden):
        queries.sheet_for(bob, *place, Role.EDITOR)
    with pytest.raises(Forbidden):
        queries.shot_for(bob, *place, found.public_id, Role.EDITOR)


def test_nothing_is_found_under_another_board_or_team(board: Board, alice: User, charlie: User) -> None:
    other = film(board.team, alice, "x")
    place, found = (board.team.public_id, board.public_id), shots_of(other)[0]
    with pytest.raises(Missing):
        queries.shot_for(alice, *place, found.public_id)
    with pytest.raises(Missing):
        queries.scene_for(alice, *place, "nothing")
    own = charlie.memberships.get().team
    with pytest.raises(Missing):
        queries.board_for(charlie, own.public_id, board.public_id)


def test_a_sheet_of_any_size_asks_as_often(
    team: Team, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account(team)
    board = film(team, alice, "abc", joint=Joint.CONTINUE)
    place = (team.public_id, board.public_id)
    actions.set_references(shot(board, "b"), references=[picture(team).public_id], by=alice)
    with CaptureQueriesContext(connection) as few:
        summary_of(queries.sheet_for(alice, *place))
    more = [NewShot(prompt=f"shot {at}", joint=Joint.CONTINUE) for at in range(40)]
    actions.add_shots(board, shots=more, by=alice)
    actions.make_scene(board, ids=[row.public_id for row in shots_of(board)[5:9]], name="Dusk", by=alice)
    still = picture(team, "still")
    for row in shots_of(board)[::3]:
        actions.set_references(row, references=[still.public_id], by=alice)
        actions.set_landing(row, reference=still.public_id, by=alice)
    with django_assert_num_queries(len(few)):
        summary_of(queries.sheet_for(alice, *place))
    assert len(few) <= 7


def test_shots_fold_by_scene_in_their_order(board: Board, alice: User) -> None:
    actions.make_scene(board, ids=[row.public_id for row in shots_of(board)[1:]], name="Dusk", by=alice)
    sheet = queries.sheet_for(alice, board.team.public_id, board.public_id)
    groups = [(scene.name if scene else "", [row.prompt for row in shots]) for scene, shots in sheet.groups()]
    assert groups == [("", ["a"]), ("Dusk", ["b", "c"])]
    assert [scene.name for scene in sheet.scenes] == ["Dusk"]


def test_cards_count_shots_and_seconds(
    board: Board, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.save_field(board, name="seconds", value=8, base_version=None, by=alice)
    actions.save_field(shot(board, "a"), name="seconds", value=10, base_version=None, by=alice)
    actions.delete_shots(board, ids=[shot(board, "c").public_id], by=alice)
    reference = picture(board.team)
    actions.set_references(shot(board, "b"), references=[reference.public_id], by=alice)
    film(board.team, alice, "")
    with django_assert_num_queries(4):
        found = {card.board.pk: card for card in queries.cards(queries.boards_of(board.team))}
    card = found.pop(board.pk)
    assert (card.shots, card.seconds, card.poster) == (2, 18, reference.file)
    assert [(one.shots, one.seconds, one.poster) for one in found.values()] == [(0, 0, None)]


def test_boards_are_searched_and_the_last_changed_comes_first(board: Board, alice: User) -> None:
    other = film(board.team, alice, "x")
    actions.save_field(other, name="name", value="The Keeper of lights", base_version=None, by=alice)
    assert list(queries.boards_of(board.team)) == [other, board]
    assert list(queries.boards_of(board.team, text="light keep")) == [other]
    actions.save_field(shot(board, "a"), name="prompt", value="x", base_version=None, by=alice)
    assert queries.boards_of(board.team).first() == board


def test_the_library_knows_where_a_reference_is_used(board: Board, alice: User) -> None:
    one, two = picture(board.team, "one"), picture(board.team, "two")
    actions.set_references(shot(board, "a"), references=[one.public_id], by=alice)
    actions.set_landing(shot(board, "b"), reference=one.public_id, by=alice)
    found = uses_of([one, two])
    assert [label for label, _ in found[one.pk]] == [f"{board.name}, shot 1", f"{board.name}, shot 2"]
    assert found[two.pk] == []
    actions.delete_board(board, by=alice)
    assert uses_of([one])[one.pk] == []


def test_who_saved_a_field_last_is_known(board: Board, alice: User, editor: User) -> None:
    found = shot(board, "a")
    actions.save_field(found, name="prompt", value="x", base_version=None, by=editor)
    actions.save_field(found, name="notes", value="y", base_version=None, by=alice)
    assert queries.author_of(board, found, "prompt") == editor
    assert queries.author_of(board, found, "notes") == alice
    assert queries.author_of(board, found, "landing") == alice  # who added it
