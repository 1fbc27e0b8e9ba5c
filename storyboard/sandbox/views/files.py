"""Results, for whoever knows their address, as at the vendors: no key, no session, and a link that runs out.

Faults of the result show here: a wrong type, a file without an end, a link that has already run out.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from storyboard.errors import DomainError
from storyboard.live.stream import let_go
from storyboard.media.ranged import CLOSED, ranged
from storyboard.sandbox.queries import CLIP, FRAME, result

HUGE = 10_000_000_000
NOTHING = bytes(256 * 1024)


@require_safe
def clip(request: HttpRequest, token: str) -> HttpResponseBase:
    return file(request, token, CLIP, "video/mp4")


@require_safe
def frame(request: HttpRequest, token: str) -> HttpResponseBase:
    return file(request, token, FRAME, "image/png")


def file(request: HttpRequest, token: str, name: str, content_type: str) -> HttpResponseBase:
    """In plain words when there is none: programs ask here, not people."""
    try:
        task, path = result(token, name)
    except DomainError as error:
        return HttpResponse(f"{error.message}\n", status=error.status, content_type="text/plain; charset=utf-8")
    if name == CLIP and "huge-file" in task.faults:
        return endless(request, content_type)
    answer = ranged(request, path, content_type=content_type)
    if name == CLIP and "wrong-type" in task.faults:
        answer.headers["Content-Type"] = "text/html; charset=utf-8"
        answer.headers["Content-Security-Policy"] = CLOSED
    return answer


def endless(request: HttpRequest, content_type: str) -> HttpResponseBase:
    """More than anybody should take; it ends when the other side has had enough."""
    if request.method == "HEAD":
        answer: HttpResponseBase = HttpResponse(content_type=content_type)
    else:
        zeros = async_zeros() if isinstance(request, ASGIRequest) else zeros_of(HUGE)
        answer = StreamingHttpResponse(zeros, content_type=content_type)
    answer.headers["Content-Length"] = str(HUGE)
    return answer


def zeros_of(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(NOTHING)):
        yield NOTHING[: size - start]


async def async_zeros() -> AsyncIterator[bytes]:
    await let_go()
    for piece in zeros_of(HUGE):
        yield piece
        # There is nothing to wait for, and others want their turn.
        await asyncio.sleep(0)
