"""The short forms of `make chaos`, `make kill-matrix` and `make chaos-jobs`: real processes, killed, on PostgreSQL.

What they print is read here, part by part. Each starts its own database, so they run beside PostgreSQL only, and once.
"""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.chaos.house import ROOT
from tests.chaos.matrix import POINTS

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.timeout(420)]
Parts = dict[str, dict[str, Any]]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def parts() -> Parts:
    done = run("tests.chaos.short", "--short")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found, done.stderr[-3000:]
    return {row["part"]: row for row in found}


def test_a_film_is_paid_for_once_whatever_is_killed() -> None:
    done = run("tests.chaos.soak", "--short")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    head, row = (re.split(r"\s{2,}", line.strip()) for line in done.stdout.splitlines()[:2])
    counts = dict(zip(head, row, strict=True))
    assert counts["shots"] == counts["done"] == "36"
    assert int(counts["kills"]) > 3


def test_without_the_claim_the_harness_reports_what_was_paid_twice() -> None:
    done = run("tests.chaos.soak", "--short", "--sabotage", "claim")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "The harness sees it." in done.stdout


def test_a_process_that_dies_at_a_named_point_costs_nothing(parts: Parts) -> None:
    assert parts["matrix"]["missed"] == []
    assert parts["matrix"]["deaths"] == len(POINTS)


def test_jobs_that_come_two_to_five_times_send_each_shot_once(parts: Parts) -> None:
    assert parts["redelivery"]["posts"] == parts["redelivery"]["shots"] == 60


def test_half_an_hour_without_workers_is_made_up_for_within_the_vendors_limits(parts: Parts) -> None:
    row = parts["standstill"]
    assert row["posts"] == row["shots"]
    assert row["at_once"] <= row["places"]


def test_a_storm_of_knocks_moves_nothing_but_what_the_vendor_says(parts: Parts) -> None:
    row = parts["storm"]
    assert row["knocks"] >= 300
    assert (row["kept_twice"], row["wrong"]) == (0, 0)
    assert row["paid"] == row["shots"]
    assert row["turned_away"] > 0


def test_after_all_of_it_nothing_is_stuck_lost_or_paid_for_twice(parts: Parts) -> None:
    row = parts["verdict"]
    assert (row["paid_extra"], row["stuck"], row["orphans"], row["broken"]) == (0, 0, 0, []), row["left"]
    assert row["done"] == row["shots"]
