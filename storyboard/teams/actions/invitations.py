"""Invite, send, send again, revoke, accept.

The plain token is never stored and never queued: it is made at the moment it is sent or shown, and only its hash stays.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from storyboard.errors import Conflict, Forbidden, Missing, Throttled
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.teams.actions.lock import locked, locked_by_owner
from storyboard.teams.actions.teams import TWICE
from storyboard.teams.audit import Did, record
from storyboard.teams.models import AuditEntry, Invitation, Membership, Role, Team, User
from storyboard.teams.queries import address_is_proven, digest, invitation_by_token, invitations_of

VALID = timedelta(days=7)
# After this long a mail that does not leave is a problem to show, not to wait for.
PATIENCE = timedelta(hours=1)
A_DAY = 50
SEND = "storyboard.teams.tasks.send_invitation"


def sends_mail() -> bool:
    """Whether there is a mail server; without one the inviter is shown the link and sends it."""
    return bool(settings.EMAIL_URL.hostname)


@transaction.atomic(durable=True)
def invite(team: Team, *, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    """Offer a role to an address; also returns the link's token when there is no mail server to send it.

    Nothing here looks whether the address has an account, so nothing can tell the inviter.
    """
    team, email, now = locked_by_owner(team, by), email.strip().lower(), timezone.now()
    if Membership.objects.filter(team=team, user__email=email).exists():
        raise Conflict(f"{email} is already in this team.")
    waiting = invitations_of(team).filter(email__iexact=email)
    twin = waiting.filter(expires_at__gt=now).first()
    if twin is not None:
        return same_again(twin, role=role, by=by)
    be_patient(team)
    waiting.update(revoked_at=now)
    invitation = Invitation.objects.create(team=team, email=email, role=role, invited_by=by, expires_at=now + VALID)
    token = send_or_show(invitation)
    record(Did.INVITED, by=by, team=team, subject=email, detail={"role": role.label})
    publish(team.channel, "members")
    return invitation, token


@transaction.atomic(durable=True)
def resend(invitation: Invitation, *, by: User) -> tuple[Invitation, str]:
    """A new link for seven more days; the old one dies now. Whoever sends it again vouches for it from here on."""
    team = locked_by_owner(invitation.team, by)
    found = waiting_now(invitation)
    be_patient(team)
    found.invited_by, found.token_hash, found.sent_at = by, None, None
    found.expires_at = timezone.now() + VALID
    found.save(update_fields=["invited_by", "token_hash", "sent_at", "expires_at"])
    token = send_or_show(found)
    record(Did.INVITATION_RESENT, by=by, team=team, subject=found.email, detail={"role": Role(found.role).label})
    publish(team.channel, "members")
    return found, token


@transaction.atomic(durable=True)
def revoke(invitation: Invitation, *, by: User) -> None:
    team = locked_by_owner(invitation.team, by)
    found = waiting_now(invitation)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    record(Did.INVITATION_REVOKED, by=by, team=team, subject=found.email)
    publish(team.channel, "members")


@transaction.atomic(durable=True)
def accept(token: str, *, by: User) -> Team:
    """Join with the role that was offered: once, by the invited address, while the inviter is still an owner."""
    team = locked(invitation_by_token(token).team)
    # Read again under the lock: the inviter may have been removed, or the link used, a moment ago.
    invitation = invitation_by_token(token)
    if invitation.email != by.email or not address_is_proven(by):
        raise Forbidden("This invitation is for another address. Sign in with the address it was sent to.")
    if Membership.objects.filter(team=team, user=by).exists():
        raise Conflict(f"You are already in {team.name}.")
    free = Invitation.objects.filter(pk=invitation.pk, token_hash=digest(token), accepted_at=None, revoked_at=None)
    if not free.update(accepted_at=timezone.now(), accepted_by=by):
        raise Conflict("This invitation was used a moment ago.")
    role = Role(invitation.role)
    Membership.objects.create(team=team, user=by, role=role)
    detail: dict[str, object] = {"role": role.label, "invited_by": invitation.invited_by.email}
    record(Did.MEMBER_JOINED, by=by, team=team, subject=by.email, detail=detail)
    publish(team.channel, "members")
    return team


@transaction.atomic(durable=True)
def mint(invitation: Invitation) -> str:
    """The token for a link that is about to be sent; empty when there is nothing to send any more."""
    team = locked(invitation.team)
    found = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, sent_at=None).first()
    if found is None or team.deleted_at is not None or found.expires_at <= timezone.now():
        return ""
    return fresh_token(found)


@transaction.atomic(durable=True)
def mark_sent(invitation: Invitation, *, token: str) -> None:
    """It left; unless somebody asked for another link while it was on its way."""
    Invitation.objects.filter(pk=invitation.pk, token_hash=digest(token)).update(sent_at=timezone.now())
    publish(invitation.team.channel, "members")


def fresh_token(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = digest(token)
    invitation.save(update_fields=["token_hash"])
    return token


def send_or_show(invitation: Invitation) -> str:
    if sends_mail():
        enqueue(SEND, invitation.pk)
        return ""
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
    return fresh_token(invitation)


def same_again(invitation: Invitation, *, role: Role, by: User) -> tuple[Invitation, str]:
    """A second press of Invite is the same invitation; later it is a question for the list below the form."""
    pressed_twice = invitation.created_at > timezone.now() - TWICE
    if not pressed_twice or invitation.invited_by != by or invitation.role != role:
        raise Conflict(f"{invitation.email} has an open invitation. Make a new link or revoke it in the list.")
    return invitation, "" if sends_mail() else fresh_token(invitation)


def be_patient(team: Team) -> None:
    """Links cost other people's attention: so many a day for each team, counted from what was recorded."""
    sent = AuditEntry.objects.filter(team_id=team.pk, action__in=[Did.INVITED, Did.INVITATION_RESENT])
    if sent.filter(at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY:
        raise Throttled(f"This team sent {A_DAY} invitations today. Send the next ones tomorrow.")


def waiting_now(invitation: Invitation) -> Invitation:
    found = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).first()
    if found is None:
        raise Missing("This invitation was already accepted or revoked. Reload the page to see the others.")
    return found
