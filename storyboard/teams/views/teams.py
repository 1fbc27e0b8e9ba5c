"""The front page, the list of teams, and a team: create, rename, leave, delete, restore."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods as methods
from django.views.decorators.http import require_POST, require_safe

from storyboard.errors import Missing
from storyboard.teams import actions, queries
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.forms import DeleteForm, TeamForm
from storyboard.teams.models import Membership, Role, Team
from storyboard.teams.views.answers import people, team_page

LAST_TEAM = "team"


def remember(request: HttpRequest, team: Team) -> None:
    """The team to open next time; written only when it is another one."""
    if request.session.get(LAST_TEAM) != team.public_id:
        request.session[LAST_TEAM] = team.public_id


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Lastframe is, for strangers; the team they used last, for everybody else."""
    if not request.user.is_authenticated:
        return render(request, "teams/home.html")
    mine = [member.team.public_id for member in queries.teams_of(request.user)]
    if request.session.get(LAST_TEAM) in mine:
        return redirect("boards", request.session[LAST_TEAM])
    return redirect("boards", mine[0]) if len(mine) == 1 else redirect("team_list")


@methods(["GET", "HEAD", "POST"])
@signed_in
def team_list(request: SignedInRequest) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        team = actions.create_team(request.user, name=form.cleaned_data["name"])
        return redirect("team", team.public_id)
    context = {
        "form": form,
        "memberships": queries.with_sizes(queries.teams_of(request.user)),
        "deleted": queries.deleted_teams_of(request.user),
    }
    return render(request, "teams/list.html", context, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def team(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id)
    remember(request, own.team)
    return team_page(request, own)


@require_safe
@signed_in
def team_people(request: SignedInRequest, team_id: str) -> HttpResponse:
    """The list of people, fetched again after every change of it."""
    try:
        own = queries.membership_for(request.user, team_id)
    except Missing:
        if not wants_fragment(request) or request.session.get(LAST_TEAM) != team_id:
            raise
        return no_longer(request)
    response = render(request, "teams/team.html#people", people(own))
    if request.GET.get("as", str(own.role)) != str(own.role):
        # What the rest of the page offers is for the role it was made for.
        response.headers["HX-Refresh"] = "true"
    return response


def no_longer(request: SignedInRequest) -> HttpResponse:
    """For a page still open when its reader was removed or the team deleted: they had seen it, so they may be told."""
    messages.info(request, "You are no longer in that team, or it was deleted.")
    return HttpResponse(headers={"HX-Redirect": reverse("team_list"), "HX-Reswap": "none"})


@require_POST
@signed_in
def team_rename(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id, Role.OWNER)
    form = TeamForm(request.POST, prefix="team")
    if not form.is_valid():
        return team_page(request, own, status=422, rename_form=form)
    renamed = actions.rename_team(own.team, name=form.cleaned_data["name"], by=request.user)
    messages.success(request, f"The team is called {renamed.name} now.")
    return redirect("team", team_id)


@methods(["GET", "HEAD", "POST"])
@signed_in
def team_leave(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = queries.membership_for(request.user, team_id)
    if request.method == "POST":
        actions.leave_team(own.team, by=request.user)
        messages.success(request, f"You left {own.team.name}.")
        return redirect("team_list")
    return render(request, "teams/leave.html", {"team": own.team, "stuck": is_only_owner(own)})


def is_only_owner(own: Membership) -> bool:
    others = queries.members_of(own.team).filter(role=Role.OWNER).exclude(pk=own.pk)
    return own.role == Role.OWNER and not others.exists()


@methods(["GET", "HEAD", "POST"])
@signed_in
def team_delete(request: SignedInRequest, team_id: str) -> HttpResponse:
    found = queries.team_for(request.user, team_id, Role.OWNER)
    form = DeleteForm(request.POST if request.method == "POST" else None, team=found)
    if form.is_valid():
        actions.delete_team(found, by=request.user)
        messages.success(request, f"{found.name} is deleted. You can restore it here for 30 days.")
        return redirect("team_list")
    return render(request, "teams/delete.html", {"team": found, "form": form}, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def team_restore(request: SignedInRequest, team_id: str) -> HttpResponseBase:
    found = actions.restore_team(queries.restorable_for(request.user, team_id), by=request.user)
    messages.success(request, f"{found.name} is back.")
    return redirect("team", team_id)
