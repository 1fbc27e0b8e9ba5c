"""Real worker processes, killed in every way: later jobs still run and no process is left over.

Each wait is for what comes to pass; its limit is there for a busy machine, and says nothing about how long it takes.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ

from storyboard.jobs.lifeline import descendants
from storyboard.jobs.models import Heartbeat
from storyboard.jobs.queue import enqueue
from tests.postgres import Cluster, private_cluster

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
LIMIT = 30.0
MANAGE = [sys.executable, "manage.py"]


def wait_until(done: Callable[[], object], seconds: float, what: str) -> float:
    started = time.monotonic()
    while not done():
        assert time.monotonic() - started < seconds, f"{what}: not within {seconds} seconds"
        time.sleep(0.05)
    return time.monotonic() - started


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """Programs started for one test, all with one mark in their environment, and the trace their jobs leave."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.mark = uuid4().hex
        self.trace = folder / "trace"
        self.trace.touch()
        self.log = folder / "log"
        self.started: list[subprocess.Popen[bytes]] = []
        self.env = {
            **os.environ,
            # `serve` writes there where it runs, which tests beside these would read.
            "DATA_DIR": str(folder / "data"),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "SECRET_KEY_FILE": str(settings.SECRET_KEY_FILE),
            "DJANGO_SETTINGS_MODULE": "tests.jobs.settings",
            "DATABASE_URL": database_url,
            "JOBS_TRACE": str(self.trace),
            "JOBS_TEST": self.mark,
        }

    def start(self, *command: str, **extra: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*MANAGE, *command],
                cwd=settings.ROOT,
                env={**self.env, **extra},
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self.started.append(process)
        return process

    def worker(self, **extra: str) -> "subprocess.Popen[bytes]":
        process = self.start("worker", **extra)
        self.runs_a_job("ready")
        return process

    def words(self) -> list[str]:
        return [line.split(" ")[0] for line in self.trace.read_text().splitlines()]

    def runs_a_job(self, word: str, within: float = LIMIT) -> float:
        enqueue("tests.jobs.tasks.mark", word)
        return self.shows(word, within)

    def shows(self, word: str, within: float = LIMIT) -> float:
        return wait_until(lambda: word in self.words(), within, f"job “{word}”\n{self.log.read_text()[-3000:]}")

    def marked(self) -> list[int]:
        """Every living process that was started for this test, whoever is its parent now."""
        found = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if self.mark.encode() in environ.read_bytes():
                    found.append(int(environ.parent.name))
        return found

    def leaves_nothing(self, within: float = LIMIT) -> None:
        wait_until(lambda: not self.marked(), within, "end of all processes")


def url_of_this_database() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user, password, host, port = (given[key] for key in ("USER", "PASSWORD", "HOST", "PORT"))
    return f"postgres://{user}:{password}@/{given['NAME']}?host={host}&port={port}"


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Programs hear Ctrl-C, though whatever started the tests in the background may ignore it and hand that on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def house(tmp_path: Path, ctrl_c: None) -> Iterator[House]:
    house = House(tmp_path, url_of_this_database())
    yield house
    for pid in house.marked():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in house.started:
        process.wait(LIMIT)
    house.leaves_nothing()


def cluster_pids(supervisor: int, name: str = "fast") -> list[int]:
    """The cluster's own process first, then the processes that it forked, in order: workers, monitor, pusher."""
    pids = [pid for pid in descendants(supervisor) if f"storyboard.jobs\0{name}\0" in cmdline(pid)]
    return sorted(pids)


def cmdline(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def queued() -> set[str]:
    return {row.name() for row in OrmQ.objects.all()}


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_the_worker_ends_quietly_and_leaves_nothing(house: House) -> None:
    process = house.worker()
    process.terminate()
    assert process.wait(LIMIT) == 0
    house.leaves_nothing()
    assert "Traceback" not in house.log.read_text()


def test_ctrl_c_on_the_group_ends_the_worker_at_work(house: House) -> None:
    process = house.worker()
    enqueue("tests.jobs.tasks.work", 1)
    house.shows("working-1")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(LIMIT) == 0
    assert "worked-1" in house.words(), "a short job may end"
    house.leaves_nothing()
    assert "Traceback" not in house.log.read_text()


@pytest.mark.once
def test_all_processes_are_one_group_and_media_is_niced(house: House) -> None:
    process = house.worker()
    wait_until(lambda: Heartbeat.objects.filter(cluster="media").exists(), LIMIT, "heartbeat of media")
    assert {os.getpgid(pid) for pid in house.marked()} == {process.pid}
    media = cluster_pids(process.pid, "media")
    assert len(media) == 4
    assert all(os.getpriority(os.PRIO_PROCESS, pid) == 3 + os.getpriority(os.PRIO_PROCESS, 0) for pid in media)


@pytest.mark.once
@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_an_idle_process_of_the_cluster_is_killed(house: House, which: int) -> None:
    # Two workers, of which one holds the queue's read lock, the monitor and the pusher.
    process = house.worker()
    time.sleep(0.5)
    kill(cluster_pids(process.pid)[1 + which])
    house.runs_a_job("one")
    house.runs_a_job("two")
    process.terminate()
    process.wait(LIMIT)
    house.leaves_nothing()


def test_a_worker_that_holds_the_lock_is_found_by_its_missing_heartbeat(house: House) -> None:
    # Stopped, not killed: nothing has died, and yet nothing runs. One that is stopped at work counts as busy until the
    # time of its job is over.
    process = house.worker(JOBS_TIMEOUT="8")
    for pid in cluster_pids(process.pid)[1:3]:
        os.kill(pid, signal.SIGSTOP)
    house.runs_a_job("later")


def test_a_worker_killed_at_work_costs_only_its_own_job(house: House) -> None:
    process = house.worker()
    cluster = cluster_pids(process.pid)[0]
    enqueue("tests.jobs.tasks.die")
    house.shows("dying")
    house.runs_a_job("later")
    assert cluster_pids(process.pid)[0] == cluster, "the cluster itself went on"


def test_a_job_whose_worker_was_killed_runs_again(house: House) -> None:
    house.worker()
    enqueue("tests.jobs.tasks.die")
    house.shows("dying")
    OrmQ.objects.update(lock=Now())
    wait_until(lambda: house.words().count("dying") == 2, LIMIT, "second run")


def test_the_cluster_is_killed(house: House) -> None:
    process = house.worker()
    cluster, *below = cluster_pids(process.pid)
    kill(cluster)
    house.runs_a_job("later")
    # One of them may have run that job itself, in the moment before it noticed.
    wait_until(lambda: not set(below) & set(house.marked()), LIMIT, "end of the orphans")


def test_the_supervisor_is_killed_at_work_and_leaves_nothing(house: House) -> None:
    process = house.worker()
    enqueue("tests.jobs.tasks.work", 30)
    house.shows("working-30")
    kill(process.pid)
    process.wait()
    house.leaves_nothing()
    house.worker()
    house.runs_a_job("later")


def test_the_whole_group_is_killed_and_started_again(house: House) -> None:
    process = house.worker()
    enqueue("tests.jobs.tasks.work", 30)
    house.shows("working-30")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    house.leaves_nothing()
    enqueue("tests.jobs.tasks.mark", "queued-meanwhile")
    house.start("worker")
    house.shows("queued-meanwhile")


def test_hung_tasks_are_killed_at_their_timeout(house: House) -> None:
    # One for each worker of the cluster: nothing runs until the timeout of 3 seconds and its grace are over.
    house.worker(JOBS_TIMEOUT="3")
    for _ in range(2):
        enqueue("tests.jobs.tasks.hang")
    wait_until(lambda: house.words().count("hanging") == 2, LIMIT, "both hanging")
    house.runs_a_job("later")


def test_a_hung_task_does_not_hold_up_the_end(house: House) -> None:
    process = house.worker()
    enqueue("tests.jobs.tasks.hang")
    house.shows("hanging")
    process.terminate()
    process.wait(LIMIT)
    house.leaves_nothing()
    assert OrmQ.objects.filter(key="fast", lock__lte=Now()).exists(), "given back for the next worker"


def test_a_later_start_is_kept_to_the_second(house: House) -> None:
    house.worker()
    at = timezone.now() + timedelta(seconds=2.5)
    enqueue("tests.jobs.tasks.mark", "later", at=at)
    house.shows("later")
    (started,) = [
        float(line.split(" ")[1]) for line in house.trace.read_text().splitlines() if line.startswith("later")
    ]
    assert 0 <= started - at.timestamp() < LIMIT / 2, "not in the turn of a minute"


def test_two_workers_never_run_the_same_job(house: House) -> None:
    house.worker()
    house.start("worker")
    wait_until(lambda: Heartbeat.objects.filter(cluster="fast").count() == 2, LIMIT, "two fast clusters")
    for number in range(100):
        enqueue("tests.jobs.tasks.mark", f"job-{number}")
    wait_until(lambda: len(set(house.words())) == 101, LIMIT, "100 jobs")
    # Others are there as well: what the clock asks for, and what was too slow and waits for its next turn.
    wait_until(lambda: "tests.jobs.tasks.mark" not in queued(), LIMIT, "none of them in the queue")
    assert len(house.words()) == 101
    assert len({line.split(" ")[2] for line in house.trace.read_text().splitlines()}) > 1  # it was really shared


@pytest.mark.once
def test_make_run_serves_prints_where_and_ends_on_ctrl_c(house: House) -> None:
    port = str(free_port())
    process = house.start("serve", PORT=port)
    wait_until(lambda: "Sign in: " in house.log.read_text(), LIMIT, f"serve: {house.log.read_text()}")
    assert f"Lastframe is running at http://localhost:{port}\n" in house.log.read_text()
    assert "Sign in: http://localhost" in house.log.read_text()
    house.runs_a_job("served")
    wait_until(lambda: Heartbeat.objects.count() == 2, LIMIT, "both heartbeats")
    with urllib.request.urlopen(f"http://localhost:{port}/readyz") as answer:
        assert answer.status == 200
    assert {os.getpgid(pid) for pid in house.marked()} == {process.pid}
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(LIMIT) == 0
    house.leaves_nothing()
    assert "Traceback" not in house.log.read_text()


@pytest.mark.once
def test_serve_that_is_killed_takes_web_and_worker_along(house: House) -> None:
    process = house.start("serve", PORT=str(free_port()))
    house.runs_a_job("served")
    kill(process.pid)
    process.wait()
    house.leaves_nothing()


@pytest.mark.once
def test_serve_starts_a_dead_worker_again(house: House) -> None:
    process = house.start("serve", PORT=str(free_port()))
    house.runs_a_job("served")
    (supervisor,) = [pid for pid in descendants(process.pid) if cmdline(pid).endswith("manage\0worker\0")]
    kill(supervisor)
    house.runs_a_job("later")


@pytest.mark.once
def test_a_taken_port_is_one_sentence(house: House) -> None:
    first = house.start("serve", PORT=(port := str(free_port())))
    wait_until(lambda: "running at" in house.log.read_text(), LIMIT, "serve")
    second = subprocess.run(
        [*MANAGE, "serve"],
        cwd=settings.ROOT,
        env={**house.env, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert re.fullmatch(rf"Port {port} is taken .*make run PORT=\d+\n", second.stderr)
    assert first.poll() is None


@pytest.mark.once
def test_a_wrong_setting_is_one_sentence(house: House) -> None:
    env = {**house.env, "PORT": "eighty"}
    done = subprocess.run([*MANAGE, "check"], cwd=settings.ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "PORT must be a whole number, not “eighty”.\n")


@pytest.mark.postgres
def test_the_database_is_restarted(tmp_path: Path) -> None:
    with private_cluster() as server:
        house = House(tmp_path, server.url)
        subprocess.run([*MANAGE, "migrate", "-v0"], cwd=settings.ROOT, env=house.env, check=True)
        process = house.start("worker")
        try:
            runs_there(house, server, "before")
            clusters = cluster_pids(process.pid)[0]
            server.stop(immediate=True)
            time.sleep(3)
            server.start()
            runs_there(house, server, "after")
            assert cluster_pids(process.pid)[0] == clusters, "the cluster rode it out"
        finally:
            process.terminate()
            process.wait(LIMIT)
        house.leaves_nothing()


def runs_there(house: House, server: Cluster, word: str) -> None:
    """Queue a job in the other database, by the statement that enqueue() sends."""
    from storyboard.jobs.broker import PUT
    from storyboard.jobs.packages import package

    payload: Any = package("storyboard.jobs.run.run", "tests.jobs.tasks.mark", "", word, name="mark")
    with psycopg.connect(server.url) as other:
        other.execute(PUT, ["fast", payload, None])
    house.shows(word)
