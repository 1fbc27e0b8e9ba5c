"""A member's role, and removing a member; for owners."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from storyboard.errors import DomainError
from storyboard.teams import actions, queries
from storyboard.teams.access import an
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.forms import RoleForm
from storyboard.teams.models import Role
from storyboard.teams.views.answers import done, refused


@require_POST
@signed_in
def member_role(request: SignedInRequest, team_id: str, member_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id, Role.OWNER)
    member = queries.member_for(request.user, team_id, member_id, Role.OWNER)
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise DomainError("Choose a role from the list.")
        role: Role = form.cleaned_data["role"]
        actions.change_role(member, role=role, by=request.user)
    except DomainError as error:
        if not wants_fragment(request) or error.status in {403, 404}:
            raise
        return refused(request, own, error.message)
    if member.user == request.user and role != Role.OWNER:
        return off_to(request, team_id, f"You are {an(role.label.lower())} now.")
    return done(request, own, f"{member.user} is {an(role.label.lower())} now.", changed=member.pk)


def off_to(request: SignedInRequest, team_id: str, sentence: str) -> HttpResponse:
    """Somebody's own role changed, and with it what the whole page offers."""
    messages.success(request, sentence)
    response = redirect("team", team_id)
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": response.url, "HX-Reswap": "none"})
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def member_remove(request: SignedInRequest, team_id: str, member_id: str) -> HttpResponse:
    member = queries.member_for(request.user, team_id, member_id, Role.OWNER)
    if request.method == "POST":
        actions.remove_member(member, by=request.user)
        messages.success(request, f"{member.user} is no longer in the team.")
        return redirect("team", team_id)
    return render(request, "teams/remove.html", {"team": member.team, "member": member})
