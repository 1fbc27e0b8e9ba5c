"""Invite, send, send again, revoke, accept: what an invitation's token can and cannot do."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.utils import timezone

from storyboard.errors import Conflict, Forbidden, Missing, Throttled
from storyboard.teams import actions, tasks
from storyboard.teams.actions.invitations import A_DAY, PATIENCE, SEND, VALID
from storyboard.teams.audit import Did
from storyboard.teams.models import AuditEntry, Invitation, Membership, Role, Team, User
from storyboard.teams.queries import digest
from tests.teams.conftest import Invite

Join = Callable[[User, Role], Membership]
Jobs = list[tuple[object, ...]]


def token_in(mail: EmailMessage) -> str:
    found = re.search(r"/invitations/([\w-]+)/", str(mail.body))
    assert found is not None
    return found[1]


def test_without_a_mail_server_the_token_comes_back_and_works(invite: Invite, team: Team, bob: User) -> None:
    invitation, token = invite()
    assert actions.accept(token, by=bob) == team
    assert bob.memberships.get().role == Role.EDITOR
    invitation.refresh_from_db()
    assert invitation.accepted_by == bob


def test_only_the_hash_of_a_long_token_is_kept(invite: Invite) -> None:
    invitation, token = invite()
    invitation.refresh_from_db()
    assert len(token) == 43
    assert invitation.token_hash == digest(token)
    assert token not in str(Invitation.objects.values().get()) + str(list(AuditEntry.objects.values()))


def test_with_a_mail_server_the_token_exists_only_in_the_mail(
    by_mail: Jobs, invite: Invite, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    invitation, token = invite()
    assert (token, invitation.token_hash, by_mail) == ("", None, [(SEND, invitation.pk)])
    tasks.send_invitation(invitation.pk)
    assert mailoutbox[0].to == ["bob@example.com"]
    assert "alice@example.com invites you to join “Northlight” on Lastframe as an editor" in str(mailoutbox[0].body)
    actions.accept(token_in(mailoutbox[0]), by=bob)
    assert bob.memberships.exists()


def test_a_job_that_runs_twice_sends_one_mail(by_mail: Jobs, invite: Invite, mailoutbox: list[EmailMessage]) -> None:
    invitation, _ = invite()
    for _ in range(2):
        tasks.send_invitation(invitation.pk)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("what", ["revoked", "expired", "deleted", "gone"])
def test_nothing_is_sent_for_what_is_no_more(
    by_mail: Jobs, invite: Invite, team: Team, alice: User, mailoutbox: list[EmailMessage], what: str
) -> None:
    invitation, _ = invite()
    if what == "revoked":
        actions.revoke(invitation, by=alice)
    elif what == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif what == "deleted":
        actions.delete_team(team, by=alice)
    else:
        invitation.delete()
    tasks.send_invitation(invitation.pk or 0)
    assert mailoutbox == []


def test_a_mail_that_fails_is_queued_again_for_an_hour(
    by_mail: Jobs, invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, _ = invite()
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with pytest.raises(ConnectionRefusedError):
        tasks.send_invitation(invitation.pk)
    for minutes, jobs in ((0, 1), (5, 2), (59, 3), (61, 3)):
        Invitation.objects.update(expires_at=timezone.now() + VALID - timedelta(minutes=minutes))
        tasks.send_waiting_invitations()
        assert len(by_mail) == jobs
    assert timedelta(minutes=60) == PATIENCE


def refuse(*args: object) -> int:
    raise ConnectionRefusedError


def test_a_token_works_once(invite: Invite, team: Team, bob: User) -> None:
    _, token = invite()
    actions.accept(token, by=bob)
    actions.leave_team(team, by=bob)
    with pytest.raises(Missing):
        actions.accept(token, by=bob)
    assert not bob.memberships.exists()


def test_a_token_works_for_seven_days(invite: Invite, bob: User) -> None:
    _, token = invite()
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Missing):
        actions.accept(token, by=bob)


def test_a_token_works_for_its_address_only(invite: Invite, charlie: User, team: Team) -> None:
    _, token = invite()
    with pytest.raises(Forbidden, match="another address"):
        actions.accept(token, by=charlie)
    assert not team.memberships.filter(user=charlie).exists()


def test_a_token_dies_with_the_inviters_right(
    invite: Invite, alice: User, bob: User, charlie: User, join: Join
) -> None:
    _, token = invite()
    join(charlie, Role.OWNER)
    actions.change_role(alice.memberships.get(), role=Role.PRODUCER, by=charlie)
    with pytest.raises(Missing):
        actions.accept(token, by=bob)


def test_a_token_dies_with_the_team(invite: Invite, alice: User, bob: User, team: Team) -> None:
    _, token = invite()
    actions.delete_team(team, by=alice)
    with pytest.raises(Missing):
        actions.accept(token, by=bob)


def test_a_revoked_token_is_dead(invite: Invite, alice: User, bob: User) -> None:
    invitation, token = invite()
    actions.revoke(invitation, by=alice)
    with pytest.raises(Missing):
        actions.accept(token, by=bob)


def test_sending_again_kills_the_old_link(invite: Invite, alice: User, bob: User) -> None:
    invitation, old = invite()
    _, new = actions.resend(invitation, by=alice)
    with pytest.raises(Missing):
        actions.accept(old, by=bob)
    actions.accept(new, by=bob)


def test_the_old_link_is_dead_before_the_new_mail_leaves(
    by_mail: Jobs, invite: Invite, alice: User, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    invitation, _ = invite()
    tasks.send_invitation(invitation.pk)
    actions.resend(invitation, by=alice)
    with pytest.raises(Missing):
        actions.accept(token_in(mailoutbox[0]), by=bob)
    tasks.send_invitation(invitation.pk)
    assert actions.accept(token_in(mailoutbox[1]), by=bob)


def test_whoever_sends_again_vouches_for_it(invite: Invite, alice: User, bob: User, charlie: User, join: Join) -> None:
    invitation, _ = invite()
    join(charlie, Role.OWNER)
    actions.leave_team(invitation.team, by=alice)
    _, token = actions.resend(invitation, by=charlie)
    assert actions.accept(token, by=bob)


def test_the_role_is_the_one_that_was_offered(invite: Invite, bob: User) -> None:
    _, token = invite(role=Role.REVIEWER)
    actions.accept(token, by=bob)
    assert bob.memberships.get().role == Role.REVIEWER


@pytest.mark.parametrize("proven", [True, False])
def test_where_addresses_are_verified_an_unproven_one_does_not_count(
    settings: LazySettings, invite: Invite, bob: User, proven: bool
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    EmailAddress.objects.create(user=bob, email=bob.email, verified=proven, primary=True)
    _, token = invite()
    if not proven:
        with pytest.raises(Forbidden):
            actions.accept(token, by=bob)
    else:
        assert actions.accept(token, by=bob)


def test_an_invitation_never_changes_a_members_role(invite: Invite, bob: User, join: Join) -> None:
    _, token = invite()
    join(bob, Role.VIEWER)
    with pytest.raises(Conflict, match="already in"):
        actions.accept(token, by=bob)
    assert bob.memberships.get().role == Role.VIEWER


def test_a_member_cannot_be_invited(invite: Invite, bob: User, join: Join) -> None:
    join(bob, Role.VIEWER)
    with pytest.raises(Conflict, match="already in this team"):
        invite("BOB@Example.com")


def test_a_second_press_is_the_same_invitation_and_its_link_works(invite: Invite, bob: User) -> None:
    first, _ = invite()
    second, token = invite()
    assert first == second
    assert actions.accept(token, by=bob)
    assert AuditEntry.objects.filter(action=Did.INVITED).count() == 1


def test_a_second_press_by_mail_sends_one_mail(by_mail: Jobs, invite: Invite) -> None:
    invite()
    invite()
    assert len(by_mail) == 1


def test_an_address_has_one_open_invitation(invite: Invite) -> None:
    invite()
    Invitation.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Conflict, match="has an open invitation"):
        invite("Bob@example.com", Role.OWNER)


def test_an_expired_invitation_gives_way_to_a_new_one(invite: Invite, bob: User) -> None:
    invite()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    _, token = invite()
    assert actions.accept(token, by=bob)


def test_a_team_sends_so_many_a_day(invite: Invite, alice: User) -> None:
    invitation, _ = invite("first@example.com")
    for number in range(A_DAY - 1):
        invite(f"guest{number}@example.com")
    with pytest.raises(Throttled):
        invite("one-more@example.com")
    with pytest.raises(Throttled):
        actions.resend(invitation, by=alice)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_an_owner_as_of_now_invites(team: Team, bob: User, join: Join, role: Role) -> None:
    join(bob, role)
    with pytest.raises(Forbidden):
        actions.invite(team, email="d@example.com", role=Role.VIEWER, by=bob)
