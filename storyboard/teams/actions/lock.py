"""The lock that every change of a team takes first, so that two people cannot both be the last to decide."""

from storyboard.errors import Missing
from storyboard.teams.access import require
from storyboard.teams.models import Role, Team, User


def locked(team: Team) -> Team:
    """The team as it is now, held until the transaction ends."""
    found = Team.objects.select_for_update().filter(pk=team.pk).first()
    if found is None:
        raise Missing()
    return found


def locked_by_owner(team: Team, by: User) -> Team:
    """The same, for somebody who is still an owner now that nobody else can change it."""
    found = locked(team)
    require(by, found, Role.OWNER)
    return found
