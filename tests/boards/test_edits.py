"""Every change of a board is one step that can be undone, and nobody's words are lost in somebody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storyboard.boards import actions, edits, queries
from storyboard.boards.actions import Clash, Saved
from storyboard.boards.changes import NewShot, Spot
from storyboard.boards.models import Board, Edit, Shot
from storyboard.errors import Conflict, DomainError, Forbidden, Missing
from storyboard.live.models import Event
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import film, ids, joints_of, picture, prompts_of, shot


def save(found: Shot, value: object, by: User, *, name: str = "prompt", base: int | None = 0) -> Saved | Clash:
    return actions.save_field(found, name=name, value=value, base_version=base, by=by)


def test_a_save_raises_the_version_of_its_field_alone(board: Board, alice: User) -> None:
    saved = save(shot(board, "a"), "new words", alice)
    assert isinstance(saved, Saved)
    assert saved.version == 1
    found = shot(board, "new words")
    assert found.versions == {"prompt": 1}
    assert found.changed_by == alice


def test_the_same_field_saved_twice_shows_both_texts_and_writes_neither_over_the_other(
    board: Board, alice: User, editor: User
) -> None:
    found = shot(board, "a")
    save(found, "Alice’s words", alice)
    clash = save(found, "Bob’s words", editor)
    assert isinstance(clash, Clash)
    assert (clash.yours, clash.theirs, clash.by) == ("Bob’s words", "Alice’s words", alice)
    assert shot(board, "Alice’s words")
    mine = save(found, "Bob’s words", editor, base=clash.version)
    assert isinstance(mine, Saved)


def test_the_same_words_again_are_no_quarrel(board: Board, alice: User) -> None:
    found = shot(board, "a")
    save(found, "words", alice)
    again = save(found, "words", alice)
    assert isinstance(again, Saved)
    assert again.version == 1


def test_two_fields_of_a_shot_do_not_quarrel(board: Board, alice: User, editor: User) -> None:
    found = shot(board, "a")
    assert isinstance(save(found, "words", alice), Saved)
    assert isinstance(save(found, "notes", editor, name="notes"), Saved)
    now = shot(board, "words")
    assert (now.prompt, now.notes) == ("words", "notes")


def test_typing_is_one_step_and_pausing_begins_another(board: Board, alice: User) -> None:
    found, before = shot(board, "a"), Edit.objects.count()
    for at, text in enumerate(["a l", "a li", "a lig"]):
        save(found, text, alice, base=at)
    assert Edit.objects.count() == before + 1
    Edit.objects.update(done_at=found.created_at - timedelta(minutes=1))
    save(found, "a light", alice, base=3)
    assert Edit.objects.count() == before + 2
    actions.undo(board, by=alice)
    assert prompts_of(board) == "a ligbc"
    actions.undo(board, by=alice)
    assert prompts_of(board) == "abc"


def test_a_setting_goes_back_to_the_board(board: Board, alice: User) -> None:
    found = shot(board, "a")
    save(found, 9, alice, name="seconds")
    assert shot(board, "a").settings == {"seconds": 9}
    actions.reset_to_board(found, name="seconds", by=alice)
    assert shot(board, "a").settings == {}
    # Forth and back while typing is no step at all.
    actions.undo(board, by=alice)
    assert prompts_of(board) == ""


def test_undo_and_redo_walk_back_and_forth(board: Board, alice: User) -> None:
    actions.move_shots(board, ids=ids(board, "a"), by=alice)
    actions.delete_shots(board, ids=ids(board, "b"), by=alice)
    assert prompts_of(board) == "ca"
    actions.undo(board, by=alice)
    actions.undo(board, by=alice)
    assert prompts_of(board) == "abc"
    actions.redo(board, by=alice)
    actions.redo(board, by=alice)
    assert prompts_of(board) == "ca"
    with pytest.raises(DomainError, match="do again"):
        actions.redo(board, by=alice)


def test_something_new_ends_what_could_be_done_again(board: Board, alice: User) -> None:
    actions.delete_shots(board, ids=ids(board, "b"), by=alice)
    actions.undo(board, by=alice)
    assert queries.edit_state(board, alice).redo == "Delete a shot"
    save(shot(board, "a"), "x", alice)
    state = queries.edit_state(board, alice)
    assert (state.undo, state.redo) == ("Change the prompt of shot 1", "")


def test_undo_leaves_what_somebody_else_changed_and_says_so(board: Board, alice: User, editor: User) -> None:
    found = shot(board, "a")
    save(found, "Alice’s", alice)
    save(found, "Bob’s", editor, base=1)
    undone = actions.undo(board, by=alice)
    assert undone.left == ["Bob Fosse changed the prompt of shot 1 since, so it stays."]
    assert shot(board, "Bob’s")


def test_undo_goes_past_what_somebody_else_did_elsewhere(board: Board, alice: User, editor: User) -> None:
    actions.move_shots(board, ids=ids(board, "c"), to=before(board, "a"), by=alice)
    actions.delete_shots(board, ids=ids(board, "b"), by=editor)
    assert actions.undo(board, by=alice).left == []
    assert prompts_of(board) == "ac"
    assert actions.undo(board, by=editor).left == []
    assert prompts_of(board) == "abc"


def before(board: Board, letter: str) -> Spot:
    return Spot(before=ids(board, letter)[0])


def test_a_shot_that_somebody_else_moved_since_stays_there(board: Board, alice: User, editor: User) -> None:
    actions.move_shots(board, ids=ids(board, "a"), by=alice)
    actions.move_shots(board, ids=ids(board, "a"), to=before(board, "c"), by=editor)
    assert prompts_of(board) == "bac"
    assert "moved by somebody else" in actions.undo(board, by=alice).left[0]
    assert prompts_of(board) == "bac"


def test_a_shot_that_somebody_else_wrote_in_is_not_taken_away(team: Team, alice: User, editor: User) -> None:
    board = film(team, alice, "a")
    save(shot(board, "a"), "Bob’s words", editor)
    assert actions.undo(board, by=alice).left == ["Shot 1 stays, because it was worked on since."]
    assert prompts_of(board) == "Bob’s words"


def test_undoing_a_deletion_brings_back_words_joints_and_references(board: Board, alice: User) -> None:
    found = shot(board, "b")
    actions.set_references(found, references=[picture(board.team).public_id], by=alice)
    actions.set_joint(found, joint="continue", by=alice)
    actions.set_joint(shot(board, "c"), joint="continue", by=alice)
    assert joints_of(board) == ["b<a", "c<b"]
    done = actions.delete_shots(board, ids=ids(board, "b"), by=alice)
    assert joints_of(board) == ["c<?"]
    assert [one.sentence for one in done.consequences] == [
        "Shot 2 (so far 3) continues a shot that is gone: choose another, or make it a cut."
    ]
    actions.undo(board, by=alice)
    assert joints_of(board) == ["b<a", "c<b"]
    assert shot(board, "b").references.count() == 1


def test_a_reference_that_was_removed_for_good_is_said_not_restored(board: Board, alice: User) -> None:
    reference, found = picture(board.team), shot(board, "a")
    actions.set_references(found, references=[reference.public_id], by=alice)
    Edit.objects.update(done_at=found.created_at - timedelta(minutes=1))
    actions.set_references(found, references=[], by=alice)
    reference.delete()
    assert actions.undo(board, by=alice).left == ["A reference of shot 1 is not in the library any more."]


def test_two_hundred_steps_are_kept_for_each_person(board: Board, alice: User, editor: User) -> None:
    save(shot(board, "b"), "Bob’s", editor)
    for at in range(edits.KEPT + edits.PRUNE_EVERY + 5):
        save(shot(board, "a"), at % 2 == 0, alice, name="exact", base=None)
        Edit.objects.filter(by=alice).update(label="old", done_at=board.created_at - timedelta(hours=1))
    kept = Edit.objects.filter(by=alice).count()
    assert edits.KEPT <= kept <= edits.KEPT + edits.PRUNE_EVERY
    assert Edit.objects.filter(by=editor).count() == 1


def test_hints_name_the_cards_that_changed(board: Board, alice: User) -> None:
    Event.objects.all().delete()
    found = shot(board, "a")
    save(found, "words", alice)
    assert topics(board) == {"edits", found.topic}
    Event.objects.all().delete()
    actions.move_shots(board, ids=ids(board, "b"), by=alice)
    assert topics(board) == {"edits", "order"}
    Event.objects.all().delete()
    actions.save_field(board, name="look", value="grain", base_version=0, by=alice)
    assert topics(board) == {"board", "edits"}


def topics(board: Board) -> set[str]:
    return set(Event.objects.filter(channel=board.channel).values_list("topic", flat=True))


def test_nothing_changed_writes_nothing(board: Board, alice: User) -> None:
    before, _ = Edit.objects.count(), Event.objects.all().delete()
    save(shot(board, "a"), "a", alice)
    actions.move_shots(board, ids=ids(board, "c"), by=alice)
    assert (Edit.objects.count(), Event.objects.count()) == (before, 0)


def test_who_may_not_edit_writes_nothing(board: Board, bob: User, charlie: User) -> None:
    Membership.objects.create(team=board.team, user=bob, role=Role.REVIEWER)
    with pytest.raises(Forbidden):
        save(shot(board, "a"), "x", bob)
    with pytest.raises(Missing):
        save(shot(board, "a"), "x", charlie)
    with pytest.raises(Missing):
        actions.undo(board, by=charlie)
    assert prompts_of(board) == "abc"


def test_a_board_in_the_archive_is_read_only(board: Board, alice: User) -> None:
    actions.archive(board, by=alice)
    with pytest.raises(Conflict, match="archive"):
        save(shot(board, "a"), "x", alice)
    actions.reopen(board, by=alice)
    assert isinstance(save(shot(board, "a"), "x", alice), Saved)


def test_a_deleted_shot_and_a_deleted_board_are_said_to_be_gone(board: Board, alice: User) -> None:
    found = shot(board, "a")
    actions.delete_shots(board, ids=[found.public_id], by=alice)
    with pytest.raises(Missing, match="shot was deleted"):
        save(found, "x", alice)
    actions.delete_board(board, by=alice)
    with pytest.raises(Missing, match="board was deleted"):
        save(found, "x", alice)


def test_a_save_asks_no_more_on_a_long_board(board: Board, alice: User) -> None:
    save(shot(board, "a"), "short", alice, base=None)
    with CaptureQueriesContext(connection) as few:
        save(shot(board, "b"), "short", alice, base=None)
    actions.add_shots(board, shots=[NewShot(prompt="x")] * 50, by=alice)
    with CaptureQueriesContext(connection) as many:
        save(shot(board, "c"), "long", alice, base=None)
    # Now and then old hints and old steps are cleared along the way, whatever the board's length.
    assert len(many) <= len(few) + 2
    assert len(few) <= 18
