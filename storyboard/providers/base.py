"""The neutral words in which the rest of the product speaks with every vendor.

Every module of providers uses these; so do preflight's and the sandbox's callers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Body = dict[str, Any]


class Kind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Mode(StrEnum):
    """What a request is, told from what it carries."""

    TEXT = "text"
    IMAGE = "image"
    FRAMES = "frames"
    REFERENCE = "reference"


class Level(StrEnum):
    PROBLEM = "problem"
    WARNING = "warning"


class TaskState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        return self not in {TaskState.QUEUED, TaskState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What a probe found in a file; a fact that is not known is None."""

    kind: Kind
    seconds: Decimal | None = None
    width: int | None = None
    height: int | None = None
    fps: Decimal | None = None
    size: int | None = None
    format: str = ""


# By URL. A URL without an entry was not probed; one with None could not be read.
Probed = Mapping[str, Media | None]


@dataclass(frozen=True, slots=True)
class Reference:
    url: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotRequest:
    """One shot as a person wrote it, whoever renders it."""

    prompt: str = ""
    seconds: int = 5
    ratio: str = "16:9"
    resolution: str = "720p"
    audio: bool = False
    seed: int | None = None
    search: bool = False
    safety: bool = True
    # The hand-off frame, and whether the clip must open on exactly that picture.
    opening: str = ""
    exact: bool = False
    landing: str = ""
    references: tuple[Reference, ...] = ()
    # The last seconds of the predecessor's clip: a reference video, in front of the others.
    motion_tail: str = ""
    wants_last_frame: bool = False
    callback_url: str = ""
    fallback: bool = False

    def urls(self, kind: Kind) -> list[str]:
        """The reference URLs of one kind in order; the motion tail is the first video."""
        tail = [self.motion_tail] if kind is Kind.VIDEO and self.motion_tail else []
        return tail + [reference.url for reference in self.references if reference.kind is kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a request would be refused, or would do worse than it could.

    `code`, `status` and `message` are the vendor's own where its documentation gives them; `sentence` is for people.
    """

    field: str
    sentence: str
    level: Level = Level.PROBLEM
    code: str = ""
    status: int = 400
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a request will cost. Without a known rate the numbers are None and `note` says so."""

    credits: int | None = None
    reserved_credits: int | None = None
    micro_usd: int | None = None
    seconds: Decimal = Decimal(0)
    rate: Decimal | None = None
    basis: str = ""
    as_of: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskError:
    code: str
    message: str
    sentence: str
    # The same request, sent again, may well succeed.
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A vendor's task as it stands; `raw` is what the vendor said, word for word."""

    id: str
    state: TaskState
    model: str = ""
    progress: int | None = None
    video_url: str = ""
    last_frame_url: str = ""
    expires_at: datetime | None = None
    created_at: datetime | None = None
    credits: Decimal | None = None
    micro_usd: int | None = None
    error: TaskError | None = None
    raw: Mapping[str, Any]
