"""Roles, removal, leaving, and the last owner."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.errors import DomainError, Forbidden, Missing
from storyboard.teams import actions
from storyboard.teams.models import Membership, Role, Team, User

Join = Callable[[User, Role], Membership]
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_an_owner_changes_a_role(team: Team, alice: User, bob: User, join: Join) -> None:
    member = join(bob, Role.VIEWER)
    actions.change_role(member, role=Role.PRODUCER, by=alice)
    member.refresh_from_db()
    assert member.role == Role.PRODUCER


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_the_last_owner_cannot_be_demoted(team: Team, alice: User, role: Role) -> None:
    with pytest.raises(DomainError, match="needs an owner"):
        actions.change_role(alice.memberships.get(), role=role, by=alice)


def test_the_last_owner_cannot_leave_or_be_removed(team: Team, alice: User, bob: User, join: Join) -> None:
    join(bob, Role.PRODUCER)
    with pytest.raises(DomainError, match="needs an owner"):
        actions.leave_team(team, by=alice)
    with pytest.raises(DomainError, match="needs an owner"):
        actions.remove_member(alice.memberships.get(), by=alice)
    assert alice.memberships.exists()


def test_one_of_two_owners_may_leave(team: Team, alice: User, bob: User, join: Join) -> None:
    join(bob, Role.OWNER)
    actions.leave_team(team, by=alice)
    assert [member.user for member in team.memberships.all()] == [bob]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_an_owner_as_of_now_changes_members(team: Team, alice: User, bob: User, join: Join, role: Role) -> None:
    join(bob, role)
    with pytest.raises(Forbidden):
        actions.change_role(alice.memberships.get(), role=Role.VIEWER, by=bob)
    with pytest.raises(Forbidden):
        actions.remove_member(alice.memberships.get(), by=bob)


def test_a_removed_member_is_out_at_once(team: Team, alice: User, bob: User, join: Join, as_user: AsUser) -> None:
    member = join(bob, Role.EDITOR)
    page = reverse("team", args=[team.public_id])
    client = as_user(bob)
    assert client.get(page).status_code == 200
    actions.remove_member(member, by=alice)
    assert client.get(page).status_code == 404


def test_a_page_that_is_out_of_date_gets_a_sentence(
    team: Team, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    member = join(bob, Role.EDITOR)
    actions.remove_member(member, by=alice)
    for name in ("member_role", "member_remove"):
        answer = as_user(alice).post(reverse(name, args=[team.public_id, member.public_id]), {"role": Role.VIEWER})
        assert answer.status_code == 404
        assert "no longer in the team" in answer.text
    with pytest.raises(Missing):
        actions.change_role(member, role=Role.VIEWER, by=alice)


def test_htmx_gets_the_list_and_a_toast(team: Team, alice: User, bob: User, join: Join, as_user: AsUser) -> None:
    url = reverse("member_role", args=[team.public_id, join(bob, Role.VIEWER).public_id])
    answer = as_user(alice).post(url, {"role": Role.EDITOR.value}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div id="people"')
    assert json.loads(answer.headers["HX-Trigger"])["toast"] == {"kind": "good", "text": "Bob Fosse is an editor now."}


def test_without_htmx_the_answer_is_a_redirect(team: Team, alice: User, bob: User, join: Join, as_user: AsUser) -> None:
    url = reverse("member_role", args=[team.public_id, join(bob, Role.VIEWER).public_id])
    answer = as_user(alice).post(url, {"role": Role.EDITOR.value})
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("team", args=[team.public_id])


@pytest.mark.parametrize("role", ["", "51", "owner", "-1", "1e9", "\x00", "9" * 300])
def test_no_such_role_changes_nothing(
    team: Team, alice: User, bob: User, join: Join, as_user: AsUser, role: str
) -> None:
    member = join(bob, Role.VIEWER)
    url = reverse("member_role", args=[team.public_id, member.public_id])
    assert as_user(alice).post(url, {"role": role}).status_code == 400
    assert as_user(alice).post(url, {"role": role}, headers=HTMX).status_code == 422
    member.refresh_from_db()
    assert member.role == Role.VIEWER


def test_a_refused_role_shows_the_role_as_it_is(team: Team, alice: User, as_user: AsUser) -> None:
    url = reverse("member_role", args=[team.public_id, alice.memberships.get().public_id])
    answer = as_user(alice).post(url, {"role": Role.VIEWER.value}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert "Owner" in answer.text
    assert "needs an owner" in answer.headers["HX-Trigger"]


def test_an_owner_who_steps_down_gets_the_whole_page_again(
    team: Team, alice: User, bob: User, join: Join, as_user: AsUser
) -> None:
    join(bob, Role.OWNER)
    url = reverse("member_role", args=[team.public_id, alice.memberships.get().public_id])
    answer = as_user(alice).post(url, {"role": Role.EDITOR.value}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == reverse("team", args=[team.public_id])


def test_a_list_fetched_for_another_role_reloads_the_page(team: Team, bob: User, join: Join, as_user: AsUser) -> None:
    join(bob, Role.EDITOR)
    client, url = as_user(bob), reverse("team_people", args=[team.public_id])
    assert "HX-Refresh" not in client.get(f"{url}?as={Role.EDITOR.value}").headers
    assert client.get(f"{url}?as={Role.OWNER.value}").headers["HX-Refresh"] == "true"


def test_somebody_who_leaves_comes_to_their_teams(team: Team, bob: User, join: Join, as_user: AsUser) -> None:
    join(bob, Role.VIEWER)
    client, url = as_user(bob), reverse("team_leave", args=[team.public_id])
    assert "Leave Northlight?" in client.get(url).text
    assert client.post(url).headers["Location"] == reverse("team_list")
    assert not bob.memberships.exists()


def test_the_only_owner_is_told_why_they_cannot_leave(team: Team, alice: User, as_user: AsUser) -> None:
    url = reverse("team_leave", args=[team.public_id])
    assert "only owner" in as_user(alice).get(url).text
    assert as_user(alice).post(url).status_code == 400
