"""What `make test` leaves out beside PostgreSQL: what needs no database at all, and what is marked to run once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import ROOT, WITHOUT_DATABASE, ignored
from tests.suite import is_for_the_other_pass

pytestmark = pytest.mark.once
MARKS = ("django_db", "live_server", "transactional_db", "alice", "team: Team", "run_jobs")


def sources(path: str) -> list[Path]:
    found = ROOT / path
    return [found] if found.is_file() else sorted(found.rglob("test_*.py"))


@pytest.mark.parametrize("path", WITHOUT_DATABASE)
def test_what_runs_once_needs_no_database(path: str) -> None:
    assert sources(path)
    for source in sources(path):
        text = source.read_text(encoding="utf-8")
        assert not [mark for mark in MARKS if mark in text], source


@pytest.mark.parametrize(("second", "left_out"), [("", False), ("1", True)])
def test_the_second_pass_leaves_out_what_runs_once(
    monkeypatch: pytest.MonkeyPatch, second: str, left_out: bool
) -> None:
    monkeypatch.setenv("SECOND_PASS", second)
    assert is_for_the_other_pass({"browser", "once"}) is left_out
    assert not is_for_the_other_pass({"browser"})


def test_what_is_asked_for_by_name_runs_on_both() -> None:
    assert ignored(["tests/providers", "-x"]) == []
    assert len(ignored(["-k", "invitation"])) == len(WITHOUT_DATABASE)


DIES = """
import os, time, pytest

@pytest.mark.parametrize("number", range(60))
def test_one(number):
    if number in {numbers} and os.environ["PYTEST_XDIST_WORKER"] in {workers}:
        os.kill(os.getpid(), 9)
    time.sleep(0.01)
"""
MOODY = """
import pytest
runs = []

@pytest.fixture
def fresh(request):
    runs.append(request.node.name)
    yield
    runs.append("ended")

def mood(request, times):
    own = runs.count(request.node.name)
    assert own > times, f"{request.node.name} is not in the mood"
    assert runs.count("ended") == len(runs) - runs.count("ended") - 1

@pytest.mark.browser
def test_once(request, fresh):
    mood(request, 1)

@pytest.mark.processes
def test_twice(request, fresh):
    mood(request, 2)

def test_calm(request, fresh):
    mood(request, 1)
"""


def suite_of(folder: Path, source: str, *, ci: str = "", workers: str = "2") -> subprocess.CompletedProcess[str]:
    (folder / "test_one.py").write_text(source)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n browser\n processes\n")
    words = ["-n", workers, "-p", "tests.suite", "-p", "tests.again", "-p", "no:randomly", "--rootdir", str(folder)]
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", *words, str(folder)]
    environment = {**around, "PYTHONPATH": str(ROOT), "CI": ci}
    return subprocess.run(
        command, check=False, env=environment, cwd=folder, capture_output=True, text=True, timeout=100
    )


def dying(numbers: set[int], workers: set[str]) -> str:
    return DIES.replace("{numbers}", repr(numbers)).replace("{workers}", repr(workers))


@pytest.mark.processes
def test_the_suite_goes_on_when_one_of_its_workers_dies(tmp_path: Path) -> None:
    # One of the three is the first worker's.
    done = suite_of(tmp_path, dying({20, 21, 22}, {"gw0"}))
    assert (done.returncode, "60 passed, 1 worker died" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.processes
def test_what_kills_a_second_worker_has_failed(tmp_path: Path) -> None:
    done = suite_of(tmp_path, dying({20}, {"gw0", "gw1", "gw2"}))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED test_one.py::test_one[20]" in done.stdout


@pytest.mark.parametrize(
    ("ci", "said"), [("1", "2 failed, 1 passed, 2 failed once"), ("", "3 failed in")], ids=["in CI", "elsewhere"]
)
def test_in_ci_what_has_moods_gets_a_second_try_and_that_is_said(tmp_path: Path, ci: str, said: str) -> None:
    done = suite_of(tmp_path, MOODY, ci=ci, workers="0")
    assert (done.returncode, said in done.stdout) == (1, True), done.stdout + done.stderr
    for name in ("test_once", "test_twice", "test_calm"):
        assert f"AssertionError: {name} is not in the mood" in done.stdout
