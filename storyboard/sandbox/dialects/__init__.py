"""How each vendor words what the sandbox does: one file a vendor, found by its id. Views and tasks ask here.

The rules, prices and error bodies are those of storyboard.providers; a dialect adds what only the vendor's side has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from storyboard.providers.base import Body, Kind, Probed, Problem
from storyboard.providers.catalog import VENDOR_FILES, Model
from storyboard.sandbox.models import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A vendor's request body in plain words: what is to be painted, and whom to call."""

    model: Model
    prompt: str
    ratio: str
    resolution: str
    seconds: int
    audio: bool
    seed: int | None = None
    # URLs; the references are pictures and videos, the sounds stand apart. `media` has each URL once with its kind.
    opening: str = ""
    landing: str = ""
    references: tuple[str, ...] = ()
    media: Mapping[str, Kind]
    wants_last_frame: bool = False
    callback_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a request costs, in micro-dollars: set aside on submit, and what the attempt itself comes to."""

    reserved: int
    price: int
    tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """How a vendor calls back: in which states, how long it waits for an answer, when it tries again."""

    states: frozenset[str]
    seconds: int
    again: tuple[int, ...]
    # An answer of 4xx ends it.
    gives_up_on_4xx: bool = False


class Dialect(Protocol):
    RINGING: Ringing | None

    def refuse_key(self, header: str | None, *, revoked: bool) -> Problem:
        """Why this Authorization header opens nothing: absent, not a bearer, unknown, revoked."""

    def new_id(self, now: datetime) -> str: ...

    def order(self, body: Body) -> Order:
        """Read a body that problems() found nothing wrong with."""

    def charge(self, body: Body, model: Model, media: Probed) -> Charge:
        """By the vendor's own price; where no rate is known, UNKNOWN_RATE dollars a second."""

    def created(self, task: Task) -> Body:
        """The answer to a submit."""

    def shown(self, task: Task, now: datetime) -> Body:
        """The task as a GET shows it, and as a callback carries it."""

    def callback_target(self, url: str) -> str:
        """Where a callback goes: one vendor adds to the address."""

    def fault(self, name: str, value: str) -> Problem:
        """The answer to a submit that is to go wrong: refused, busy, no-credits, unavailable, or any other error."""

    def failure(self, name: str, value: str) -> tuple[str, str]:
        """The code and message of a task that is to fail."""

    def not_found(self, task_id: str) -> Problem: ...

    def balance(self, micro_usd: int) -> Body | None:
        """None where the vendor tells nobody."""

    def error_status(self, problem: Problem) -> int: ...

    def retry_after(self, problem: Problem) -> int | None: ...


def dialect(vendor: str) -> Dialect:
    """KeyError for an unknown vendor."""
    if vendor not in VENDOR_FILES:
        raise KeyError(vendor)
    return cast("Dialect", import_module(f"storyboard.sandbox.dialects.{vendor}"))
