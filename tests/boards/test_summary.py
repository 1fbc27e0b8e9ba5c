"""What a board comes to: price, chains, time."""

import pytest
from pytest_django.fixtures import Settings

from storyboard.boards import actions, queries, times
from storyboard.boards.models import Board, Joint
from storyboard.boards.summary import Summary, summary_of
from storyboard.boards.times import Work, together
from storyboard.connections.models import Connection
from storyboard.teams.models import Team, User
from tests.boards.films import PROMPT, account, film, ids, shot, shots_of

WORDS = [PROMPT.format(letter) for letter in "abcdef"]


@pytest.fixture
def reapi(team: Team) -> Connection:
    return account(team, parallel=2)


@pytest.fixture
def chain(reapi: Connection, team: Team, alice: User) -> Board:
    return film(team, alice, WORDS[:3], joint=Joint.CONTINUE)


def summary(board: Board, user: User, only: list[str] | None = None) -> Summary:
    return summary_of(queries.sheet_for(user, board.team.public_id, board.public_id), only)


def test_a_board_in_a_line(chain: Board, alice: User) -> None:
    found = summary(chain, alice)
    # 5 s at 0.171776 for text alone, and twice at 0.10384 with the frame before it.
    assert found.credits == 859 + 520 + 520
    assert found.micro_usd == 1_899_000
    assert (found.seconds, found.unpriced, found.problems) == (15, 0, {})
    assert found.words == "3 shots, 1,899 credits, about 8 min"


def test_a_selection_counts_its_own_shots(chain: Board, alice: User) -> None:
    second, third = (row.public_id for row in shots_of(chain)[1:])
    found = summary(chain, alice, [second, third])
    assert (found.shots, found.credits, found.work_seconds) == (2, 1040, 300)
    assert summary(chain, alice, []).words == "0 shots, $0.00"


def test_credits_of_two_vendors_are_not_added(chain: Board, team: Team, alice: User) -> None:
    other = account(team, "evolink")
    for name, value in (("connection", other.public_id), ("model", "seedance-2.0-text-to-video")):
        actions.save_field(shots_of(chain)[0], name=name, value=value, base_version=None, by=alice)
    found = summary(chain, alice)
    assert found.credits is None
    # EvoLink: 5 s at 0.1985; reAPI: 520 credits each.
    assert found.micro_usd == 992_500 + 2 * 520_000
    assert found.price == "$2.03"


def test_a_price_that_is_not_known_is_said(chain: Board, team: Team, alice: User) -> None:
    other = account(team, "apimart")
    model = "doubao-seedance-2.0"
    actions.save_field(shots_of(chain)[0], name="connection", value=other.public_id, base_version=None, by=alice)
    actions.save_field(shots_of(chain)[0], name="model", value=model, base_version=None, by=alice)
    found = summary(chain, alice)
    assert found.unpriced == 1
    assert found.price == "1,040 credits and 1 shot of unknown price"
    only = [shots_of(chain)[0].public_id]
    assert summary(chain, alice, only).price == "price not known"


def test_problems_are_found_by_shot(chain: Board, alice: User) -> None:
    second = shots_of(chain)[1]
    actions.save_field(second, name="prompt", value="", base_version=None, by=alice)
    assert list(summary(chain, alice).problems) == [second.pk]


def test_shots_that_hold_on_to_each_other_are_a_chain(reapi: Connection, team: Team, alice: User) -> None:
    board = film(team, alice, "abcdef")
    for letter, onto in (("b", "a"), ("e", "b"), ("d", "f")):
        actions.set_joint(shot(board, letter), joint="continue", onto=ids(board, onto)[0], by=alice)
    keys = {row.pk: row.prompt for row in shots_of(board)}
    found = ["".join(keys[key] for key in chain) for chain in summary(board, alice).chains]
    assert found == ["abe", "c", "df"]


def test_chains_go_beside_each_other_up_to_the_limit() -> None:
    alone = [Work(key, 100, "lane") for key in range(1, 5)]
    assert together(alone, {"lane": 4}) == 100
    assert together(alone, {"lane": 3}) == 200
    assert together(alone, {"lane": 1}) == 400


def test_a_chain_goes_one_after_the_other() -> None:
    chain = [Work(1, 100, "lane"), Work(2, 50, "lane", 1), Work(3, 50, "lane", 2), Work(4, 120, "other")]
    assert together(chain, {"lane": 9, "other": 1}) == 200
    # The predecessor is not made now: it is there already.
    assert together([Work(3, 50, "lane", 2)], {"lane": 1}) == 50
    # A place in the lane is not held while a predecessor is awaited.
    busy = [Work(1, 100, "a"), Work(2, 10, "b", 1), Work(3, 90, "b")]
    assert together(busy, {"a": 1, "b": 1}) == 110


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(10, "about 1 min"), (530, "about 9 min"), (3600, "about 1 h"), (5000, "about 1 h 20 min"), (7190, "about 2 h")],
)
def test_time_in_words(seconds: int, words: str) -> None:
    assert times.in_words(seconds) == words


def test_the_sandbox_is_as_quick_as_it_was_told_to_be(chain: Board, alice: User, settings: Settings) -> None:
    settings.SANDBOX_SPEED = 0.05
    Connection.objects.update(base_url=f"{settings.PUBLIC_URL}/sandbox/reapi/api/v1")
    assert summary(chain, alice).work_seconds == 3 * (round(150 * 0.05) + times.PAINTING)
    settings.SANDBOX_SPEED = 1
    assert summary(chain, alice).work_seconds == 3 * (150 + times.PAINTING)
