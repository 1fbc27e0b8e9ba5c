"""A clip of one's own becomes a take: one of the library, or a file that was just sent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from storyboard.boards.models import Board, Shot
from storyboard.media.models import Kind, Reference, Upload
from storyboard.takes.actions import choosing
from storyboard.takes.models import Take
from storyboard.teams.models import Team, User
from tests.boards.films import picture
from tests.drain import drain
from tests.media.library import Sender
from tests.media.seeds import clip
from tests.takes import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shot(film: Board) -> Shot:
    return make.shots_of(film)[0]


def at(name: str, shot: Shot) -> str:
    return reverse(name, args=[shot.board.team.public_id, shot.board.public_id, shot.public_id])


def add(client: Client, shot: Shot, ids: str, **headers: str) -> HttpResponse:
    return client.post(at("shot_clip", shot), {"add": ids}, headers=headers)  # type: ignore[return-value]


def film_of(team: Team, name: str = "dolly.mp4") -> Reference:
    return picture(team, name, Kind.VIDEO, 5)


def test_a_clip_of_the_library_is_a_take_that_the_shelf_opens(
    shot: Shot, team: Team, alice: User, as_user: AsUser
) -> None:
    answer = add(as_user(alice), shot, film_of(team).public_id, **HTMX)
    assert "A clip of your own, by Alice Munro" in answer.text
    assert "Your clip is take 1 of shot 1." in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert Take.objects.get().is_selected


def test_beside_a_selected_take_it_waits_to_be_selected(shot: Shot, team: Team, alice: User, as_user: AsUser) -> None:
    make.selected(shot)
    answer = add(as_user(alice), shot, film_of(team).public_id, **HTMX)
    assert "Select it to use it in the film." in answer.headers["HX-Trigger"]
    assert "<h3>Take 2</h3>" in answer.text


def test_the_same_clip_twice_is_one_take(shot: Shot, team: Team, alice: User, as_user: AsUser) -> None:
    client, ids = as_user(alice), film_of(team).public_id
    for _ in range(2):
        assert add(client, shot, ids, **HTMX).status_code == 200
    assert Take.objects.count() == 1


@pytest.mark.parametrize(
    ("ids", "status"), [("", 400), ("nobody", 404), ("\0", 404), ("a,b", 400)], ids=["none", "unknown", "odd", "two"]
)
def test_what_is_no_clip_of_the_library_is_none(
    shot: Shot, alice: User, as_user: AsUser, ids: str, status: int
) -> None:
    assert add(as_user(alice), shot, ids, **HTMX).status_code == status
    assert not Take.objects.exists()


def test_a_picture_and_another_teams_clip_are_refused(shot: Shot, team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    foreign = film_of(Team.objects.create(name="Others"), "other.mp4")
    assert add(client, shot, picture(team).public_id, **HTMX).status_code == 400
    assert add(client, shot, foreign.public_id, **HTMX).status_code == 404
    assert not Take.objects.exists()


def sent(client: Client, shot: Shot, upload: Upload) -> Any:
    return client.post(at("shot_clip_upload", shot), {"upload": upload.public_id}, headers=HTMX)


def test_a_file_that_is_still_looked_at_is_waited_for(shot: Shot, team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    sender = Sender(client, team)
    upload = sender.send("own.mp4", "video/mp4", clip("mp4"))
    assert sent(client, shot, upload).status_code == 202
    drain()
    told = sent(client, shot, upload).json()
    assert (told["take"], told["shot"]) == (Take.objects.get().public_id, 1)
    assert told["said"] == "Your clip is take 1 of shot 1."


def test_a_file_that_was_not_taken_says_why(shot: Shot, team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    upload = Sender(client, team).bring("own.mp4", "video/mp4", b"no clip at all")
    answer = sent(client, shot, upload)
    assert (answer.status_code, Take.objects.count()) == (400, 0)
    assert answer.json()["problem"] == upload.sentence != ""


def test_two_tabs_that_ask_for_one_upload_make_one_take(shot: Shot, team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    sender = Sender(client, team)
    upload = sender.bring("own.mp4", "video/mp4", clip("mp4"))
    answers = [sent(client, shot, upload).json() for _ in range(2)]
    assert answers[0] == answers[1]
    # Not even when the library shows another file by then.
    assert upload.reference
    sender.bring("longer.mp4", "video/mp4", clip("mp4", seconds=2), replaces=upload.reference.public_id)
    assert sent(client, shot, upload).json() == answers[0]
    assert Take.objects.count() == 1


def test_a_take_that_was_deleted_is_not_made_again_by_a_page_that_comes_late(
    shot: Shot, team: Team, alice: User, as_user: AsUser
) -> None:
    client = as_user(alice)
    sender = Sender(client, team)
    upload = sender.bring("own.mp4", "video/mp4", clip("mp4"))
    assert sent(client, shot, upload).status_code == 200
    choosing.delete(Take.objects.get(), by=alice)
    late = sent(client, shot, upload)
    assert (late.status_code, Take.objects.count()) == (409, 1)
    assert late.json()["problem"].startswith("It was take 1 of shot 1, and that was deleted.")
    # Dropped once more it is wanted.
    again = sender.bring("own.mp4", "video/mp4", clip("mp4"))
    assert sent(client, shot, again).json()["said"] == "Your clip is take 2 of shot 1."


def test_the_shelf_offers_it_to_editors_on_the_board(shot: Shot, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    assert "Use a clip of your own…" in client.get(at("takes", shot), headers=HTMX).text
    assert "kinds=video&amp;most=1&amp;field=clip" in client.get(at("takes", shot), headers=HTMX).text
