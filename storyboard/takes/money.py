"""The ledger: what takes hold, what they cost, and what budgets leave. Integers of a millionth of a dollar throughout.

Actions call these inside their transactions; nothing else writes an Entry. What is unclear stays held until somebody
decides, so it counts as spent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.boards.summary import dollars
from storyboard.connections.models import Connection
from storyboard.errors import Conflict
from storyboard.takes.models import Entry, Purse, Take
from storyboard.teams.models import Team

COUNTED = Coalesce(Sum(F("held") + F("spent")), 0)
# The lines of charges that nobody knows the amount of.
UNKNOWN = Q(kind=Entry.Kind.CHARGE, take__isnull=False, take__charge_micro_usd=None)


@dataclass(frozen=True, slots=True)
class Wish:
    """So many takes at this price each, to be paid through this connection."""

    connection: Connection
    price: int | None
    takes: int = 1

    @property
    def total(self) -> int:
        return (self.price or 0) * self.takes


@dataclass(frozen=True, slots=True)
class Budget:
    """One limit, and what of it is held and spent already."""

    name: str
    limit: int
    used: int
    # None: of the board or the team, whatever connection pays.
    connection: int | None = None

    @property
    def left(self) -> int:
        return self.limit - self.used


def this_month() -> date:
    return timezone.now().date().replace(day=1)


def used(wanted: Q) -> int:
    return int(Entry.objects.filter(wanted).aggregate(sum=COUNTED)["sum"])


def budgets(board: Board, connections: Iterable[Connection]) -> list[Budget]:
    """Every limit that a render of this board would have to keep."""
    month, found = this_month(), []
    if board.budget_micro_usd is not None:
        found.append(Budget("this board’s budget", board.budget_micro_usd, used(Q(board=board))))
    limit = Purse.objects.filter(team=board.team_id).values_list("monthly_budget", flat=True).first()
    if limit is not None:
        found.append(Budget("the team’s budget for this month", limit, used(Q(team=board.team_id, month=month))))
    for one in {connection.pk: connection for connection in connections}.values():
        if one.monthly_budget is not None:
            spent = used(Q(connection=one, month=month))
            found.append(Budget(f"{one}’s budget for this month", one.monthly_budget, spent, one.pk))
    return found


def in_the_way(board: Board, wishes: Sequence[Wish]) -> list[str]:
    """The sentences that say which budgets this would break; none when it may go on."""
    found = []
    for budget in budgets(board, [wish.connection for wish in wishes]):
        counted = [wish for wish in wishes if budget.connection in {None, wish.connection.pk}]
        wanted = sum(wish.total for wish in counted)
        if any(wish.price is None for wish in counted):
            found.append(
                f"The price of some shots is not known, so {budget.name} cannot be kept. "
                "Enter own prices on the connection’s page, or remove the budget."
            )
        elif wanted > budget.left:
            left = dollars(max(0, budget.left))
            found.append(f"This costs {dollars(wanted)}, and {budget.name} has {left} left. An owner can raise it.")
    return found


def locked_purse(team: Team) -> Purse:
    """Whoever reserves holds it, so that two cannot both take what is left."""
    Purse.objects.get_or_create(team=team)
    return Purse.objects.select_for_update().get(team=team)


def hold(board: Board, takes: Sequence[Take]) -> None:
    """Reserve each take's quote, or Conflict with a sentence and nothing at all."""
    locked_purse(board.team)
    wishes = [Wish(take.connection, take.quote_micro_usd) for take in takes if take.connection]
    if sentences := in_the_way(board, wishes):
        raise Conflict(sentences[0])
    Entry.objects.bulk_create(
        [entry(take, Entry.Kind.HOLD, board=board, held=take.quote_micro_usd or 0) for take in takes]
    )


def release(take: Take) -> None:
    """Nothing was charged."""
    held, _, month = balance(take)
    if held:
        write(take, Entry.Kind.RELEASE, held=-held, month=month)


def settle(take: Take, charge: int | None) -> None:
    """It was charged: the vendor's own figure, or our quote where the vendor tells none. Said again, it is no news.

    Where nobody knows either, it is written down that it was charged and not how much: is_unknown().
    """
    held, spent, month = balance(take)
    if not held and (spent or take.charge_micro_usd is not None or (charge is None and is_unknown(take))):
        return
    price = take.quote_micro_usd if charge is None else charge
    write(take, Entry.Kind.CHARGE, held=-held, spent=price or 0, month=month)
    Take.objects.filter(pk=take.pk).update(charge_micro_usd=price)
    take.charge_micro_usd = price


def is_unknown(take: Take) -> bool:
    """It was charged, and nobody knows how much: no price was known, and the vendor told none that can be used."""
    return take.charge_micro_usd is None and take.entries.filter(kind=Entry.Kind.CHARGE).exists()


def difference(take: Take) -> str:
    """“$0.14 more than quoted”; nothing when the vendor took what we had said, or nobody knew the price."""
    if take.charge_micro_usd is None or take.quote_micro_usd is None or take.charge_micro_usd == take.quote_micro_usd:
        return ""
    apart = take.charge_micro_usd - take.quote_micro_usd
    return f"{dollars(abs(apart))} {'more' if apart > 0 else 'less'} than quoted"


def correct(take: Take, charge: int) -> None:
    """The vendor tells its figure only later."""
    held, spent, month = balance(take)
    if not held and charge != spent:
        kind = Entry.Kind.CHARGE if charge > spent else Entry.Kind.REFUND
        write(take, kind, spent=charge - spent, month=month)
        Take.objects.filter(pk=take.pk).update(charge_micro_usd=charge)


def has_room(connection: Connection, price: int | None) -> bool:
    """Whether this connection's own budget has so much left; what board and team hold for it stays held."""
    if connection.monthly_budget is None:
        return True
    spent = used(Q(connection=connection, month=this_month()))
    return price is not None and spent + price <= connection.monthly_budget


def move(take: Take, before: Connection | None) -> None:
    """What was held at the connection before is held at the take's own from now on."""
    held, _, month = balance(take)
    if held:
        row = entry(take, Entry.Kind.RELEASE, board=take.shot.board, held=-held)
        row.connection, row.month = before, month
        row.save()
        write(take, Entry.Kind.HOLD, held=held, month=month)


def balance(take: Take) -> tuple[int, int, date]:
    """Held, spent, and the month in which all of it counts."""
    rows = list(Entry.objects.filter(take=take).values_list("held", "spent", "month"))
    month = min((row[2] for row in rows), default=this_month())
    return sum(row[0] for row in rows), sum(row[1] for row in rows), month


def write(take: Take, kind: Entry.Kind, *, held: int = 0, spent: int = 0, month: date) -> None:
    row = entry(take, kind, board=take.shot.board, held=held, spent=spent)
    row.month = month
    row.save()


def entry(take: Take, kind: Entry.Kind, *, board: Board, held: int = 0, spent: int = 0) -> Entry:
    return Entry(
        team_id=board.team_id,
        board=board,
        connection=take.connection,
        take=take,
        by_id=take.by_id,
        model=take.model,
        kind=kind,
        held=held,
        spent=spent,
        month=this_month(),
    )
