"""The owner's form and list of invitations, and the page that a link opens."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.teams import actions, tasks
from storyboard.teams.models import Invitation, Membership, Role, Team, User
from storyboard.teams.views.invitations import masked
from tests.teams.conftest import Invite

Join = Callable[[User, Role], Membership]
AsUser = Callable[[User], Client]
Jobs = list[tuple[object, ...]]
HTMX = {"HX-Request": "true"}
BOB = {"email": "bob@example.com", "role": Role.EDITOR.value}


def link(token: str) -> str:
    return reverse("invitation", args=[token])


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_mail_the_link_is_shown_this_once(
    team: Team, alice: User, bob: User, as_user: AsUser, headers: dict[str, str]
) -> None:
    client = as_user(alice)
    answer = client.post(reverse("team_invite", args=[team.public_id]), BOB, headers=headers)
    shown = answer.text.partition('value="http://testserver/invitations/')[2].partition("/")[0]
    assert "Copy this link" in answer.text
    assert shown not in client.get(reverse("team", args=[team.public_id])).text
    assert actions.accept(shown, by=bob) == team


def test_with_mail_the_page_says_that_it_is_on_its_way(by_mail: Jobs, team: Team, alice: User, as_user: AsUser) -> None:
    client, url = as_user(alice), reverse("team_invite", args=[team.public_id])
    assert client.post(url, BOB).headers["Location"] == reverse("team", args=[team.public_id])
    assert "The mail is on its way" in client.get(reverse("team", args=[team.public_id])).text
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=6))
    assert "could not be sent" in client.get(reverse("team", args=[team.public_id])).text


def test_htmx_gets_the_form_and_the_list_out_of_band(by_mail: Jobs, team: Team, alice: User, as_user: AsUser) -> None:
    answer = as_user(alice).post(reverse("team_invite", args=[team.public_id]), BOB, headers=HTMX)
    assert answer.text.strip().startswith('<section id="invite"')
    assert re.search(r'<div id="people"[^>]* hx-swap-oob="outerMorph">', answer.text)
    assert "bob@example.com" in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "email", ["", "bob", "a@", "x" * 300 + "@example.com", '"\x01"@example.com', "a\x00@example.com", "=1+1", "<b>@x.y"]
)
def test_a_bad_address_keeps_what_was_typed(
    team: Team, alice: User, as_user: AsUser, email: str, headers: dict[str, str]
) -> None:
    data = {"email": email, "role": Role.PRODUCER.value}
    answer = as_user(alice).post(reverse("team_invite", args=[team.public_id]), data, headers=headers)
    assert answer.status_code == 422
    assert f'<option value="{Role.PRODUCER.value}" selected>' in answer.text
    assert not Invitation.objects.exists()


def test_nobody_learns_whether_an_address_has_an_account(
    by_mail: Jobs, team: Team, alice: User, bob: User, as_user: AsUser
) -> None:
    client, url = as_user(alice), reverse("team_invite", args=[team.public_id])
    seen: list[object] = []
    for email in (bob.email, "nob@example.com"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(url, {"email": email, "role": Role.EDITOR.value}, headers=HTMX)
        names = rf"{Invitation.objects.get().public_id}|{email}|csrfmiddlewaretoken\" value=\"\w+"
        seen.append(
            (answer.status_code, re.sub(names, "?", answer.text), answer.headers["HX-Trigger"].replace(email, "?"))
        )
        seen.append(len(queries))
        Invitation.objects.all().delete()
    assert seen[:2] == seen[2:]


def test_signed_out_the_page_says_who_what_and_which_role(invite: Invite, client: Client) -> None:
    text = client.get(link(invite()[1])).text
    for words in ("Alice Munro", "alice@example.com", "Northlight", "an editor", "b•••@example.com"):
        assert words in text
    assert "bob@example.com" not in text


def test_signed_out_the_page_leads_through_the_door_and_back(invite: Invite, client: Client) -> None:
    path = link(invite()[1])
    text = client.get(path).text
    assert f'href="{reverse("account_login")}?next={path}"' in text
    assert f'href="{reverse("account_signup")}?next={path}"' in text
    assert client.post(path).status_code == 200
    assert Membership.objects.count() == 1


def test_the_invited_person_joins_with_one_press(invite: Invite, bob: User, team: Team, as_user: AsUser) -> None:
    client, path = as_user(bob), link(invite()[1])
    assert "<button" in client.get(path).text
    assert client.post(path).headers["Location"] == reverse("team", args=[team.public_id])
    assert client.get(reverse("team", args=[team.public_id])).status_code == 200


def test_another_account_is_told_which_address_it_is_for(invite: Invite, charlie: User, as_user: AsUser) -> None:
    client, path = as_user(charlie), link(invite()[1])
    text = client.get(path).text
    assert "b•••@example.com" in text
    assert "Switch accounts" in text
    assert f'name="next" value="{path}"' in text
    assert client.post(path).status_code == 403


def test_an_unproven_address_is_asked_for_first(
    invite: Invite, bob: User, as_user: AsUser, settings: LazySettings
) -> None:
    path = link(invite()[1])
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert "First confirm" in as_user(bob).get(path).text
    assert as_user(bob).post(path).status_code == 403


def test_a_member_is_shown_the_way_in(invite: Invite, alice: User, as_user: AsUser) -> None:
    assert "already in this team" in as_user(alice).get(link(invite()[1])).text


def without_tokens(text: str) -> str:
    return re.sub(r'(name="csrf-token" content|name="csrfmiddlewaretoken" value)="\w+"', "", text)


def end(what: str, invitation: Invitation, token: str) -> None:
    """Everything that makes a link stop working."""
    alice = invitation.invited_by
    if what == "used":
        actions.accept(token, by=User.objects.get(email=invitation.email))
    elif what == "revoked":
        actions.revoke(invitation, by=alice)
    elif what == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif what == "inviter gone":
        Membership.objects.update(role=Role.PRODUCER)
    elif what == "team deleted":
        actions.delete_team(invitation.team, by=alice)


@pytest.mark.parametrize("what", ["used", "revoked", "expired", "inviter gone", "team deleted", "unknown"])
def test_every_dead_link_shows_the_same_page(invite: Invite, bob: User, client: Client, what: str) -> None:
    invitation, token = invite()
    end(what, invitation, token)
    answer, unknown = client.get(link("x" if what == "unknown" else token)), client.get(link("unknown"))
    assert answer.status_code == unknown.status_code == 404
    assert without_tokens(answer.text) == without_tokens(unknown.text)
    assert "used, taken back or is too old" in answer.text


def test_the_list_offers_a_new_link_or_an_end(
    team: Team, alice: User, bob: User, invite: Invite, as_user: AsUser
) -> None:
    invitation, _ = invite()
    client, ids = as_user(alice), [team.public_id, invitation.public_id]
    assert "Copy this link" in client.post(reverse("invitation_resend", args=ids)).text
    answer = client.post(reverse("invitation_revoke", args=ids), headers=HTMX)
    assert answer.status_code == 200
    assert "bob@example.com" not in answer.text


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_revoke"])
def test_an_invitation_that_is_no_more_is_a_sentence(
    team: Team, alice: User, invite: Invite, as_user: AsUser, name: str
) -> None:
    invitation, _ = invite()
    actions.revoke(invitation, by=alice)
    answer = as_user(alice).post(reverse(name, args=[team.public_id, invitation.public_id]))
    assert answer.status_code == 404
    assert "already accepted or revoked" in answer.text


def test_masks_hide_the_name_and_keep_the_domain() -> None:
    assert masked("anna@example.com") == "a•••@example.com"
    assert masked("b@x.org") == "b•••@x.org"


def test_a_hostile_team_name_is_only_text_in_the_mail(
    by_mail: Jobs, team: Team, invite: Invite, mailoutbox: list[object]
) -> None:
    Team.objects.update(name="<b>& “x”")
    tasks.send_invitation(invite()[0].pk)
    assert getattr(mailoutbox[0], "subject") == "Join <b>& “x” on Lastframe"  # noqa: B009
