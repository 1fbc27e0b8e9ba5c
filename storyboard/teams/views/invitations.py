"""Invite, send again, revoke, for owners; and the page that an invitation's link opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.pages import toast
from storyboard.teams import actions, queries
from storyboard.teams.access import an, membership
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.forms import InviteForm
from storyboard.teams.models import Invitation, Membership, Role
from storyboard.teams.views.answers import done, invite_section, team_page
from storyboard.teams.views.teams import remember


@require_POST
@signed_in
def team_invite(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id, Role.OWNER)
    form = InviteForm(request.POST)
    if form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        return invited(request, own, *actions.invite(own.team, email=email, role=role, by=request.user))
    if wants_fragment(request):
        return invite_section(request, own, status=422, invite_form=form)
    return team_page(request, own, status=422, invite_form=form)


@require_POST
@signed_in
def invitation_resend(request: SignedInRequest, team_id: str, invitation_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id, Role.OWNER)
    invitation = queries.invitation_for(request.user, team_id, invitation_id)
    return invited(request, own, *actions.resend(invitation, by=request.user))


def invited(request: SignedInRequest, own: Membership, invitation: Invitation, token: str) -> HttpResponse:
    """A mail is on its way; or, with no mail server, here is the link, this once."""
    if token:
        link = request.build_absolute_uri(reverse("invitation", args=[token]))
        show = invite_section if wants_fragment(request) else team_page
        return show(request, own, link=link, invitation=invitation)
    sentence = f"An invitation to {invitation.email} is on its way."
    if wants_fragment(request):
        return toast(invite_section(request, own), sentence)
    return done(request, own, sentence)


@require_POST
@signed_in
def invitation_revoke(request: SignedInRequest, team_id: str, invitation_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id, Role.OWNER)
    invitation = queries.invitation_for(request.user, team_id, invitation_id)
    actions.revoke(invitation, by=request.user)
    return done(request, own, f"The invitation for {invitation.email} no longer works.")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What is offered, by whom and for which address; whoever holds the link may read it."""
    found = queries.invitation_by_token(token)
    if request.method == "POST" and request.user.is_authenticated:
        team = actions.accept(token, by=request.user)
        remember(request, team)
        return redirect("team", team.public_id)
    role = Role(found.role)
    context = {
        "invitation": found,
        "role": an(role.label.lower()),
        "duty": role.duty,
        "address": masked(found.email),
        "state": state(request, found),
    }
    return render(request, "teams/invitation.html", context)


def state(request: HttpRequest, invitation: Invitation) -> str:
    """Which of the page's endings this person sees."""
    user = request.user
    if not user.is_authenticated:
        return "signed_out"
    if membership(user, invitation.team) is not None:
        return "member"
    if user.email != invitation.email:
        return "other_address"
    return "welcome" if queries.address_is_proven(user) else "unproven"


def masked(email: str) -> str:
    """Enough of an address for its owner to know it by: a•••@example.com."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
