"""The team's live hints, an async view: `live` knows no teams, and the other views are not async."""

from functools import partial

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from storyboard.live.stream import respond
from storyboard.teams.access import Person
from storyboard.teams.queries import team_for


@require_GET
async def team_live(request: HttpRequest, team_id: str) -> StreamingHttpResponse:
    user: Person = await request.auser()
    team = await sync_to_async(team_for)(user, team_id)
    return await respond(request, channel=team.channel, user=user, allowed=partial(team_for, user, team_id))
