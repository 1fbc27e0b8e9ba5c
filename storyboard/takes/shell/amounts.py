"""Figures that people write after an option: dollars, seconds, how many takes."""

from decimal import Decimal, InvalidOperation

from storyboard.takes.planning import MOST_EACH
from storyboard.teams.shell import Options, Usage

DOLLAR = 1_000_000


def checked(options: Options) -> None:
    """Before anything is looked at: a wrong figure is wrong whatever there is to render."""
    if not 1 <= options["takes"] <= MOST_EACH:
        raise Usage(f"Write --takes with a number from 1 to {MOST_EACH}.")
    if options["ceiling"] is not None:
        micro(options["ceiling"], "--ceiling")
    patience(options)


def micro(text: str, option: str) -> int:
    try:
        amount = Decimal(text) * DOLLAR
        if amount.is_finite() and amount >= 0 and amount == amount.to_integral_value():
            return int(amount)
    except InvalidOperation:
        pass
    raise Usage(f"Write {option} as dollars: {option} 12.50.")


def patience(options: Options) -> float | None:
    """How many seconds somebody watches; None is to the end."""
    seconds: float | None = options["timeout"]
    # “nan” is a number to Python, and never over.
    if seconds is not None and not seconds >= 0:
        raise Usage("Write --timeout as seconds, 0 or more.")
    return seconds
