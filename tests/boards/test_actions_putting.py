"""Several fields of one shot are put at once, and go back at once."""

import pytest

from storyboard.boards import actions
from storyboard.boards.fields import UNSET
from storyboard.boards.models import Board, Edit, Shot
from storyboard.errors import DomainError, Missing
from storyboard.teams.models import Team, User
from tests.boards import films

pytestmark = pytest.mark.django_db(transaction=True)
LABEL = "Reuse the settings of take 3"


@pytest.fixture
def board(team: Team, alice: User) -> Board:
    return films.film(team, alice, "ab")


def put(shot: Shot, by: User, **values: object) -> Shot:
    actions.put_fields(shot, values=values, label=LABEL, by=by)
    return Shot.objects.get(pk=shot.pk)


def test_everything_is_put_as_one_step_and_undone_as_one(board: Board, team: Team, alice: User) -> None:
    face, before = films.picture(team), films.shot(board, "a").public_id
    shot = films.shot(board, "b")
    put(shot, alice, prompt="Rain.", seconds=8, references=[face.public_id], joint=["continue", before])
    now = films.shot(board, "Rain.")
    assert (now.settings, now.joint, now.references.count()) == ({"seconds": 8}, "continue", 1)
    assert Edit.objects.filter(label=LABEL).count() == 1
    actions.undo(board, by=alice)
    back = films.shot(board, "b")
    assert (back.settings, back.joint, back.references.count()) == ({}, "cut", 0)


def test_a_setting_is_left_to_the_board_again(board: Board, alice: User) -> None:
    shot = films.shot(board, "a")
    assert put(shot, alice, seconds=8).settings == {"seconds": 8}
    assert put(shot, alice, seconds=UNSET).settings == {}


@pytest.mark.parametrize(
    ("values", "error"),
    [({}, DomainError), ({"place": 1}, DomainError), ({"seconds": 900}, DomainError), ({"connection": "x"}, Missing)],
)
def test_what_cannot_be_kept_changes_nothing(board: Board, alice: User, values: dict[str, object], error: type) -> None:
    shot = films.shot(board, "a")
    with pytest.raises(error):
        put(shot, alice, **({"prompt": "Snow."} if values else {}) | values)
    assert films.prompts_of(board) == "ab"
