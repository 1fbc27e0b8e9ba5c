"""What tests of boards share: a film of three shots, and Bob as an editor of Alice's team."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from storyboard.boards.models import Board
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import film


@pytest.fixture(autouse=True)
def files_are_known(known_files: None) -> None:
    """What the jail says of a file is the same for each test."""


@pytest.fixture
def board(team: Team, alice: User) -> Board:
    return film(team, alice)


@pytest.fixture
def editor(bob: User, join: Callable[[User, Role], Membership]) -> User:
    """Bob, who edits."""
    join(bob, Role.EDITOR)
    return bob


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the local store of this process keeps its files, empty at first."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")
    monkeypatch.setitem(settings.S3, "bucket", "")
    return tmp_path / "media"
