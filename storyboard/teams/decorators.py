"""Who may come in at all, and what a request wants back: a page, a part of one, or JSON.

Every app's views use it; those of pages for signed-in people wear `signed_in`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails

from storyboard.errors import DomainError
from storyboard.teams.models import User

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request whose person is known."""

    user: User
    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send anybody else to sign in and back again, before anything is looked up: a link tells them nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(cast("SignedInRequest", request), *args, **kwargs)
        if request.headers.get("HX-Request") == "true":
            return leave_the_page(request)
        came_for = request.get_full_path() if request.method in {"GET", "HEAD"} else resolve_url("home")
        return redirect_to_login(came_for)

    return guarded


def leave_the_page(request: HttpRequest) -> HttpResponse:
    """A fragment must not be filled with a sign-in page: the whole page goes there and comes back."""
    try:
        page = cast("SignedInRequest", request).htmx.current_url_abs_path
    except ValueError:  # the header is anybody's to write, and this was no URL
        page = None
    page = page or resolve_url("home")
    return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login(page).url, "HX-Reswap": "none"})


def wants_fragment(request: SignedInRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted


def in_json(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponseBase],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponseBase]:
    """For scripts: an error is {"problem": sentence}. Access still says 403 and 404, and signing in comes first."""

    @wraps(view)
    def answered(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return JsonResponse({"problem": error.message}, status=error.status)

    return answered
