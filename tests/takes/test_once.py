"""`board render --once KEY`: the same key is the same render, and says so; nothing else hides behind it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.takes.models import Run, State, Take
from storyboard.takes.shell import once
from tests.takes.terminal import Shell

pytestmark = pytest.mark.django_db
KEY = ("--once", "nightly-2026-11-21")


@pytest.fixture
def run(board_: Shell, film: Board) -> Run:
    assert board_("render", film.public_id, "--shots", "1-2", "--yes", *KEY)[0] == 0
    return Run.objects.get()


@pytest.mark.parametrize("words", [("--shots", "1-2"), ("--shots", "1-2", "--dry-run"), ("--shots", "2,1", "--json")])
def test_the_same_again_is_named_as_what_it_is(board_: Shell, film: Board, run: Run, words: tuple[str, ...]) -> None:
    code, said, _ = board_("render", film.public_id, *words, *KEY)
    if "--json" in words:
        wanted = {"plan": None, "run": run.public_id, "takes": 2, "is_new": False}
        assert (code, json.loads(said)) == (0, wanted)
        return
    at = f"{timezone.localtime(run.created_at):%H:%M}"
    text = f"This is the render from {at}: {run}, 2 takes. Watch it with: board watch {film.public_id}\n"
    assert (code, said, Run.objects.count()) == (0, text, 1)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--shots", "1-3"), "other shots"),
        (("--shots", "1"), "other shots"),
        (("--from", "1"), "other shots"),
        ((), "other shots"),
        (("--shots", "1-2", "--takes", "2"), "1 take of each shot"),
        (("--shots", "1-2", "--ceiling", "99"), "a ceiling of $"),
    ],
)
def test_another_wish_with_the_same_key_is_refused(
    board_: Shell, film: Board, run: Run, words: tuple[str, ...], what: str
) -> None:
    code, said, complained = board_("render", film.public_id, "--yes", *words, *KEY)
    assert (code, said, Take.objects.count()) == (1, "", 2)
    assert complained.startswith(f"The key {KEY[1]} is that of the render from ")
    assert f", which has {what}" in complained


def test_what_is_missing_may_be_less_once_it_is_under_way(board_: Shell, film: Board) -> None:
    words = ("render", film.public_id, "--yes", *KEY)
    assert board_(*words)[0] == 0
    assert board_(*words)[1].startswith("This is the render from ")
    Run.objects.update(finished_at=timezone.now(), created_at=timezone.now() - timedelta(days=2))
    Take.objects.update(state=State.CANCELLED)
    assert ", over since. Look at it with: board status" in board_(*words)[1]
    assert Run.objects.count() == 1


def test_a_key_that_is_none_is_a_wrong_call(board_: Shell, film: Board) -> None:
    assert board_("render", film.public_id, "--yes", "--once", "a b")[0] == 2


def test_a_key_that_somebody_uses_in_the_same_moment_is_no_success(
    board_: Shell, film: Board, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "before", lambda *_: None)
    code, _, complained = board_("render", film.public_id, "--shots", "3", "--yes", *KEY)
    assert (code, "which has another plan" in complained) == (1, True)
