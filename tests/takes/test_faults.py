"""Fault points: nothing in production, one sudden death in a process of the kill tests."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from storyboard.takes.faults import point

DIE = """
import django; django.setup()
from storyboard.takes.faults import point
point("after the claim"); print("alive")
"""


def passes(folder: Path, settings_module: str) -> subprocess.CompletedProcess[str]:
    """Go past the point in a process of its own."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings_module}
    environment |= {"FAULT_POINTS": str(folder), "CHAOS_POINTS": str(folder), "DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-c", DIE]
    return subprocess.run(command, env=environment, cwd=settings.ROOT, capture_output=True, text=True, check=False)


def test_a_point_kills_once_and_only_where_the_kill_tests_say_so(tmp_path: Path) -> None:
    armed = tmp_path / "after the claim"
    armed.touch()
    assert passes(tmp_path, "tests.chaos.settings").returncode == -9
    assert not armed.exists()
    assert passes(tmp_path, "tests.chaos.settings").stdout == "alive\n"


def test_no_environment_variable_arms_a_point(tmp_path: Path) -> None:
    (tmp_path / "after the claim").touch()
    assert passes(tmp_path, "storyboard.settings").stdout == "alive\n"
    assert (tmp_path / "after the claim").exists()


def test_a_point_is_nothing_by_default() -> None:
    assert settings.FAULT_POINTS == ""
    point("after the claim")
