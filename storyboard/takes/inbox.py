"""What vendors posted to a team's doorbells, and their tasks that no take knows: how owners look at both.

views.inbox shows it, after access was checked. Bodies are strangers' text: cut, without our secrets, and never markup.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from storyboard.errors import Missing
from storyboard.providers.base import TaskState
from storyboard.providers.catalog import vendor
from storyboard.takes import callbacks, verdicts
from storyboard.takes.models import Delivery, Orphan
from storyboard.takes.verdicts import COLOURS, WHERE, Verdict, kind
from storyboard.teams.access import Person
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

A_PAGE, MOST_ORPHANS = 50, 100
SHOWN_CHARACTERS = 20_000
# Each level that is indented makes all its lines longer.
MOST_BRACKETS = 400
GONE = "This delivery is not there any more. Reload the page to see what is."
NO_ORPHAN = "This task is not listed any more: it was found to be a take’s own. Reload the page."
SAID = {
    TaskState.QUEUED: "queued",
    TaskState.RUNNING: "being made",
    TaskState.SUCCEEDED: "done",
    TaskState.FAILED: "failed",
    TaskState.EXPIRED: "given up",
    TaskState.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A delivery as the page shows it."""

    row: Delivery
    vendor: str
    said: str
    kind: Verdict
    colour: str
    sentence: str
    body: str
    is_cut: bool


class Page(NamedTuple):
    """Neighbours by key; 0 where there is nothing further."""

    rows: Sequence[Delivery]
    newer: int
    older: int


def deliveries_of(team: Team) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(take__shot__board__team=team).select_related("take__shot__board")
    return found.defer("take__asked", "take__request", "take__shot__prompt", "take__shot__notes").order_by("-pk")


def delivery_for(user: Person, team_id: str, delivery_id: int) -> Delivery:
    found = deliveries_of(team_for(user, team_id, Role.OWNER)).filter(pk=delivery_id).first()
    if found is None:
        raise Missing(GONE)
    return found


def chosen(rows: QuerySet[Delivery], wanted: dict[str, Any]) -> QuerySet[Delivery]:
    """The deliveries that a valid InboxFilter asks for."""
    if text := wanted["text"]:
        rows = rows.filter(Q(task_id__icontains=text) | Q(take__public_id__icontains=text))
    if wanted["vendor"]:
        rows = rows.filter(vendor=wanted["vendor"])
    if wanted["board"]:
        rows = rows.filter(take__shot__board__public_id=wanted["board"])
    return rows.filter(WHERE[Verdict(wanted["verdict"])]) if wanted["verdict"] else rows


def page_of(rows: QuerySet[Delivery], *, before: int, after: int) -> Page:
    """The newest, or those next to a key: what comes meanwhile moves nothing to another page."""
    if after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: A_PAGE + 1])
        shown = found[:A_PAGE][::-1]
        if shown:
            return Page(shown, shown[0].pk if len(found) > A_PAGE else 0, shown[-1].pk)
    found = list((rows.filter(pk__lt=before) if before else rows)[: A_PAGE + 1])
    shown = found[:A_PAGE]
    return Page(shown, shown[0].pk if before and shown else 0, shown[-1].pk if len(found) > A_PAGE else 0)


def slip(row: Delivery) -> Slip:
    found, body = kind(row), pretty(row.body)
    return Slip(
        row=row,
        vendor=vendor(row.vendor).label,
        said=word(row.said),
        kind=found,
        colour=COLOURS[found],
        sentence=verdicts.sentence(row),
        body=body[:SHOWN_CHARACTERS],
        is_cut=len(body) > SHOWN_CHARACTERS,
    )


def word(said: str) -> str:
    """A vendor's state in ours."""
    return SAID[TaskState(said)] if said in set(TaskState) else said


def pretty(text: str) -> str:
    """Indented where it is JSON of a usual shape, otherwise as it came."""
    if text.count("[") + text.count("{") <= MOST_BRACKETS:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    # Half a character, which JSON can spell, fits into no page.
    return callbacks.without_secrets(text.encode("utf-8", "replace").decode())


def orphans_of(team: Team, *, dismissed: bool = False) -> QuerySet[Orphan]:
    """Those that somebody has yet to look at, or those that were put away; the newest first."""
    rows = Orphan.objects.filter(connection__team=team, dismissed_at__isnull=not dismissed)
    return rows.select_related("connection__team").order_by("-pk")


def orphan_for(user: Person, team_id: str, orphan_id: int) -> Orphan:
    team = team_for(user, team_id, Role.OWNER)
    found = Orphan.objects.filter(connection__team=team, pk=orphan_id).select_related("connection__team").first()
    if found is None:
        raise Missing(NO_ORPHAN)
    return found
