"""What `make test` leaves out beside PostgreSQL: what needs no database at all, and what is marked to run once."""

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
