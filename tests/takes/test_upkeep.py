"""Takes that nobody looks after are noticed, and a team goes with all its takes when its time is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from storyboard.connections.models import Connection
from storyboard.takes.models import Delivery, Entry, Input, Run, State, Take
from storyboard.teams.models import Team, User
from storyboard.teams.tasks import purge_deleted_teams
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)


def says(client: Client) -> dict[str, object]:
    found: dict[str, object] = client.get("/readyz").json()["checks"]["takes"]
    return found


def test_a_take_that_nobody_looked_at_for_minutes_is_an_alarm(
    team: Team, alice: User, account: Connection, client: Client
) -> None:
    shot = make.shots_of(make.board_with(team, alice, "cut", account))[0]
    take = make.take(shot, State.RUNNING, at=account)
    assert says(client)["ok"]
    Take.objects.filter(pk=take.pk).update(wake_at=timezone.now() - timedelta(minutes=6))
    assert says(client) == {
        "ok": False,
        "sentence": "Takes that nobody looked at for more than 5 minutes: 1. Look at the worker’s log.",
    }


def test_what_somebody_paused_is_not_late(team: Team, alice: User, account: Connection, client: Client) -> None:
    shot = make.shots_of(make.board_with(team, alice, "cut", account))[0]
    take = make.take(shot, State.QUEUED, at=account)
    Take.objects.filter(pk=take.pk).update(wake_at=timezone.now() - timedelta(minutes=6))
    assert not says(client)["ok"]
    Run.objects.update(paused_at=timezone.now())
    assert says(client)["ok"]


def test_a_team_goes_with_its_takes_its_money_and_its_inbox(team: Team, alice: User, account: Connection) -> None:
    first, second = make.shots_of(make.board_with(team, alice, "cut continue", account))
    done = make.selected(first, at=account, last_frame=make.file(team))
    Input.objects.create(take=done, placeholder="x", role="picture", file=make.file(team))
    Delivery.objects.create(take=make.take(second, State.RUNNING, at=account, upstream=done), vendor="ark", key="k")
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    purge_deleted_teams()
    assert not Team.objects.filter(pk=team.pk).exists()
    assert not Take.objects.exists()
    assert not Entry.objects.exists()
