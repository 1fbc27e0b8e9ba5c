"""The statement: whose money, put together in every way, always the ledger's own sums; and the same as a CSV."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any, cast

import hypothesis.strategies as st
import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.db.models import Q
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import Phase, given, settings

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.takes import money, statement
from storyboard.takes.models import Entry, State, Take
from storyboard.takes.statement import By, Wanted
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
Join = Callable[[User, Role], Membership]
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
LARGE = 10**12
LINE = st.fixed_dictionaries(
    {
        "board": st.integers(0, 2),
        "connection": st.integers(0, 2),
        "take": st.integers(0, 3),
        "by": st.integers(0, 2),
        "model": st.sampled_from(["", "m-1", "seedance-2.0-text-to-video"]),
        "kind": st.sampled_from(Entry.Kind.values),
        "held": st.integers(-LARGE, LARGE),
        "spent": st.integers(-LARGE, LARGE),
        "month": st.sampled_from([NOVEMBER, OCTOBER]),
    }
)


def page(team: Team, query: str = "", name: str = "statement") -> str:
    return f"{reverse(name, args=[team.public_id])}?{query}"


def table(answer: StreamingHttpResponse) -> list[dict[str, str]]:
    async def whole() -> bytes:
        return b"".join([part async for part in cast("AsyncIterator[bytes]", answer.streaming_content)])

    return list(csv.DictReader(io.StringIO(async_to_sync(whole)().decode("utf-8-sig"))))


def cells(client: Client, team: Team, query: str = "month=all") -> list[dict[str, str]]:
    answer = client.get(page(team, query, "statement_csv"))
    assert answer.status_code == 200
    return table(cast("StreamingHttpResponse", answer))


def paid(film: Board, at: Connection, charge: int | None = None, **columns: Any) -> Take:
    """A take of the film's first shot that was held and settled."""
    found = make.take(make.shots_of(film)[0], State.DONE, at=at, **columns)
    make.hold(found)
    money.settle(found, charge)
    return found


def micro(text: str) -> int:
    return round(float(text or 0) * 1_000_000)


@pytest.fixture
def others(team: Team, alice: User, bob: User, account: Connection) -> dict[str, list[Any]]:
    """What lines of a random ledger may be about; None is what was deleted for good."""
    boards = [make.board_with(team, alice, "cut", account) for _ in range(2)]
    takes = [make.take(make.shots_of(board)[0], State.DONE, at=account) for board in boards]
    takes.append(make.take(make.shots_of(boards[0])[0], State.FAILED, at=account, moved_from=account))
    accounts = [account, make.connection(team, by=alice), None]
    return {"board": [*boards, None], "connection": accounts, "take": [*takes, None], "by": [alice, bob, None]}


def test_whatever_the_ledger_holds_every_table_adds_up_to_what_budgets_count(
    team: Team, alice: User, others: dict[str, list[Any]], as_user: AsUser
) -> None:
    client = as_user(alice)

    # The first ledger that fails is small enough; looking for a smaller one takes minutes.
    @settings(max_examples=20, phases=[Phase.generate])
    @given(st.lists(LINE, max_size=25))
    def check(ledger: list[dict[str, Any]]) -> None:
        with transaction.atomic():
            rows = [line | {name: others[name][line[name]] for name in others} for line in ledger]
            Entry.objects.bulk_create([Entry(team=team, **row) for row in rows])
            for month in (None, NOVEMBER, OCTOBER):
                adds_up(client, team, month)
            transaction.set_rollback(True)

    check()


def adds_up(client: Client, team: Team, month: date | None) -> None:
    in_month = Q(team=team) if month is None else Q(team=team, month=month)
    totals = statement.totals(Wanted(team=team, month=month).entries)
    assert totals.used == money.used(in_month)
    for by in By:
        summed = statement.together(statement.rows(Wanted(team=team, by=by, month=month)))
        assert (summed.used, summed.spent, summed.held) == (totals.used, totals.spent, totals.held)
        assert (summed.refunded, summed.released, summed.unclear) == (totals.refunded, totals.released, totals.unclear)
    query = f"month={month:%Y-%m}" if month else "month=all"
    written = cells(client, team, query)
    for name in ("spent", "held", "refunded", "released"):
        assert sum(micro(row[f"{name}_usd"]) for row in written) == getattr(totals, name)


def test_a_refund_is_told_from_what_was_only_released(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    money.correct(paid(film, account), 250_000)
    money.release(make.take(make.shots_of(film)[1], State.RUNNING, at=account))
    found = statement.totals(Wanted(team=team).entries)
    assert (found.spent, found.held, found.refunded, found.released) == (250_000, 0, 150_000, make.QUOTE)
    text = as_user(alice).get(page(team, f"of={film.public_id}")).text
    assert "$0.15 refunded" in text
    assert "$0.40 released" in text
    assert "$0.15 less than quoted" in text


def test_what_moved_to_another_connection_was_not_released(
    team: Team, alice: User, film: Board, account: Connection
) -> None:
    other = make.connection(team, by=alice)
    found = make.take(make.shots_of(film)[0], State.QUEUED, at=account)
    found.connection, found.moved_from = other, account
    found.save()
    money.move(found, account)
    rows = statement.rows(Wanted(team=team, by=By.CONNECTION))
    assert {row.called.name: row.figures.held for row in rows} == {other.name: make.QUOTE, account.name: 0}
    assert [row.figures.released for row in rows] == [0, 0]


@pytest.mark.parametrize("state", [State.UNKNOWN, State.UNDECIDED])
def test_what_is_unclear_counts_as_held_and_says_so(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser, state: State
) -> None:
    make.take(make.shots_of(film)[0], state, at=account)
    text = as_user(alice).get(page(team, f"of={film.public_id}")).text
    assert "$0.40 of it unclear" in text
    assert "unclear, counts as held until somebody decides" in text


def test_each_way_to_put_it_together_names_its_rows(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account)
    client = as_user(alice)
    named = {"board": film.name, "connection": account.name, "person": "Alice Munro", "month": "All months"}
    for by, name in (named | {"model": "Seedance 2.0"}).items():
        text = client.get(page(team, f"by={by}&month=all")).text
        assert name in text
        assert "$0.40" in text


def test_a_month_shows_its_own_money_and_the_others_are_offered(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account)
    Entry.objects.update(month=date(2025, 3, 1))
    client = as_user(alice)
    assert film.name in client.get(page(team, "month=2025-03")).text.split("budgets-heading")[0]
    assert "Choose another month" in client.get(page(team, "month=2025-04")).text
    text = client.get(page(team)).text
    assert "Choose another month" in text
    assert '<option value="2025-03">March 2025</option>' in text


def test_money_of_what_was_deleted_stays_in_the_sums(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account)
    film.shots.all().delete()
    film.delete()
    client = as_user(alice)
    text = client.get(page(team, "of=-")).text
    assert "Deleted boards" in text
    assert "Takes that were deleted for good" in text
    (row,) = cells(client, team)
    assert (row["board"], row["connection"], row["spent_usd"]) == ("Deleted boards", account.name, "0.400000")


def test_a_take_leads_to_its_receipt_unless_it_was_deleted(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    found, client = paid(film, account), as_user(alice)
    address = f"{reverse('takes', args=[team.public_id, film.public_id, found.shot.public_id])}?take={found.public_id}"
    assert address in client.get(page(team, f"of={film.public_id}")).text
    assert client.get(address).status_code == 200
    Take.objects.update(deleted_at="2026-11-01T00:00Z")
    text = client.get(page(team, f"of={film.public_id}")).text
    assert address not in text
    assert "(deleted)" in text


def test_a_charge_that_nobody_knows_is_said_wherever_money_is(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    found, client = paid(film, account, quote_micro_usd=None), as_user(alice)
    text = client.get(page(team, f"of={film.public_id}")).text
    assert "and 1 take of unknown charge" in text
    assert "<b>charge unknown</b>" in text
    assert "What 1 take cost is unknown and not counted" in text
    (row,) = cells(client, team)
    assert (row["charge_usd"], row["remark"]) == ("", "charge unknown, look it up in the vendor’s console")
    place = [team.public_id, film.public_id, found.shot.public_id]
    assert "<dd>charge unknown</dd>" in client.get(f"{reverse('takes', args=place)}?take={found.public_id}").text


def test_a_charge_that_is_known_is_not_called_unknown(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account)
    paid(film, account, 0, quote_micro_usd=None)
    assert "unknown" not in as_user(alice).get(page(team, f"of={film.public_id}")).text


def test_credits_stand_beside_dollars_where_the_vendor_counts_in_them(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account, quote_credits=4000)
    assert "quoted $0.40 · 4,000 credits" in as_user(alice).get(page(team, f"of={film.public_id}")).text


@pytest.mark.parametrize("query", ["by=x", "month=2026-13", "month=0000-00", "month=%00", "by=month&month=x", "page=x"])
def test_an_odd_address_shows_the_statement(team: Team, alice: User, as_user: AsUser, query: str) -> None:
    assert as_user(alice).get(page(team, query)).status_code == 200
    assert as_user(alice).get(page(team, query, "statement_csv")).status_code == 200


@pytest.mark.parametrize("of", ["2" * 20, "%00", "1;drop", "x" * 5000])
def test_a_row_that_is_not_there_is_answered_with_a_sentence(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser, of: str
) -> None:
    paid(film, account)
    for name in ("statement", "statement_csv"):
        answer = as_user(alice).get(page(team, f"of={of}", name))
        assert answer.status_code == 404
        assert "Nothing of this is in the statement" in answer.text


def test_nobody_reads_another_teams_money(
    team: Team, alice: User, charlie: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account)
    theirs = charlie.memberships.get().team
    text = as_user(charlie).get(page(theirs)).text
    assert "Nothing spent yet" in text
    assert film.name not in text
    assert cells(as_user(charlie), theirs) == []


def test_a_producer_reads_it_and_changes_no_budget(
    team: Team, bob: User, join: Join, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account)
    join(bob, Role.PRODUCER)
    text = as_user(bob).get(page(team)).text
    assert "$0.40" in text
    assert reverse("budget_team", args=[team.public_id]) not in text
    assert "Only an owner of the team can change budgets." in text


def test_the_navigation_leads_there_from_producer_on(team: Team, bob: User, join: Join, as_user: AsUser) -> None:
    own = join(bob, Role.EDITOR)
    address = f'href="{reverse("statement", args=[team.public_id])}"'
    assert address not in as_user(bob).get(reverse("boards", args=[team.public_id])).text
    own.role = Role.PRODUCER
    own.save()
    assert address in as_user(bob).get(reverse("boards", args=[team.public_id])).text


def test_the_file_has_a_line_for_each_take_with_every_figure(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    paid(film, account, 540_001, quote_credits=4000)
    (row,) = cells(as_user(alice), team, f"of={film.public_id}")
    assert (row["board"], row["shot"], row["take"], row["state"]) == (film.name, "1", "1", "Done")
    assert (row["quote_usd"], row["quote_credits"], row["charge_usd"]) == ("0.400000", "4000", "0.540001")
    assert (row["spent_usd"], row["held_usd"], row["refunded_usd"]) == ("0.540001", "0.000000", "0.000000")
    assert (row["person"], row["remark"]) == ("Alice Munro", "$0.14 more than quoted")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", " =", "＝"])
def test_no_cell_is_a_formula(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser, start: str
) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    paid(film, account, model=text)
    Board.objects.update(name=text)
    Connection.objects.update(name=text)
    User.objects.filter(pk=alice.pk).update(name=text)
    (row,) = cells(as_user(alice), team)
    assert {row[name] for name in ("board", "connection", "model", "person")} == {f"'{text}"}


def test_a_long_list_has_pages_that_keep_the_filter(
    team: Team, alice: User, film: Board, account: Connection, as_user: AsUser
) -> None:
    for number in range(51):
        paid(film, account, number=number + 1)
    text = as_user(alice).get(page(team, f"by=board&month=all&of={film.public_id}")).text
    assert "Page 1 of 2" in text
    assert f"by=board&amp;month=all&amp;of={film.public_id}&amp;page=2" in text
    assert len(cells(as_user(alice), team)) == 51


def test_its_queries_do_not_grow(team: Team, alice: User, film: Board, account: Connection, as_user: AsUser) -> None:
    client, counted = as_user(alice), []
    Board.objects.update(budget_micro_usd=5)
    paid(film, account)
    for _ in range(2):
        with CaptureQueriesContext(connection) as found:
            assert client.get(page(team, f"of={film.public_id}")).status_code == 200
        counted.append(len(found))
        for _ in range(4):
            other = make.board_with(team, alice, "cut", make.connection(team, by=alice))
            Board.objects.filter(pk=other.pk).update(budget_micro_usd=5)
            paid(other, account)
            paid(film, account)
    assert counted[0] == counted[1]
    assert counted[0] <= 21
