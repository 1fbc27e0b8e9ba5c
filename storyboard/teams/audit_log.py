"""The audit log as people read it: filtered, in words, and as CSV cells. Only its views use this."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from storyboard.teams.audit import Did
from storyboard.teams.models import AuditEntry

HEADINGS = ["time", "person", "what", "about", "detail", "address", "request"]
# A spreadsheet would run a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    at: datetime
    person: str
    what: str
    about: str
    detail: str
    ip: str
    request: str

    @property
    def cells(self) -> list[str]:
        at = self.at.isoformat(timespec="seconds")
        return [harmless(cell) for cell in (at, self.person, self.what, self.about, self.detail, self.ip, self.request)]


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def chosen(entries: QuerySet[AuditEntry], wanted: dict[str, Any]) -> QuerySet[AuditEntry]:
    """The entries that a valid AuditFilter asks for."""
    if text := wanted["text"]:
        entries = entries.filter(Q(subject__icontains=text) | Q(actor__icontains=text))
    if wanted["person"]:
        entries = entries.filter(actor=wanted["person"])
    if wanted["did"]:
        entries = entries.filter(action=wanted["did"])
    if since := wanted["since"]:
        entries = entries.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    if until := wanted["until"]:
        entries = entries.filter(at__lt=timezone.make_aware(datetime.combine(until, time.min)) + timedelta(days=1))
    return entries


def in_words(entry: AuditEntry) -> Line:
    what = Did(entry.action).label if entry.action in Did.values else entry.action
    detail = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in entry.detail.items())
    return Line(entry.at, entry.actor or "Lastframe", what, entry.subject, detail, entry.ip or "", entry.request_id)


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    return [in_words(entry) for entry in entries]
