"""Send a file of this machine, whole or the piece that was asked for: without pieces no video can be sought.

`ranged(request, path, content_type=…)` is for sync views: views/files.py, and other apps that serve files themselves.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

from storyboard.live.stream import let_go
from storyboard.media.disposition import disposition, served_type
from storyboard.media.storage.base import etag_of
from storyboard.media.storage.errors import Lost

CHUNK = 256 * 1024
# One piece; several in one request may be ignored, and are. A number too long to be a position is no range either.
RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*")

# Whatever is in the file, opened by itself it is no page and runs nothing. Of a picture or a clip a browser makes a
# small page, which has to show it: a sandbox would keep it even from that.
CLOSED = "sandbox; default-src 'none'"
SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


def ranged(
    request: HttpRequest, path: Path, *, content_type: str, filename: str = "", inline: bool = True, etag: str = ""
) -> HttpResponseBase:
    """The answer to GET or HEAD: 200, 206, 304, 412 or 416. `etag` is without quotes; by default the file's own."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise Lost from error
    found = os.fstat(file.fileno())
    tag, modified = f'"{etag or etag_of(found)}"', int(found.st_mtime)
    response: HttpResponseBase | None = get_conditional_response(request, tag, modified)
    if response is None:
        response = body(request, file, found.st_size, wanted(request, found.st_size, tag, modified))
        response.headers["Content-Type"] = served_type(content_type)
        response.headers["Content-Disposition"] = disposition(content_type, inline=inline, filename=filename)
    if not response.streaming:
        file.close()
    return guarded(response, tag, modified)


def guarded(response: HttpResponseBase, tag: str, modified: int) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Accept-Ranges"] = "bytes"
    # Kept by the person's own browser only, which asks each time: a link that ran out is then refused.
    response.headers["Cache-Control"] = "private, no-cache"
    is_media = response.headers.get("Content-Type", "").startswith(("image/", "video/", "audio/"))
    response.headers["Content-Security-Policy"] = SHOWN if is_media else CLOSED
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def wanted(request: HttpRequest, size: int, tag: str, modified: int) -> range | None:
    """The positions that were asked for, empty when there are none; None for the whole file."""
    found = RANGE.fullmatch(request.headers.get("Range", "")) if request.method == "GET" else None
    if not found or not is_same(request.headers.get("If-Range"), tag, modified):
        return None
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def is_same(condition: str | None, tag: str, modified: int) -> bool:
    """If-Range: a piece is of use only beside pieces of the same file."""
    return condition is None or condition == tag or parse_http_date_safe(condition) == modified


def body(request: HttpRequest, file: BinaryIO, size: int, piece: range | None) -> HttpResponseBase:
    if piece is not None and not piece:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    positions = range(size) if piece is None else piece
    response = content(request, file, positions)
    response.headers["Content-Length"] = str(len(positions))
    if piece is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{size}"
    return response


def content(request: HttpRequest, file: BinaryIO, positions: range) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    if len(positions) <= CHUNK:
        return HttpResponse(os.pread(file.fileno(), len(positions), positions.start))
    asynchronous = isinstance(request, ASGIRequest)
    response = StreamingHttpResponse(async_chunks(file, positions) if asynchronous else chunks(file, positions))
    # As Django's FileResponse does: the file is closed even when nobody began to read.
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return response


def chunks(file: BinaryIO, positions: range) -> Iterator[bytes]:
    for start in positions[::CHUNK]:
        yield os.pread(file.fileno(), min(CHUNK, positions.stop - start), start)


async def async_chunks(file: BinaryIO, positions: range) -> AsyncIterator[bytes]:
    """The same for the event loop: the disk is read in a thread, and nothing else is held while a slow reader reads."""
    await let_go()
    try:
        for start in positions[::CHUNK]:
            yield await asyncio.to_thread(os.pread, file.fileno(), min(CHUNK, positions.stop - start), start)
    finally:
        file.close()
