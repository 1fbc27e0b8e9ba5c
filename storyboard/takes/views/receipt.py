"""A take's receipt: what was asked, of whom, at which price, when each thing happened, and what came of it.

The shelf shows it below the take that is open.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.template.defaultfilters import filesizeformat

from storyboard.connections.vendors import console_of
from storyboard.media.models import File
from storyboard.providers import catalog
from storyboard.takes import cards, handoff, money
from storyboard.takes.compared import opening
from storyboard.takes.models import State, Step, Take
from storyboard.takes.placeholders import OPENING, TAIL

MINUTE = 60
ROLES = {"opening": "opens on", "picture": "picture", "video": "clip", "audio": "sound", "landing": "lands on"}
HANDED = {OPENING: "opens on", TAIL: "carries over"}


class Paper(NamedTuple):
    """A file that went in or came out: what for, what it is, and its SHA-256; the last are empty once it is gone."""

    role: str
    about: str
    sha256: str


class Came(NamedTuple):
    """A step of the timeline, and how long after the one before."""

    step: Step
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was asked, of whom, at which price, and what came of it."""

    vendor: str
    console: str
    asked: str
    quote: str
    charge: str
    # “$0.14 more than quoted”
    difference: str
    # What it opened on: shot, take and moment.
    opened: str
    # How often it was sent, and how long the vendor had it.
    sent: int
    worked: str
    inputs: list[Paper]
    outputs: list[Paper]
    steps: list[Came]


def receipt(take: Take) -> Receipt:
    about = catalog.vendor(take.connection.vendor) if take.connection else None
    steps = list(take.steps.order_by("pk"))
    return Receipt(
        vendor=about.label if about else "",
        console=console_of(take.connection, take.shot.board.team) if take.connection else "",
        asked=pretty(take.asked),
        quote=cards.quoted(take),
        charge=charged(take),
        difference=money.difference(take),
        opened=opening(take) if take.upstream else "",
        sent=sum(step.state == State.SUBMITTING for step in steps),
        worked=lasted(take.accepted_at, take.finished_at),
        inputs=went_in(take),
        outputs=[paper(role, file) for role, file in came_out(take) if file],
        steps=[
            Came(step, lasted(before.at, step.at) if before else "")
            for before, step in zip([None, *steps], steps, strict=False)
        ],
    )


def charged(take: Take) -> str:
    """What it cost; nothing where nothing was charged, or not yet."""
    if take.charge_micro_usd is not None:
        return cards.paid(take)
    return cards.UNKNOWN if money.is_unknown(take) else ""


def went_in(take: Take) -> list[Paper]:
    """What it carried over from the take before it, then its own files."""
    before = [paper(HANDED[made_up], file) for made_up, file in handoff.given(take)]
    own = take.inputs.select_related("file").order_by("pk")
    return before + [paper(ROLES.get(row.role, row.role), row.file) for row in own]


def came_out(take: Take) -> list[tuple[str, File | None]]:
    frame = take.hand_off_frame if take.hand_off_ms is not None else None
    return [("clip", take.clip), ("last frame", take.last_frame), ("hand-off", frame), ("last seconds", take.tail)]


def paper(role: str, file: File | None) -> Paper:
    if file is None:
        return Paper(role, "", "")
    size = f"{file.width} × {file.height}" if file.width and file.height else ""
    seconds = f"{file.seconds.normalize():f} s" if file.seconds else ""
    about = ", ".join(part for part in (file.format.upper(), size, seconds, filesizeformat(file.size)) if part)
    return Paper(role, about, file.sha256)


def lasted(began: datetime | None, ended: datetime | None) -> str:
    """“14.2 s”, “3:05 min”"""
    if began is None or ended is None:
        return ""
    seconds = max(0.0, (ended - began).total_seconds())
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes}:{rest:02} min" if minutes < MINUTE else f"{minutes // MINUTE}:{minutes % MINUTE:02} h"


def pretty(asked: str) -> str:
    return json.dumps(json.loads(asked), indent=2, ensure_ascii=False) if asked else ""
