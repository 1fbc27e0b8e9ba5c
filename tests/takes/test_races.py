"""Many presses at the same moment: budgets are kept to the cent, and one form is one run. Real threads, real locks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from storyboard.boards.models import Board
from storyboard.boards.queries import sheet_of
from storyboard.connections.models import Connection
from storyboard.errors import DomainError
from storyboard.takes import money
from storyboard.takes.actions import runs
from storyboard.takes.models import Entry, Purse, Run, Take
from storyboard.takes.planning import plan
from storyboard.teams.access import require
from storyboard.teams.models import Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)
# More connections than that a server of the tests does not give.
THREADS = 20


@pytest.fixture
def account(team: Team, alice: User) -> Connection:
    """At a vendor whose prices are known."""
    return make.connection(team, "evolink", by=alice)


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """What each returns or refuses with, begun together, so many at a time as there are threads."""
    start = Barrier(min(THREADS, len(calls)))

    def run(call: Callable[[], object]) -> object:
        try:
            return call()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS, initializer=start.wait) as pool:
        return list(pool.map(run, calls))


def wish(board: Board, by: User, *, shots: tuple[str, ...], form_key: str) -> runs.Wish:
    agreed = plan(sheet_of(board, require(by, board.team, Role.PRODUCER)), shots)
    assert not agreed.blocks
    return runs.Wish(shots=shots, plan_hash=agreed.hash, ceiling_micro_usd=10**9, form_key=form_key)


def price_of(board: Board, by: User) -> int:
    shots = tuple(shot.public_id for shot in make.shots_of(board)[:1])
    return plan(sheet_of(board, require(by, board.team, Role.PRODUCER)), shots).total


def test_of_a_hundred_presses_at_once_the_budget_for_ten_lets_ten_through(
    team: Team, alice: User, account: Connection
) -> None:
    boards = [make.board_with(team, alice, ["cut"] * 5, account) for _ in range(20)]
    Purse.objects.create(team=team, monthly_budget=10 * price_of(boards[0], alice))
    pressed = []
    for shot in [shot for board in boards for shot in make.shots_of(board)]:
        said = wish(shot.board, alice, shots=(shot.public_id,), form_key=f"form-{shot.pk:06}")
        pressed.append(partial(runs.request, shot.board, wish=said, by=alice))
    found = at_once(pressed)
    assert len(found) == 100
    assert sum(isinstance(one, Run) for one in found) == 10
    assert money.budgets(boards[0], [])[0].left == 0
    assert Entry.objects.filter(kind=Entry.Kind.HOLD).count() == Take.objects.count() == 10


def test_of_twelve_presses_on_one_board_its_budget_for_four_lets_four_through(
    team: Team, alice: User, account: Connection
) -> None:
    board = make.board_with(team, alice, ["cut"] * 12, account)
    Board.objects.filter(pk=board.pk).update(budget_micro_usd=4 * price_of(board, alice))
    board.refresh_from_db()
    wishes = [wish(board, alice, shots=(one.public_id,), form_key=f"form-{one.pk:06}") for one in make.shots_of(board)]
    found = at_once([partial(runs.request, board, wish=one, by=alice) for one in wishes])
    assert sum(isinstance(one, Run) for one in found) == 4
    assert money.budgets(board, [])[0].left == 0


def test_the_budget_of_a_connection_holds_across_boards(team: Team, alice: User, account: Connection) -> None:
    boards = [make.board_with(team, alice, ["cut"], account) for _ in range(12)]
    account.monthly_budget = 3 * price_of(boards[0], alice)
    account.save(update_fields=["monthly_budget"])
    pressed = []
    for board in boards:
        said = wish(board, alice, shots=(make.shots_of(board)[0].public_id,), form_key="the-same-key")
        pressed.append(partial(runs.request, board, wish=said, by=alice))
    found = at_once(pressed)
    assert sum(isinstance(one, Run) for one in found) == 3
    assert money.budgets(boards[0], [account])[0].left == 0


def test_fifty_presses_of_one_form_are_one_run(team: Team, alice: User, account: Connection) -> None:
    board = make.board_with(team, alice, "cut continue cut", account)
    shots = tuple(shot.public_id for shot in make.shots_of(board))
    said = wish(board, alice, shots=shots, form_key="one-form-one-run")
    found = at_once([lambda: runs.request(board, wish=said, by=alice)] * 50)
    assert {one.pk for one in found if isinstance(one, Run)} == {Run.objects.get().pk}
    assert Take.objects.count() == 3
    assert Entry.objects.filter(kind=Entry.Kind.HOLD).count() == 3


def test_a_form_sent_again_after_all_is_done_is_the_same_run(team: Team, alice: User, account: Connection) -> None:
    board = make.board_with(team, alice, ["cut"], account)
    said = wish(board, alice, shots=(make.shots_of(board)[0].public_id,), form_key="sent-once-more")
    first = runs.request(board, wish=said, by=alice)
    Take.objects.update(state="failed")
    assert runs.request(board, wish=said, by=alice).pk == first.pk
    assert Take.objects.count() == 1
