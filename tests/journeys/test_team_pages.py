"""The pages of a team, looked at by axe-core in both themes, with names that would like to be markup."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from storyboard.teams.audit import Did, record
from storyboard.teams.models import Invitation, Membership, Role, Team, User
from tests.browser import DESKTOP, NARROW
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.once]
Axe = Callable[[Page], list[str]]
HOSTILE = [
    "<img src=x onerror=window.hurt=1>",
    "<script>window.hurt=1</script>",
    '"><svg onload=window.hurt=1>',
    "<b hx-get=/ hx-trigger=load hx-on:click=window.hurt=1>",
    "<base href=//evil.example/>",
    "{{ 7|add:7 }} \u202etxt.exe \U0001f3ac",
    "W" * 80,
]


@pytest.fixture
def crowd(team: Team, alice: User, transactional_db: None) -> Team:
    """Alice's team, full of names that must stay text."""
    for number, name in enumerate(HOSTILE):
        user = User.objects.create_user(f"p{number}@example.com", name=name)
        Membership.objects.create(team=team, user=user, role=Role.EDITOR)
        record(Did.INVITED, by=user, team=team, subject=name, detail={name: name})
    later = timezone.now() + timedelta(days=7)
    Invitation.objects.create(
        team=team, email="x@example.com", role=10, token_hash="x", invited_by=alice, expires_at=later
    )
    Team.objects.filter(pk=team.pk).update(name=HOSTILE[0])
    return team


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (NARROW, "light")], ids=["wide dark", "narrow light"])
def test_every_page_is_accessible_and_keeps_text_as_text(
    visit: Visit, crowd: Team, alice: User, axe: Axe, size: dict[str, object], scheme: str
) -> None:
    page = visit("/teams/", alice, size=size, scheme=scheme)
    found = {}
    for part in ("", "audit/", "leave/", "delete/"):
        page.goto(f"/teams/{crowd.public_id}/{part}")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        problems = [*axe(page), *(["scrolls sideways"] if wide else [])]
        if problems or page.evaluate("window.hurt") or page.locator("h1").count() != 1:
            found[part] = problems
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/", "/teams/", "/invitations/nothing/"])
def test_the_pages_around_it_are_accessible(
    visit: Visit, alice: User, axe: Axe, address: str, scheme: str, console: object
) -> None:
    console.allow("status of 404")  # type: ignore[attr-defined]
    page = visit(address, None if address == "/" else alice, scheme=scheme)
    assert axe(page) == []
    assert page.locator("h1").count() == 1


def test_without_javascript_everything_can_be_read_and_sent(visit: Visit, crowd: Team, alice: User) -> None:
    page = visit(f"/teams/{crowd.public_id}/", alice, java_script_enabled=False)
    assert page.locator("strong", has_text="W" * 80).is_visible()
    page.get_by_label("E-mail address").fill("dora@example.com")
    page.get_by_role("button", name="Invite").click()
    assert "/invitations/" in page.locator("input[readonly]").input_value()
