"""How views load teams and what is in them; access is checked on the way, never afterwards."""

from django.db.models import QuerySet

from storyboard.errors import Missing
from storyboard.teams.access import Person, require
from storyboard.teams.models import Membership, Role, Team, User


def team_for(user: Person, team_id: str, role: Role = Role.VIEWER) -> Team:
    """The team with this public id, for somebody whose role in it reaches `role`."""
    team = Team.objects.filter(public_id=team_id, deleted_at=None).first()
    if team is None:
        raise Missing()
    require(user, team, role)
    return team


def teams_of(user: User) -> QuerySet[Membership]:
    """The person's memberships in teams that are not deleted, by team name."""
    return Membership.objects.filter(user=user, team__deleted_at=None).select_related("team").order_by("team__name")
