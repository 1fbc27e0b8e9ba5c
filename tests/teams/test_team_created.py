"""Apps above teams may do something for each new team: settings.TEAM_CREATED."""

import pytest
from django.conf import LazySettings
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from storyboard.teams import actions
from storyboard.teams.models import User

pytestmark = pytest.mark.django_db
TASK = "storyboard.jobs.housekeeping.tidy"


def test_a_new_team_queues_each_task_with_its_id_and_once(alice: User, settings: LazySettings) -> None:
    settings.TEAM_CREATED = [TASK]
    made = actions.create_team(alice, name="Second unit")
    assert actions.create_team(alice, name="Second unit") == made
    packages = [SignedPackage.loads(job.payload)["args"] for job in OrmQ.objects.all()]
    assert [(task, ids) for task, _, *ids in packages] == [(TASK, [made.pk])]


def test_every_task_for_new_teams_is_a_task(settings: LazySettings) -> None:
    assert set(settings.TEAM_CREATED) <= set(settings.JOB_TASKS)
