"""How long things take, what ends them, and what happens to those whose job was lost."""

import os
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django_q.models import OrmQ
from pytest_django.fixtures import Settings

from storyboard.sandbox import actions, tasks
from storyboard.sandbox.models import Key, Task
from tests.sandbox.conftest import CREDIT, Take

Run = Callable[[], list[str]]
pytestmark = pytest.mark.usefixtures("no_painting")


def age(task: Task, **by: float) -> None:
    """The same task, so much longer ago."""
    names = [field.name for field in Task._meta.fields if field.name.endswith("_at")]
    Task.objects.filter(pk=task.pk).update(**{name: F(name) - timedelta(**by) for name in names})


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_a_clip_is_not_finished_before_it_is_due(take: Take, run_jobs: Run, settings: Settings) -> None:
    settings.SANDBOX_SPEED = 1
    task = take()
    assert (task.due_at - task.created_at).total_seconds() == 60 + 4 * 12
    OrmQ.objects.update(lock=Now())
    assert run_jobs() == ["storyboard.sandbox.tasks.begin", "storyboard.sandbox.tasks.render"]
    tasks.finish(task.pk)
    assert (now(task).state, now(task).rendered_at is None) == ("running", False)
    age(task, hours=1)
    tasks.finish(task.pk)
    assert now(task).state == "succeeded"


def test_slow_takes_ten_times_as_long(take: Take, settings: Settings) -> None:
    settings.SANDBOX_SPEED = 0.5
    quick, slow = take(), take("sandbox:slow")
    assert slow.due_at - slow.created_at == 10 * (quick.due_at - quick.created_at)


def test_a_task_waits_its_turn_and_can_be_cancelled_meanwhile(
    take: Take, key: Key, run_jobs: Run, settings: Settings
) -> None:
    settings.SANDBOX_SPEED = 1
    task = take()
    assert run_jobs() == []
    assert actions.cancel(task)
    OrmQ.objects.update(lock=Now())
    run_jobs()
    assert (now(task).state, Key.objects.get().micro_usd) == ("cancelled", CREDIT)


def test_what_stays_queued_is_never_begun(take: Take, run_jobs: Run) -> None:
    task = take("sandbox:stay-queued")
    run_jobs()
    age(task, hours=1)
    tasks.sweep()
    run_jobs()
    assert now(task).state == "queued"


@pytest.mark.parametrize(("vendor", "hours", "state"), [("ark", 48, "expired"), ("reapi", 48, "failed")])
def test_what_hangs_is_given_up_in_the_end(take: Take, run_jobs: Run, vendor: str, hours: int, state: str) -> None:
    task = take("sandbox:hang", vendor=vendor)
    run_jobs()
    age(task, hours=hours - 1)
    tasks.sweep()
    assert (now(task).state, run_jobs()) == ("running", [])
    age(task, hours=1)
    tasks.sweep()
    assert now(task).state == state
    assert Key.objects.get().micro_usd == CREDIT


def test_ark_is_told_how_long_it_may_take(take: Take) -> None:
    task = take("sandbox:hang", execution_expires_after=3600)
    assert task.give_up_at - task.created_at == timedelta(hours=1)


@pytest.mark.parametrize("done", [[], ["begin"], ["begin", "render"]])
def test_a_task_whose_next_job_was_lost_goes_on(take: Take, run_jobs: Run, done: list[str]) -> None:
    task = take()
    for job in done:
        getattr(tasks, job)(task.pk)
    OrmQ.objects.all().delete()
    tasks.sweep()
    assert run_jobs() == []
    age(task, minutes=13)
    tasks.sweep()
    run_jobs()
    assert now(task).state == "succeeded"


def test_a_painting_that_breaks_ends_in_a_refund(
    take: Take, run_jobs: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(task: Task) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("storyboard.sandbox.scene.paint", broken)
    task = take()
    run_jobs()
    assert (now(task).state, Key.objects.get().micro_usd) == ("failed", CREDIT)
    assert "could not be painted" in caplog.text


def test_a_clip_that_kills_its_worker_again_and_again_is_given_up(take: Take, key: Key) -> None:
    task = take()
    actions.begin(task)
    attempts = 0
    while actions.claim_render(now(task)):
        attempts += 1
    assert (attempts, now(task).state, Key.objects.get().micro_usd) == (4, "failed", CREDIT)


def test_every_job_may_run_twice(take: Take, run_jobs: Run) -> None:
    task = take()
    for job in ("begin", "begin", "render", "render", "finish", "finish", "begin", "render"):
        getattr(tasks, job)(task.pk)
    assert (now(task).state, now(task).renders) == ("succeeded", 1)
    assert Key.objects.get().micro_usd == CREDIT - task.price_micro_usd


def test_jobs_of_a_task_that_is_gone_do_nothing(db: None) -> None:
    for job in (tasks.begin, tasks.render, tasks.finish, tasks.ring):
        job(1)


def test_files_go_when_their_links_have_run_out_and_the_record_later(take: Take, run_jobs: Run) -> None:
    task = take("A boat")
    run_jobs()
    age(task, hours=23)
    tasks.tidy()
    assert task.folder.exists()
    age(task, hours=2)
    tasks.tidy()
    assert (task.folder.exists(), now(task).cleared_at is None) == (False, False)
    age(task, days=6)
    tasks.tidy()
    assert not Task.objects.exists()


@pytest.mark.parametrize(("vendor", "days"), [("ark", 7), ("reapi", 30)])
def test_records_are_kept_for_as_long_as_the_vendor_does(take: Take, run_jobs: Run, vendor: str, days: int) -> None:
    over, live = take("sandbox:fail", vendor=vendor), take("sandbox:hang", vendor=vendor)
    run_jobs()
    for task in (over, live):
        age(task, days=days - 1)
    tasks.tidy()
    assert Task.objects.count() == 2
    for task in (over, live):
        age(task, days=1, minutes=1)
    tasks.tidy()
    assert Task.objects.get() == live


def test_a_folder_without_a_task_is_deleted_after_a_day(settings: Settings, db: None) -> None:
    old, fresh = settings.SANDBOX_ROOT / "old", settings.SANDBOX_ROOT / "fresh"
    for folder in (old, fresh):
        (folder / "in").mkdir(parents=True)
    os.utime(old, (time.time() - 90_000,) * 2)
    tasks.tidy()
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_record_that_is_forgotten_leaves_what_runs_alone(take: Take, run_jobs: Run) -> None:
    over, live = take("sandbox:fail"), take("sandbox:hang")
    run_jobs()
    assert [actions.forget(now(task)) for task in (over, live)] == [True, False]
    assert Task.objects.get() == live
