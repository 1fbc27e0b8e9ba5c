"""A PostgreSQL of one's own, to be stopped and started again: for the restart test and the benchmark."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Where initdb and pg_ctl are: on the path, or where Debian and Homebrew keep them."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    places = [
        "/usr/lib/postgresql/*/bin/pg_ctl",
        "/opt/homebrew/opt/postgresql*/bin/pg_ctl",
        "/usr/local/pgsql/bin/pg_ctl",
    ]
    every = sorted(path for place in places for path in glob.glob(place))
    return Path(every[-1]).parent if every else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    def __init__(self, folder: Path, found: Path, port: int) -> None:
        self.folder, self.found, self.port = folder, found, port
        self.url = f"postgres://lastframe@127.0.0.1:{port}/postgres"
        self.user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        if self.user:
            shutil.chown(folder, self.user)
        self.call("initdb", "-D", str(folder / "db"), "-U", "lastframe", "-A", "trust", "-E", "UTF8", "--no-sync")

    def call(self, *command: str) -> None:
        subprocess.run(
            [self.found / command[0], *command[1:]],
            check=True,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        log = str(self.folder / "log")
        self.call("pg_ctl", "-D", str(self.folder / "db"), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        self.call("pg_ctl", "-D", str(self.folder / "db"), "-w", "-m", "immediate", "stop")


@contextmanager
def own_server(port: int = 0) -> Iterator[Server]:
    found = binaries()
    if found is None:
        raise RuntimeError("No PostgreSQL programs (initdb, pg_ctl) on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), found, port or free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()
