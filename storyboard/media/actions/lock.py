"""The team's lock, which every change of its library takes first: two uploads cannot share the last free byte."""

from storyboard.teams.access import require
from storyboard.teams.actions.lock import locked
from storyboard.teams.models import Role, Team, User


def locked_by_editor(team: Team, by: User) -> Team:
    """The team as it is now, for somebody who may still edit its references, held until the transaction ends."""
    found = locked(team)
    require(by, found, Role.EDITOR)
    return found
