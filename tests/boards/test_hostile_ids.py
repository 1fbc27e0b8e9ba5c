"""What nobody could have chosen in a page, sent all the same: every field of every form, what databases choke on."""

from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.boards import actions
from storyboard.boards.models import Board, Scene
from storyboard.teams.models import Team, User
from tests.boards.films import shots_of
from tests.boards.test_pages import at

AsUser = Callable[[User], Client]
# PostgreSQL takes no null byte, nobody a half letter, and no number has so many digits.
HOSTILE: tuple[str | bytes, ...] = ("a\0b", b"\xed\xa0\x80", "9" * 400)
FORMS = {
    "shots_add": ("before", "after"),
    "shots_duplicate": ("shot", "shots"),
    "shots_split": ("shot",),
    "shots_merge": ("shot", "shots"),
    "shots_move": ("shot", "shots", "before", "after", "place"),
    "shots_delete": ("shot", "shots"),
    "shots_change": ("shot", "shots", "many-model", "many-seconds"),
    "shots_scene": ("shot", "shots", "name"),
    "board_presence": ("shot",),
    "board_save": ("field", "value", "base"),
    "board_rename": ("name",),
    "board_budget": ("value", "base"),
}
SHOT_FORMS = {
    "shot": ("tab", "prompt", "joint", "model", "seconds"),
    "shot_save": ("field", "value", "base"),
    "shot_reset": ("reset",),
    "shot_landing": ("landing",),
    "shot_references": ("references", "add", "out", "up", "base"),
    "shot_upload": ("upload", "role"),
}
READ = ("shot", "tab", "view", "text", "sort", "shown", "page")
SCENE_FORMS = {"scene_save": ("value", "base"), "scene_rename": ("value",), "scene_move": ("way", "before", "after")}


@pytest.fixture
def scene(board: Board, alice: User) -> Scene:
    actions.make_scene(board, ids=[shots_of(board)[0].public_id], name="Dusk", by=alice)
    return Scene.objects.get(board=board)


@pytest.mark.parametrize(("view", "names"), FORMS.items(), ids=FORMS)
def test_no_field_of_a_form_breaks_the_board(
    board: Board, alice: User, as_user: AsUser, view: str, names: tuple[str, ...]
) -> None:
    client, shot = as_user(alice), shots_of(board)[0].public_id
    plain = {"shot": shot, "place": "1", "field": "look", "name": "x", "base": "0"}
    for name, value in product(names, HOSTILE):
        assert client.post(at(view, board), plain | {name: value}).status_code < 500, (name, value)
        assert client.post(at(view, board), plain | {name: value, "sure": "1"}).status_code < 500, (name, value)


@pytest.mark.parametrize(("view", "names"), SHOT_FORMS.items(), ids=SHOT_FORMS)
def test_no_field_of_a_form_breaks_a_shot(
    board: Board, alice: User, as_user: AsUser, view: str, names: tuple[str, ...]
) -> None:
    client, shot = as_user(alice), shots_of(board)[0].public_id
    for name, value in product(names, HOSTILE):
        assert client.post(at(view, board, shot), {"field": "joint", "base": "0", name: value}).status_code < 500, (
            name,
            value,
        )


@pytest.mark.parametrize(("view", "names"), SCENE_FORMS.items(), ids=SCENE_FORMS)
def test_no_field_of_a_form_breaks_a_scene(
    board: Board, alice: User, as_user: AsUser, scene: Scene, view: str, names: tuple[str, ...]
) -> None:
    client = as_user(alice)
    for name, value in product(names, HOSTILE):
        sent = {"field": "name", "base": "0", name: value}
        assert client.post(at(view, board, scene.public_id), sent).status_code < 500, (name, value)


def test_no_parameter_of_an_address_breaks_a_page(board: Board, team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    for path, name, value in product((at("board", board), reverse("boards", args=[team.public_id])), READ, HOSTILE):
        assert client.get(path, {name: value}).status_code < 500, (name, value)


def test_the_list_of_imports_survives_a_board_that_cannot_be(team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    for value in HOSTILE:
        assert client.get(reverse("zips", args=[team.public_id]), {"board": value}).status_code == 404
