"""Another account of the same vendor instead of one that could not take a request: never while a task can exist there.

actions.sending asks after an outcome that proves that nothing was created.
"""

from typing import Any

from django.db.models.functions import Now

from storyboard.boards.choices import model_for
from storyboard.connections import addresses
from storyboard.connections.models import Connection
from storyboard.connections.prices import own_rates
from storyboard.providers.errors import NotCreated, ProviderError
from storyboard.takes import callbacks, money
from storyboard.takes.actions import chain
from storyboard.takes.models import State, Take
from storyboard.takes.placeholders import CALLBACK
from storyboard.takes.states import advance

# What is wrong with the account and not with the request: no such key, no credit, not allowed.
ABOUT_THE_ACCOUNT = frozenset({401, 402, 403})
# So often an account may be busy before another one is tried.
PATIENCE = 2


def moved_on(take: Take, epoch: int, error: ProviderError) -> bool:
    """Whether the take waits at the other connection now; its hold is moved with it, within that one's budget."""
    other = take.connection.failover if take.connection else None
    if other is None or take.moved_from_id or not is_worth_it(take, error) or not fits(take, other):
        return False
    before = take.connection
    why = f"{before} could not take it, so {other} is asked."
    due: dict[str, Any] = {"not_before": None, "wake_at": Now() + chain.LOST, "lease_until": None, "secret_digest": ""}
    money.locked_purse(take.shot.board.team)
    if not money.has_room(other, take.quote_micro_usd):
        return False
    moved: dict[str, Any] = {"connection": other, "moved_from": before, "sentence": why}
    if not advance(take, State.QUEUED, only=[State.SUBMITTING], epoch=epoch, why=why, **due, **moved):
        return False
    money.move(take, before)
    for connection in (before, other):
        if connection:
            chain.freed(connection.pk)
    chain.tell(take)
    return True


def is_worth_it(take: Take, error: ProviderError) -> bool:
    if isinstance(error, NotCreated):
        return take.attempts >= PATIENCE or not error.retryable
    return error.status in ABOUT_THE_ACCOUNT


def fits(take: Take, other: Connection) -> bool:
    """The same body at the same price, reached in the same way."""
    now = take.connection
    model = model_for(other, take.model)
    if now is None or model is None or other.vendor != now.vendor or other.disabled_at or other.deleted_at:
        return False
    same_price = own_rates(now, model) == own_rates(other, model)
    same_place = addresses.is_near(now.base_url) == addresses.is_near(other.base_url)
    return same_price and same_place and callbacks.wanted(other) == (CALLBACK in take.asked)
