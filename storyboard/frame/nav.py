"""The entries of a team's navigation; an app that grows a page for teams adds one line here."""

from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from storyboard.teams.models import Role, Team


class Entry(NamedTuple):
    key: str  # what the page says in {% block nav %}
    label: str
    route: str  # a URL name that takes the team's public id
    role: Role = Role.VIEWER


ENTRIES = [
    Entry("boards", "Boards", "boards"),
    Entry("library", "Library", "library"),
    Entry("queue", "Queue", "queue"),
    Entry("statement", "Statement", "statement", Role.PRODUCER),
    Entry("team", "Team", "team"),
    Entry("connections", "Connections", "connections", Role.PRODUCER),
    Entry("inbox", "Inbox", "inbox", Role.OWNER),
    Entry("audit", "Audit log", "team_audit", Role.OWNER),
    *([Entry("sandbox", "Sandbox", "team_sandbox", Role.OWNER)] if settings.SANDBOX else []),
]


def links(team: Team, role: int) -> list[tuple[Entry, str]]:
    """The entries that a person with this role can open, each with its address."""
    return [(entry, reverse(entry.route, args=[team.public_id])) for entry in ENTRIES if role >= entry.role]


def badges(team: Team) -> dict[str, Any]:
    """What stands beside entries, by key: whatever the functions in settings.NAV_COUNTS find."""
    return {key: import_string(name)(team) for key, name in settings.NAV_COUNTS.items()}
