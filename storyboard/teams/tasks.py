"""What the worker does for teams: send invitations, catch up on those that got stuck, purge old deleted teams.

settings.JOB_TASKS names each of these; nothing else calls them.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.teams import actions
from storyboard.teams.access import an
from storyboard.teams.actions.invitations import PATIENCE, SEND, VALID
from storyboard.teams.models import Invitation, Role, Team
from storyboard.teams.queries import KEPT


def send_invitation(invitation_id: int) -> None:
    """Make the link and mail it; a second run of the same job finds it sent and does nothing."""
    invitation = Invitation.objects.select_related("team", "invited_by").filter(pk=invitation_id).first()
    token = actions.mint(invitation) if invitation else ""
    if invitation is None or not token:
        return
    context = {
        "invitation": invitation,
        "role": an(Role(invitation.role).label.lower()),
        "duty": Role(invitation.role).duty,
        "link": settings.PUBLIC_URL + reverse("invitation", args=[token]),
    }
    text = render_to_string("teams/invitation.txt", context)
    send_mail(f"Join {invitation.team.name} on Lastframe", text, None, [invitation.email])
    actions.mark_sent(invitation, token=token)


def send_waiting_invitations() -> None:
    """Queue again what was not sent, for as long as somebody is likely to wait for it."""
    now = timezone.now()
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None, sent_at=None, team__deleted_at=None)
    # A link lives for VALID from the press of the button, so these were pressed within PATIENCE, a minute ago or more.
    waiting = waiting.filter(expires_at__gt=now + VALID - PATIENCE, expires_at__lt=now + VALID - timedelta(minutes=1))
    for invitation in waiting:
        enqueue(SEND, invitation.pk)


def purge_deleted_teams() -> None:
    for team in Team.objects.filter(deleted_at__lte=timezone.now() - KEPT):
        actions.purge_team(team)
