"""Saves of a field: hostile texts, wrong values, forged ids."""

import pytest
from django.utils import timezone

from storyboard.boards import actions
from storyboard.boards.actions import Saved
from storyboard.boards.models import Board, ShotReference
from storyboard.errors import DomainError, Missing
from storyboard.media.models import Kind, Reference
from storyboard.teams.models import Team, User
from tests.boards.films import account, film, picture, shot, shots_of

HOSTILE = [
    "<script>alert(1)</script>",
    '" hx-get="/x" hx-trigger="load',
    "{{ settings.SECRET_KEY }}{% load x %}",
    "\u202eright to left\u202c",
    "👩‍👩‍👧 \U0001f3ac",
    "  two spaces, a tab\t and an empty line\n\n  ",
    "x" * 100_000,
]


def save(board: Board, by: User, name: str, value: object) -> Saved:
    saved = actions.save_field(shots_of(board)[0], name=name, value=value, base_version=None, by=by)
    assert isinstance(saved, Saved)
    return saved


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["prompt", "notes"])
def test_words_are_kept_exactly(board: Board, alice: User, name: str, text: str) -> None:
    assert save(board, alice, name, text).sentence == ""
    assert getattr(shots_of(board)[0], name) == text


def test_what_no_database_keeps_is_left_out_and_said(board: Board, alice: User) -> None:
    saved = save(board, alice, "prompt", "a\0b\ud83dc\r\nd")
    assert saved.value == "abc\nd"
    assert saved.sentence == "Characters that cannot be kept were left out."
    assert shots_of(board)[0].prompt == "abc\nd"


def test_a_text_that_is_too_long_is_refused_in_a_sentence(board: Board, alice: User) -> None:
    with pytest.raises(DomainError, match="100,001 characters"):
        save(board, alice, "prompt", "x" * 100_001)
    assert shots_of(board)[0].prompt == "a"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prompt", 5),
        ("prompt", None),
        ("seconds", "5"),
        ("seconds", True),
        ("seconds", 0),
        ("seconds", 10**30),
        ("seed", -1),
        ("ratio", "5:1"),
        ("ratio", ["16:9"]),
        ("model", "x" * 81),
        ("model", "a\0b"),
        ("connection", "a\0b"),
        ("connection", "\ud83d"),
        ("landing", "a\0b"),
        ("landing", 5),
        ("references", ["a\0b"]),
        ("joint", ["continue", "a\0b"]),
        ("joint", ["continue", 5]),
        ("exact", "yes"),
        ("joint", "jump"),
        ("joint", ["continue"]),
        ("joint", None),
        ("references", "abc"),
        ("references", [5]),
        ("position", 3),
        ("board", 1),
        ("deleted", True),
        ("scene", 1),
        ("versions", {}),
    ],
)
def test_a_wrong_value_is_refused_and_changes_nothing(board: Board, alice: User, name: str, value: object) -> None:
    before = str(vars(shots_of(board)[0]).get("versions"))
    with pytest.raises(DomainError):
        save(board, alice, name, value)
    assert str(shots_of(board)[0].versions) == before


def test_references_of_another_team_cannot_be_reached(board: Board, alice: User) -> None:
    other = picture(Team.objects.create(name="Others"), "theirs")
    for name, value in (("references", [other.public_id]), ("landing", other.public_id), ("connection", "x")):
        with pytest.raises(Missing):
            save(board, alice, name, value)
    theirs = account(other.team)
    with pytest.raises(Missing):
        save(board, alice, "connection", theirs.public_id)
    ids = [one.public_id for one in shots_of(board)]
    with pytest.raises(Missing):
        actions.bulk_change(board, ids=ids, values={"connection": theirs.public_id}, by=alice)
    assert not ShotReference.objects.exists()


def test_references_keep_their_order_and_stand_once(board: Board, alice: User) -> None:
    one, two = picture(board.team, "one"), picture(board.team, "two")
    save(board, alice, "references", [two.public_id, one.public_id, two.public_id])
    rows = ShotReference.objects.filter(shot=shots_of(board)[0])
    assert [row.reference for row in rows.select_related("reference")] == [two, one]
    save(board, alice, "references", [one.public_id, two.public_id])
    assert [row.reference for row in rows.all()] == [one, two]


def test_a_deleted_reference_stays_with_its_shot_but_comes_to_no_other(board: Board, alice: User) -> None:
    one, two = picture(board.team, "one"), picture(board.team, "two")
    save(board, alice, "references", [one.public_id])
    Reference.objects.filter(pk=one.pk).update(deleted_at=timezone.now())
    save(board, alice, "references", [two.public_id, one.public_id])
    with pytest.raises(Missing):
        actions.set_references(shot(board, "b"), references=[one.public_id], by=alice)


def test_a_shot_lands_on_pictures_only(board: Board, alice: User) -> None:
    with pytest.raises(DomainError, match="lands on a picture"):
        save(board, alice, "landing", picture(board.team, "clip", Kind.VIDEO, 5).public_id)
    still = picture(board.team)
    save(board, alice, "landing", still.public_id)
    assert shots_of(board)[0].landing == still
    save(board, alice, "landing", "")
    assert shots_of(board)[0].landing is None


def test_boards_and_scenes_have_names(board: Board, alice: User) -> None:
    actions.make_scene(board, ids=[shots_of(board)[0].public_id], name="Dusk", by=alice)
    scene = board.scenes.select_related("board").get()
    for row in (board, scene):
        with pytest.raises(DomainError, match="Give it a name"):
            actions.save_field(row, name="name", value=" \n", base_version=None, by=alice)
        actions.save_field(row, name="name", value=" Night\nfall ", base_version=0, by=alice)
        row.refresh_from_db()
        assert row.name == "Night fall"
    actions.undo(board, by=alice)
    scene.refresh_from_db()
    assert scene.name == "Dusk"


def test_a_field_of_another_kind_of_row_is_refused(board: Board, alice: User) -> None:
    for name in ("prompt", "budget_micro_usd", "team", "deleted_at"):
        with pytest.raises(DomainError, match="no such field"):
            actions.save_field(board, name=name, value="x", base_version=None, by=alice)


def test_a_board_gives_its_settings_to_shots_that_have_none(team: Team, alice: User) -> None:
    board = film(team, alice, "a")
    actions.save_field(board, name="seconds", value=9, base_version=None, by=alice)
    board.refresh_from_db()
    assert board.settings == {"seconds": 9}
    actions.undo(board, by=alice)
    board.refresh_from_db()
    assert board.settings == {}
