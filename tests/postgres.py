"""A private PostgreSQL, made in a temporary folder and thrown away: `with private_cluster() as cluster: cluster.url`.

The runner starts one for the whole suite; benchmarks and the tests that restart a database start their own.
"""

import getpass
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

# Where packages put the server; on Debian and Red Hat none of these is on PATH.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# Nobody pulls the plug under a test, so nothing waits for the disk; a crash of the server alone still loses nothing.
FAST = ("fsync=off", "full_page_writes=off")
PLAIN = ("max_connections=200", "listen_addresses=", "timezone=UTC", "log_min_messages=fatal")


class NoServer(RuntimeError):
    """There are no PostgreSQL server programs here, or they do not start; the message says what to do."""


def find_server() -> Path | None:
    """The folder with initdb and postgres: on PATH, else the newest that a package left in its usual place."""
    if (found := shutil.which("initdb")) and shutil.which("postgres", path=str(Path(found).resolve().parent)):
        return Path(found).resolve().parent
    folders = [Path(name) for place in PLACES for name in glob.glob(place)]
    usable = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return max(usable, key=version, default=None)


def version(folder: Path) -> float:
    words = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return float("".join(letter for letter in words.split()[2] if letter.isdigit() or letter == "."))


class Cluster:
    """One server of our own, reached through a socket in its folder: no port to collide on, nothing on the network."""

    def __init__(self, programs: Path, folder: Path, settings: tuple[str, ...]) -> None:
        self.programs, self.folder, self.settings = programs, folder, settings
        self.owner = unprivileged()
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"postgres://{self.owner}@/postgres?host={quote(str(folder))}"
        self.log = folder / "log"

    def create(self) -> None:
        shutil.chown(self.folder, self.owner)
        command = [str(self.programs / "initdb"), "-D", str(self.folder / "data")]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", user=self.as_user())
        if made.returncode:
            raise NoServer(f"PostgreSQL could not make a database folder: {made.stderr.strip()}")

    def start(self) -> None:
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        for setting in self.settings:
            command += ["-c", setting]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the tests first, and they stop the server when they are done with it.
            self.process = subprocess.Popen(
                command, cwd="/", user=self.as_user(), stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process and self.process.poll() is None:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise NoServer(f"PostgreSQL did not start: {self.log.read_text(errors='replace').strip()[-2000:]}")

    def stop(self, *, immediate: bool = False) -> None:
        """Close every connection and end; immediate is a crash: no checkpoint, recovery on the next start."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
            self.process.wait(30)

    def restart(self, *, immediate: bool = False) -> None:
        self.stop(immediate=immediate)
        self.start()

    def as_user(self) -> str | None:
        return self.owner if os.geteuid() == 0 else None


def unprivileged() -> str:
    """Who runs the server: we, unless we are root, whom PostgreSQL refuses."""
    if os.geteuid():
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextmanager
def private_cluster(*, durable: bool = False, settings: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """A running server; durable=True keeps the disk writes, for benchmarks that must pay for them."""
    programs = find_server()
    if programs is None:
        raise NoServer("No PostgreSQL server programs were found. Install PostgreSQL, or set DATABASE_URL to a server.")
    folder = Path(tempfile.mkdtemp(prefix="lastframe-pg-"))
    cluster = Cluster(programs, folder, PLAIN + (() if durable else FAST) + settings)
    try:
        cluster.create()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
