"""Files of references, by short-lived links: each request asks again who is asking, then leads to the storage."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from storyboard.errors import Missing
from storyboard.media import links
from storyboard.media.queries import file_for
from storyboard.teams.decorators import SignedInRequest, signed_in

# A little less than the link lives.
REMEMBERED = links.PAGE_SECONDS - 60


def led_to(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.headers["Cache-Control"] = f"private, max-age={REMEMBERED}"
    return response


@require_safe
@signed_in
def reference_small(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    _, file = file_for(request.user, team_id, reference_id)
    if not file.small_key:
        raise Missing("There is no picture of this reference.")
    return led_to(links.to_small(file))


@require_safe
@signed_in
def reference_poster(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    _, file = file_for(request.user, team_id, reference_id)
    if not file.poster_key:
        raise Missing("There is no picture of this reference.")
    return led_to(links.to_poster(file))


@require_safe
@signed_in
def reference_play(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    # Not remembered: a player that comes back after the link ran out needs a fresh one.
    return HttpResponseRedirect(links.to_show(file_for(request.user, team_id, reference_id)[1]))


@require_safe
@signed_in
def reference_download(request: SignedInRequest, team_id: str, reference_id: str) -> HttpResponse:
    reference, file = file_for(request.user, team_id, reference_id)
    return HttpResponseRedirect(links.to_save(file, reference.name))
