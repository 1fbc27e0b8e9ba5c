"""The pages of boards without a browser: what they show and to whom, how many queries, what hostile words become."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from storyboard.boards import actions
from storyboard.boards.changes import NewShot
from storyboard.boards.choices import merged
from storyboard.boards.models import Board, Shot
from storyboard.boards.views.cells import drawn
from storyboard.teams.models import Membership, Role, Team, User

AsUser = Callable[[User], Client]
Join = Callable[[User, Role], Membership]
HOSTILE = [
    "<script>window.hurt=1</script>",
    '"><img src=x onerror=window.hurt=1>',
    "{{ 7|add:7 }}{% include 'x' %}",
    "<b hx-get=/ hx-trigger=load>",
    "\u202etxt.exe",
    "\U0001f3ac" * 50,
    "W" * 100_000,
    "</textarea><svg onload=window.hurt=1>",
]
FIELDS = {"HX-Request": "true"}


@pytest.fixture
def film(team: Team, alice: User) -> Board:
    return actions.create_sample(team, by=alice)


def at(name: str, board: Board, *ids: str) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id, *ids])


def shot_at(board: Board, number: int) -> Shot:
    return Shot.objects.get(board=board, position=number, deleted_at=None)


def save(client: Client, shot: Shot, field: str, value: str, base: int = 0) -> dict[str, object]:
    sent = {"field": field, "value": value, "base": str(base)}
    answer: dict[str, object] = client.post(at("shot_save", shot.board, shot.public_id), sent).json()
    return answer


def test_the_board_shows_its_shots_with_their_joints(film: Board, alice: User, as_user: AsUser) -> None:
    page = as_user(alice).get(at("board", film)).text
    for word in ("continues", "motion", "lands on", "approve", "Dusk", "Night"):
        assert word in page


def test_a_viewer_reads_everything_and_is_offered_no_change(
    film: Board, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.VIEWER)
    assert "Select shot 2" in as_user(alice).get(at("board", film)).text
    client = as_user(bob)
    page = client.get(f"{at('board', film)}?shot={shot_at(film, 2).public_id}").text
    assert "The lamp ignites" in page
    assert "Add shot" not in page
    assert "Select shot 2" not in page
    assert "saving.js" not in page
    assert client.post(at("shots_add", film)).status_code == 403


def test_an_archived_board_is_read_but_not_changed(film: Board, alice: User, as_user: AsUser) -> None:
    actions.archive(film, by=alice)
    client = as_user(alice)
    assert "Add shot" not in client.get(at("board", film)).text
    assert client.post(at("shots_add", film)).status_code == 409


@pytest.mark.parametrize("field", ["prompt", "notes"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(film: Board, alice: User, as_user: AsUser, field: str, text: str) -> None:
    client, shot = as_user(alice), shot_at(film, 1)
    assert save(client, shot, field, text)["version"] == 1
    tab = "notes" if field == "notes" else "shot"
    page = client.get(f"{at('board', film)}?shot={shot.public_id}&tab={tab}").text
    assert not any(mark in page for mark in ("<script>window", "<img src=x", "<b hx-get", "<svg onload", "14{"))
    shot.refresh_from_db()
    assert getattr(shot, field) == text


@pytest.mark.parametrize(
    ("field", "value"),
    [("seconds", "five"), ("seconds", "9" * 400), ("seed", "-1"), ("ratio", "7:1"), ("joint", "jump"), ("x", "y")],
)
def test_what_cannot_be_kept_is_answered_with_a_sentence(
    film: Board, alice: User, as_user: AsUser, field: str, value: str
) -> None:
    answer = save(as_user(alice), shot_at(film, 1), field, value)
    assert isinstance(answer["problem"], str)
    assert answer["problem"].endswith(".")


def test_a_stale_save_writes_nothing_and_brings_both(
    film: Board, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.EDITOR)
    shot = shot_at(film, 1)
    actions.save_field(shot, name="prompt", value="theirs", base_version=None, by=bob)
    answer = save(as_user(alice), shot, "prompt", "mine", base=0)
    assert (answer["theirs"], answer["by"], answer["version"], answer["text"]) == ("theirs", "Bob Fosse", 1, True)
    assert shot_at(film, 1).prompt == "theirs"
    assert save(as_user(alice), shot, "prompt", "mine", base=1)["version"] == 2


@pytest.mark.parametrize("base", ["abc", "1e3", "٣", "\0", "0\0", "", " 0", "-1", "0.0", "9" * 400, None])
def test_a_save_that_does_not_say_what_it_began_from_writes_nothing(
    film: Board, alice: User, as_user: AsUser, base: str | None
) -> None:
    client, shot, said = as_user(alice), shot_at(film, 1), {} if base is None else {"base": base}
    saves = {
        at("shot_save", film, shot.public_id): [("prompt", "mine"), ("model", "a/b")],
        at("board_save", film): [("look", "mine"), ("model", "a/b")],
        at("scene_save", film, film.scenes.all()[0].public_id): [("name", "mine")],
        at("board_budget", film): [("budget", "5")],
    }
    for address, fields in saves.items():
        for field, value in fields:
            answer = client.post(address, {"field": field, "value": value, **said})
            assert (answer.status_code, "Nothing was saved" in answer.json()["problem"]) == (409, True)
    assert client.post(at("shot_references", film, shot.public_id), {"references": "", **said}).status_code == 409
    assert not film.edits.exists()
    assert Board.objects.get(pk=film.pk).budget_micro_usd == film.budget_micro_usd


def test_a_deletion_that_touches_joints_is_asked_first(film: Board, alice: User, as_user: AsUser) -> None:
    client, shot = as_user(alice), shot_at(film, 1)
    asked = client.post(at("shots_delete", film), {"shot": shot.public_id})
    assert "continues a shot that is gone" in asked.text
    assert Shot.objects.filter(board=film, deleted_at=None).count() == 6
    client.post(at("shots_delete", film), {"shot": shot.public_id, "sure": "1"})
    assert Shot.objects.filter(board=film, deleted_at=None).count() == 5


def test_a_split_that_hands_a_follower_on_is_asked_first_and_said_after(
    film: Board, alice: User, as_user: AsUser
) -> None:
    client, first = as_user(alice), shot_at(film, 1)
    actions.save_field(first, name="prompt", value="One\nTwo", base_version=None, by=alice)
    asked = client.post(at("shots_split", film), {"shot": first.public_id}, headers=FIELDS)
    assert "Split shot 1 by its lines?" in asked.text
    assert "Shot 3 (so far 2) now continues shot 2." in asked.text
    assert film.shots.count() == 6
    said = client.post(at("shots_split", film), {"shot": first.public_id, "sure": "1"}, headers=FIELDS)
    assert "2 shots now, one for each line." in said.text
    assert "Shot 3 (so far 2) now continues shot 2." in said.text


def test_an_undo_that_leaves_everything_says_that_nothing_was_undone(
    film: Board, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.EDITOR)
    for who, seconds in ((alice, 8), (bob, 9)):
        actions.save_field(shot_at(film, 2), name="seconds", value=seconds, base_version=None, by=who)
    said = as_user(alice).post(at("board_undo", film), headers=FIELDS).text
    assert f"Nothing was undone: {bob} changed the length of shot 2 since, so it stays." in said
    assert "Undone:" not in said
    assert "Undone: Change the length of shot 2." in as_user(bob).post(at("board_undo", film), headers=FIELDS).text


def test_everything_can_be_sent_without_scripts(film: Board, alice: User, as_user: AsUser) -> None:
    client, shot = as_user(alice), shot_at(film, 4)
    sent = {"prompt": "Rain on glass", "seconds": "8", "ratio": "1:1", "resolution": "480p", "joint": "continue"}
    client.post(at("shot", film, shot.public_id), sent)
    client.post(at("board_rename", film), {"name": "The storm"})
    shot, film = shot_at(film, 4), Board.objects.get(pk=film.pk)
    assert (shot.prompt, shot.settings["seconds"], shot.joint_from) == ("Rain on glass", 8, shot_at(film, 3))
    assert film.name == "The storm"


def test_the_number_of_queries_does_not_grow_with_the_board(
    film: Board, alice: User, as_user: AsUser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(alice)
    shots = [NewShot(prompt=f"Shot {number}, the camera pans") for number in range(60)]
    actions.add_shots(film, shots=shots, by=alice)
    # One of each is of takes.
    for name, most in (("board", 17), ("board_strip", 11), ("board_sums", 11)):
        with django_assert_max_num_queries(most):
            assert client.get(at(name, film)).status_code == 200
    with django_assert_max_num_queries(12):
        client.get(at("shot_card", film, shot_at(film, 3).public_id))


def test_a_card_is_drawn_again_only_when_what_it_shows_is_different(film: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    client.get(at("board_strip", film))
    drawn_before = drawn.cache_info().misses
    client.get(at("board_strip", film))
    assert drawn.cache_info().misses == drawn_before
    actions.save_field(shot_at(film, 3), name="notes", value="For the team", base_version=None, by=alice)
    assert "Has notes" in client.get(at("board_strip", film)).text
    assert drawn.cache_info().misses == drawn_before + 1


def test_what_is_exported_is_imported_as_the_same_film(film: Board, team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    for name, kind in (("board_csv", "table"), ("board_json", "bundle")):
        data = client.get(at(name, film)).content.decode()
        client.post(reverse("boards_import", args=[team.public_id]), {"text": data, "name": name, "kind": kind})
        copy = Board.objects.get(name=name)
        assert told(copy) == told(film)


def told(board: Board) -> list[tuple[object, ...]]:
    shots = board.shots.filter(deleted_at=None).select_related("scene", "joint_from").order_by("position")
    return [
        (
            shot.prompt,
            shot.joint,
            shot.joint_from and shot.joint_from.position,
            shot.scene and shot.scene.name,
            shot.needs_approval,
            merged(board.settings, shot.settings).seconds,
        )
        for shot in shots
    ]
