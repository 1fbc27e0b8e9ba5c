"""A take's request in the words that pages use: what each part is called, and what stands in it.

The page that compares two takes and the one that puts settings back say the same with it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from storyboard.boards.asks import MADE_UP, invented
from storyboard.boards.models import Joint
from storyboard.boards.views.shown import LABELS as SETTINGS
from storyboard.media.models import Reference
from storyboard.teams.models import Team

LABELS = {
    "prompt": "Prompt",
    "model": "Model",
    **SETTINGS,
    "joint": "Opens by",
    "exact": "Exactly that frame",
    "landing": "Lands on",
    "references": "References",
}
GONE = "a reference that is gone"
# By the link that stands for it in a request.
Named = Mapping[str, Reference]


def said(name: str, value: Any, named: Named) -> str:
    """One part of a request for a person."""
    if isinstance(value, bool):
        return "On" if value else "Off"
    if name == "joint":
        return str(Joint(value).label)
    if name == "references":
        return ", ".join(name_of(link, named) for link in links_in(value)) or "None"
    if name == "landing":
        return name_of(value, named) if value else "None"
    if value is None or value == "":
        return "Any" if name == "seed" else "None"
    return f"{value} s" if name == "seconds" else str(value)


def name_of(link: str, named: Named) -> str:
    return named[link].name if link in named else GONE


def links_in(references: Iterable[Mapping[str, str]] | None) -> list[str]:
    return [one["url"] for one in references or ()]


def links_of(request: Mapping[str, Any]) -> set[str]:
    landing = request.get("landing")
    return {*links_in(request.get("references")), *([landing] if landing else [])}


def references_of(team: Team, *requests: Mapping[str, Any]) -> dict[str, Reference]:
    """What the links of these requests stand for, deleted ones too: one query, and none without links."""
    links: set[str] = set().union(*(links_of(request) for request in requests))
    if not links:
        return {}
    ids = [link.removeprefix(MADE_UP) for link in links if link.startswith(MADE_UP)]
    rows = Reference.objects.filter(Q(public_id__in=ids) | Q(asset_uri__in=links - {""}), team=team)
    # Of two entries for one asset the one that was not deleted stays.
    found = sorted(rows.select_related("file"), key=lambda row: row.deleted_at is None)
    return {invented(row): row for row in found}
