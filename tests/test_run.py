"""What `make test` leaves out beside PostgreSQL must need no database at all."""

from pathlib import Path

import pytest

from tests.run import ROOT, WITHOUT_DATABASE, ignored

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


def test_what_is_asked_for_by_name_runs_on_both() -> None:
    assert ignored(["tests/providers", "-x"]) == []
    assert len(ignored(["-k", "invitation"])) == len(WITHOUT_DATABASE)
