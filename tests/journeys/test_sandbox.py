"""The sandbox's page in a real browser: a key to copy, tasks that move by themselves, switches that can be reached."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from storyboard.sandbox import actions
from storyboard.sandbox.models import Key
from storyboard.teams.models import Team, User
from tests.browser import DESKTOP, NARROW
from tests.journeys.conftest import Visit
from tests.sandbox.conftest import asked

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
Open = Callable[..., Page]


@pytest.fixture
def open_sandbox(visit: Visit, team: Team, alice: User) -> Open:
    return lambda below="", **options: visit(f"/teams/{team.public_id}/sandbox/{below}", alice, **options)


@pytest.fixture
def key(team: Team, transactional_db: None) -> Key:
    return actions.open_key(team=team, micro_usd=50_000_000)[0]


def test_a_key_is_made_and_copied_without_leaving_the_page(open_sandbox: Open, team: Team) -> None:
    page = open_sandbox()
    page.get_by_label("Credit in US dollars").fill("12")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_label("Copy this key now")).to_be_visible()
    assert page.get_by_label("Copy this key now").input_value().startswith("sk-sandbox-")
    row = page.locator(f"#key-{team.sandbox_keys.get().public_id}")
    expect(row).to_contain_text("$12.00 left, 0 tasks")


def test_tasks_move_by_themselves(open_sandbox: Open, key: Key) -> None:
    page = open_sandbox()
    expect(page.locator("html")).to_have_attribute("data-live-state", "connected")
    task = asked(key, "A boat leaves sandbox:hang")
    row = page.locator(f"#task-{task.pk}")
    expect(row).to_contain_text("Queued")
    actions.begin(task)
    expect(row).to_contain_text("Running")
    expect(row).to_contain_text("A boat leaves")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (NARROW, "light")], ids=["wide dark", "narrow light"])
def test_its_pages_are_accessible_and_fit(
    open_sandbox: Open, key: Key, axe: Axe, size: dict[str, object], scheme: str
) -> None:
    asked(key, "W" * 300 + " sandbox:stay-queued sandbox:no-last-frame sandbox:double-callbacks")
    failed = asked(key, "<script>window.hurt=1</script> sandbox:fail", vendor="reapi")
    actions.begin(failed)
    actions.finish(failed)
    for below in ("", f"keys/{key.public_id}/"):
        page = open_sandbox(below, size=size, scheme=scheme)
        assert axe(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth || window.hurt")


def test_a_key_is_revoked_only_after_a_question(open_sandbox: Open, key: Key) -> None:
    page = open_sandbox(f"keys/{key.public_id}/")
    page.get_by_role("button", name="Revoke the key").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.locator("main")).to_contain_text("No key yet")
