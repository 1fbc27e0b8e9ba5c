"""What cards show of takes: every state has its word, its reason and its next step, in a constant number of queries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from storyboard.boards import actions
from storyboard.boards.models import Board, Joint, Shot
from storyboard.boards.queries import Sheet, sheet_of
from storyboard.boards.status import Status
from storyboard.connections.models import Connection
from storyboard.media.models import Kind
from storyboard.takes.actions import choosing
from storyboard.takes.models import State, Take
from storyboard.takes.staleness import snapshot
from storyboard.teams.access import require
from storyboard.teams.models import Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]


@pytest.fixture
def account(team: Team, alice: User) -> Connection:
    """One whose prices are known."""
    return make.connection(team, "reapi", by=alice)


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue continue", account)


def sheet(board: Board, by: User) -> Sheet:
    return sheet_of(Board.objects.get(pk=board.pk), require(by, board.team, Role.VIEWER))


def card(board: Board, by: User, number: int = 1) -> Status:
    found = sheet(board, by)
    return found.statuses()[found.shots[number - 1].pk]


def up_to_date(board: Board, shot: Shot, by: User, **columns: Any) -> Take:
    """A selected take that was made from what the shot says now."""
    ask = next(ask for ask in sheet(board, by).asks() if ask.shot.pk == shot.pk)
    return make.selected(shot, request=snapshot(ask), **columns)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.QUEUED, "Queued"),
        (State.SUBMITTING, "Sending"),
        (State.UNKNOWN, "Unclear"),
        (State.UNDECIDED, "Needs a decision"),
        (State.COLLECTING, "Collecting"),
        (State.FAILED, "Failed"),
        (State.CANCELLED, "Cancelled"),
        (State.DONE, "Choose a take"),
    ],
)
def test_every_state_has_its_word(board: Board, alice: User, account: Connection, state: State, word: str) -> None:
    make.take(make.shots_of(board)[0], state, at=account)
    assert card(board, alice).word == word


def test_a_shot_without_takes_is_a_draft(board: Board, alice: User) -> None:
    assert card(board, alice) == Status()


def test_a_running_take_says_how_far_it_is(board: Board, alice: User, account: Connection) -> None:
    make.take(make.shots_of(board)[0], State.RUNNING, at=account, progress=62)
    found = card(board, alice)
    assert (found.word, found.percent, found.price) == ("Rendering 62 %", 62, "$0.40 held")


def test_where_nobody_tells_the_time_is_measured_at_that_model(board: Board, alice: User, account: Connection) -> None:
    began = datetime(2026, 5, 1, tzinfo=UTC)
    for number, seconds in enumerate((100, 140, 900), 1):
        times = {"accepted_at": began, "finished_at": began + timedelta(seconds=seconds)}
        make.take(make.shots_of(board)[1], State.DONE, at=account, number=number, **times)
    make.take(make.shots_of(board)[0], State.RUNNING, at=account, accepted_at=began)
    found = card(board, alice)
    assert (found.word, found.percent, found.typical) == ("Rendering", None, 140)
    assert found.since == int(began.timestamp())


def test_a_take_that_waits_says_for_whom(board: Board, alice: User, account: Connection) -> None:
    first, second, _ = make.shots_of(board)
    make.take(first, State.RUNNING, at=account)
    make.take(second, State.WAITING, at=account)
    assert card(board, alice, 2).word == "Waits for shot 1"


def test_a_take_that_is_held_says_what_to_do(board: Board, alice: User, account: Connection) -> None:
    first, second, _ = make.shots_of(board)
    failed = make.take(first, State.FAILED, at=account)
    make.take(second, State.WAITING, at=account, run=failed.run)
    found = card(board, alice, 2)
    assert (found.word, found.dot) == ("Held", "stale")
    assert "Render it again" in found.detail


def test_what_waits_for_a_person_leads_to_where_something_is_to_be_done(
    board: Board, alice: User, account: Connection
) -> None:
    first, second, third = make.shots_of(board)
    Shot.objects.filter(pk=first.pk).update(needs_approval=True)
    done = up_to_date(board, first, alice, at=account)
    make.take(second, State.WAITING, at=account, run=done.run)
    make.take(third, State.WAITING, at=account, run=done.run)
    found = card(board, alice, 2)
    assert (found.look, found.to_do) == (first.public_id, "Review shot 1")
    assert card(board, alice).look == first.public_id
    choosing.approve(done, by=alice)
    assert [card(board, alice, number).look for number in (1, 2, 3)] == ["", "", ""]


def test_a_failed_take_shows_the_vendors_reason(board: Board, alice: User, account: Connection) -> None:
    make.take(
        make.shots_of(board)[0], State.FAILED, at=account, sentence="The picture shows a face. Use another model."
    )
    found = card(board, alice)
    assert (found.detail, found.to_render) == ("The picture shows a face. Use another model.", True)


def test_a_failure_is_over_when_another_take_is_selected(board: Board, alice: User, account: Connection) -> None:
    shot = make.shots_of(board)[0]
    good = up_to_date(board, shot, alice, at=account)
    Take.objects.filter(pk=good.pk).update(is_selected=False, selected_at=None)
    make.take(shot, State.FAILED, at=account)
    assert card(board, alice).word == "Failed"
    choosing.select(good, by=alice)
    assert card(board, alice).word == "Done"


def test_a_done_take_shows_its_price_and_wants_nothing(board: Board, alice: User, account: Connection) -> None:
    up_to_date(board, make.shots_of(board)[0], alice, at=account, charge_micro_usd=380_000)
    found = card(board, alice)
    assert (found.word, found.take, found.price, found.to_render) == ("Done", "take 1/1", "$0.38", False)


def test_an_approved_and_a_rejected_take_say_so(board: Board, alice: User, account: Connection) -> None:
    take = up_to_date(board, make.shots_of(board)[0], alice, at=account)
    choosing.reject(take, note="Too dark", by=alice)
    assert card(board, alice)[1:4] == ("Rejected", "fail", "Too dark")
    choosing.approve(take, by=alice)
    assert card(board, alice).word == "Approved"


def test_a_rejected_take_that_is_out_of_date_too_says_first_what_somebody_said(
    board: Board, alice: User, account: Connection
) -> None:
    choosing.reject(make.selected(make.shots_of(board)[0], at=account), note="", by=alice)
    found = card(board, alice)
    assert (found.word, found.detail, found.is_stale) == ("Rejected", "No note says why.", True)


def test_a_changed_prompt_makes_the_whole_chain_out_of_date(board: Board, alice: User, account: Connection) -> None:
    before: Take | None = None
    for shot in make.shots_of(board):
        before = up_to_date(board, shot, alice, at=account, upstream=before)
    assert [card(board, alice, number).is_stale for number in (1, 2, 3)] == [False] * 3
    actions.save_field(make.shots_of(board)[0], name="prompt", value="Rain.", base_version=None, by=alice)
    assert card(board, alice).detail == "The prompt was changed."
    assert [card(board, alice, number).detail for number in (2, 3)] == [
        "Shot 1 is out of date itself.",
        "Shot 2 is out of date itself.",
    ]


def test_a_card_alone_knows_what_the_strip_knows(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    before: Take | None = None
    for shot in make.shots_of(board):
        before = up_to_date(board, shot, alice, at=account, upstream=before)
    actions.save_field(make.shots_of(board)[0], name="prompt", value="Rain.", base_version=None, by=alice)
    third = make.shots_of(board)[2].public_id
    ids = [board.team.public_id, board.public_id]
    text = as_user(alice).get(reverse("shot_card", args=[*ids, third])).text
    assert "Shot 2 is out of date itself." in text
    assert text in as_user(alice).get(reverse("board_strip", args=ids)).text


def test_the_price_on_a_failed_card_is_said_to_be_that_of_another_take(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    draft, failed = make.shots_of(board)[:2]
    make.take(failed, State.FAILED, at=account)
    client, ids = as_user(alice), [board.team.public_id, board.public_id]
    assert "again 264 cr" not in client.get(reverse("shot_card", args=[*ids, draft.public_id])).text
    assert "again 264 cr" in client.get(reverse("shot_card", args=[*ids, failed.public_id])).text


def test_the_card_of_a_clip_of_ones_own_tells_no_price_as_if_it_were_paid(
    board: Board, alice: User, as_user: AsUser
) -> None:
    shot = make.shots_of(board)[0]
    take = choosing.upload(shot, file=make.file(board.team, kind=Kind.VIDEO), by=alice)
    client, at = as_user(alice), reverse("shot_card", args=[board.team.public_id, board.public_id, shot.public_id])
    for word in ("Done", "Rejected"):
        text = client.get(at).text
        assert f"<span>{word}</span>" in text
        assert 'title="What another take costs">again 437 cr' in text
        choosing.reject(take, note="", by=alice)


def test_a_charge_that_nobody_knows_is_said_to_be_unknown(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    shot = make.shots_of(board)[0]
    up_to_date(board, shot, alice, at=account, quote_micro_usd=None)
    text = as_user(alice).get(reverse("shot_card", args=[board.team.public_id, board.public_id, shot.public_id])).text
    assert '<span class="nowrap">charge unknown</span>' in text


def test_a_hostile_reason_stays_text(board: Board, alice: User, account: Connection, as_user: AsUser) -> None:
    shot = make.shots_of(board)[0]
    make.take(shot, State.FAILED, at=account, sentence="<script>hurt()</script>")
    text = as_user(alice).get(reverse("shot_card", args=[board.team.public_id, board.public_id, shot.public_id])).text
    assert "&lt;script&gt;hurt()" in text
    assert "<script>" not in text


def test_the_queries_do_not_grow_with_what_is_under_way(
    team: Team, alice: User, account: Connection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counted = []
    for joints in ("cut continue", "cut continue cut continue cut continue"):
        board = make.board_with(team, alice, joints, account)
        for shot in make.shots_of(board):
            make.take(shot, State.RUNNING if shot.joint == Joint.CUT else State.WAITING, at=account)
        found = sheet(board, alice)
        found.asks()
        with django_assert_num_queries(3) as queries:
            found.statuses()
        counted.append(len(queries))
    assert counted == [3, 3]


def test_the_sums_count_what_is_to_be_rendered(board: Board, alice: User, account: Connection, as_user: AsUser) -> None:
    first, second, _ = make.shots_of(board)
    up_to_date(board, first, alice, at=account)
    make.take(second, State.RUNNING, at=account)
    text = as_user(alice).get(reverse("board_sums", args=[board.team.public_id, board.public_id])).text
    assert "Render 1 shot " in text
