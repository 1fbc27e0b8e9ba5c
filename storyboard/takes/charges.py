"""What a vendor says that a finished task cost, in micro-dollars. Pure; actions.results asks before it settles."""

import json
from collections.abc import Callable
from contextlib import suppress

from storyboard.boards.choices import model_for
from storyboard.connections.prices import own_rates
from storyboard.providers.base import Task
from storyboard.providers.dispatch import vendor_file
from storyboard.takes.models import Take

# Nobody is charged more for one clip; anybody can be behind an address, and the column has an end.
MOST = 10**12


def charge_of(take: Take, task: Task) -> int | None:
    """The vendor's own figure, in whichever unit it tells one; None where it tells none, and our quote stands."""
    connection = take.connection
    if task.micro_usd is not None:
        return sane(task.micro_usd)
    if connection is None:
        return None
    if task.credits is not None and connection.about.credit_micro_usd:
        return sane(round(task.credits * connection.about.credit_micro_usd))
    model = model_for(connection, take.model)
    billed: Callable[..., int | None] | None = getattr(vendor_file(connection.vendor), "billed", None)
    if billed is None or model is None or not take.asked:
        return None
    # A finished clip must not be lost over a cost that cannot be read.
    with suppress(ValueError, TypeError, ArithmeticError):
        return sane(billed(task, json.loads(take.asked), model, own_rates(connection, model)))
    return None


def sane(charge: int | None) -> int | None:
    return charge if charge is not None and 0 <= charge <= MOST else None
