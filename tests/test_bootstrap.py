"""What a stranger meets first: the environment is made once, again when needed, and trouble is one plain sentence."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOOTSTRAP = ROOT / "storyboard" / "bootstrap.py"
OLD_PYTHON = "import sys; sys.version_info = (3, 9, 2, 'final', 0); import runpy; sys.argv = sys.argv[1:]; {run}"
RUN = "runpy.run_path(sys.argv[0], run_name='__main__')"
UNPRIVILEGED = (
    "import os, sys, runpy, pkgutil, fcntl, hashlib, shutil, subprocess; sys.argv = sys.argv[1:]; "
    "os.geteuid() or os.setuid(65534); {run}"
)

pytestmark = pytest.mark.processes


def lay_out(folder: Path) -> Path:
    """A project with nothing to install, so that no test waits for a network."""
    (folder / "storyboard").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, folder / "storyboard")
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("# nothing\n")
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "clone")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = lay_out(tmp_path_factory.mktemp("original") / "clone")
    assert "Preparing the environment" in start(folder)
    return folder


@pytest.fixture
def started(original: Path, tmp_path: Path) -> Path:
    """A clone in which make ran once."""
    return shutil.copytree(original, tmp_path / "started", symlinks=True)


def start(clone: Path, requirements: str = "requirements.txt", *before: str) -> str:
    done = run([sys.executable, *before, str(clone / "storyboard" / "bootstrap.py"), requirements])
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr if done.returncode == 0 else f"failed: {done.stderr}"


def run(command: list[str], path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PATH": path or os.environ["PATH"]}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_second_start_is_quick_and_silent(started: Path) -> None:
    def seconds() -> float:
        began = time.monotonic()
        assert start(started) == ""
        return time.monotonic() - began

    # What it must not do again, look at and install packages, takes many seconds; the machine may be busy.
    assert min(seconds() for _ in range(4)) < 2


def test_tests_after_a_run_keep_the_environment_and_a_run_after_tests_installs_nothing(started: Path) -> None:
    kept = started / ".venv" / "kept"
    kept.touch()
    assert start(started, "requirements-dev.txt") == ""
    assert start(started, "requirements.txt") == ""
    assert kept.exists()


def test_new_requirements_are_installed_into_the_same_environment(started: Path) -> None:
    (started / "requirements.txt").write_text("nothing-of-that-name==1 --hash=sha256:" + "0" * 64 + "\n")
    assert "Installing the packages failed" in start(started)


def test_an_interrupted_installation_is_begun_again(started: Path) -> None:
    (started / ".venv" / "unfinished").touch()
    (started / ".venv" / "half").touch()
    assert "Preparing the environment" in start(started)
    assert not (started / ".venv" / "half").exists()


def test_half_an_environment_is_made_again(clone: Path) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    assert "Preparing the environment" in start(clone)
    assert start(clone) == ""


def test_a_broken_pip_is_one_sentence_and_the_next_start_repairs_it(started: Path) -> None:
    (started / "requirements.txt").write_text("# changed\n")
    shutil.rmtree(next(started.glob(".venv/lib/python*/site-packages/pip")))
    assert "Installing the packages failed" in start(started)
    assert "Preparing the environment" in start(started)
    assert start(started) == ""


def test_an_old_python_is_told_which_one_is_needed(clone: Path) -> None:
    said = start(clone, "requirements.txt", "-c", OLD_PYTHON.format(run=RUN))
    assert said == (
        "failed: Lastframe needs Python 3.11 or newer; this is Python 3.9. Try: make run PYTHON=python3.12\n"
    )


def test_the_script_is_written_so_that_a_very_old_python_can_read_it() -> None:
    source = BOOTSTRAP.read_text()
    assert source.isascii()
    # Each of these is a syntax error in Python 2.7 or 3.5, which would then print a traceback instead of the sentence.
    new = [
        r"\bf\"",
        r"\bprint\(",
        r":=",
        r"->",
        r"\bnonlocal\b",
        r"\bmatch \w+:",
        r"^\s*\w+: \w+ =",
        r", \*,",
        r"\basync\b",
    ]
    assert [pattern for pattern in new if re.search(pattern, source, re.MULTILINE)] == []


def test_an_unwritable_folder_is_one_sentence() -> None:
    # Not tmp_path: its parents are closed to the user that root becomes here, as root may write everywhere.
    with tempfile.TemporaryDirectory() as folder:
        clone = lay_out(Path(folder) / "clone")
        Path(folder).chmod(0o755)
        clone.chmod(0o555)
        said = start(clone, "requirements.txt", "-c", UNPRIVILEGED.format(run=RUN))
        clone.chmod(0o755)
    assert said == f"failed: Cannot write to {clone}. Copy the project to a folder you own, then run make again.\n"


def test_a_python_without_venv_names_the_package_to_install(clone: Path) -> None:
    (clone / "storyboard" / "venv.py").write_text("raise SystemExit('ensurepip is not available')\n")
    broken = clone / "python"
    broken.write_text(f'#!/bin/sh\ncd {clone}/storyboard && exec {sys.executable} "$@"\n')
    broken.chmod(0o755)
    code = f"import sys; sys.executable = '{broken}'; import runpy; sys.argv = sys.argv[1:]; {RUN}"
    assert "apt install python3-venv" in start(clone, "requirements.txt", "-c", code)
    assert not (clone / ".venv").exists()


def test_a_machine_without_python_is_told_so(clone: Path) -> None:
    (clone / "bin").mkdir()
    for name in ("make", "sh"):
        (clone / "bin" / name).symlink_to(str(shutil.which(name)))
    done = run(["make", "-C", str(clone), "run"], path=str(clone / "bin"))
    assert done.stderr.splitlines()[0] == "Lastframe needs Python 3.11 or newer, and there is no python3 here."
    assert done.returncode == 2


def test_two_makes_at_once_do_the_work_once(clone: Path) -> None:
    command = [sys.executable, str(clone / "storyboard" / "bootstrap.py"), "requirements.txt"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said[0].startswith("Another make is preparing .venv")
    assert said[1].startswith("Preparing the environment")


def test_an_environment_that_was_linked_here_is_left_alone(clone: Path) -> None:
    (clone / "elsewhere").mkdir()
    (clone / ".venv").symlink_to(clone / "elsewhere")
    assert start(clone) == ""
    assert list((clone / "elsewhere").iterdir()) == []
