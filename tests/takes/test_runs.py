"""A press of Render: one run, its takes, its money; stopped again by people, and never twice."""

import secrets
from collections.abc import Callable

import pytest

from storyboard.boards import actions as boards
from storyboard.boards.models import Board
from storyboard.boards.queries import sheet_of
from storyboard.connections.models import Connection
from storyboard.errors import Conflict, DomainError, Forbidden
from storyboard.live.models import Event
from storyboard.takes import money
from storyboard.takes.actions import choosing, runs, switch
from storyboard.takes.actions.runs import Wish
from storyboard.takes.models import Entry, Purse, Run, State, Take
from storyboard.takes.planning import chosen, plan
from storyboard.takes.queries import standing
from storyboard.teams.access import require
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)


def wish_for(board: Board, by: User, **changes: object) -> Wish:
    sheet = sheet_of(board, require(by, board.team, Role.VIEWER))
    shots = tuple(shot.public_id for shot in sheet.shots)
    each = int(str(changes.get("takes_each", 1)))
    agreed = plan(sheet, shots, takes_each=each)
    own = {
        "shots": shots,
        "plan_hash": agreed.hash,
        "ceiling_micro_usd": agreed.total,
        "form_key": secrets.token_hex(10),
    }
    return Wish(**(own | changes))  # type: ignore[arg-type]


@pytest.fixture
def account(team: Team, alice: User) -> Connection:
    """One whose prices are known."""
    return make.connection(team, "reapi", by=alice)


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue cut", account)


def test_a_press_makes_one_run_with_a_take_for_each_shot(board: Board, alice: User) -> None:
    run = runs.request(board, wish=wish_for(board, alice), by=alice)
    states = list(Take.objects.filter(run=run).order_by("shot__position").values_list("state", flat=True))
    assert states == [State.QUEUED, State.WAITING, State.QUEUED]
    assert Entry.objects.filter(board=board, kind="hold").count() == 3


def test_the_same_press_again_is_the_same_run(board: Board, alice: User) -> None:
    wish = wish_for(board, alice)
    first, second = (runs.request(board, wish=wish, by=alice) for _ in range(2))
    assert first == second
    assert Take.objects.count() == 3


def test_what_was_changed_since_it_was_shown_is_not_rendered(board: Board, alice: User) -> None:
    wish = wish_for(board, alice)
    shot = make.shots_of(board)[0]
    boards.save_field(shot, name="prompt", value="Something else entirely.", base_version=None, by=alice)
    with pytest.raises(Conflict, match="changed since you looked"):
        runs.request(board, wish=wish, by=alice)
    assert not Run.objects.exists()


def test_a_rejection_since_the_plan_was_shown_is_shown_first(board: Board, alice: User) -> None:
    first, second, _ = make.shots_of(board)
    take = make.selected(first)
    before = plan(sheet_of(board, require(alice, board.team, Role.VIEWER)), [second.public_id])
    choosing.reject(take, note="", by=alice)
    wish = wish_for(board, alice, shots=(second.public_id,), plan_hash=before.hash)
    with pytest.raises(Conflict, match="changed since you looked"):
        runs.request(board, wish=wish, by=alice)
    assert not Run.objects.exists()


def test_nothing_is_rendered_above_the_ceiling(board: Board, alice: User) -> None:
    wish = wish_for(board, alice)
    low = wish_for(board, alice, ceiling_micro_usd=wish.ceiling_micro_usd - 1)
    with pytest.raises(Conflict, match="ceiling"):
        runs.request(board, wish=low, by=alice)
    assert not Take.objects.exists()


def test_an_editor_may_not_spend(
    board: Board, alice: User, bob: User, join: Callable[[User, Role], Membership]
) -> None:
    join(bob, Role.EDITOR)
    with pytest.raises(Forbidden):
        runs.request(board, wish=wish_for(board, alice), by=bob)


def test_a_shot_that_is_under_way_is_not_asked_for_again(board: Board, alice: User) -> None:
    runs.request(board, wish=wish_for(board, alice), by=alice)
    with pytest.raises(DomainError, match="being rendered already"):
        runs.request(board, wish=wish_for(board, alice), by=alice)


@pytest.mark.parametrize("of", ["board", "team", "connection"])
def test_a_budget_is_kept(board: Board, alice: User, account: Connection, team: Team, of: str) -> None:
    wish = wish_for(board, alice)
    limit = wish.ceiling_micro_usd - 1
    if of == "board":
        boards.set_budget(board, micro_usd=limit, by=alice)
    elif of == "team":
        Purse.objects.create(team=team, monthly_budget=limit)
    else:
        Connection.objects.filter(pk=account.pk).update(monthly_budget=limit)
    with pytest.raises(DomainError, match="left"):
        runs.request(board, wish=wish, by=alice)
    assert not Entry.objects.exists()


def test_a_shot_whose_predecessor_has_no_take_asks_for_it(board: Board, alice: User) -> None:
    second = make.shots_of(board)[1]
    sheet = sheet_of(board, require(alice, board.team, Role.VIEWER))
    found = plan(sheet, [second.public_id])
    assert "Render that one as well" in found.blocks[0].sentence


def test_the_order_is_by_joints_and_not_by_places(board: Board, alice: User) -> None:
    boards.move_shots(board, ids=[make.shots_of(board)[0].public_id], by=alice)
    sheet = sheet_of(Board.objects.get(pk=board.pk), require(alice, board.team, Role.VIEWER))
    found = plan(sheet, [shot.public_id for shot in sheet.shots])
    places = {line.ask.shot.pk: place for place, line in enumerate(found.lines)}
    assert all(places[line.after] < places[line.ask.shot.pk] for line in found.lines if line.after)


def test_what_is_missing_and_what_is_out_of_date_can_be_asked_for(
    board: Board, alice: User, account: Connection
) -> None:
    make.selected(make.shots_of(board)[0], at=account)
    sheet = sheet_of(board, require(alice, board.team, Role.VIEWER))
    names = [shot.public_id for shot in sheet.shots]
    stands = standing(sheet)
    assert chosen(sheet, stands, "missing") == names[1:]
    # The take above was made from other words than the shot has.
    assert chosen(sheet, stands, "stale") == names
    assert chosen(sheet, stands, "from", start=names[1]) == names[1:]


def test_cancelling_a_run_gives_the_money_back(board: Board, alice: User) -> None:
    run = runs.request(board, wish=wish_for(board, alice), by=alice)
    runs.cancel_run(run, by=alice)
    assert set(Take.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert all(make.ledger(take) == (0, 0) for take in Take.objects.all())
    run.refresh_from_db()
    assert run.finished_at


def hears(team: Team, topic: str) -> bool:
    """Whether the team's pages were told of it since this was asked last."""
    rows = Event.objects.filter(channel=team.channel, topic=topic)
    return bool(rows.delete()[0])


def test_the_queue_hears_at_once_of_every_pause(team: Team, board: Board, account: Connection, alice: User) -> None:
    run = runs.request(board, wish=wish_for(board, alice), by=alice)
    assert hears(team, "queue")
    for act in (
        lambda: runs.pause(run, by=alice),
        lambda: runs.resume(run, by=alice),
        lambda: switch.pause("Moving house."),
        lambda: switch.resume({}),
        lambda: switch.hold_runs(account),
    ):
        act()
        assert hears(team, "queue")


def test_the_cards_of_a_run_that_is_held_hear_of_it(board: Board, account: Connection, alice: User) -> None:
    runs.request(board, wish=wish_for(board, alice), by=alice)
    Event.objects.all().delete()
    switch.hold_runs(account)
    topics = set(Event.objects.filter(channel=board.channel).values_list("topic", flat=True))
    assert topics == {"runs", *(shot.topic for shot in make.shots_of(board))}


def test_a_paused_run_waits_and_goes_on(board: Board, alice: User) -> None:
    run = runs.request(board, wish=wish_for(board, alice), by=alice)
    assert runs.pause(run, by=alice).paused_at
    assert runs.resume(run, by=alice).paused_at is None


def test_one_take_can_be_cancelled_while_it_was_not_sent(board: Board, alice: User, account: Connection) -> None:
    run = runs.request(board, wish=wish_for(board, alice), by=alice)
    waiting = Take.objects.get(run=run, state=State.WAITING)
    runs.cancel_take(waiting, by=alice)
    done = make.take(make.shots_of(board)[2], State.DONE, at=account)
    with pytest.raises(Conflict, match="over already"):
        runs.cancel_take(done, by=alice)


def test_a_hold_is_settled_once_and_at_the_vendors_figure(board: Board, account: Connection) -> None:
    take = make.take(make.shots_of(board)[0], State.COLLECTING, at=account)
    for _ in range(2):
        money.settle(take, 123)
    assert make.ledger(take) == (0, 123)
    money.release(take)
    assert make.ledger(take) == (0, 123)
