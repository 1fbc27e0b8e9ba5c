"""Two people, or two presses, at the same moment: real threads and real transactions on both engines."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from storyboard.boards import actions
from storyboard.boards.actions import Clash, Saved
from storyboard.boards.changes import NewShot, Spot
from storyboard.boards.models import Board, Edit
from storyboard.teams.models import Team, User
from tests.boards.films import film, ids, prompts_of, shot, shots_of

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each returns, begun together."""
    found: list[object] = [None] * len(calls)
    start = Barrier(len(calls))

    def run(at: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            found[at] = call()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[at, call]) for at, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("attempt", range(3))
def test_two_fields_saved_at_once_both_survive(board: Board, alice: User, editor: User, attempt: int) -> None:
    found = shot(board, "a")
    saved = at_once(
        lambda: actions.save_field(found, name="prompt", value="words", base_version=0, by=alice),
        lambda: actions.save_field(found, name="notes", value="notes", base_version=0, by=editor),
        lambda: actions.save_field(found, name="seconds", value=9, base_version=0, by=editor),
    )
    assert all(isinstance(one, Saved) for one in saved)
    now = shots_of(board)[0]
    assert (now.prompt, now.notes, now.settings) == ("words", "notes", {"seconds": 9})


@pytest.mark.parametrize("attempt", range(3))
def test_one_field_saved_at_once_shows_one_of_them_both_texts(
    board: Board, alice: User, editor: User, attempt: int
) -> None:
    found = shot(board, "a")
    saved = at_once(
        lambda: actions.save_field(found, name="prompt", value="Alice’s", base_version=0, by=alice),
        lambda: actions.save_field(found, name="prompt", value="Bob’s", base_version=0, by=editor),
    )
    (clash,) = [one for one in saved if isinstance(one, Clash)]
    assert {clash.yours, clash.theirs} == {"Alice’s", "Bob’s"}
    assert shots_of(board)[0].prompt == clash.theirs


def test_moves_additions_and_deletions_at_once_leave_no_gap(team: Team, alice: User, editor: User) -> None:
    board = film(team, alice, "abcdef")
    first, last, third = ids(board, "afc")
    at_once(
        lambda: actions.move_shots(board, ids=[first], by=alice),
        lambda: actions.add_shots(board, shots=[NewShot(prompt="x")], at=Spot(before=third), by=editor),
        lambda: actions.delete_shots(board, ids=[last], by=editor),
        lambda: actions.duplicate_shots(board, ids=[third], by=alice),
    )
    assert [row.position for row in shots_of(board)] == list(range(1, 8))
    assert sorted(prompts_of(board)) == sorted("abccdex")


def test_two_presses_of_undo_take_back_two_steps(board: Board, alice: User) -> None:
    for letter in "ab":
        actions.delete_shots(board, ids=ids(board, letter), by=alice)
    at_once(lambda: actions.undo(board, by=alice), lambda: actions.undo(board, by=alice))
    assert prompts_of(board) == "abc"
    assert Edit.objects.filter(board=board).exclude(undone_at=None).count() == 2


def test_two_presses_of_create_make_one_board(team: Team, alice: User) -> None:
    at_once(*[lambda: actions.create_board(team, name="Film", by=alice)] * 2)
    assert Board.objects.filter(team=team).count() == 1


def test_being_seen_twice_at_once_is_being_here_once(board: Board, alice: User) -> None:
    at_once(*[lambda: actions.seen(board, by=alice)] * 3)
    assert board.presences.count() == 1
