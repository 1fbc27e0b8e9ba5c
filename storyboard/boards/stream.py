"""The board's live hints, an async view: `live` knows no boards, and the other views are not async."""

from functools import partial

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from storyboard.boards.models import channel_of
from storyboard.boards.queries import watcher_for
from storyboard.live.stream import respond
from storyboard.teams.access import Person


@require_GET
async def board_live(request: HttpRequest, team_id: str, board_id: str) -> StreamingHttpResponse:
    user: Person = await request.auser()
    allowed = partial(watcher_for, user, team_id, board_id)
    await sync_to_async(allowed)()
    return await respond(request, channel=channel_of(board_id), user=user, allowed=allowed)
