"""A board as a file has it: plain rows that know no database, and the one error for a file that will not do.

Every reader returns a DraftBoard, every writer takes one; boards.actions stores it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from storyboard.errors import DomainError
from storyboard.providers.base import Kind

Setting = str | int | bool | None


class Unusable(DomainError):
    """A file or a draft cannot be taken; the sentence says where it breaks and what to do next."""

    status = 422


class Joint(StrEnum):
    """How a shot opens."""

    CUT = "cut"
    CONTINUE = "continue"
    LAND = "land"
    MOTION = "motion"


@dataclass(slots=True, kw_only=True)
class DraftScene:
    name: str


@dataclass(slots=True, kw_only=True)
class DraftReference:
    """A picture, clip or sound that shots name by its id; its bytes travel in a ZIP under their SHA-256."""

    id: str
    name: str
    kind: Kind
    sha256: str = ""
    file_name: str = ""
    # Where a vendor keeps it, for an asset that has no file.
    address: str = ""
    tags: list[str] = field(default_factory=list)
    # Whoever wrote the file vouches for its bytes; what it means, the writer alone knows.
    seal: str = ""


@dataclass(slots=True, kw_only=True)
class DraftShot:
    prompt: str = ""
    notes: str = ""
    # Places in the board's lists, from 0.
    scene: int | None = None
    joint: Joint = Joint.CUT
    joint_from: int | None = None
    exact: bool = False
    needs_approval: bool = False
    settings: dict[str, Setting] = field(default_factory=dict)
    # Ids of the draft's references; in a table, whatever the person wrote.
    references: list[str] = field(default_factory=list)
    landing: str = ""


@dataclass(slots=True, kw_only=True)
class DraftBoard:
    """A name may be empty: then the file's name will do."""

    name: str = ""
    look: str = ""
    settings: dict[str, Setting] = field(default_factory=dict)
    scenes: list[DraftScene] = field(default_factory=list)
    shots: list[DraftShot] = field(default_factory=list)
    references: list[DraftReference] = field(default_factory=list)
