"""How views load teams and what is in them; access is checked on the way, never afterwards."""

import hashlib
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from storyboard.errors import Missing
from storyboard.teams.access import Person, reach
from storyboard.teams.audit import Did
from storyboard.teams.models import AuditEntry, Invitation, Membership, Role, Team, User

KEPT = timedelta(days=30)


def membership_for(user: Person, team_id: str, role: Role = Role.VIEWER) -> Membership:
    """The person's own membership in the team with this public id, and the team in the same query."""
    if not user.is_authenticated:
        raise Missing()
    own = Membership.objects.filter(user=user, team__public_id=team_id, team__deleted_at=None)
    return reach(own.select_related("team").first(), role)


def team_for(user: Person, team_id: str, role: Role = Role.VIEWER) -> Team:
    """The team with this public id, for somebody whose role in it reaches `role`."""
    return membership_for(user, team_id, role).team


def teams_of(user: User) -> QuerySet[Membership]:
    """The person's memberships in teams that are not deleted, by team name."""
    return Membership.objects.filter(user=user, team__deleted_at=None).select_related("team").order_by("team__name")


def with_sizes(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same with `size`, how many people the team has."""
    return memberships.annotate(size=Count("team__memberships"))


def deleted_teams_of(user: User) -> QuerySet[Membership]:
    """Ownerships of teams that were deleted and can still be restored, the latest first."""
    owned = Membership.objects.filter(user=user, role=Role.OWNER, team__deleted_at__gt=timezone.now() - KEPT)
    return owned.select_related("team").order_by("-team__deleted_at")


def restorable_for(user: Person, team_id: str) -> Team:
    """The team for one of its owners, deleted or not, unless its 30 days are over."""
    if not user.is_authenticated:
        raise Missing()
    own = Membership.objects.filter(user=user, team__public_id=team_id)
    own = own.exclude(team__deleted_at__lte=timezone.now() - KEPT)
    return reach(own.select_related("team").first(), Role.OWNER).team


def members_of(team: Team) -> QuerySet[Membership]:
    """Everybody in the team, the strongest role first, then by name."""
    return team.memberships.select_related("user").order_by("-role", "user__name", "user__email")


def member_for(user: Person, team_id: str, member_id: str, role: Role = Role.OWNER) -> Membership:
    """Another person's membership, for somebody whose role in that team reaches `role`."""
    team = team_for(user, team_id, role)
    found = team.memberships.filter(public_id=member_id).select_related("team", "user").first()
    if found is None:
        raise Missing("This person is no longer in the team. Reload the page to see who is.")
    return found


def invitations_of(team: Team) -> QuerySet[Invitation]:
    """Invitations that nobody accepted or revoked, the latest first; `vouched` while the inviter is still an owner."""
    owners = Membership.objects.filter(team=OuterRef("team"), user=OuterRef("invited_by"), role=Role.OWNER)
    waiting = team.invitations.filter(accepted_at=None, revoked_at=None).select_related("invited_by")
    return waiting.annotate(vouched=Exists(owners)).order_by("-created_at", "-pk")


def invitation_for(user: Person, team_id: str, invitation_id: str) -> Invitation:
    """One of the team's waiting invitations, for an owner."""
    team = team_for(user, team_id, Role.OWNER)
    found = invitations_of(team).filter(public_id=invitation_id).select_related("team").first()
    if found is None:
        raise Missing("This invitation was already accepted or revoked. Reload the page to see the others.")
    return found


def audit_of(team: Team) -> QuerySet[AuditEntry]:
    """What was done in the team, and how its members' accounts were used since they joined, newest first."""
    since = Membership.objects.filter(team=team, created_at__lte=OuterRef("at"))
    own = Exists(since.filter(user_id=OuterRef("actor_id")))
    # Whoever fails to sign in has no name yet, only the address that was tried.
    tried = Q(action=Did.SIGN_IN_FAILED) & Exists(since.filter(user__email=OuterRef("subject")))
    return AuditEntry.objects.filter(Q(team_id=team.pk) | (Q(team_id=None) & (Q(own) | tried)))


def actors_of(team: Team) -> list[str]:
    """Everybody who appears in the team's log, also those who left."""
    return list(audit_of(team).exclude(actor="").order_by("actor").values_list("actor", flat=True).distinct())


def digest(token: str) -> str:
    """How a token is kept: what is in the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by_token(token: str) -> Invitation:
    """The invitation that this link opens now: not used, revoked or too old, and its inviter is still an owner."""
    owners = Membership.objects.filter(team=OuterRef("team"), user=OuterRef("invited_by"), role=Role.OWNER)
    usable = Invitation.objects.filter(Exists(owners), team__deleted_at=None, expires_at__gt=timezone.now())
    usable = usable.filter(token_hash=digest(token), accepted_at=None, revoked_at=None)
    found = usable.select_related("team", "invited_by").first()
    if found is None:
        raise Missing("This invitation was used, taken back or is too old. Ask whoever sent it for a new one.")
    return found


def address_is_proven(user: User) -> bool:
    """Whether mail to the person's address reaches them; asked only where addresses are verified at all."""
    if settings.ACCOUNT_EMAIL_VERIFICATION != "mandatory":
        return True
    proven: bool = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    return proven
