"""A new team has a connection that works; more of them come from the sandbox's page."""

from collections.abc import Callable

import pytest
from django.test import Client

from storyboard.connections.models import Connection
from storyboard.connections.queries import connections_of
from storyboard.errors import Conflict
from storyboard.sandbox import connecting, tasks
from storyboard.sandbox.models import Key
from storyboard.teams.actions import create_team
from storyboard.teams.models import Team, User

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], list[str]]


def test_a_new_team_has_a_connection_to_the_sandbox(alice: User, run_jobs: RunJobs) -> None:
    team = create_team(alice, name="Second unit")
    run_jobs()
    found = connections_of(team).get()
    assert (found.name, found.vendor) == ("Sandbox", "reapi")
    assert found.base_url == "http://localhost:8000/sandbox/reapi/api/v1"
    assert team.sandbox_keys.get().last_four == found.last_four


def test_welcoming_a_team_twice_makes_one_connection(team: Team) -> None:
    for _ in range(3):
        tasks.welcome(team.pk)
    assert (Connection.objects.count(), Key.objects.count()) == (1, 1)


def test_a_deleted_team_is_not_welcomed(team: Team) -> None:
    Team.objects.update(deleted_at="2026-01-01T00:00:00Z")
    tasks.welcome(team.pk)
    assert not Connection.objects.exists()


def test_a_connection_that_came_too_late_leaves_no_key(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    connecting.connect(team, vendor="ark", by=None)
    monkeypatch.setattr(connecting, "free_name", lambda team, vendor: "Sandbox")
    with pytest.raises(Conflict):
        connecting.connect(team, vendor="ark", by=None)
    assert Key.objects.filter(revoked_at=None).count() == 1


def test_an_owner_connects_another_vendor(team: Team, alice: User, as_user: Callable[[User], Client]) -> None:
    url = f"/teams/{team.public_id}/sandbox/connect/"
    for _ in range(2):
        assert as_user(alice).post(url, {"vendor": "evolink"}).status_code == 302
    connecting.connect(team, vendor="evolink", by=alice)
    names = set(connections_of(team).values_list("name", flat=True))
    assert names == {"Sandbox", "Sandbox, EvoLink", "Sandbox, EvoLink 2"}


def test_a_vendor_that_is_not_in_the_sandbox_is_refused_in_words(
    team: Team, alice: User, as_user: Callable[[User], Client]
) -> None:
    answer = as_user(alice).post(f"/teams/{team.public_id}/sandbox/connect/", {"vendor": "kling"})
    assert (answer.status_code, "Choose a vendor" in answer.content.decode()) == (400, True)
    assert not Key.objects.exists()
