"""The budgets of a team, and how far each is used: of the team and of connections for a month, of boards in all.

views.statement lists them, views.budgets changes one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.urls import reverse

from storyboard.boards.models import Board
from storyboard.boards.queries import boards_of
from storyboard.connections.models import Connection
from storyboard.connections.queries import connections_of
from storyboard.takes.models import Entry, Purse
from storyboard.takes.money import UNKNOWN, this_month
from storyboard.teams.models import Team

# How many boards are listed; a budget stands on each board's own page too.
LISTED = 100
# The bar's own measure.
WIDE = 1000
Sums = dict[int | None, tuple[int, int, int]]
NOTHING = (0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A budget as it stands now: None is no limit."""

    name: str
    # "a month", or nothing where it is for good.
    span: str
    limit: int | None
    spent: int
    held: int
    # How many takes were charged and nobody knows how much: they are not in what is used.
    unknown: int
    # Where it is changed.
    address: str

    @property
    def used(self) -> int:
        return self.spent + self.held

    @property
    def left(self) -> int:
        return max(0, (self.limit or 0) - self.used)

    @property
    def over(self) -> int:
        """By how much more is used than it allows, since it was lowered or a price was higher than quoted."""
        return 0 if self.limit is None else max(0, self.used - self.limit)

    @property
    def spent_wide(self) -> int:
        return self.wide(self.spent)

    @property
    def used_wide(self) -> int:
        return self.wide(self.used)

    def wide(self, part: int) -> int:
        if self.limit is None:
            return 0
        return WIDE if part >= self.limit else max(0, part * WIDE // self.limit)


def of_team(team: Team) -> Limit:
    limit = Purse.objects.filter(team=team).values_list("monthly_budget", flat=True).first()
    spent, held, unknown = counted("team", Q(team=team, month=this_month())).get(team.pk, NOTHING)
    address, used = reverse("budget_team", args=[team.public_id]), {"spent": spent, "held": held, "unknown": unknown}
    return Limit(name=team.name, span="a month", limit=limit, address=address, **used)


def of_connections(team: Team, rows: Iterable[Connection] | None = None) -> list[Limit]:
    """All that are not deleted, or those given."""
    found = list(connections_of(team) if rows is None else rows)
    used = counted("connection", Q(connection__in=found, month=this_month()))
    return [of_connection(team, one, used) for one in found]


def of_connection(team: Team, row: Connection, used: Sums) -> Limit:
    spent, held, unknown = used.get(row.pk, NOTHING)
    address = reverse("budget_connection", args=[team.public_id, row.public_id])
    return Limit(
        name=row.name,
        span="a month",
        limit=row.monthly_budget,
        spent=spent,
        held=held,
        unknown=unknown,
        address=address,
    )


def of_boards(team: Team, rows: Iterable[Board] | None = None) -> list[Limit]:
    """Those with a budget that changed last, or those given."""
    if rows is None:
        rows = with_budget(team)
    found = list(rows)
    used = counted("board", Q(board__in=found))
    return [of_board(team, one, used) for one in found]


def of_board(team: Team, row: Board, used: Sums) -> Limit:
    spent, held, unknown = used.get(row.pk, NOTHING)
    address = reverse("budget_board", args=[team.public_id, row.public_id])
    return Limit(
        name=row.name, span="", limit=row.budget_micro_usd, spent=spent, held=held, unknown=unknown, address=address
    )


def with_budget(team: Team) -> list[Board]:
    rows = Board.objects.filter(team=team, deleted_at=None).exclude(budget_micro_usd=None)
    return list(rows.only("public_id", "name", "budget_micro_usd").order_by("-changed_at", "-pk")[:LISTED])


def boards_without(team: Team) -> list[tuple[str, str]]:
    """Boards that could be given one: name and address."""
    rows = boards_of(team).filter(budget_micro_usd=None).values_list("public_id", "name")[:LISTED]
    return [(name, reverse("budget_board", args=[team.public_id, one])) for one, name in rows]


def counted(column: str, wanted: Q) -> Sums:
    rows = Entry.objects.filter(wanted).order_by().values_list(column)
    found = rows.annotate(Sum("spent"), Sum("held"), unknown=Count("take", filter=UNKNOWN, distinct=True))
    return {key: (int(spent), int(held), unknown) for key, spent, held, unknown in found}
