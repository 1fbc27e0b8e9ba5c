"""The jail's answers about files that it has read before, for tests that bring the same few; loaded as a plugin."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storyboard.media import jail
from storyboard.media.examine import digest
from storyboard.media.jail import Report


class Known:
    """Put in the place of jail.run, which it asks once for each question about the same bytes."""

    def __init__(self, folder: Path, run: Callable[..., Report]) -> None:
        self.folder = folder
        self.run = run
        self.told: dict[tuple[str, str, str], Report] = {}

    def __call__(self, task: str, path: Path, folder: Path, *, options: dict[str, Any] | None = None) -> Report:
        key = (task, digest(path), json.dumps(options, sort_keys=True))
        if key not in self.told:
            own = Path(tempfile.mkdtemp(dir=self.folder))
            self.told[key] = self.run(task, path, own, options=options)
        report = self.told[key]
        return replace(report, files=tuple(Path(shutil.copy(file, folder)) for file in report.files))


@pytest.fixture(scope="session")
def jailed_once(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return Known(tmp_path_factory.mktemp("known"), jail.run)


@pytest.fixture
def known_files(jailed_once: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were read before are not read again; for tests of what is done with them."""
    monkeypatch.setattr(jail, "run", jailed_once)
