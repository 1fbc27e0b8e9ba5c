"""A vendor's answer as bytes, as far as it came, and what its headers say. No network in here.

providers/http.py gathers it; providers/outcomes.py says what it means.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from storyboard.providers.base import Body
from storyboard.providers.errors import Unreadable
from storyboard.providers.secret import Secret

LARGEST = 4_000_000
LONGEST_WAIT = timedelta(days=1)
KEPT_HEADERS = ("date", "request-id", "retry-after", "x-request-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, as far as it came; the key is already gone from it."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    complete: bool = False
    # Proved: not one byte of the request reached the vendor.
    unsent: bool = False
    reason: str = ""

    @property
    def json(self) -> Body:
        found = json.loads(self.raw)
        if not isinstance(found, dict):
            raise Unreadable("The answer is no JSON object.")
        return found

    @property
    def good(self) -> bool:
        return self.complete and self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)


class Gathering:
    """An answer while it arrives; what came before a fault is kept as evidence."""

    def __init__(self, key: Secret) -> None:
        self.key = key
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.raw = bytearray()
        self.complete = self.unsent = False
        self.reason = ""

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = {name: self.hide(headers.get(name, "")) for name in KEPT_HEADERS}

    def add(self, chunk: bytes) -> None:
        self.raw += chunk
        if len(self.raw) > LARGEST:
            raise Unreadable("The answer is too large.")

    def end(self) -> None:
        self.complete = True

    def fail(self, error: Exception, *, unsent: bool = False, late: bool = False) -> None:
        self.unsent = unsent
        said = "the whole exchange took too long" if late else str(error)
        self.reason = self.hide(f"{type(error).__name__}: {said}"[:500])

    def hide(self, text: str) -> str:
        return self.key.scrub(text.encode("utf-8", "replace")).decode()

    def finished(self) -> Answer:
        return Answer(
            status=self.status,
            headers=self.headers,
            raw=self.key.scrub(bytes(self.raw)),
            complete=self.complete,
            unsent=self.unsent,
            reason=self.reason,
        )


def request_id(answer: Answer, raw: Body) -> str:
    inner = raw.get("error")
    found = inner.get("request_id") if isinstance(inner, dict) else None
    found = found or answer.headers.get("x-request-id") or answer.headers.get("request-id")
    return found[:128] if isinstance(found, str) and found.isprintable() else ""


def retry_after(answer: Answer) -> timedelta | None:
    """Seconds, or a date measured against the vendor's own clock."""
    said = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return min(timedelta(seconds=int(said)), LONGEST_WAIT)
    due, now = a_date(said), a_date(answer.headers.get("date", ""))
    if due is None or now is None:
        return None
    return min(max(due - now, timedelta(0)), LONGEST_WAIT)


def a_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
