"""What a stranger's file really is, found out in the jail: its facts, its fingerprint, its small pictures.

keep.py asks. Everything said here is said of the bytes in `Examined.path`, and these are the ones that are kept.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storyboard.errors import DomainError
from storyboard.media import jail
from storyboard.media.formats import CONTENT_TYPES, check_size
from storyboard.media.models import Kind as Kept
from storyboard.rendering.probe import Facts, Kind

SMALL, LARGE = 480, 1280
POSTER_TYPE = "image/webp"
BARS = 120


class Unfit(DomainError):
    """The file is not taken; the sentence says why and what would be right."""


@dataclass(frozen=True)
class Examined:
    path: Path
    facts: Facts
    content_type: str
    sha256: str
    small: Path | None = None
    poster: Path | None = None
    peaks: list[int] = field(default_factory=list)


def examine(path: Path, folder: Path, *, painted: bool = False) -> Examined:
    """Look at the file; `folder` is ours and empty. Pictures are painted afresh, so that nothing hides in them.

    `painted`: these very bytes are what we painted before, so they are only looked at.
    """
    facts = facts_of(jailed("inspect", path, folder))
    check_size(Kept(facts.kind), facts.size)
    if facts.kind is Kind.IMAGE and not painted:
        report = jailed("reencode", path, folder)
        path, facts = report.files[0], facts_of(report)
    small, poster = (None, None) if facts.kind is Kind.AUDIO else posters(path, folder, facts)
    return Examined(
        path=path,
        facts=facts,
        content_type=CONTENT_TYPES[facts.format],
        sha256=digest(path),
        small=small,
        poster=poster,
        peaks=peaks(path, folder) if facts.kind is Kind.AUDIO else [],
    )


def facts_of(report: jail.Report) -> Facts:
    if report.facts is None:
        raise Unfit(jail.BROKEN)
    return report.facts


def jailed(task: str, path: Path, folder: Path, **options: Any) -> jail.Report:
    own = folder / task
    own.mkdir()
    report = jail.run(task, path, own, options=options)
    if report.problem:
        raise Unfit(report.problem)
    return report


def posters(path: Path, folder: Path, facts: Facts) -> tuple[Path, Path]:
    # Not the very first picture: many clips fade in from black.
    at = min(float(facts.seconds or 0) / 3, 1.0)
    small, large = jailed("poster", path, folder, widths=[SMALL, LARGE], at=at, name="webp").files
    return small, large


def peaks(path: Path, folder: Path) -> list[int]:
    return list(jailed("waveform", path, folder, bars=BARS).peaks)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
