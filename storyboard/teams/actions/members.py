"""Change a member's role, remove a member, leave. A team never loses its last owner."""

from django.db import transaction

from storyboard.errors import DomainError, Missing
from storyboard.live.publish import publish
from storyboard.teams.actions.lock import locked, locked_by_owner
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Membership, Role, Team, User

LAST_OWNER = "A team needs an owner. Make somebody else an owner first, or delete the team."


@transaction.atomic(durable=True)
def change_role(membership: Membership, *, role: Role, by: User) -> None:
    team = locked_by_owner(membership.team, by)
    member = as_it_is_now(membership)
    if member.role == role:
        return
    if role != Role.OWNER:
        keep_an_owner(team, member)
    before, member.role = Role(member.role), role
    member.save(update_fields=["role"])
    detail: dict[str, object] = {"before": before.label, "after": role.label}
    record(Did.ROLE_CHANGED, by=by, team=team, subject=member.user.email, detail=detail)
    publish(team.channel, "members")


@transaction.atomic(durable=True)
def remove_member(membership: Membership, *, by: User) -> None:
    """Their access ends with this transaction; what they made stays."""
    team = locked_by_owner(membership.team, by)
    member = as_it_is_now(membership)
    keep_an_owner(team, member)
    member.delete()
    detail: dict[str, object] = {"role": Role(member.role).label}
    record(Did.MEMBER_REMOVED, by=by, team=team, subject=member.user.email, detail=detail)
    publish(team.channel, "members")


@transaction.atomic(durable=True)
def leave_team(team: Team, *, by: User) -> None:
    team = locked(team)
    member = Membership.objects.filter(team=team, user=by).first()
    if member is None:
        return
    keep_an_owner(team, member)
    member.delete()
    record(Did.MEMBER_LEFT, by=by, team=team, subject=by.email, detail={"role": Role(member.role).label})
    publish(team.channel, "members")


def as_it_is_now(membership: Membership) -> Membership:
    """The row under the team's lock: it may have changed since the page was loaded."""
    found = Membership.objects.filter(pk=membership.pk).select_related("user").first()
    if found is None:
        raise Missing("This person is no longer in the team. Reload the page to see who is.")
    return found


def keep_an_owner(team: Team, member: Membership) -> None:
    others = Membership.objects.filter(team=team, role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise DomainError(LAST_OWNER)
