"""Lastframe as `make run` starts it, on a folder of its own, driven by `manage.py` alone; and what lies in its folder.

`with Studio(folder) as studio: studio.board("list")`. Its database is SQLite, whatever the tests themselves use.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from django.conf import settings

from storyboard.jobs.lifeline import descendants

MANAGE = [sys.executable, "manage.py"]
Reply = tuple[int, str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(done: Callable[[], object], seconds: float, what: Callable[[], str]) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"not within {seconds} s: {what()}"
        time.sleep(0.1)


class Studio:
    def __init__(self, folder: Path, *, speed: str = "0.01") -> None:
        self.folder, port = folder, free_port()
        self.url = f"http://localhost:{port}"
        own = {"DATA_DIR": str(folder / "data"), "PORT": str(port), "PUBLIC_URL": self.url, "DATABASE_URL": ""}
        sandbox = {"SANDBOX": "on", "SANDBOX_SPEED": speed, "S3_BUCKET": ""}
        self.env = {**os.environ, **own, **sandbox}
        self.env.pop("SECRET_KEY_FILE", None)

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*MANAGE, "serve"], cwd=settings.ROOT, env=self.env, stdout=log, stderr=log, process_group=0
            )
        wait_until(self.is_ready, 60, self.words)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.words()
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def manage(self, *words: str, piped: str = "") -> Reply:
        done = subprocess.run(
            [*MANAGE, *words], cwd=settings.ROOT, env=self.env, input=piped, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    def answer(self, *words: str, piped: str = "") -> dict[str, Any]:
        code, said, complained = self.manage(*words, "--json", piped=piped)
        assert code == 0, f"{words}: {code} {said} {complained}\n{self.words()}"
        found: dict[str, Any] = json.loads(said)
        return found

    def kill_worker(self) -> None:
        """The worker's own process and all that it started, at once and without a word."""
        (top,) = [pid for pid in descendants(self.process.pid) if command_of(pid).endswith("manage\0worker\0")]
        for pid in (top, *descendants(top)):
            os.kill(pid, signal.SIGKILL)

    def rows(self, question: str, *values: object) -> list[Any]:
        """What the database says; read only."""
        with sqlite3.connect(f"file:{self.data / 'lastframe.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
            return list(database.execute(question, values))

    @property
    def data(self) -> Path:
        return self.folder / "data"


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
