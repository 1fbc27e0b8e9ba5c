"""The team's page of the sandbox: keys shown once, switches that hold, and every change in the audit log."""

from collections.abc import Callable

import pytest
from django.test import Client

from storyboard.frame import nav
from storyboard.sandbox import actions
from storyboard.sandbox.faults import FAULTS
from storyboard.sandbox.models import Key
from storyboard.sandbox.queries import digest
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.sandbox.conftest import Take, asked

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("no_painting")
PAGE = "/teams/{}/sandbox/"


@pytest.fixture
def page(team: Team) -> str:
    return PAGE.format(team.public_id)


@pytest.fixture
def owner(alice: User, team: Team, as_user: AsUser) -> Client:
    return as_user(alice)


def log() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject"))


def test_a_new_key_is_shown_once_and_kept_as_a_hash(owner: Client, page: str) -> None:
    text = owner.post(f"{page}keys/", {"dollars": "25"}, headers={"HX-Request": "true"}).text
    plain = text.partition('value="sk-sandbox-')[2].partition('"')[0]
    key = Key.objects.get()
    assert (key.digest, key.last_four) == (digest(f"sk-sandbox-{plain}"), plain[-4:])
    assert key.micro_usd == 25_000_000
    assert plain not in owner.get(page).text
    assert log() == [("sandbox_key_made", f"…{plain[-4:]}")]


@pytest.mark.parametrize("dollars", ["", "0", "-5", "1.5", "10001", "many"])
def test_credit_is_a_whole_number_of_dollars(owner: Client, page: str, key: Key, dollars: str) -> None:
    for address in (f"{page}keys/", f"{page}keys/{key.public_id}/top-up/"):
        answer = owner.post(address, {"dollars": dollars})
        assert answer.status_code == 422
        assert "whole number of dollars from 1 to 10,000" in answer.text
    assert Key.objects.count() == 1


def test_credit_is_added(owner: Client, page: str, key: Key) -> None:
    owner.post(f"{page}keys/{key.public_id}/top-up/", {"dollars": "7"})
    assert Key.objects.get().micro_usd == key.micro_usd + 7_000_000
    assert log()[-1] == ("sandbox_key_topped_up", str(key))


def test_switches_hold_for_every_task_of_the_key(owner: Client, page: str, key: Key) -> None:
    owner.post(f"{page}keys/{key.public_id}/", {"slow": "on", "no-last-frame": "on"})
    key.refresh_from_db()
    assert key.faults == {"slow": "", "no-last-frame": ""}
    assert asked(key, "sandbox:hang").faults == {"slow": "", "no-last-frame": "", "hang": ""}
    assert log()[-1] == ("sandbox_faults_set", str(key))
    before = len(log())
    owner.post(f"{page}keys/{key.public_id}/", {"slow": "on", "no-last-frame": "on"})
    assert len(log()) == before


def test_every_fault_has_a_switch_and_a_line_of_words(owner: Client, page: str, key: Key) -> None:
    switches, words = owner.get(f"{page}keys/{key.public_id}/").text, owner.get(page).text
    for fault in FAULTS.values():
        assert f'name="{fault.name}"' in switches
        assert f"<code>sandbox:{fault.name}</code>" in words


def test_a_revoked_key_is_gone_from_the_page(owner: Client, page: str, key: Key) -> None:
    for _ in range(2):
        owner.post(f"{page}keys/{key.public_id}/revoke/")
    assert Key.objects.get().revoked_at
    assert [entry for entry in log() if entry[0] == "sandbox_key_revoked"] == [("sandbox_key_revoked", str(key))]
    assert "No key yet" in owner.get(page).text


def test_tasks_show_what_was_asked_and_what_it_cost(
    owner: Client, page: str, take: Take, run_jobs: Callable[[], list[str]]
) -> None:
    done, failed = take("<b>A boat</b>"), take("Dusk sandbox:fail=80007", vendor="reapi")
    run_jobs()
    take("Fog sandbox:stay-queued")
    text = owner.get(page).text
    assert "&lt;b&gt;A boat&lt;/b&gt;" in text
    assert f"/sandbox/files/{done.token}/0.mp4" in text
    assert f"/sandbox/files/{failed.token}/0.mp4" not in text
    assert f"${done.price_micro_usd / 1_000_000:,.2f}" in text
    for words in ("not charged", "held", "fail=80007", "80007:", "Queued", "Done", "Failed"):
        assert words in text


def test_a_team_has_no_more_keys_than_it_can_oversee(owner: Client, page: str, key: Key) -> None:
    answers = [owner.post(f"{page}keys/", {"dollars": "1"}).status_code for _ in range(20)]
    assert (answers.count(200), answers[-1]) == (19, 400)


def test_a_new_team_begins_with_something_on_its_key(team: Team) -> None:
    key, plain = actions.ready_key(team, by=None)
    assert (key.team, key.micro_usd, key.digest) == (team, 100_000_000, digest(plain))


def test_only_owners_find_it_in_the_navigation(team: Team, bob: User) -> None:
    assert "sandbox" in [entry.key for entry, _ in nav.links(team, Role.OWNER)]
    assert "sandbox" not in [entry.key for entry, _ in nav.links(team, Role.PRODUCER)]


def test_a_key_of_another_team_is_not_found(owner: Client, page: str, charlie: User) -> None:
    theirs = Key.objects.create(team=Membership.objects.get(user=charlie).team, digest="x", micro_usd=1)
    assert owner.get(f"{page}keys/{theirs.public_id}/").status_code == 404
