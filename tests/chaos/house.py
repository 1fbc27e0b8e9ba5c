"""A whole Lastframe beside the fake vendor: PostgreSQL, web and worker processes, all our own and all to be killed.

`with House(seed=1) as house:`; afterwards none of its processes is left. Only what it started itself is ever killed.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from storyboard.jobs.lifeline import descendants, kill_tree
from tests.postgres import Cluster, private_cluster

ROOT = Path(__file__).parents[2]
# A name that vendors could reach: the fake one brings its callbacks to our loopback port, as a proxy would.
PUBLIC = "https://films.example.com"
START_SECONDS = 60.0
Row = dict[str, Any]


class House:
    def __init__(
        self,
        *,
        seed: int = 1,
        vendor: tuple[str, ...] = (),
        # “” for the vendor alone.
        engine: str = "PostgreSQL",
        durable: bool = False,
        **environment: str,
    ) -> None:
        self.chance = random.Random(seed)
        self.engine, self.durable = engine, durable
        self.seed, self.vendor_options = seed, vendor
        self.web_port, self.vendor_port = free_port(), free_port()
        self.extra = environment
        self.started: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.kills = self.crashes = 0

    def __enter__(self) -> Self:
        self.stack = ExitStack()
        try:
            self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="lastframe-chaos-")))
            if self.engine == "PostgreSQL":
                self.cluster: Cluster = self.stack.enter_context(private_cluster(durable=self.durable))
            self.stack.callback(self.end)
            self.journal, self.log, self.points = self.folder / "journal", self.folder / "log", self.folder / "points"
            self.points.mkdir()
            self.env = self.environment()
            if self.engine:
                run("manage.py", "migrate", "-v0", env=self.env)
                run("manage.py", "collectstatic", "--noinput", "-v0", env=self.env)
            self.start_vendor()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def environment(self) -> dict[str, str]:
        vendor = f"127.0.0.1:{self.vendor_port}"
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": self.cluster.url if self.engine == "PostgreSQL" else "",
            "SANDBOX": "off",
            "DATA_DIR": str(self.folder / "data"),
            "PORT": str(self.web_port),
            "PUBLIC_URL": PUBLIC,
            "TRUSTED_PROXIES": "127.0.0.0/8",
            "VENDOR_HOSTS": vendor,
            "FETCH_HOSTS": vendor,
            "EMAIL_URL": "",
            "FAST_WORKERS": "2",
            "MEDIA_WORKERS": "1",
            "CHAOS_POINTS": str(self.points),
            "CHAOS_HURRY": "1",
            "PYTHONPATH": str(ROOT),
            **self.extra,
        }

    def use(self) -> None:
        """Make this process a part of the house: its settings and database. Once in a process."""
        os.environ.update(self.env)
        import django

        django.setup()

    def popen(self, *command: str, role: str = "") -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**self.env, "PROCESS_ROLE": role},
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self.started.append(process)
        return process

    def start_vendor(self) -> None:
        options = ["--port", str(self.vendor_port), "--journal", str(self.journal), "--seed", str(self.seed)]
        doorbell = ["--doorbell", f"127.0.0.1:{self.web_port}"]
        self.vendor = self.popen("-m", "tests.chaos.vendor", *options, *doorbell, *self.vendor_options)
        wait_until(lambda: listens(self.vendor_port), START_SECONDS, "the vendor")

    def start_web(self) -> None:
        arguments = ["storyboard.asgi:application", "--host", "127.0.0.1", "--port", str(self.web_port)]
        self.web = self.popen("-m", "uvicorn", *arguments, "--no-proxy-headers", "--log-level", "warning", role="web")

    def start_worker(self, *options: str) -> "subprocess.Popen[bytes]":
        worker = self.popen("manage.py", "worker", *options, role="worker")
        self.workers.append(worker)
        return worker

    def start(self, workers: int = 1) -> None:
        self.start_web()
        for _ in range(workers):
            self.start_worker()
        wait_until(lambda: listens(self.web_port), START_SECONDS, "the web process")

    def mend(self) -> None:
        """What an operator's machine does: start again whatever has ended."""
        if self.web and self.web.poll() is not None:
            self.start_web()
        for worker in [one for one in self.workers if one.poll() is not None]:
            self.workers.remove(worker)
            self.start_worker()

    def kill_one(self) -> str:
        """`kill -9` of one process at random: any of a cluster's, a whole worker, or the web process."""
        worker = self.chance.choice(self.workers)
        below = descendants(worker.pid)
        drawn = self.chance.random()
        if drawn < 0.1 and self.web:
            victim, what = self.web.pid, "web"
        elif drawn < 0.25 or not below:
            victim, what = worker.pid, "worker"
        else:
            victim, what = self.chance.choice(below), "part of a worker"
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.kills += 1
        return what

    def kill_all(self) -> None:
        """Every worker with all its children at once."""
        for worker in self.workers:
            kill_tree(worker.pid)
            worker.wait()
        self.workers.clear()

    def crash_database(self) -> None:
        self.cluster.restart(immediate=True)
        self.crashes += 1

    def control(self, **asked: object) -> Row:
        return ask(f"http://127.0.0.1:{self.vendor_port}/control", asked)

    def rows(self, *events: str) -> list[Row]:
        """The journal's lines; the last may be half written."""
        found = []
        for line in self.journal.read_text().splitlines() if self.journal.exists() else []:
            with suppress(ValueError):
                row = json.loads(line)
                if not events or row["event"] in events:
                    found.append(row)
        return found

    def words(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                kill_tree(process.pid)
            process.wait()


def run(*command: str, env: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr[-2000:]}")
    return done.stdout


def ask(url: str, body: Mapping[str, object]) -> Row:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: Row = json.load(answer)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(done: Callable[[], object], seconds: float, what: str) -> float:
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > seconds:
            raise RuntimeError(f"{what}: not within {seconds:.0f} seconds")
        time.sleep(0.1)
    return time.monotonic() - began
