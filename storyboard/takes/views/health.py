"""What keeps films from being made, for the bar that pages load, and as a page of its own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.live.queries import position
from storyboard.takes import health
from storyboard.teams.decorators import SignedInRequest, signed_in, wants_fragment
from storyboard.teams.models import Role
from storyboard.teams.queries import membership_for

PAGE = "takes/health.html"


@require_safe
@signed_in
def team_health(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id)
    if wants_fragment(request):
        at = request.GET.get("connection", "")
        context = {"team": own.team, "connection_id": at, "sentences": health.sentences(own.team, own.role, at=at)}
        return render(request, f"{PAGE}#bar", context)
    context = {"team": own.team, "is_owner": own.role == Role.OWNER, "position": position(own.team.channel)}
    return render(request, PAGE, context | {"sentences": health.sentences(own.team, own.role)})
