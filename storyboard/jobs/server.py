"""Web server and worker as children of one foreground process; what `make run` looks like from inside.

The `serve` command calls it. Both children hang on a lifeline, so that killing this process takes them with it.
"""

import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib import import_module
from shlex import quote
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from storyboard.errors import SettingError
from storyboard.jobs.lifeline import kill_tree
from storyboard.jobs.supervisor import ignore_interrupts

WEB_START = 90.0
GRACE = 6.0
TURN = 0.1
FORCED = 130
PLAIN = {
    errno.EACCES: "This port is not open to you: choose one above 1023, for example PORT=8080.",
    errno.EADDRNOTAVAIL: "HOST is not an address of this machine: try HOST=127.0.0.1.",
}


def check_port() -> None:
    """Better a sentence now than uvicorn's traceback later."""
    host, port = settings.HOST, settings.PORT
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        number = error.errno if isinstance(error, OSError) else None
        if number == errno.EADDRINUSE:
            sentence = f"Port {port} is taken by another program. Choose a free one: make run PORT={port + 1}"
        else:
            sentence = PLAIN.get(number or 0, f"Cannot listen on {host}, port {port}: {error}.")
        raise SettingError(sentence) from error


def migrate() -> None:
    """Bring the database up to date; looking whether it is takes a tenth of what the command takes."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise SettingError(f"The database cannot be used: {str(error).strip().splitlines()[0]}") from error
    finally:
        connection.close()


class Server:
    def __init__(self, say: Callable[[str], object]) -> None:
        self.say = say
        self.signals = 0
        self.woken, self.waker = os.pipe()
        # Never closed: the children read from the other end, and see it close when this process is gone.
        self.end, self.lifeline = os.pipe()

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.tell)
        signal.signal(signal.SIGINT, self.tell)
        self.web = self.start("uvicorn", *web_arguments(), role="web")
        self.worker = self.start("manage", "worker", role="worker")
        try:
            self.wait_for_web()
            while not self.signals:
                self.watch()
            self.stop()
        finally:
            for child in (self.web, self.worker):
                if child.poll() is None:
                    kill_tree(child.pid)
                    child.wait()
            settings.RUNNING_AT.unlink(missing_ok=True)
        if self.signals > 1:
            sys.exit(FORCED)

    def start(self, *command: str, role: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603  our own programs
            [sys.executable, "-m", "storyboard.jobs.lifeline", str(self.end), *command],
            cwd=settings.ROOT,
            env={**os.environ, "PROCESS_ROLE": role},
            pass_fds=(self.end,),
            preexec_fn=ignore_interrupts,  # noqa: PLW1509  one thread only
        )

    def tell(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        os.write(self.waker, b"!")

    def pause(self) -> None:
        select.select([self.woken], [], [], TURN)

    def wait_for_web(self) -> None:
        deadline = time.monotonic() + WEB_START
        while not self.signals:
            if self.web.poll() is not None or time.monotonic() > deadline:
                raise SettingError("The web server did not start; its own words are above.")
            if answers():
                return self.greet()
            self.pause()
        return None

    def greet(self) -> None:
        self.say(f"Lastframe is running at {settings.PUBLIC_URL}")
        settings.RUNNING_AT.write_text(settings.PUBLIC_URL)
        # The layer above knows who may sign in; this one only prints what it says.
        if url := import_module("storyboard.accounts.links").first_sign_in():
            self.say(f"Sign in: {url}")
        else:
            folder = f"DATA_DIR={quote(str(settings.DATA_DIR))} " if "DATA_DIR" in os.environ else ""
            self.say(f"Locked out? {folder}.venv/bin/python manage.py login_link <email> prints a sign-in link.")
        connection.close()

    def watch(self) -> None:
        self.pause()
        if self.web.poll() is not None and not self.signals:
            raise SettingError("The web server stopped, so everything stops; its own words are above.")
        if self.worker.poll() is not None and not self.signals:
            self.say("The worker stopped; starting it again.")
            time.sleep(1)
            self.worker = self.start("manage", "worker", role="worker")

    def stop(self) -> None:
        """Ask both to end, and wait a little; a second Ctrl-C does not wait."""
        for child in (self.web, self.worker):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE
        while self.signals == 1 and time.monotonic() < deadline:
            if self.web.poll() is not None and self.worker.poll() is not None:
                return
            time.sleep(TURN / 2)


def answers() -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104  only compared
    netloc = f"[{host}]" if ":" in host else host
    request = urllib.request.Request(f"http://{netloc}:{settings.PORT}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310  http, to ourselves
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False


def web_arguments() -> list[str]:
    quiet = ["--no-access-log"] if settings.EMBEDDED else []
    return [
        "storyboard.asgi:application",
        *("--host", settings.HOST, "--port", str(settings.PORT)),
        *("--no-proxy-headers", "--no-server-header", "--timeout-graceful-shutdown", "3", "--log-level", "warning"),
        *quiet,
    ]
