"""A real web process on a free port and the tests' own database, for tests that need sockets, signals or a browser.

Its DATA_DIR and key are the tests', so a session made in a test is valid there too.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import IO, Any
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from storyboard.teams.models import User

START_SECONDS = 20.0
STOP_SECONDS = 10.0
# Seen when a peer goes away in the middle of an answer; says nothing about us.
HARMLESS = ("Connection reset by peer",)
# The same, after a static file was opened and before its first byte was sent: three lines, and Python closes it.
CUT_SHORT = re.compile(
    r"^.*ResourceWarning: unclosed file <_io\.\w+ name='[^'\n]*/static/[^'\n]*'>\n"
    r"(?:  .*\n)?(?:ResourceWarning: Enable tracemalloc .*\n?)?",
    re.MULTILINE,
)


def database_url(database: Mapping[str, Any]) -> str:
    """DATABASE_URL for a process that shall use the same database as this one, from settings.DATABASES["default"]."""
    if "sqlite" in database["ENGINE"]:
        return f"sqlite:///{quote(str(database['NAME']))}"
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@" if database["USER"] else ""
    options = {key: value for key, value in database["OPTIONS"].items() if key != "pool"}
    # The host as an option: it may be a folder with a socket.
    where = {"host": database["HOST"], **options} if database["HOST"] else options
    port = f"localhost:{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{who}{port}/{database['NAME']}?{urlencode(where)}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def collect_static() -> None:
    """Beside PostgreSQL the settings are production's, whose pages name only files that were collected."""
    if not settings.EMBEDDED:
        call_command("collectstatic", interactive=False, verbosity=0)


class Server:
    """`with Server(settings.DATABASES["default"]) as server: get(server.url + ...)`; ends with the block."""

    def __init__(self, database: Mapping[str, Any], **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(settings.DATA_DIR),
            "SECRET_KEY_FILE": str(settings.SECRET_KEY_FILE),
            "DATABASE_URL": database_url(database),
            "PUBLIC_URL": self.url,
            "PORT": str(self.port),
            "PROCESS_ROLE": "web",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by __exit__

    def __enter__(self) -> "Server":
        self.start()
        return self

    def start(self) -> None:
        """Start it, or start it again on the same port."""
        collect_static()
        command = [sys.executable, "-W", "default", "-m", "uvicorn", "storyboard.asgi:application"]
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning", "--no-access-log"]
        self.process = subprocess.Popen(
            [*command, *options, "--timeout-graceful-shutdown", "5"],
            env=self.environment,
            cwd=settings.ROOT,
            stdout=self._errors,
            stderr=self._errors,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._errors.close()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.pid and self.process and self.process.poll() is None:
            try:
                with urlopen(f"{self.url}/healthz", timeout=5) as answer:
                    json.load(answer)
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"The test server did not start:\n{self.errors}")

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Ask it to stop, and return how many seconds that took."""
        began = time.monotonic()
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return time.monotonic() - began

    @property
    def errors(self) -> str:
        """All it wrote so far."""
        # Not seek(): the process writes through the same file position.
        return os.pread(self._errors.fileno(), 1_000_000, 0).decode(errors="replace")

    def assert_clean(self) -> None:
        lines = complaints(self.errors)
        assert not lines, "The server complained:\n" + "\n".join(lines)


def complaints(errors: str) -> list[str]:
    lines = CUT_SHORT.sub("", errors).splitlines()
    return [line for line in lines if not any(word in line for word in HARMLESS)]


@contextmanager
def running_server(database: Mapping[str, Any], **environment: str) -> Iterator[str]:
    """The base URL of a server that lives as long as the block, and that must not have complained in it."""
    with Server(database, **environment) as server:
        yield server.url
        server.stop()
        server.assert_clean()


def session_for(user: User) -> str:
    """A signed-in session's key, made without a page: the value of the session cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
