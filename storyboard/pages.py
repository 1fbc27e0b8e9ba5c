"""The pages Django shows when no view could: 400, 403, 404, 500 and a failed CSRF check."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SENTENCES = {
    400: "The browser sent something this page cannot read. Go back, reload and try again.",
    403: "This is not open to you. If somebody shared it, ask them for access.",
    404: "There is nothing here, or it is not shared with you.",
    500: "Something broke on our side. Nothing you saved is lost; try again in a moment.",
}


def page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    return render(request, "error.html", {"status": status, "sentence": sentence or SENTENCES[status]}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, "This page was open too long, or cookies are off. Reload it and try again.")
