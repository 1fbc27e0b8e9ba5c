"""The audit log: one record for each act, unchangeable, readable by owners, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import cast

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection, transaction
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.teams import actions
from storyboard.teams.audit import Did, record
from storyboard.teams.models import AuditEntry, Invitation, Membership, Role, Team, User
from tests.teams.conftest import Invite

Join = Callable[[User, Role], Membership]
AsUser = Callable[[User], Client]
Act = Callable[[Team, User, Membership, Invitation, str], object]

ACTS: dict[Did, Act] = {
    Did.TEAM_CREATED: lambda team, alice, member, invitation, token: actions.create_team(alice, name="New"),
    Did.TEAM_RENAMED: lambda team, alice, member, invitation, token: actions.rename_team(team, name="New", by=alice),
    Did.TEAM_DELETED: lambda team, alice, member, invitation, token: actions.delete_team(team, by=alice),
    Did.MEMBER_JOINED: lambda team, alice, member, invitation, token: actions.accept(
        token, by=User.objects.get(name="D")
    ),
    Did.MEMBER_LEFT: lambda team, alice, member, invitation, token: actions.leave_team(team, by=member.user),
    Did.MEMBER_REMOVED: lambda team, alice, member, invitation, token: actions.remove_member(member, by=alice),
    Did.ROLE_CHANGED: lambda team, alice, member, invitation, token: actions.change_role(
        member, role=Role.PRODUCER, by=alice
    ),
    Did.INVITED: lambda team, alice, member, invitation, token: actions.invite(
        team, email="e@example.com", role=Role.VIEWER, by=alice
    ),
    Did.INVITATION_RESENT: lambda team, alice, member, invitation, token: actions.resend(invitation, by=alice),
    Did.INVITATION_REVOKED: lambda team, alice, member, invitation, token: actions.revoke(invitation, by=alice),
}


@pytest.mark.parametrize("did", ACTS)
def test_each_act_leaves_one_record(team: Team, alice: User, bob: User, join: Join, invite: Invite, did: Did) -> None:
    User.objects.create_user("d@example.com", name="D")
    member, (invitation, token) = join(bob, Role.EDITOR), invite("d@example.com")
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    ACTS[did](team, alice, member, invitation, token)
    entries = AuditEntry.objects.exclude(pk__in=before)
    assert [entry.action for entry in entries] == [did.value]
    assert entries[0].actor in {alice.email, bob.email, "d@example.com"}


def test_restoring_leaves_one_record_too(team: Team, alice: User) -> None:
    actions.delete_team(team, by=alice)
    actions.restore_team(team, by=alice)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["team_restored", "team_deleted"]


def test_every_act_of_teams_is_tested_here() -> None:
    of_teams = {did for did in Did if did.value.startswith(("team_", "member_", "role_", "invit"))}
    assert of_teams - set(ACTS) == {Did.TEAM_RESTORED, Did.TEAM_PURGED}


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_the_log(alice: User, verb: str) -> None:
    record(Did.SIGNED_IN, by=alice)
    if connection.vendor == "sqlite" and verb == "DELETE":
        module = import_module("storyboard.teams.migrations.0002_append_only_audit")
        with connection.cursor() as cursor:
            cursor.execute(module.SQLITE.format(verb=verb))
    entries = AuditEntry.objects.all()
    with pytest.raises(DatabaseError, match="append-only") as refused, transaction.atomic():
        entries.delete() if verb == "DELETE" else entries.update(actor="mallory@example.com")
    assert getattr(refused.value.__cause__, "sqlstate", "42501") == "42501"
    assert AuditEntry.objects.get().actor == alice.email


@pytest.fixture
def log(team: Team, alice: User) -> Team:
    for day, actor, did, subject in (
        (1, "alice@example.com", Did.INVITED, "bob@example.com"),
        (2, "bob@example.com", Did.MEMBER_JOINED, "bob@example.com"),
        (3, "alice@example.com", Did.TEAM_RENAMED, "=HYPERLINK(1)"),
    ):
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        AuditEntry.objects.create(team_id=team.pk, actor=actor, action=did, subject=subject, at=at, ip="192.0.2.7")
    AuditEntry.objects.create(team_id=team.pk + 1, actor="spy@example.com", action=Did.INVITED, subject="other team")
    return team


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("person=bob@example.com", 1),
        ("did=team_renamed", 1),
        ("since=2026-11-02", 2),
        ("until=2026-11-02", 2),
        ("since=2026-11-02&until=2026-11-02", 1),
        ("text=BOB", 2),
        ("text=hyperlink", 1),
        ("text=nothing+like+it", 0),
        ("text=%00%25", 0),
        ("page=999", 3),
        ("page=x", 3),
    ],
)
def test_the_log_can_be_searched(log: Team, alice: User, as_user: AsUser, query: str, found: int) -> None:
    answer = as_user(alice).get(reverse("team_audit", args=[log.public_id]) + "?" + query)
    assert answer.status_code == 200
    assert answer.text.count("<time datetime") == found
    assert "spy@example.com" not in answer.text
    assert len(table(answer_of(alice, as_user, log, query))) == found + 1


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "until=9999-12-31",
        "since=0001-01-01",
        "since=2026-11-03&until=2026-11-01",
        "did=x",
        "person=x",
    ],
)
def test_a_filter_that_cannot_be_is_a_sentence(log: Team, alice: User, as_user: AsUser, query: str) -> None:
    page = as_user(alice).get(reverse("team_audit", args=[log.public_id]) + "?" + query)
    assert page.status_code == 422
    file = as_user(alice).get(reverse("team_audit_csv", args=[log.public_id]) + "?" + query)
    assert file.status_code == 400


def test_a_long_log_has_pages_that_keep_the_filter(team: Team, alice: User, as_user: AsUser) -> None:
    for _ in range(51):
        record(Did.INVITED, by=alice, team=team, subject="x@example.com")
    text = as_user(alice).get(reverse("team_audit", args=[team.public_id]) + "?did=invited").text
    assert "Page 1 of 2" in text
    assert "?did=invited&amp;page=2" in text


def answer_of(person: User, as_user: AsUser, team: Team, query: str = "") -> StreamingHttpResponse:
    answer = as_user(person).get(reverse("team_audit_csv", args=[team.public_id]) + "?" + query)
    assert answer.status_code == 200
    return cast("StreamingHttpResponse", answer)


def table(answer: StreamingHttpResponse) -> list[list[str]]:
    async def whole() -> bytes:
        return b"".join([part async for part in cast("AsyncIterator[bytes]", answer.streaming_content)])

    return list(csv.reader(io.StringIO(async_to_sync(whole)().decode("utf-8-sig"))))


def test_the_file_holds_what_the_page_shows(log: Team, alice: User, as_user: AsUser) -> None:
    answer = answer_of(alice, as_user, log)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="audit-{log.public_id}.csv"'
    rows = table(answer)
    assert rows[0] == ["time", "person", "what", "about", "detail", "address", "request"]
    assert rows[3][:4] == ["2026-11-01T12:00:00+00:00", "alice@example.com", "invited", "bob@example.com"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(team: Team, alice: User, as_user: AsUser, start: str) -> None:
    AuditEntry.objects.create(
        team_id=team.pk, actor=f"{start}1", action=Did.INVITED, subject=f"{start}cmd|' /C calc'!A0"
    )
    row = table(answer_of(alice, as_user, team))[1]
    assert row[1].startswith(f"'{start}")
    assert row[3].startswith(f"'{start}")


def test_the_log_tells_who_acted_from_where(team: Team, alice: User, as_user: AsUser) -> None:
    as_user(alice).post(reverse("team_rename", args=[team.public_id]), {"team-name": "Southlight"})
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor, entry.ip) == (alice.pk, alice.email, "127.0.0.1")
    assert entry.detail == {"before": "Northlight"}
    assert entry.request_id
    assert entry.at <= timezone.now()


def test_owners_see_how_members_accounts_were_used_and_nobody_elses(
    team: Team, alice: User, bob: User, charlie: User, join: Join, as_user: AsUser
) -> None:
    record(Did.SIGNED_IN, by=bob, detail={"how": "before he joined"})
    join(bob, Role.VIEWER)
    for person in (bob, charlie):
        record(Did.SIGNED_IN, by=person, detail={"how": "password"})
        record(Did.SIGN_IN_FAILED, by=None, subject=person.email)
    page = as_user(alice).get(reverse("team_audit", args=[team.public_id])).content.decode()
    assert page.count("failed to sign in</td>") == page.count("signed in</td>") == 1
    assert bob.email in page
    assert charlie.email not in page
    assert "before he joined" not in page
