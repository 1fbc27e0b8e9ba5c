"""What a board, or some of its shots, comes to: length, price, problems, chains, and how long it takes to make.

The board's bar, the render sheet and the command line show it; all from asks, as submission will be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from storyboard.boards.asks import Ask
from storyboard.boards.queries import Sheet
from storyboard.boards.times import Work, expected, in_words, together
from storyboard.providers.base import Problem

DOLLAR = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Numbers for people; `micro_usd` and `credits` count what is known, `unpriced` the shots whose price is not."""

    shots: int
    seconds: int
    micro_usd: int
    # Only where one vendor counts in them alone: credits of two are not the same thing.
    credits: int | None
    unpriced: int
    # Shot's key -> what keeps it from being rendered.
    problems: dict[int, list[Problem]]
    # Keys of shots that hold on to each other, in order; a shot on its own is a chain of one.
    chains: list[list[int]]
    work_seconds: int

    @property
    def words(self) -> str:
        """“3 shots, 2,408 credits, about 9 min”."""
        parts = [counted(self.shots, "shot"), self.price]
        return ", ".join([*parts, in_words(self.work_seconds)] if self.work_seconds else parts)

    @property
    def price(self) -> str:
        if self.shots and self.unpriced == self.shots:
            return "price not known"
        known = f"{self.credits:,} credits" if self.credits is not None else dollars(self.micro_usd)
        return f"{known} and {counted(self.unpriced, 'shot')} of unknown price" if self.unpriced else known


def summary_of(sheet: Sheet, only: Iterable[str] | None = None) -> Summary:
    """Of the whole board, or of the shots with these public ids."""
    wanted = None if only is None else set(only)
    asks = [one for one in sheet.asks() if wanted is None or one.shot.public_id in wanted]
    return Summary(
        shots=len(asks),
        seconds=sum(one.choices.seconds for one in asks),
        micro_usd=sum(one.quote.micro_usd or 0 for one in asks),
        credits=credits_of(asks),
        unpriced=sum(one.quote.micro_usd is None for one in asks),
        problems={one.shot.pk: one.blocks for one in asks if one.blocks},
        chains=chains(asks),
        work_seconds=work_seconds(asks),
    )


def credits_of(asks: Sequence[Ask]) -> int | None:
    priced = [one for one in asks if one.quote.micro_usd is not None]
    vendors = {one.connection.vendor for one in priced if one.connection}
    if len(vendors) != 1 or any(one.quote.credits is None for one in priced):
        return None
    return sum(one.quote.credits or 0 for one in priced)


def chains(asks: Sequence[Ask]) -> list[list[int]]:
    """Shots that are joined, however they are joined, as groups in the board's order."""
    head = {one.shot.pk: one.shot.pk for one in asks}

    def top(key: int) -> int:
        while head[key] != key:
            key = head[key]
        return key

    for one in asks:
        before = one.shot.joint_from_id
        if before in head:
            # Towards the earlier one, so that a chain is where its first shot is.
            head[top(one.shot.pk)] = top(before)
    groups: dict[int, list[int]] = {}
    for one in asks:
        groups.setdefault(top(one.shot.pk), []).append(one.shot.pk)
    return list(groups.values())


def work_seconds(asks: Sequence[Ask]) -> int:
    """Shots that no model can make yet count for nothing."""
    work, lanes = [], {}
    for one in asks:
        if one.model and one.connection:
            seconds = expected(one.connection, one.model, one.choices.resolution, one.choices.seconds)
            work.append(Work(one.shot.pk, seconds, one.connection.public_id, one.shot.joint_from_id))
            lanes[one.connection.public_id] = one.connection.parallel
    return together(work, lanes)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def dollars(micro: int) -> str:
    cents = (Decimal(micro) / DOLLAR).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"${cents:,}"
