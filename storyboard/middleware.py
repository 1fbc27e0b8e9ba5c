"""What every request passes: who really sent it, a request id, no caching of private pages, plain words for errors."""

import json
import secrets
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_and_async_middleware, sync_only_middleware

from storyboard.errors import DomainError
from storyboard.logs import client_ip, request_id

Handler = Callable[[HttpRequest], Any]


def around(
    get_response: Handler, before: Callable[[HttpRequest], None], after: Callable[[HttpRequest, HttpResponseBase], None]
) -> Handler:
    """One middleware for sync and async handlers, from what it does before and after."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            before(request)
            waiting: Awaitable[HttpResponseBase] = get_response(request)
            response = await waiting
            after(request, response)
            return response

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        before(request)
        response: HttpResponseBase = get_response(request)
        after(request, response)
        return response

    return handle


def nothing(request: HttpRequest, response: HttpResponseBase | None = None) -> None:
    return None


@sync_and_async_middleware
def proxies(get_response: Handler) -> Handler:
    """Believe forwarded headers only from a proxy we were told to trust; from anybody else they are removed."""
    return around(get_response, unwrap_proxies, nothing)


def unwrap_proxies(request: HttpRequest) -> None:
    meta = request.META
    chain = [plain_address(part) for part in meta.pop("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    meta["REMOTE_ADDR"] = plain_address(meta.get("REMOTE_ADDR", ""))
    if not is_trusted(meta["REMOTE_ADDR"]):
        meta.pop("HTTP_X_FORWARDED_PROTO", None)
        return
    # From the right: each trusted proxy vouches for the address it wrote down, and for no other.
    while chain and chain[-1] and is_trusted(meta["REMOTE_ADDR"]):
        meta["REMOTE_ADDR"] = chain.pop()


def plain_address(text: str) -> str:
    """The address without a port, brackets or zone, IPv4 as IPv4; empty when it is none.

    Some proxies write 192.0.2.1:4711 or [2001:db8::1]:4711; a socket for both families shows ::ffff:192.0.2.1.
    """
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_trusted(text: str) -> bool:
    return text != "" and any(ip_address(text) in network for network in settings.TRUSTED_PROXIES)


# The outermost of those that run in the request's thread, so that nothing after it asks the database.
@sync_only_middleware
def connections_back(get_response: Handler) -> Handler:
    """An answer that is ready gives its connection back to the pool before it is sent: its reader may be slow."""

    def end(request: HttpRequest, response: HttpResponseBase) -> None:
        if not response.streaming:
            give_back_connection()

    return around(get_response, nothing, end)


def give_back_connection() -> None:
    """Nobody else should wait for the database because this request waits for something."""
    if "pool" in connection.settings_dict["OPTIONS"] and not connection.in_atomic_block:
        connection.close()


@sync_and_async_middleware
def request_ids(get_response: Handler) -> Handler:
    """Name every request; the name is in each log line, in the answer and in the jobs that it queues."""

    def begin(request: HttpRequest) -> None:
        request_id.set(secrets.token_hex(8))
        client_ip.set(request.META.get("REMOTE_ADDR", ""))

    def end(request: HttpRequest, response: HttpResponseBase) -> None:
        response.headers["X-Request-Id"] = request_id.get()

    return around(get_response, begin, end)


@sync_and_async_middleware
def no_store(get_response: Handler) -> Handler:
    """Pages are private unless they say otherwise: no browser or proxy keeps them."""

    def end(request: HttpRequest, response: HttpResponseBase) -> None:
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store"

    return around(get_response, nothing, end)


# The innermost, and not async: so the whole chain goes through the request's thread in one step, not in two for each
# of its parts, every one of which would wait for its turn among the other threads.
@sync_only_middleware
def domain_errors(get_response: Handler) -> Handler:
    """A DomainError becomes a toast for htmx and a page for everyone else."""
    handler = around(get_response, nothing, nothing)
    handler.process_exception = answer_domain_error  # type: ignore[attr-defined]
    return handler


def answer_domain_error(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if not isinstance(exception, DomainError):
        return None
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=exception.status)
        response.headers["HX-Reswap"] = "none"
        response.headers["HX-Trigger"] = json.dumps({"toast": {"kind": "problem", "text": exception.message}})
        return response
    return render(
        request, "error.html", {"status": exception.status, "sentence": exception.message}, status=exception.status
    )
