"""What `make test` leaves out beside PostgreSQL: what needs no database at all, and what is marked to run once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import ROOT, WITHOUT_DATABASE, ignored
from tests.suite import is_for_the_other_pass

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
    if number in {20, 21, 22} and os.environ["PYTEST_XDIST_WORKER"] == "gw0":
        os.kill(os.getpid(), 9)
    time.sleep(0.01)
"""


@pytest.mark.once
@pytest.mark.processes
def test_the_suite_goes_on_when_one_of_its_workers_dies(tmp_path: Path) -> None:
    (tmp_path / "test_dies.py").write_text(DIES)
    words = ["-n", "2", "-p", "tests.suite", "-p", "no:randomly", "-c", os.devnull, "--rootdir", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", *words, str(tmp_path)]
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    done = subprocess.run(
        command, check=False, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert "60 passed" in done.stdout, done.stdout + done.stderr
    # Who draws the test of that number may be the other worker.
    assert done.stdout.count("crashed while running") <= 2
