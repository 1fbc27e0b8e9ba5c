"""`make test`: every test on SQLite, then on PostgreSQL what an engine can change; what they need is found and started.

Arguments go to pytest; tests named there run on both. Nothing is left out silently: in CI it fails, elsewhere a box at
the end says what did not run.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.chromium import find_chromium  # noqa: E402  the project is not installed, so its folder is named first
from tests.postgres import Cluster, NoServer, find_server, private_cluster  # noqa: E402

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
MAY_INSTALL = CI or os.environ.get("INSTALL") == "1"
NOTHING_COLLECTED = 5
# One pass; a build that hangs tells nobody why it failed.
LIMIT_SECONDS = 40 * 60
# What knows no database (pyproject.toml's contracts see to it) says the same beside either; once is enough.
WITHOUT_DATABASE = (
    "tests/providers",
    "tests/rendering",
    "tests/boards/formats",
    "tests/contracts/test_reapi.py",
    "tests/contracts/test_apimart.py",
    "tests/contracts/test_evolink.py",
    "tests/contracts/test_ark.py",
    "tests/test_addresses.py",
    "tests/test_lookup.py",
    "tests/test_pinned.py",
    "tests/test_pinned_client.py",
    "tests/test_layers.py",
    "tests/test_bootstrap.py",
    "tests/test_s3.py",
    "tests/test_templates.py",
    "tests/test_lock.py",
    "tests/test_compose.py",
    "tests/test_vendored.py",
    "tests/test_network.py",
    "tests/test_server.py",
    "tests/frame/test_contrast.py",
    "tests/media/test_storage.py",
    "tests/media/test_multipart.py",
    "tests/media/test_ranged.py",
    "tests/media/test_keys.py",
    "tests/media/test_fetch.py",
    "tests/media/test_fetch_hostile.py",
    "tests/media/test_fetch_limits.py",
    "tests/media/test_hostile.py",
    "tests/media/test_jail.py",
    "tests/media/test_checks.py",
)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, stop)
    # A build machine may start us with Ctrl-C ignored, which every process of the tests would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    left_out: list[str] = []
    chosen = arguments
    if not have_chromium():
        chosen = ["-m", "not browser", *arguments]
        left_out.append("The browser tests: there is no Chromium here. Install one (Debian: apt install chromium).")
    with ExitStack() as stack:
        database = postgres(stack, left_out)
        if CI and left_out:
            return report(left_out, [1])
        results = [suite("SQLite", "", chosen)]
        if database:
            results.append(suite("PostgreSQL", database, [*ignored(arguments), *chosen], second=not named(arguments)))
    return report(left_out, results)


def named(arguments: list[str]) -> bool:
    """Whether somebody asked for tests by name: those run on both."""
    return any(argument.startswith("tests") for argument in arguments)


def ignored(arguments: list[str]) -> list[str]:
    return [] if named(arguments) else [f"--ignore={path}" for path in WITHOUT_DATABASE]


def stop(number: int, frame: FrameType | None) -> None:
    # As an exception, so that the database is stopped and its folder removed.
    raise SystemExit(128 + number)


def suite(engine: str, database: str, arguments: list[str], *, second: bool = False) -> int:
    """One pass over all tests, with a folder of its own for everything they write; a second leaves out `once`."""
    print(f"\nThe tests on {engine}:", flush=True)
    with tempfile.TemporaryDirectory(prefix="lastframe-tests-") as folder:
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DATABASE_URL": database,
            "PYTHONUNBUFFERED": "1",
            "SANDBOX": "on",
            "SECOND_PASS": "1" if second else "",
        }
        # tests/suite.py shares the tests out among the workers. One more than there are cores: that which waits for
        # processes is idle half of the time.
        workers = str(min(max(os.cpu_count() or 2, 2), 8) + 1)
        command = [sys.executable, "-m", "pytest", "-n", workers, *arguments]
        return wait(subprocess.Popen(command, cwd=ROOT, env=environment))


def wait(tests: subprocess.Popen[bytes]) -> int:
    """Pytest's answer; when we are ended it gets the time to stop what it started."""
    try:
        return tests.wait(LIMIT_SECONDS)
    except KeyboardInterrupt:
        # Ctrl-C has reached it already, and a second one would cut its cleaning short.
        end(tests)
        raise
    except SystemExit:
        tests.send_signal(signal.SIGINT)
        end(tests)
        raise
    except subprocess.TimeoutExpired:
        print(f"\nThe tests did not end in {LIMIT_SECONDS // 60} minutes; stopping them.", flush=True)
        tests.send_signal(signal.SIGINT)
        end(tests)
        return 1


def end(tests: subprocess.Popen[bytes]) -> None:
    try:
        tests.wait(30)
    except subprocess.TimeoutExpired:
        tests.kill()
        tests.wait()


def report(left_out: list[str], results: list[int]) -> int:
    if left_out:
        width = max(len(line) for line in left_out) + 4
        lines = ["NOT EVERYTHING RAN", *left_out]
        print("\n" + "\n".join(["#" * width, *(f"# {line:<{width - 4}} #" for line in lines), "#" * width]), flush=True)
    failed = [result for result in results if result not in {0, NOTHING_COLLECTED}]
    # A name that matches no test on either engine is a mistake too.
    return max(failed, default=0 if 0 in results else max(results))


def have_chromium() -> bool:
    """Find a Chromium or fetch one: Debian's package when we are root, else Playwright's download."""
    if find_chromium():
        return True
    print("There is no Chromium here; fetching one for the browser tests ...", flush=True)
    if not (debian_root() and install("chromium")):
        run(sys.executable, "-m", "playwright", "install", "chromium")
    return find_chromium() is not None


def postgres(stack: ExitStack, left_out: list[str]) -> str:
    """The address of a server: the one named in DATABASE_URL, else a private one for as long as the tests run."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        return named
    if find_server() is None and MAY_INSTALL and debian_root():
        install("postgresql")
    try:
        cluster: Cluster = stack.enter_context(private_cluster())
    except NoServer as error:
        left_out.append(f"The pass on PostgreSQL: {error}")
        return ""
    return cluster.url


def debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> bool:
    run("apt-get", "update", "-qq")
    return run("apt-get", "install", "-qq", "-y", "--no-install-recommends", package) == 0


def run(*command: str) -> int:
    return subprocess.call(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
