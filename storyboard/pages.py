"""The pages Django shows when no view could, and the words on every error page."""

import json
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from storyboard.logs import request_id


class Words(NamedTuple):
    title: str
    what: str  # happened, when nobody said it better
    next: str  # what to do now


WORDS = {
    400: Words(
        "That did not come through",
        "The browser sent something this page cannot read.",
        "Go back, reload the page and try once more.",
    ),
    403: Words(
        "This is not open to you",
        "Your role does not reach what this page does.",
        "An owner of the team can change your role, or do it for you.",
    ),
    404: Words(
        "Nothing here",
        "There is nothing here, or it is not shared with you.",
        "Check the address. If somebody sent you the link, ask them to add you to their team.",
    ),
    409: Words(
        "Somebody got there first",
        "This changed while your page was open.",
        "Go back and reload to see how it stands now, then decide again.",
    ),
    413: Words(
        "That is too large", "The upload is larger than this page takes.", "Go back and send something smaller."
    ),
    429: Words(
        "Too many tries",
        "This was tried too often in a short time, so it pauses for everyone’s safety.",
        "Wait a few minutes, then try again.",
    ),
    500: Words(
        "Something broke on our side",
        "Nothing you saved is lost.",
        "Try again in a moment. If it stays broken, send us the number below and what you were doing.",
    ),
}
FORM_TOO_OLD = "This page was open too long, or the browser blocks cookies, so we could not be sure it was you."


def words(status: int) -> Words:
    return WORDS.get(status) or WORDS[500 if status > max(WORDS) else 400]


def toast(response: HttpResponse, text: str, kind: str = "good") -> HttpResponse:
    """Show a toast (kind: good, info, problem) when htmx receives this response."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"kind": kind, "text": text}})
    return response


def page(request: HttpRequest, status: int, sentence: str = "", *, next_step: str = "") -> HttpResponse:
    """An error as a toast for htmx, which must not put a page into a fragment, and as a page for everyone else."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=status)
        response.headers["HX-Reswap"] = "none"
        said = words(status)
        return toast(response, f"{sentence or said.what} {next_step or said.next}", "problem")
    context = {"status": status, "sentence": sentence, "next_step": next_step}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return page(request, 500)
    # Without the request: what broke may be the database or a context processor, and the page must not need either.
    return HttpResponse(render_to_string("error.html", {"status": 500, "request_id": request_id.get()}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, FORM_TOO_OLD, next_step="Go back, reload the page and send it again.")
