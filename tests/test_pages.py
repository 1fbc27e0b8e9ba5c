"""Error pages, the frame around every page, and what htmx is told instead of a page."""

import json
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from storyboard import pages
from storyboard.errors import Conflict, DomainError, Forbidden, Missing, Throttled
from storyboard.teams.models import Team, User
from storyboard.urls import handler400, handler403, handler404, handler500
from storyboard.urls import urlpatterns as real_patterns

ERRORS: dict[str, Exception] = {
    "400": SuspiciousOperation("bad"),
    "400-said": DomainError("A name is missing."),
    "403": PermissionDenied(),
    "403-said": Forbidden("You are a viewer here."),
    "404": Http404(),
    "404-said": Missing(),
    "409-said": Conflict("Bob changed it first."),
    "429-said": Throttled("Five tries are enough."),
    "500": ValueError("secret detail"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


urlpatterns = [path("fail/<str:name>", fail), *real_patterns]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
AsUser = Callable[[User], Client]


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(raise_request_exception=False)


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_happened_what_to_do_and_the_way_home(visitor: Client, name: str) -> None:
    status = int(name[:3])
    response = visitor.get(f"/fail/{name}")
    body = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{pages.WORDS[status].title}</h1>" in body
    assert pages.WORDS[status].next in body
    assert 'class="btn go" href="/"' in body
    assert "secret detail" not in body


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("name", [name for name in ERRORS if name.endswith("-said")])
def test_an_error_repeats_the_sentence_it_was_raised_with(visitor: Client, name: str) -> None:
    assert str(ERRORS[name]) in visitor.get(f"/fail/{name}").content.decode()


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("name", ERRORS)
def test_htmx_gets_an_error_as_a_toast_and_swaps_nothing(visitor: Client, name: str) -> None:
    response = visitor.get(f"/fail/{name}", headers={"HX-Request": "true"})
    assert response.content == b""
    assert response.headers["HX-Reswap"] == "none"
    toast = json.loads(response.headers["HX-Trigger"])["toast"]
    assert toast["kind"] == "problem"
    assert toast["text"]


@override_settings(ROOT_URLCONF=__name__)
def test_the_page_for_500_needs_no_database_and_no_context(visitor: Client) -> None:
    broken = patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=DatabaseError("gone"))
    context = patch("storyboard.teams.context.current", side_effect=DatabaseError("gone"))
    with broken, context:
        response = visitor.get("/fail/500")
    assert response.status_code == 500
    assert response.headers["X-Request-Id"] in response.content.decode()


def test_a_form_without_its_token_is_explained(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/logout/")
    assert response.status_code == 403
    assert pages.FORM_TOO_OLD.split(",", maxsplit=1)[0] in response.content.decode()


def test_a_page_allows_no_inline_code_and_no_eval(client: Client) -> None:
    policy = client.get("/nowhere").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_messages_are_shown_as_toasts(rf: RequestFactory, alice: User) -> None:
    request = rf.get("/")
    request.user = alice
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    messages.success(request, "Bob is an editor now.")
    messages.error(request, "<b>Not</b> that.")
    body = pages.page(request, 404).content.decode()
    assert 'class="toast good"' in body
    assert "<p>Bob is an editor now.</p>" in body
    assert "<p>&lt;b&gt;Not&lt;/b&gt; that.</p>" in body


def test_the_frame_offers_sign_out_and_the_persons_teams(as_user: AsUser, alice: User, team: Team) -> None:
    body = as_user(alice).get("/nowhere").content.decode()
    assert 'action="/accounts/logout/"' in body
    assert "Northlight" in body
    assert "Alice Munro" in body


def test_the_frame_tells_a_visitor_nothing_of_teams(client: Client, team: Team) -> None:
    body = client.get("/nowhere").content.decode()
    assert "Northlight" not in body
    assert "Sign out" not in body
