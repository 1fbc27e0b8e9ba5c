"""A take's settings are put back onto its shot: said first, done as one step, and what cannot be is named."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.boards import actions
from storyboard.boards.models import Board, Edit, Shot
from storyboard.boards.queries import sheet_for
from storyboard.connections.models import Connection
from storyboard.takes.models import Take
from storyboard.takes.reuse import LOOK, NEWER, Reuse, plan
from storyboard.takes.staleness import snapshot
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import picture
from tests.takes import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def shot_at(board: Board, number: int) -> Shot:
    return make.shots_of(board)[number - 1]


def made(board: Board, by: User, number: int = 1) -> Take:
    """A take of the shot as it is now, asked for as a press of Render does."""
    sheet = sheet_for(by, board.team.public_id, board.public_id)
    ask = sheet.asks()[number - 1]
    request = snapshot(ask) | {"words": ask.shot.prompt}
    return make.selected(shot_at(board, number), at=ask.connection, request=request)


def planned(take: Take, by: User) -> Reuse:
    team, board = take.shot.board.team, take.shot.board
    sheet = sheet_for(by, team.public_id, board.public_id)
    ask = next(ask for ask in sheet.asks() if ask.shot.pk == take.shot_id)
    found = plan(Take.objects.get(pk=take.pk), ask, sheet.connections)
    assert found is not None
    return found


def save(shot: Shot, by: User, **values: object) -> None:
    for name, value in values.items():
        actions.save_field(shot, name=name, value=value, base_version=None, by=by)


def rows(found: Reuse) -> dict[str, tuple[str, str]]:
    return {row.label: (row.now, row.then) for row in found.rows}


def press(client: Client, take: Take, **data: str) -> HttpResponse:
    board = take.shot.board
    address = reverse("take_reuse", args=[board.team.public_id, board.public_id, take.public_id])
    return client.post(address, data, headers=HTMX)  # type: ignore[return-value]


def test_nothing_differs_right_after_it_was_made(film: Board, alice: User, as_user: AsUser) -> None:
    take = made(film, alice, 2)
    found = planned(take, alice)
    assert (found.values, found.lost) == ({}, [])
    assert press(as_user(alice), take).status_code == 400
    shelf = reverse("takes", args=[film.team.public_id, film.public_id, take.shot.public_id])
    assert "Settings: as the shot is now" in as_user(alice).get(shelf, headers=HTMX).text


def test_what_would_change_is_said_before_and_after(film: Board, team: Team, alice: User, account: Connection) -> None:
    face = picture(team, "face.png")
    take = made(film, alice)
    save(shot_at(film, 1), alice, prompt="Rain.", seconds=6, references=[face.public_id], resolution="720p")
    assert rows(planned(take, alice)) == {
        "Prompt": ("Rain.", "Waves break on a cliff, view 0."),
        "Length": ("6 s", "4 s"),
        "Size": ("720p", "480p"),
        "References": ("face.png", "None"),
    }


def test_a_press_shows_it_first_and_then_does_it_as_one_step(film: Board, alice: User, as_user: AsUser) -> None:
    take, client = made(film, alice), as_user(alice)
    save(shot_at(film, 1), alice, prompt="Rain.", seconds=6)
    asked = press(client, take)
    assert asked.headers["HX-Retarget"] == "#ask"
    assert "Set shot 1 as it was for take 1?" in asked.text
    answer = press(client, take, sure=planned(take, alice).hash)
    assert "Shot 1 is set as it was for take 1." in answer.text
    shot = shot_at(film, 1)
    # What the board says as well is left to the board.
    assert (shot.prompt, shot.settings) == ("Waves break on a cliff, view 0.", {})
    actions.undo(film, by=alice)
    assert (shot_at(film, 1).prompt, shot_at(film, 1).settings) == ("Rain.", {"seconds": 6})


def test_what_changed_meanwhile_is_shown_before_it_is_lost(film: Board, alice: User, as_user: AsUser) -> None:
    take = made(film, alice)
    save(shot_at(film, 1), alice, seconds=6)
    sure = planned(take, alice).hash
    save(shot_at(film, 1), alice, prompt="Nobody has seen this yet.")
    answer = press(as_user(alice), take, sure=sure)
    assert (answer.status_code, "Nobody has seen this yet." in answer.text) == (422, True)
    assert not Edit.objects.filter(label__startswith="Reuse").exists()


def test_the_model_and_its_connection_come_back_together(film: Board, alice: User, team: Team) -> None:
    take = made(film, alice)
    other = make.connection(team, "reapi", name="Other", by=alice)
    pair = {"connection": other.public_id, "model": make.MODELS["reapi"]}
    actions.bulk_change(film, ids=[shot_at(film, 1).public_id], values=pair, by=alice)
    found = planned(take, alice)
    assert found.values.keys() == {"connection", "model"}
    actions.put_fields(shot_at(film, 1), values=found.values, label="Reuse", by=alice)
    assert planned(take, alice).rows == []


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_a_connection_that_is_gone_is_named(
    film: Board, alice: User, team: Team, account: Connection, column: str
) -> None:
    take = made(film, alice)
    gone = {"key_id": "", "last_four": ""} if column == "deleted_at" else {}
    Connection.objects.filter(pk=account.pk).update(**{column: timezone.now()}, **gone)
    found = planned(take, alice)
    assert f"The connection {account} is switched off or deleted" in found.lost[0]
    assert "connection" not in found.values


def test_a_reference_that_is_gone_is_named_and_the_others_come_back(film: Board, team: Team, alice: User) -> None:
    face, lamp = picture(team, "face.png"), picture(team, "lamp.png")
    save(shot_at(film, 1), alice, references=[face.public_id, lamp.public_id])
    take = made(film, alice)
    save(shot_at(film, 1), alice, references=[])
    face.deleted_at = timezone.now()
    face.save()
    found = planned(take, alice)
    assert found.lost == ["Not in the library any more: face.png."]
    assert found.values == {"references": [lamp.public_id]}


def test_a_reference_with_another_file_is_pointed_out(film: Board, team: Team, alice: User) -> None:
    face = picture(team, "face.png")
    save(shot_at(film, 1), alice, references=[face.public_id])
    take = made(film, alice)
    face.file = picture(team, "new.png").file
    face.save()
    assert planned(take, alice).lost == [NEWER]


def test_the_boards_look_stays_and_its_words_do_not_come_into_the_prompt(film: Board, alice: User) -> None:
    save(film, alice, look="Amber.")  # type: ignore[arg-type]
    take = made(film, alice)
    save(film, alice, look="Blue.")  # type: ignore[arg-type]
    found = planned(take, alice)
    assert (found.values, found.lost) == ({}, [LOOK])


def test_a_take_from_before_words_were_kept_gives_them_without_the_look(film: Board, alice: User) -> None:
    save(film, alice, look="Amber.")  # type: ignore[arg-type]
    take = made(film, alice)
    Take.objects.update(request={name: one for name, one in take.request.items() if name != "words"})
    save(shot_at(film, 1), alice, prompt="Rain.")
    assert planned(take, alice).values == {"prompt": "Waves break on a cliff, view 0."}


def test_how_it_opens_comes_back_and_a_circle_does_not(film: Board, alice: User) -> None:
    first, second, _ = make.shots_of(film)
    take = made(film, alice, 2)
    actions.set_joint(second, joint="cut", by=alice)
    found = planned(take, alice)
    assert rows(found) == {"Opens by": ("Cut", "Continue, after shot 1")}
    actions.set_joint(first, joint="continue", onto=second.public_id, by=alice)
    assert planned(take, alice).lost == ["Shot 1 follows this one now, so how it opens stays."]
    actions.delete_shots(film, ids=[first.public_id], by=alice)
    assert planned(take, alice).lost == ["The shot that it followed is gone, so how it opens stays."]


def test_what_cannot_be_put_back_at_all_offers_no_button(film: Board, alice: User, as_user: AsUser) -> None:
    take = made(film, alice)
    save(film, alice, look="Blue.")  # type: ignore[arg-type]
    text = press(as_user(alice), take).text
    assert "Nothing can be put back" in text
    assert "Set the shot so" not in text


def test_a_clip_of_ones_own_has_no_settings(film: Board, alice: User, as_user: AsUser) -> None:
    answer = press(as_user(alice), make.take(shot_at(film, 1)))
    assert (answer.status_code, "no settings" in answer.headers["HX-Trigger"]) == (400, True)


def test_a_reviewer_may_not(
    film: Board, alice: User, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser
) -> None:
    join(bob, Role.REVIEWER)
    take = made(film, alice)
    save(shot_at(film, 1), alice, seconds=6)
    assert press(as_user(bob), take, sure=planned(take, alice).hash).status_code == 403
    assert not Edit.objects.filter(label__startswith="Reuse").exists()
