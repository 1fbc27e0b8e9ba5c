"""Two people who choose at once, and references that come, go and change places: nobody's choice is lost."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.boards import actions
from storyboard.boards.forms import ChangeForm
from storyboard.boards.models import Board, Edit, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import Kind, Reference, Upload
from storyboard.teams.models import Team, User
from tests.boards.films import account, film, picture, shot
from tests.media.library import brought
from tests.media.seeds import picture as picture_bytes

AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def reapi(team: Team) -> Connection:
    return account(team, name="First")


@pytest.fixture
def other(team: Team) -> Connection:
    return account(team, name="Second")


@pytest.fixture
def board(reapi: Connection, other: Connection, team: Team, alice: User) -> Board:
    return film(team, alice, "ab")


def post(client: Client, name: str, row: Shot, **sent: str) -> int:
    address = reverse(name, args=[row.board.team.public_id, row.board.public_id, row.public_id])
    return client.post(address, sent, headers=HTMX).status_code


def choose(client: Client, row: Shot | Board, value: str, base: int) -> dict[str, object]:
    board = row if isinstance(row, Board) else row.board
    more = [row.public_id] if isinstance(row, Shot) else []
    address = reverse("shot_save" if more else "board_save", args=[board.team.public_id, board.public_id, *more])
    answer: dict[str, object] = client.post(address, {"field": "model", "value": value, "base": str(base)}).json()
    return answer


MINI = "doubao-seedance-2.0-fast"


@pytest.mark.parametrize("whole_board", [True, False], ids=["board", "shot"])
def test_the_same_model_list_chosen_from_twice_shows_both(
    board: Board, other: Connection, alice: User, editor: User, as_user: AsUser, whole_board: bool
) -> None:
    row: Board | Shot = board if whole_board else shot(board, "a")
    actions.save_model(row, connection=other.public_id, model=MINI, base_version=None, by=editor)
    client = as_user(alice)
    answer = choose(client, row, f"{other.public_id}/doubao-seedance-2.0", 0)
    assert (answer["theirs"], answer["by"]) == (f"{other.public_id}/{MINI}", "Bob Fosse")
    assert str(answer["said"]).endswith(" at Second")
    row.refresh_from_db()
    assert row.settings["model"] == MINI
    base = int(str(answer["version"]))
    assert choose(client, row, f"{other.public_id}/doubao-seedance-2.0", base)["version"] == base + 1


def test_the_same_model_at_another_connection_is_another_choice(
    board: Board, reapi: Connection, other: Connection, alice: User, editor: User, as_user: AsUser
) -> None:
    row = shot(board, "a")
    actions.save_model(row, connection=reapi.public_id, model=MINI, base_version=None, by=alice)
    row.refresh_from_db()
    version = actions.pair_version(row.versions)
    actions.save_model(row, connection=other.public_id, model=MINI, base_version=None, by=editor)
    assert choose(as_user(alice), row, f"{reapi.public_id}/doubao-seedance-2.0", version)["theirs"]
    actions.undo(board, by=editor)
    row.refresh_from_db()
    assert row.settings["connection"] == reapi.public_id


def test_many_shots_get_one_model_and_an_approval_in_one_step(
    board: Board, other: Connection, alice: User, as_user: AsUser
) -> None:
    client = as_user(alice)
    ids = list(board.shots.values_list("public_id", flat=True))
    address = reverse("shots_change", args=[board.team.public_id, board.public_id])
    sent = {"shot": ids, "many-model": f"{other.public_id}/{MINI}", "many-needs_approval": "on"}
    assert client.post(address, sent).status_code == 302
    assert {row.settings["model"] for row in board.shots.all()} == {MINI}
    assert all(row.needs_approval for row in board.shots.all())
    actions.undo(board, by=alice)
    assert [row.settings for row in board.shots.all()] == [{}, {}]
    assert client.post(address, sent | {"many-model": "x" * 20 + "/y"}).status_code == 404


def of(row: Shot) -> str:
    row = Shot.objects.get(pk=row.pk)
    return "".join(one.reference.name for one in row.references.all())


@pytest.fixture
def stock(team: Team) -> dict[str, Reference]:
    kinds = {"A": Kind.IMAGE, "B": Kind.IMAGE, "C": Kind.IMAGE, "V": Kind.VIDEO}
    return {name: picture(team, name, kind) for name, kind in kinds.items()}


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        ({"add": "C"}, "AVBC"),
        ({"add": "A"}, "AVB"),
        ({"add": "C", "out": "A"}, "VBC"),
        ({"up": "B"}, "BVA"),
        ({"down": "A"}, "BVA"),
        ({"up": "A"}, "AVB"),
        ({"down": "V"}, "AVB"),
        ({"out": "V"}, "AB"),
    ],
    ids=str,
)
def test_references_come_go_and_pass_those_of_their_kind(
    board: Board, stock: dict[str, Reference], alice: User, as_user: AsUser, sent: dict[str, str], order: str
) -> None:
    row = shot(board, "a")
    actions.set_references(row, references=[stock[name].public_id for name in "AVB"], by=alice)
    named = {key: stock[value].public_id for key, value in sent.items()}
    assert post(as_user(alice), "shot_references", row, **named) == 200
    assert of(row) == order


def test_a_new_order_of_what_somebody_changed_meanwhile_is_refused(
    board: Board, stock: dict[str, Reference], alice: User, editor: User, as_user: AsUser
) -> None:
    row = shot(board, "a")
    actions.set_references(row, references=[stock["A"].public_id, stock["B"].public_id], by=editor)
    backwards = ",".join(stock[name].public_id for name in "BA")
    assert post(as_user(alice), "shot_references", row, references=backwards, base="0") == 409
    assert of(row) == "AB"
    assert post(as_user(alice), "shot_references", row, references=backwards, base="1") == 200
    assert of(row) == "BA"


def test_a_file_let_go_of_over_a_shot_takes_its_place_when_it_was_looked_at(
    board: Board, stock: dict[str, Reference], team: Team, alice: User, as_user: AsUser
) -> None:
    row, client = shot(board, "a"), as_user(alice)
    actions.set_references(row, references=[stock["A"].public_id], by=alice)
    upload = brought(team, alice, "keeper.png", "image/png", picture_bytes("png"))
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.CHECKING)
    assert post(client, "shot_upload", row, upload=upload.public_id, role="references") == 202
    assert of(row) == "A"
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.DONE)
    for role in ("references", "references", "landing"):
        assert post(client, "shot_upload", row, upload=upload.public_id, role=role) == 200
    assert of(row) == "Akeeper.png"
    row.refresh_from_db()
    assert row.landing == upload.reference


def test_two_tabs_that_ask_for_one_upload_put_one_reference_in_one_step(
    board: Board, team: Team, alice: User, as_user: AsUser
) -> None:
    row, client, before = shot(board, "a"), as_user(alice), Edit.objects.count()
    upload = brought(team, alice, "keeper.png", "image/png", picture_bytes("png"))
    for role in ("references", "references", "landing", "landing"):
        assert post(client, "shot_upload", row, upload=upload.public_id, role=role) == 200
    assert of(row) == "keeper.png"
    assert Edit.objects.count() == before + 2


def test_a_file_that_was_refused_is_told_with_its_sentence(
    board: Board, team: Team, alice: User, as_user: AsUser
) -> None:
    upload = brought(team, alice, "keeper.png", "image/png", b"GIF89a nothing but a name")
    row = shot(board, "a")
    assert post(as_user(alice), "shot_upload", row, upload=upload.public_id, role="references") == 400
    assert of(row) == ""


def test_many_shots_are_offered_shapes_in_the_words_of_one() -> None:
    assert ">as the picture</option>" in str(ChangeForm()["ratio"])
