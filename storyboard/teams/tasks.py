"""What the worker does for teams: send invitations, purge old deleted teams.

settings.JOB_TASKS names each of these; nothing else calls them.
"""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from storyboard.teams import actions
from storyboard.teams.access import an
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


def purge_deleted_teams() -> None:
    for team in Team.objects.filter(deleted_at__lte=timezone.now() - KEPT):
        actions.purge_team(team)
