"""An owner with a browser and a vendor on loopback: add, see the balance appear, replace the key, delete."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page, expect

from storyboard.connections.models import Connection
from storyboard.teams.models import Team, User
from tests.browser import DESKTOP, NARROW, PHONE, OpenPage, sign_in
from tests.connections.connect import KEY, connect
from tests.connections.vendor import LoopbackVendor
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.once]
RunJobs = Callable[[], list[str]]
Axe = Callable[[Page], list[str]]
LISTENS = ("data-live-state", "connected")


@pytest.fixture
def site(vendor: LoopbackVendor, key_file: Path, transactional_db: None) -> Iterator[Server]:
    """The product, allowed to ask the vendor on loopback; the test's own process is its worker."""
    with Server(settings.DATABASES["default"], VENDOR_HOSTS=vendor.host, CONNECTION_KEYS_FILE=str(key_file)) as server:
        yield server
        server.stop()
        server.assert_clean()


@pytest.fixture
def alice(alice: User) -> User:
    """With a password as the server checks it; the tests' own hashes are quicker, and unknown to it."""
    hasher = PBKDF2PasswordHasher()
    alice.password = hasher.encode("a long enough secret", hasher.salt())
    alice.save()
    return alice


@pytest.fixture
def shown(team: Team, alice: User) -> Connection:
    """A connection whose name and last finding would like to be markup."""
    name = "<img src=x onerror=window.hurt=1>" + "W" * 40
    connection = connect(team, name=name, vendor="ark", by=alice)
    Connection.objects.update(works=False, said=name, checked_at=connection.asked_at)
    return connection


def at(site: Server, page: Page, user: User, address: str) -> Page:
    sign_in(page, user, site.url)
    page.goto(site.url + address)
    return page


def test_from_the_empty_page_to_a_deleted_connection(
    site: Server, open_page: OpenPage, team: Team, alice: User, vendor: LoopbackVendor, run_jobs: RunJobs
) -> None:
    vendor.key = KEY
    page = at(site, open_page(), alice, f"/teams/{team.public_id}/connections/")
    page.get_by_role("link", name="Add a connection").first.click()
    page.get_by_role("link", name="reAPI").click()
    prove_it(page)
    page.get_by_label("API key").fill(KEY)
    page.get_by_label("Address").fill(vendor.url)
    page.get_by_role("button", name="Add and test").click()
    expect(page.get_by_text("A worker is asking reAPI.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    run_jobs()
    expect(page.get_by_text("1,240")).to_be_visible()
    replace_the_key(page, vendor, run_jobs)
    switch_off_and_delete(page)
    assert not Connection.objects.filter(deleted_at=None).exists()


def replace_the_key(page: Page, vendor: LoopbackVendor, run_jobs: RunJobs) -> None:
    page.get_by_role("link", name="Replace or move").click()
    page.get_by_label("API key").fill("sk-a-wrong-one")
    page.get_by_role("button", name="Save and test").click()
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    run_jobs()
    expect(page.get_by_text("reAPI does not accept this key.")).to_be_visible()
    vendor.key = "sk-a-wrong-one"
    Connection.objects.update(asked_at=None)
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("A worker is asking reAPI.")).to_be_visible()
    run_jobs()
    expect(page.get_by_text("1,240")).to_be_visible()


def switch_off_and_delete(page: Page) -> None:
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("This connection is switched off")).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("The key works.")).to_be_visible()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete the connection").click()
    expect(page.get_by_role("heading", name="No connection yet")).to_be_visible()


def test_without_javascript_everything_can_be_read_and_sent(
    site: Server, open_page: OpenPage, team: Team, alice: User, vendor: LoopbackVendor, run_jobs: RunJobs
) -> None:
    connection = connect(team, base_url=vendor.url, by=alice)
    run_jobs()
    Connection.objects.update(asked_at=None)
    address = f"/teams/{team.public_id}/connections/{connection.public_id}/"
    page = at(site, open_page(java_script_enabled=False, size=PHONE), alice, address)
    page.get_by_role("button", name="Test").click()
    assert page.get_by_text("A worker is asking reAPI.").is_visible()
    page.get_by_role("link", name="prices").click()
    page.get_by_label("Seedance 2.0, 720p, from text alone").fill("0.2")
    page.get_by_role("button", name="Save the prices").click()
    assert page.get_by_text("1 of your own").is_visible()


@pytest.mark.parametrize("look", [(DESKTOP, "dark"), (NARROW, "light")], ids=["wide dark", "narrow light"])
def test_every_page_is_accessible_and_keeps_text_as_text(
    site: Server, open_page: OpenPage, alice: User, shown: Connection, axe: Axe, look: tuple[dict[str, object], str]
) -> None:
    home = f"/teams/{shown.team.public_id}/connections/"
    page = at(site, open_page(size=look[0], scheme=look[1]), alice, f"{home}add/ark/")
    prove_it(page)
    one, found = f"{shown.public_id}/", {}
    for part in ("", "add/", "add/ark/", one, f"{one}key/", f"{one}prices/", f"{one}delete/"):
        page.goto(f"{site.url}{home}{part}")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        problems = [*axe(page), *(["scrolls sideways"] if wide else [])]
        if problems or page.evaluate("window.hurt") or page.locator("h1").count() != 1:
            found[part] = problems
    assert found == {}


def prove_it(page: Page) -> None:
    page.get_by_label("Password").fill("a long enough secret")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Add a connection")).to_be_visible()
