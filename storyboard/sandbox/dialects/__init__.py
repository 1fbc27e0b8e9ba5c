"""How each vendor words what the sandbox does: one file a vendor, found by its id. Views and tasks ask here.

The rules, prices and error bodies are those of storyboard.providers; a dialect adds what only the vendor's side has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from storyboard.providers.base import Body, Kind, Probed, Problem
from storyboard.providers.catalog import VENDOR_FILES, Model
from storyboard.sandbox.models import Task

# Below /sandbox/: a client adds the vendor's own paths, as it does to the real base URL.
BASES = {"reapi": "reapi/api/v1", "apimart": "apimart", "evolink": "evolink", "ark": "ark/api/v3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A vendor's request body in plain words: what is to be painted, and whom to call."""

    model: Model
    prompt: str = ""
    # “adaptive” only until orders.settled() has looked at the media; then with the pixels that it comes to.
    ratio: str
    resolution: str
    width: int = 0
    height: int = 0
    seconds: int
    audio: bool
    seed: int | None = None
    # Addresses; what opens or ends the clip is not among the pictures.
    opening: str = ""
    landing: str = ""
    pictures: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    wants_last_frame: bool = False
    callback_url: str = ""

    @property
    def references(self) -> tuple[str, ...]:
        """What is to be seen in the clip."""
        return (*self.pictures, *self.videos)

    @property
    def media(self) -> Mapping[str, Kind]:
        """Each address once, and what should be there."""
        images = [url for url in (self.opening, self.landing, *self.pictures) if url]
        groups = ((Kind.AUDIO, self.sounds), (Kind.VIDEO, self.videos), (Kind.IMAGE, images))
        return {url: kind for kind, urls in groups for url in urls}


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


class Refusal(StrEnum):
    """Why a vendor says no, apart from what is wrong with a body. Four of them can be asked for by a fault's name."""

    NO_KEY = "no-key"
    NOT_BEARER = "not-bearer"
    UNKNOWN_KEY = "unknown-key"
    REVOKED_KEY = "revoked-key"
    TOO_LARGE = "too-large"
    NOT_JSON = "not-json"
    MODERATED = "refused"
    NO_CREDIT = "no-credits"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    NO_TASK = "no-task"
    NO_PATH = "no-path"
    NO_METHOD = "no-method"


class Dialect(Protocol):
    @property
    def RINGING(self) -> Ringing | None: ...  # noqa: N802 - constants of the module
    @property
    def REFUSALS(self) -> Mapping[Refusal, Problem]:  # noqa: N802
        """All of them; {} in a message is the task's id, the path or the method."""

    @property
    def FAILURES(self) -> Mapping[str, str]:  # noqa: N802
        """The codes with which a task may fail, and the message of each."""

    @property
    def BALANCES(self) -> tuple[str, ...]:  # noqa: N802
        """Where the balance is asked for; nowhere at some."""

    def problems(self, body: Body, media: Probed) -> list[Problem]: ...

    def id_problem(self, task_id: str) -> Problem | None:
        """What is wrong with an id before anything is looked up."""

    def new_id(self, now: datetime) -> str: ...

    def order(self, body: Body, media: Probed) -> Order:
        """Read a body that problems() found nothing wrong with."""

    def charge(self, order: Order, body: Body, media: Probed) -> Charge:
        """By the vendor's own price; where no rate is known, orders.UNKNOWN_RATE."""

    def created(self, task: Task) -> Body:
        """The answer to a submit."""

    def shown(self, task: Task, now: datetime) -> Body:
        """The task as a GET shows it, and as a callback carries it."""

    def callback_target(self, url: str) -> str:
        """Where a callback goes: one vendor adds to the address."""

    def failure(self, name: str, value: str) -> tuple[str, str]:
        """The code and message of a task that fails: by the fault “fail” and its value, or by “timeout”."""

    def balance(self, micro_usd: int) -> Body | None: ...


def dialect(vendor: str) -> Dialect:
    """KeyError for an unknown vendor."""
    if vendor not in VENDOR_FILES:
        raise KeyError(vendor)
    return cast("Dialect", import_module(f"storyboard.sandbox.dialects.{vendor}"))
