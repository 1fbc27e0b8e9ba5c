"""A take's clip and pictures by short-lived links: each request asks again who is asking, then leads to the storage."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from storyboard.errors import Missing
from storyboard.media import links
from storyboard.media.models import File
from storyboard.media.views.shown import led_to
from storyboard.takes.models import Take
from storyboard.takes.queries import take_for
from storyboard.teams.decorators import SignedInRequest, signed_in


def clip_of(take: Take) -> File:
    if take.clip is None:
        raise Missing("There is no clip of this take yet.")
    return take.clip


@require_safe
@signed_in
def take_small(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    # Of deleted ones too: the shelf shows what can be brought back.
    clip = clip_of(take_for(request.user, team_id, board_id, take_id, deleted=True))
    if not clip.small_key:
        raise Missing("There is no picture of this take.")
    return led_to(links.to_small(clip))


@require_safe
@signed_in
def take_poster(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    clip = clip_of(take_for(request.user, team_id, board_id, take_id))
    if not clip.poster_key:
        raise Missing("There is no picture of this take.")
    return led_to(links.to_poster(clip))


@require_safe
@signed_in
def take_play(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    # Not remembered: a player that comes back after the link ran out needs a fresh one.
    return HttpResponseRedirect(links.to_show(clip_of(take_for(request.user, team_id, board_id, take_id))))


@require_safe
@signed_in
def take_download(request: SignedInRequest, team_id: str, board_id: str, take_id: str) -> HttpResponse:
    take = take_for(request.user, team_id, board_id, take_id)
    name = f"{take.shot.board.name}, shot {take.shot.position}, take {take.number}"
    return HttpResponseRedirect(links.to_save(clip_of(take), name))
