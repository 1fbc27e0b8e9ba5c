"""Putting jobs in: in the caller's transaction, ids only, due when asked for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.pusher import pusher

from storyboard.jobs import heartbeat, pulse, run, sweeps
from storyboard.jobs.broker import DatabaseBroker, give_back
from storyboard.jobs.models import Heartbeat, Sweep
from storyboard.jobs.queue import enqueue
from storyboard.logs import request_id

MARK = "tests.jobs.tasks.mark"
Drain = Callable[[], list[str]]
pytestmark = pytest.mark.django_db


def claimed(broker: DatabaseBroker, most: int = 10) -> list[int | str]:
    return [pk for pk, _ in broker.claim(most)]


def test_every_name_in_the_registry_is_a_function() -> None:
    for name, cluster in settings.JOB_TASKS.items():
        assert callable(import_string(name)), name
        assert cluster in {"fast", "media"}
    assert set(sweeps.SWEEPS) <= set(settings.JOB_TASKS)


@pytest.mark.parametrize("value", [1.5, None, True, b"x", ["a"], {"id": 1}, "x" * 101])
def test_only_ids_may_be_queued(value: Any) -> None:
    with pytest.raises(TypeError, match="ids only"):
        enqueue(MARK, value)
    assert not OrmQ.objects.exists()


def test_a_task_nobody_registered_is_refused() -> None:
    with pytest.raises(ValueError, match="not in settings"):
        enqueue("os.system", "true")


def test_a_start_time_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        enqueue(MARK, at=datetime(2030, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_leaves_no_job() -> None:
    def act() -> None:
        with transaction.atomic():
            enqueue(MARK, 1)
            assert OrmQ.objects.count() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not OrmQ.objects.exists()


def test_a_job_goes_to_the_cluster_of_its_task(settings: Any) -> None:
    settings.JOB_TASKS = {MARK: "media"}
    enqueue(MARK, 1)
    assert not DatabaseBroker("fast").claim(1)
    assert len(DatabaseBroker("media").claim(1)) == 1


def test_jobs_come_out_by_due_time_and_then_in_the_order_they_went_in() -> None:
    enqueue(MARK, 1)
    enqueue(MARK, 2)
    enqueue(MARK, 3, at=timezone.now() - timedelta(minutes=1))
    first, second, third = OrmQ.objects.order_by("id").values_list("id", flat=True)
    assert claimed(DatabaseBroker("fast")) == [third, first, second]


def test_a_claimed_job_is_not_given_out_again_until_its_lease_is_over() -> None:
    enqueue(MARK, 1)
    broker = DatabaseBroker("fast")
    (job,) = claimed(broker)
    assert not claimed(broker)
    OrmQ.objects.update(lock=Now())
    assert claimed(broker) == [job]


def test_a_lease_is_as_long_as_the_settings_say() -> None:
    enqueue(MARK, 1)
    DatabaseBroker("fast").claim(1)
    left = OrmQ.objects.get().lock - timezone.now()
    assert timedelta(seconds=Conf.RETRY - 5) < left <= timedelta(seconds=Conf.RETRY)


def test_what_a_dead_cluster_held_is_due_at_once_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = DatabaseBroker("fast")
    for instance in ("dead", "living"):
        enqueue(MARK, instance)
        monkeypatch.setattr(pulse.Pulse, "instance", instance)
        assert len(claimed(broker)) == 1
    assert give_back("fast", "dead") == 1
    assert len(claimed(broker)) == 1
    assert not claimed(broker)


def test_a_lease_that_ran_out_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse.Pulse, "instance", "lost")
    enqueue(MARK, 1)
    broker = DatabaseBroker("fast")
    (job,) = claimed(broker)
    assert broker.give_back_expired() == 0
    OrmQ.objects.update(lock=Now() - timedelta(seconds=1))
    assert broker.give_back_expired() == 1
    assert claimed(broker) == [job]


def test_a_later_start_is_not_early() -> None:
    enqueue(MARK, 1, at=timezone.now() + timedelta(hours=1))
    assert not DatabaseBroker("fast").claim(1)
    OrmQ.objects.update(lock=Now() - timedelta(milliseconds=1))
    assert len(DatabaseBroker("fast").claim(1)) == 1


def test_due_times_are_judged_by_the_clock_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = timezone.now() + timedelta(hours=5)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    enqueue(MARK, 1)
    assert len(DatabaseBroker("fast").claim(1)) == 1
    assert not DatabaseBroker("fast").claim(1), "a host whose clock is ahead takes a job that another is working on"


def test_an_acknowledged_job_is_gone() -> None:
    enqueue(MARK, 1)
    broker = DatabaseBroker("fast")
    (job,) = claimed(broker)
    broker.acknowledge(job)
    assert not OrmQ.objects.exists()


def test_jobs_run_in_order_with_the_id_of_the_request_that_queued_them(
    run_jobs: Drain, caplog: pytest.LogCaptureFixture, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv("JOBS_TRACE", str(trace))
    for number, request in ((1, "abc123"), (2, "")):
        token = request_id.set(request)
        enqueue(MARK, number)
        request_id.reset(token)
    assert run_jobs() == [MARK, MARK]
    lines = [line.split(" ") for line in trace.read_text().splitlines()]
    assert [(line[0], line[3]) for line in lines] == [("1", "abc123"), ("2", "")]


def test_a_failure_is_logged_in_full_and_kept_without_details(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(run.JobFailed) as caught:
        run.run("tests.jobs.tasks.fail", "abc", "shot")
    assert "secret detail of shot" in caplog.text
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_payload_cannot_name_a_function_that_is_no_task() -> None:
    with pytest.raises(run.JobFailed):
        run.run("os.getcwd", "")


class Once:
    """An event that lets the pusher go round one time."""

    def is_set(self) -> bool:
        return True


def test_a_job_signed_with_another_key_is_dropped_and_the_next_one_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[dict[str, Any]] = []
    queue = type("Queue", (), {"put": staticmethod(taken.append)})
    monkeypatch.setattr(Conf, "SECRET_KEY", "the key before it was changed, long enough")
    enqueue(MARK, 1)
    monkeypatch.undo()
    enqueue(MARK, 2)
    for _ in range(2):
        pusher(queue, Once(), DatabaseBroker("fast"))
    assert [task["args"][-1] for task in taken] == [2]
    assert OrmQ.objects.count() == 1
    assert "Failed to push task to queue" in caplog.text


@pytest.mark.parametrize("name", ["fast", "media"])
def test_a_lease_outlasts_a_job_that_waited_its_turn(name: str) -> None:
    base: dict[str, Any] = settings.Q_CLUSTER
    conf = base if name == "fast" else {**base, **base["ALT_CLUSTERS"][name]}
    turns = 2 + -(-(conf["queue_limit"] + conf.get("bulk", 1)) // conf["workers"])
    assert conf["retry"] >= conf["timeout"] * turns
    assert conf["max_attempts"] > 0
    assert conf["save_limit"] == -1
    assert not conf["catch_up"]
    assert not conf["scheduler"]


def test_a_sweep_is_queued_once_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "SWEEPS", {MARK: 60})
    assert sweeps.enqueue_due() == 1
    assert sweeps.enqueue_due() == 0
    assert not sweeps.enqueue_once(MARK, 60), "another cluster that looked at the same moment"
    Sweep.objects.update(due_at=Now() - timedelta(seconds=1))
    assert sweeps.enqueue_due() == 1
    assert OrmQ.objects.count() == 2


class Late(DatabaseBroker):
    """Loses the race: somebody else claims between its look at the queue and its claim."""

    stolen: ClassVar[list[object]] = []

    @property
    def lease(self) -> str:
        self.stolen.extend(DatabaseBroker(self.list_key).claim(5))
        return super().lease


def test_a_job_that_another_cluster_took_a_moment_ago_is_not_taken_twice() -> None:
    enqueue(MARK)
    Late.stolen.clear()
    assert Late("fast").claim(5) == []
    assert len(Late.stolen) == 1


@pytest.mark.parametrize(("seconds", "back"), [(4, 0), (20, 1)])
def test_what_a_cluster_held_is_given_back_once_it_is_silent(
    monkeypatch: pytest.MonkeyPatch, seconds: int, back: int
) -> None:
    monkeypatch.setattr(pulse.Pulse, "instance", "gone")
    enqueue(MARK, 1)
    (pk,) = claimed(DatabaseBroker("fast"))
    job = OrmQ.objects.filter(pk=pk, key="fast", lock__lte=Now())
    Heartbeat.objects.create(cluster="fast", instance="gone")
    Heartbeat.objects.update(beaten_at=Now() - timedelta(seconds=seconds))
    heartbeat.beat("fast", "new")
    assert not job.exists(), "whoever has just come, or come back, does not judge others"
    heartbeat.beat("fast", "new")
    assert job.count() == back


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_cluster_is_taking_is_passed_over_without_waiting() -> None:
    for number in (1, 2):
        enqueue(MARK, number)
    first, second = OrmQ.objects.order_by("id")
    with ThreadPoolExecutor(1) as elsewhere, transaction.atomic():
        assert claimed(DatabaseBroker("fast"), 1) == [first.pk]
        taken = elsewhere.submit(claim_and_let_go).result(timeout=20)
    assert taken == [second.pk]


def claim_and_let_go() -> list[int | str]:
    try:
        return claimed(DatabaseBroker("fast"))
    finally:
        connection.close()
