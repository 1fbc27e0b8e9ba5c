"""The sandbox's door: whose key it is, how much it may ask, and what it sent. Every no is the vendor's own.

views/api.py passes each request through here before anything else.
"""

import json
import math
import re
from datetime import timedelta
from typing import Any, Never

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils import timezone

from storyboard.providers.base import Body
from storyboard.sandbox.answers import refusal
from storyboard.sandbox.dialects import Dialect, Refusal
from storyboard.sandbox.models import LIVE, Key, Task
from storyboard.sandbox.queries import digest

BEARER = re.compile(r"Bearer +(\S+) *", re.IGNORECASE)
# EvoLink and Ark say 64 MB; nobody gets more in.
MOST_BYTES = 64 * 1024 * 1024
DEEPEST = 64
MINUTE = timedelta(minutes=1)
UNFINISHED_WAIT = 30
# A database keeps neither a NUL nor half of a pair.
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


def key_of(request: HttpRequest, dialect: Dialect) -> Key:
    header = request.headers.get("Authorization", "")
    if not header.strip():
        raise refusal(dialect, Refusal.NO_KEY)
    found = BEARER.fullmatch(header.strip())
    if found is None:
        raise refusal(dialect, Refusal.NOT_BEARER)
    key = Key.objects.filter(digest=digest(found[1])).first()
    if key is None:
        raise refusal(dialect, Refusal.UNKNOWN_KEY)
    if key.revoked_at:
        raise refusal(dialect, Refusal.REVOKED_KEY)
    return key


def tasks_for(key: Key, vendor: str) -> QuerySet[Task]:
    """Those of the key, and of the other keys of its team."""
    team = Q(key__team=key.team_id) if key.team_id else Q()
    return Task.objects.filter(Q(key=key) | team if team else Q(key=key), vendor=vendor)


def check_rate(key: Key, dialect: Dialect) -> None:
    """Both limits are Ark's published ones. Two requests at once may pass together, which harms nobody."""
    now = timezone.now()
    recent = key.tasks.filter(created_at__gt=now - MINUTE).order_by("-created_at")
    oldest = recent.values_list("created_at", flat=True)[settings.SANDBOX_TASKS_A_MINUTE - 1 :].first()
    if oldest:
        raise refusal(dialect, Refusal.BUSY, wait=max(1, math.ceil((oldest + MINUTE - now).total_seconds())))
    if key.tasks.filter(state__in=LIVE).count() >= settings.SANDBOX_UNFINISHED_TASKS:
        raise refusal(dialect, Refusal.BUSY, wait=UNFINISHED_WAIT)


def body_of(request: HttpRequest, dialect: Dialect) -> Body:
    """The request's JSON object. Nothing beyond the limit is read."""
    try:
        raw = b"" if declared(request) > MOST_BYTES else request.read(MOST_BYTES + 1)
    except UnreadablePostError as error:
        raise refusal(dialect, Refusal.NOT_JSON) from error
    if declared(request) > MOST_BYTES or len(raw) > MOST_BYTES:
        raise refusal(dialect, Refusal.TOO_LARGE)
    try:
        found = clean(json.loads(raw, parse_constant=refuse_number, parse_float=finite))
    # A number of thousands of digits is a ValueError too, and a body of nothing but brackets is too deep.
    except (ValueError, RecursionError) as error:
        raise refusal(dialect, Refusal.NOT_JSON) from error
    if not isinstance(found, dict):
        raise refusal(dialect, Refusal.NOT_JSON)
    return found


def declared(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdecimal() else 0


def refuse_number(text: str) -> Never:
    raise ValueError(text)


def finite(text: str) -> float:
    found = float(text)
    return found if math.isfinite(found) else refuse_number(text)


def clean(value: Any, left: int = DEEPEST) -> Any:
    """The same value as a database keeps it; ValueError where it is nested too deep."""
    if left == 0:
        raise ValueError("too deep")
    if isinstance(value, str):
        return kept(value)
    if isinstance(value, list):
        return [clean(item, left - 1) for item in value]
    if isinstance(value, dict):
        return {kept(name): clean(item, left - 1) for name, item in value.items()}
    return value


def kept(text: str) -> str:
    """As a database keeps it, and takes it in a question."""
    return UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text)
