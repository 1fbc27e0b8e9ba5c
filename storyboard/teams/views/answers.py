"""How views of the team page answer: a fragment and a toast for htmx, a redirect or the page for everybody else."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from storyboard.live.queries import position
from storyboard.pages import toast
from storyboard.teams import queries
from storyboard.teams.access import an
from storyboard.teams.actions.invitations import PATIENCE, VALID, sends_mail
from storyboard.teams.decorators import SignedInRequest, wants_fragment
from storyboard.teams.forms import InviteForm, TeamForm
from storyboard.teams.models import Invitation, Membership, Role, Team

OK = 200


def people(own: Membership) -> dict[str, Any]:
    """What the list of people shows; invitations are loaded for owners only."""
    members = list(queries.members_of(own.team))
    owners = [member for member in members if member.role == Role.OWNER]
    return {
        "team": own.team,
        "own": own,
        "own_role": an(own.get_role_display().lower()),
        "is_owner": own.role == Role.OWNER,
        "members": members,
        "only_owner": owners[0] if len(owners) == 1 else None,
        "roles": list(Role),
        "by_mail": sends_mail(),
        "invitations": invitations(own.team) if own.role == Role.OWNER else [],
    }


def invitations(team: Team) -> list[tuple[Invitation, str]]:
    """Each waiting invitation and the word for where it stands."""
    now = timezone.now()
    return [(invitation, standing(invitation, now)) for invitation in queries.invitations_of(team)]


def standing(invitation: Invitation, now: datetime) -> str:
    if invitation.expires_at <= now:
        return "expired"
    if not invitation.vouched:  # type: ignore[attr-defined]  # annotated by invitations_of
        return "orphaned"
    if invitation.sent_at is not None:
        return "sent"
    return "sending" if invitation.expires_at > now + VALID - PATIENCE else "stuck"


def team_page(request: SignedInRequest, own: Membership, *, status: int = 200, **extra: Any) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    extra["position"] = position(own.team.channel)
    forms = {"invite_form": InviteForm(), "rename_form": TeamForm(initial={"name": own.team.name}, prefix="team")}
    return render(request, "teams/team.html", people(own) | forms | extra, status=status)


def done(request: SignedInRequest, own: Membership, sentence: str, **extra: Any) -> HttpResponse:
    """It was done: the list as it is now, and a sentence that says so."""
    if wants_fragment(request):
        response = render(request, "teams/team.html#people", people(own) | extra)
        return toast(response, sentence)
    messages.success(request, sentence)
    return redirect("team", own.team.public_id)


def refused(request: SignedInRequest, own: Membership, sentence: str) -> HttpResponse:
    """It was not: the list again, so that no control shows what is not so. Of the errors only 422 is swapped."""
    response = render(request, "teams/team.html#people", people(own), status=422)
    # Not a morph, which would leave a changed select as the person left it.
    response.headers["HX-Reswap"] = "outerHTML"
    return toast(response, sentence, "problem")


def invite_section(request: SignedInRequest, own: Membership, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The form with its errors or with the link to copy; the list follows out of band when it changed."""
    context = {"invite_form": InviteForm()} | people(own) | extra
    html = render_to_string("teams/team.html#invite", context, request)
    if status == OK:
        html += render_to_string("teams/team.html#people", context | {"out_of_band": True}, request)
    return HttpResponse(html, status=status)
