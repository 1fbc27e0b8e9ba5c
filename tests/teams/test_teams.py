"""Create, rename, delete, restore, purge."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.errors import Missing, Throttled
from storyboard.teams import actions, tasks
from storyboard.teams.access import membership
from storyboard.teams.actions.teams import TEAMS_A_DAY
from storyboard.teams.audit import Did
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from storyboard.teams.queries import KEPT

Join = Callable[[User, Role], Membership]
AsUser = Callable[[User], Client]


def test_whoever_creates_a_team_owns_it(bob: User) -> None:
    team = actions.create_team(bob, name="Second unit")
    found = membership(bob, team)
    assert found is not None
    assert found.role == Role.OWNER


def test_a_second_press_of_create_makes_no_second_team(bob: User) -> None:
    first = actions.create_team(bob, name="Second unit")
    assert actions.create_team(bob, name="Second unit") == first
    assert Team.objects.filter(name="Second unit").count() == 1


def test_the_same_name_is_another_team_when_it_was_meant(bob: User) -> None:
    first = actions.create_team(bob, name="Second unit")
    Team.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    assert actions.create_team(bob, name="Second unit") != first


def test_nobody_makes_teams_without_end(bob: User) -> None:
    for number in range(TEAMS_A_DAY):
        actions.create_team(bob, name=f"Team {number}")
    with pytest.raises(Throttled):
        actions.create_team(bob, name="One more")


def test_a_deleted_team_is_gone_for_everybody(team: Team, alice: User, as_user: AsUser) -> None:
    actions.delete_team(team, by=alice)
    assert as_user(alice).get(reverse("team", args=[team.public_id])).status_code == 404


def test_an_owner_restores_a_team_from_the_list(team: Team, alice: User, as_user: AsUser) -> None:
    actions.delete_team(team, by=alice)
    client = as_user(alice)
    assert "Deleted teams" in client.get(reverse("team_list")).text
    client.post(reverse("team_restore", args=[team.public_id]))
    assert client.get(reverse("team", args=[team.public_id])).status_code == 200


def test_after_thirty_days_a_team_cannot_be_restored(team: Team, alice: User, as_user: AsUser) -> None:
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now() - KEPT)
    assert team.name not in as_user(alice).get(reverse("team_list")).text
    assert as_user(alice).post(reverse("team_restore", args=[team.public_id])).status_code == 404
    with pytest.raises(Missing, match="more than 30 days ago"):
        actions.restore_team(team, by=alice)


@pytest.mark.parametrize(("age", "left"), [(KEPT - timedelta(minutes=1), 1), (KEPT + timedelta(minutes=1), 0)])
def test_the_sweep_removes_what_was_deleted_long_ago(team: Team, age: timedelta, left: int) -> None:
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now() - age)
    tasks.purge_deleted_teams()
    assert Team.objects.filter(pk=team.pk).count() == left
    assert AuditEntry.objects.filter(action=Did.TEAM_PURGED).count() == 1 - left


def test_the_sweep_leaves_living_teams_alone(team: Team) -> None:
    tasks.purge_deleted_teams()
    actions.purge_team(team)
    assert Team.objects.filter(pk=team.pk).exists()


def test_a_restored_team_forgets_that_it_was_deleted(team: Team, alice: User) -> None:
    actions.delete_team(team, by=alice)
    assert actions.restore_team(team, by=alice).deleted_at is None
    assert actions.restore_team(team, by=alice) == team
    assert AuditEntry.objects.filter(action=Did.TEAM_RESTORED).count() == 1


def test_a_team_renamed_to_its_own_name_records_nothing(team: Team, alice: User) -> None:
    actions.rename_team(team, name=team.name, by=alice)
    assert not AuditEntry.objects.exists()
