"""Who may do what: one ladder of roles, one function to ask. Every other app asks here."""

from django.contrib.auth.models import AnonymousUser

from storyboard.errors import Forbidden, Missing
from storyboard.teams.models import Membership, Role, Team, User

Person = User | AnonymousUser


def membership(user: Person, team: Team) -> Membership | None:
    if not user.is_authenticated or team.deleted_at is not None:
        return None
    return Membership.objects.filter(team=team, user=user).first()


def require(user: Person, team: Team, role: Role) -> Membership:
    """Return the person's membership when it reaches `role`: 404 for outsiders, 403 for a weaker role."""
    return reach(membership(user, team), role)


def reach(found: Membership | None, role: Role) -> Membership:
    """The same for a membership that was already looked up."""
    if found is None:
        raise Missing()
    if found.role < role:
        needed, own = role.label.lower(), Role(found.role).label.lower()
        raise Forbidden(f"You are {an(own)} here; this needs {an(needed)}, who {role.duty}. Ask an owner of the team.")
    return found


def an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
