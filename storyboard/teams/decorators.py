"""Who may come in at all: views of pages for signed-in people wear `signed_in`. Every app's views use it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails

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
