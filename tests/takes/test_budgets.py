"""Budgets changed on the statement: who may, what may be typed, two owners at once, and what a lower one means."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.errors import DomainError, Forbidden
from storyboard.takes import money
from storyboard.takes.actions.budgets import set_team_budget
from storyboard.takes.models import Purse, State
from storyboard.takes.money import Wish
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
Join = Callable[[User, Role], Membership]
Now = Callable[[], int | None]
SENTENCE = "Write an amount of dollars like 250 or 99.50, or nothing for no limit."
BOUNDS = "A budget is an amount of dollars from 0 to 1,000,000, or none."
KINDS = ["team", "connection", "board"]


@pytest.fixture
def addresses(team: Team, film: Board, account: Connection) -> dict[str, str]:
    return {
        "team": reverse("budget_team", args=[team.public_id]),
        "connection": reverse("budget_connection", args=[team.public_id, account.public_id]),
        "board": reverse("budget_board", args=[team.public_id, film.public_id]),
    }


@pytest.fixture
def now(team: Team, film: Board, account: Connection) -> dict[str, Now]:
    """What stands in the database."""
    return {
        "team": lambda: Purse.objects.filter(team=team).values_list("monthly_budget", flat=True).first(),
        "connection": lambda: Connection.objects.get(pk=account.pk).monthly_budget,
        "board": lambda: Board.objects.get(pk=film.pk).budget_micro_usd,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_an_owner_sets_changes_and_takes_away_each_kind(
    alice: User, as_user: AsUser, addresses: dict[str, str], now: dict[str, Now], kind: str
) -> None:
    client = as_user(alice)
    for text, base, kept in (("$1,250.50", "", 1_250_500_000), ("0", "1250500000", 0), ("", "0", None)):
        assert client.post(addresses[kind], {"amount": text, "base": base}).status_code == 302
        assert now[kind]() == kept
    did = {"team": "monthly_budget_changed", "connection": "connection_edited", "board": "budget_changed"}[kind]
    assert AuditEntry.objects.filter(action=did, actor=alice.email).count() == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *[(text, SENTENCE) for text in ("1e999", "-5", "0.0000001", "99,50", "1,2,3", "٢٥٠", "NaN", "1_000", "½")],
        *[(text, BOUNDS) for text in ("1000001", "999999999", "1" + "0" * 18, "9" * 5000)],
    ],
)
def test_what_is_no_budget_is_answered_with_a_sentence(
    alice: User, as_user: AsUser, addresses: dict[str, str], kind: str, text: str, sentence: str
) -> None:
    answer = as_user(alice).post(addresses[kind], {"amount": text, "base": ""})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not AuditEntry.objects.filter(action__contains="budget").exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("base", ["", "7", "x", "9" * 400])
def test_the_second_of_two_owners_is_told_and_then_wins(
    alice: User, as_user: AsUser, addresses: dict[str, str], now: dict[str, Now], kind: str, base: str
) -> None:
    client = as_user(alice)
    client.post(addresses[kind], {"amount": "100", "base": ""})
    answer = client.post(addresses[kind], {"amount": "50", "base": base})
    assert (answer.status_code, now[kind]()) == (409, 100_000_000)
    assert "Somebody changed this budget while your page was open" in answer.text
    assert "$100.00" in answer.text
    assert 'value="50"' in answer.text
    assert 'name="base" value="100000000"' in answer.text
    client.post(addresses[kind], {"amount": "50", "base": "100000000"})
    assert now[kind]() == 50_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_amount_twice_is_no_quarrel_and_no_news(
    alice: User, as_user: AsUser, addresses: dict[str, str], kind: str
) -> None:
    for _ in range(2):
        assert as_user(alice).post(addresses[kind], {"amount": "100", "base": ""}).status_code == 302
    kept = AuditEntry.objects.exclude(action__in=["board_created", "connection_added"])
    assert kept.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_less_than_is_used_stops_what_is_new_and_nothing_else(
    alice: User, film: Board, account: Connection, as_user: AsUser, addresses: dict[str, str], kind: str
) -> None:
    under_way = make.take(make.shots_of(film)[0], State.RUNNING, at=account)
    answer = as_user(alice).post(addresses[kind], {"amount": "0.10", "base": ""}, follow=True)
    assert "$0.40 is used already, so nothing more is rendered" in answer.text
    assert "what is under way goes on" in answer.text
    film.refresh_from_db()
    account.refresh_from_db()
    assert money.in_the_way(film, [Wish(account, 1)])
    money.settle(under_way, None)
    assert make.ledger(under_way) == (0, make.QUOTE)


@pytest.mark.parametrize("role", [Role.PRODUCER, Role.VIEWER])
@pytest.mark.parametrize("kind", KINDS)
def test_budgets_are_the_owners(
    bob: User, join: Join, as_user: AsUser, addresses: dict[str, str], role: Role, kind: str
) -> None:
    join(bob, role)
    client = as_user(bob)
    assert client.get(addresses[kind]).status_code == 403
    assert client.post(addresses[kind], {"amount": "1", "base": ""}).status_code == 403


def test_the_action_asks_for_an_owner_and_for_bounds(team: Team, alice: User, bob: User, join: Join) -> None:
    join(bob, Role.PRODUCER)
    with pytest.raises(Forbidden):
        set_team_budget(team, micro_usd=1, base=None, by=bob)
    for amount in (-1, 10**12 + 1):
        with pytest.raises(DomainError, match="from 0 to 1,000,000"):
            set_team_budget(team, micro_usd=amount, base=None, by=alice)


def test_the_log_says_what_it_was_and_what_it_is(team: Team, alice: User) -> None:
    set_team_budget(team, micro_usd=250_000_000, base=None, by=alice)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("monthly_budget_changed", "Northlight")
    assert entry.detail == {"before": "none", "after": "$250.00"}


def test_the_statement_lists_budgets_and_offers_boards_without(
    team: Team, alice: User, film: Board, as_user: AsUser, addresses: dict[str, str]
) -> None:
    client = as_user(alice)
    other = make.board_with(team, alice, "cut")
    client.post(addresses["board"], {"amount": "25", "base": ""})
    client.post(addresses["team"], {"amount": "500", "base": ""})
    listed, offered = client.get(reverse("statement", args=[team.public_id])).text.split("Give another board a budget")
    assert "$25.00" in listed
    assert 'Left</dt><dd class="num">$500.00' in listed
    assert addresses["board"] in listed
    assert addresses["board"] not in offered
    assert other.name in offered
