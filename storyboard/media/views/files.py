"""The local store's door: files are read and written here with signed links, as an S3 server would do it.

A link is its own permission: no session is asked and no cookie read, so links live only minutes (see storage/base.py).
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from storyboard.errors import DomainError, Missing
from storyboard.media.ranged import ranged
from storyboard.media.storage.base import KEY
from storyboard.media.storage.local import LocalStore
from storyboard.media.storage.signing import verify


# Another site cannot forge the request: it would need the link, and has no use of the person's cookies here.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "PUT"])
def media_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """Read or write one file; a refusal is a plain sentence, for scripts and vendors as much as for people."""
    try:
        if settings.S3["bucket"] or not KEY.fullmatch(key):
            raise Missing
        store = LocalStore(settings.MEDIA_ROOT)
        return receive(request, store, key) if request.method == "PUT" else send(request, store, key)
    except DomainError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")


def send(request: HttpRequest, store: LocalStore, key: str) -> HttpResponseBase:
    fields = verify("GET", key, request.META["QUERY_STRING"])
    kind = fields.get("type") or store.type_of(key)
    inline = "inline" in fields and "type" in fields
    return ranged(request, store.path(key), content_type=kind, filename=fields.get("name", ""), inline=inline)


def receive(request: HttpRequest, store: LocalStore, key: str) -> HttpResponse:
    """Exactly the type and length that were signed; the body is read in pieces."""
    headers = request.META.get("CONTENT_TYPE", ""), request.META.get("CONTENT_LENGTH") or ""
    fields = verify("PUT", key, request.META["QUERY_STRING"], headers)
    content_type, size = headers[0], int(headers[1])
    if "upload" in fields:
        etag = store.receive_part(fields["upload"], int(fields["part"]), request, size)
    else:
        etag = store.receive(key, request, content_type, size)
    return HttpResponse(headers={"ETag": f'"{etag}"'})
