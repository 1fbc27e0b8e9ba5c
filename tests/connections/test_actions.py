"""What each action of connections changes, records, queues and tells; and what none of them lets out."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from storyboard.connections import actions, keys
from storyboard.connections.actions import Finding, Terms
from storyboard.connections.models import Connection
from storyboard.connections.queries import connections_of, usable
from storyboard.errors import Conflict, DomainError, Forbidden, Missing
from storyboard.live.queries import missed, position
from storyboard.providers.secret import Secret
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.connections.connect import KEY, connect

pytestmark = pytest.mark.django_db
Act = Callable[[Connection, User], object]
OTHER = "sk-other-key-0123456789-last"
RATES = {"doubao-seedance-2.0": {"720p": {"text": "0.2", "ref": "0.1"}}}


def found_well(connection: Connection, alice: User) -> None:
    finding = Finding(works=True, said="The key works.", key_changed_at=connection.key_changed_at)
    actions.record_check(connection, finding=finding)


ACTS: dict[str, Act] = {
    "connection_edited": lambda row, alice: actions.edit(row, terms=Terms(name="Second", parallel=5), by=alice),
    "connection_key_replaced": lambda row, alice: actions.replace_key(
        row, secret=Secret(OTHER), base_url=row.base_url, by=alice
    ),
    "connection_moved": lambda row, alice: actions.move(row, base_url=f"{row.base_url}/v2", by=alice),
    "connection_priced": lambda row, alice: actions.set_prices(row, rates=RATES, by=alice),
    "connection_checked": found_well,
    "connection_disabled": lambda row, alice: actions.disable(row, by=alice),
    "connection_deleted": lambda row, alice: actions.delete(row, by=alice),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_leaves_one_record_and_one_hint(connection: Connection, alice: User, act: str) -> None:
    before, seen = position(connection.team.channel), set(AuditEntry.objects.values_list("pk", flat=True))
    ACTS[act](connection, alice)
    assert [entry.action for entry in AuditEntry.objects.exclude(pk__in=seen)] == [act]
    assert missed(connection.team.channel, before) == [(before + 1, "connections")]


@pytest.mark.parametrize("act", [act for act in ACTS if act != "connection_checked"])
def test_only_an_owner_of_the_team_may(
    connection: Connection, bob: User, charlie: User, join: Callable[[User, Role], Membership], act: str
) -> None:
    join(bob, Role.PRODUCER)
    with pytest.raises(Forbidden):
        ACTS[act](connection, bob)
    with pytest.raises(Missing):
        ACTS[act](connection, charlie)
    assert not AuditEntry.objects.filter(action=act).exists()


def test_adding_is_recorded_told_and_tested(team: Team, alice: User, run_jobs: Callable[[], list[str]]) -> None:
    before = position(team.channel)
    connection = connect(team, base_url="https://gateway.invalid.example/v1", by=alice)
    entry = AuditEntry.objects.get(action="connection_added")
    assert (entry.actor, entry.subject) == (alice.email, "Main")
    assert entry.detail == {"vendor": "reAPI", "address": connection.base_url}
    assert missed(team.channel, before) == [(before + 1, "connections")]


def test_lastframe_itself_may_add_one(team: Team) -> None:
    connect(team, by=None)
    assert AuditEntry.objects.get(action="connection_added").actor == ""


def test_switching_off_and_on_changes_who_is_usable(connection: Connection, alice: User) -> None:
    actions.disable(connection, by=alice)
    actions.disable(connection, by=alice)
    assert not usable(connection.team).exists()
    actions.enable(connection, by=alice)
    assert list(usable(connection.team)) == [connection]
    acts = AuditEntry.objects.filter(action__in=["connection_disabled", "connection_enabled"])
    assert [entry.action for entry in acts] == ["connection_enabled", "connection_disabled"]


def test_a_deleted_one_is_gone_for_every_action_and_frees_its_name(connection: Connection, alice: User) -> None:
    actions.delete(connection, by=alice)
    assert not connections_of(connection.team).exists()
    for act in set(ACTS) - {"connection_checked"}:
        with pytest.raises(Missing):
            ACTS[act](connection, alice)
    connect(connection.team, by=alice)


def test_a_name_is_had_once_in_a_team(connection: Connection, alice: User, charlie: User) -> None:
    with pytest.raises(Conflict, match="called “MAIN” already"):
        connect(connection.team, name="MAIN", by=alice)
    other = connect(connection.team, name="Other", by=alice)
    with pytest.raises(Conflict):
        actions.edit(other, terms=Terms(name="main"), by=alice)
    connect(charlie.memberships.get().team, by=charlie)
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.filter(pk=other.pk).update(name="mAIN")


def test_another_host_needs_the_key_again(connection: Connection, alice: User) -> None:
    with pytest.raises(DomainError, match="Type it again"):
        actions.move(connection, base_url="https://gateway.example.com/api/v1", by=alice)
    url = "https://gateway.example.com/api/v1"
    actions.replace_key(connection, secret=Secret(OTHER), base_url=url, by=alice)
    with keys.by_operator():
        assert keys.reveal(Connection.objects.get()).reveal() == OTHER
    assert AuditEntry.objects.filter(action="connection_moved").exists()


def test_what_an_old_key_was_found_to_be_is_not_said_of_a_new_one(connection: Connection, alice: User) -> None:
    late = Finding(works=True, said="The key works.", key_changed_at=connection.key_changed_at)
    actions.replace_key(connection, secret=Secret(OTHER), base_url=connection.base_url, by=alice)
    actions.record_check(connection, finding=late)
    assert Connection.objects.get().works is None


def test_two_presses_of_test_are_one_test(connection: Connection, alice: User) -> None:
    actions.ask_check(connection, by=alice)
    assert not AuditEntry.objects.filter(action="connection_tested").exists()
    Connection.objects.update(asked_at=None)
    actions.ask_check(connection, by=alice)
    actions.ask_check(connection, by=alice)
    assert AuditEntry.objects.filter(action="connection_tested").count() == 1


def test_a_change_that_changes_nothing_leaves_no_record(connection: Connection, alice: User) -> None:
    before = AuditEntry.objects.count()
    actions.edit(connection, terms=Terms(name="Main"), by=alice)
    actions.move(connection, base_url=connection.base_url, by=alice)
    actions.set_prices(connection, rates={}, by=alice)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "terms", [Terms(name="A", parallel=0), Terms(name="A", parallel=51), Terms(name="A", monthly_budget=-1)]
)
def test_limits_have_limits(connection: Connection, alice: User, terms: Terms) -> None:
    with pytest.raises(DomainError, match="Between 1 and 50"):
        actions.edit(connection, terms=terms, by=alice)


def test_a_team_has_so_many_and_no_more(connection: Connection, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST", 1)
    with pytest.raises(Conflict, match="Delete one that you no longer use"):
        connect(connection.team, name="Other", by=alice)


def test_an_unknown_vendor_and_a_private_address_are_refused(team: Team) -> None:
    with pytest.raises(DomainError, match="Choose a vendor"):
        connect(team, vendor="nobody", base_url="https://a.example.com")
    with pytest.raises(DomainError, match="not on the public internet"):
        connect(team, base_url="https://10.0.0.7/v1")


def test_the_record_never_holds_the_key(connection: Connection, alice: User) -> None:
    for act in ACTS.values():
        act(Connection.objects.get(), alice)
    text = str(list(AuditEntry.objects.values_list("subject", "detail")))
    assert KEY not in text
    assert OTHER not in text
    assert "last" not in text


def test_a_budget_set_alone_leaves_the_other_settings_and_owners_hear_of_each_other(
    connection: Connection, alice: User
) -> None:
    actions.set_budget(connection, micro_usd=5_000_000, base=None, by=alice)
    kept = Connection.objects.get()
    assert (kept.monthly_budget, kept.name, kept.parallel) == (5_000_000, connection.name, connection.parallel)
    assert AuditEntry.objects.order_by("-pk")[0].detail == {"before": "none", "monthly_budget": "$5.00"}
    with pytest.raises(DomainError, match="from 0 to 1,000,000"):
        actions.set_budget(connection, micro_usd=-1, base=5_000_000, by=alice)
    with pytest.raises(Conflict):
        actions.set_budget(connection, micro_usd=1, base=None, by=alice)
