"""How views and tasks load connections; access is checked on the way, never afterwards."""

from django.db.models import QuerySet

from storyboard.connections.models import Connection
from storyboard.errors import Missing
from storyboard.teams.access import Person
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

GONE = "This connection was deleted, or never was. Go back to the list to see the others."


def connections_of(team: Team) -> QuerySet[Connection]:
    """All that are not deleted, by name."""
    return Connection.objects.filter(team=team, deleted_at=None).order_by("name", "pk")


def usable(team: Team) -> QuerySet[Connection]:
    """Those that may be rendered with: not deleted, not switched off."""
    return connections_of(team).filter(disabled_at=None)


def connection_for(user: Person, team_id: str, connection_id: str, role: Role = Role.OWNER) -> Connection:
    """One connection of the team, for somebody whose role in it reaches `role`."""
    found = connections_of(team_for(user, team_id, role)).filter(public_id=connection_id)
    connection = found.select_related("team").first()
    if connection is None:
        raise Missing(GONE)
    return connection
