"""`make bench-queue`: how soon a job starts after its commit, and how many empty jobs a second, beside other queues.

One run starts its own PostgreSQL and Redis, installs what it compares with in a throw-away environment, prints one
table and leaves nothing. Every row: 150 jobs at random gaps of 0.1 to 0.35 s (40 with --short), then 1,000 empty jobs.
"""

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.postgres import private_cluster

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ["procrastinate[sync]", "celery[redis]"]
EMPTY = 1000


@dataclass
class Row:
    name: str
    delays: list[float]
    rate: float

    def percentile(self, share: int) -> float:
        return statistics.quantiles(self.delays, n=100, method="inclusive")[share - 1] * 1000


class Bench:
    """The folder, the trace that jobs write to, and the sizes of one run."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self.folder, self.jobs = folder, jobs
        self.trace = folder / "trace"

    def starts(self) -> dict[str, float]:
        if not self.trace.exists():
            return {}
        return {word: float(at) for word, at in (line.split() for line in self.trace.read_text().splitlines())}

    def measure(self, name: str, client: list[str], env: dict[str, str]) -> Row:
        """Let `client` queue the jobs and say when each was committed; the trace says when each began."""
        seeds = {**env, "PYTHONPATH": str(ROOT), "BENCH_JOBS": str(self.jobs), "BENCH_EMPTY": str(EMPTY)}
        self.trace.write_text("")
        done = run([*client, "wait"], seeds)
        sent = {word: float(at) for word, at in (line.split() for line in done.splitlines() if line.startswith("w-"))}
        self.wait_for(len(sent))
        starts = self.starts()
        delays = [starts[word] - at for word, at in sent.items() if word != "w-first"]
        self.trace.write_text("")
        began = time.time()
        run([*client, "rush"], seeds)
        self.wait_for(EMPTY)
        return Row(name, delays, EMPTY / (max(self.starts().values()) - began))

    def wait_for(self, count: int, seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while len(self.trace.read_bytes().splitlines()) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {len(self.starts())} of {count} jobs ran within {seconds:.0f} s")
            time.sleep(0.05)


def run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "no words").splitlines()[-1])
    return done.stdout


@contextmanager
def running(command: list[str], env: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        time.sleep(4)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def django(bench: Bench, name: str, url: str, *, stock: bool) -> Row:
    data = bench.folder / name.replace(" ", "-").replace(",", "")
    env = {
        "DATA_DIR": str(data),
        "DATABASE_URL": url,
        "BENCH_TRACE": str(bench.trace),
        "BENCH_STOCK": "1" if stock else "",
        "DJANGO_SETTINGS_MODULE": "tests.bench.queue_settings",
        "PROCESS_ROLE": "worker",
        "FAST_WORKERS": "2",
    }
    run([sys.executable, "manage.py", "migrate", "-v0"], env)
    worker = ["qcluster"] if stock else ["worker", "--cluster", "fast"]
    with running([sys.executable, "manage.py", *worker], env, bench.folder / "log"):
        return bench.measure(name, [sys.executable, "-m", "tests.bench.queue_client", "django"], env)


def procrastinate(bench: Bench, python: str, url: str) -> Row:
    env = {"BENCH_TRACE": str(bench.trace), "BENCH_URL": url.replace("postgres:", "postgresql:")}
    client = [python, "-m", "tests.bench.queue_client", "procrastinate"]
    run([*client, "schema"], {**env, "PYTHONPATH": str(ROOT)})
    with running([*client, "worker"], env, bench.folder / "log"):
        return bench.measure("procrastinate", client, env)


def celery(bench: Bench, python: str) -> Row:
    port = free_port()
    env = {"BENCH_TRACE": str(bench.trace), "BENCH_URL": f"redis://127.0.0.1:{port}/0"}
    redis = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(bench.folder)]
    client = [python, "-m", "tests.bench.queue_client", "celery"]
    log = bench.folder / "log"
    with running(redis, {}, log), running([*client, "worker"], env, log):
        return bench.measure("Celery + Redis", client, env)


def install(folder: Path) -> str:
    return install_into(folder, ["psycopg[binary]", *OTHERS])


def install_into(folder: Path, packages: list[str]) -> str:
    """An environment of its own for what we compare with; pip takes it from wherever it is set to."""
    python = str(folder / "others" / "bin" / "python")
    run([sys.executable, "-m", "venv", str(folder / "others")], {})
    run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], {})
    return python


def attempt(rows: list[Row], name: str, measure: Callable[[], Row]) -> None:
    try:
        rows.append(measure())
        print(f"  {name}: done", flush=True)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"  {name}: could not be measured here: {error}", flush=True)


def table(rows: list[Row]) -> None:
    ours = next((row for row in rows if row.name == "Lastframe, PostgreSQL"), rows[0])
    print(
        f"\n{'queue':<28}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'jobs/s':>9}{'p95 to ours':>13}{'jobs/s to ours':>16}"
    )
    for row in rows:
        figures = [row.percentile(share) for share in (50, 95, 99)]
        ratios = f"{figures[1] / ours.percentile(95):>12.2f}x{row.rate / ours.rate:>15.2f}x"
        print(f"{row.name:<28}" + "".join(f"{figure:>9.1f}" for figure in figures) + f"{row.rate:>9.0f}" + ratios)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--short", action="store_true", help="40 jobs instead of 150")
    options.add_argument("--ours", action="store_true", help="do not install and measure other queues")
    chosen = options.parse_args()
    random.seed(1)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, private_cluster(durable=True) as server:
        folder = Path(name)
        folder.chmod(0o755)
        bench = Bench(folder, 40 if chosen.short else 150)
        for stock in (False, True):
            who = "stock django-q2" if stock else "Lastframe"
            for engine, url in (("SQLite", ""), ("PostgreSQL", server.url.replace("/postgres?", "/bench?"))):
                if url:
                    fresh_database(server.url)
                title = f"{who}, {engine}"
                attempt(rows, title, lambda title=title, url=url, stock=stock: django(bench, title, url, stock=stock))  # type: ignore[misc]
        if not chosen.ours:
            compare(bench, rows, server.url)
    table(rows)


def fresh_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench")
        connection.execute("CREATE DATABASE bench")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def compare(bench: Bench, rows: list[Row], url: str) -> None:
    try:
        python = install(bench.folder)
    except RuntimeError as error:
        print(f"  procrastinate and Celery could not be installed here: {error}")
        return
    attempt(rows, "procrastinate", lambda: procrastinate(bench, python, url))
    if shutil.which("redis-server"):
        attempt(rows, "Celery + Redis", lambda: celery(bench, python))
    else:
        print("  Celery + Redis: there is no redis-server on this machine")


if __name__ == "__main__":
    main()
