"""Add, move, split, merge and delete shots: what happens to order and joints, and what people are told."""

import pytest

from storyboard.boards import actions, queries
from storyboard.boards.changes import Delete, Merge, Move, NewShot, SplitByLines, Spot
from storyboard.boards.consequences import Consequence
from storyboard.boards.models import Board, Joint
from storyboard.errors import Conflict, DomainError, Missing
from storyboard.teams.models import Team, User
from tests.boards.films import account, film, ids, joints_of, picture, prompts_of, shot, shots_of

GONE = "continues a shot that is gone: choose another, or make it a cut."


@pytest.fixture
def chain(team: Team, alice: User) -> Board:
    """Four shots, each continuing the one before."""
    return film(team, alice, "abcd", joint=Joint.CONTINUE)


def before(board: Board, letter: str) -> Spot:
    return Spot(before=ids(board, letter)[0])


def after(board: Board, letter: str) -> Spot:
    return Spot(after=ids(board, letter)[0])


def told(consequences: list[Consequence]) -> list[str]:
    return [one.sentence for one in consequences]


def test_shots_are_added_before_behind_and_at_the_end(board: Board, alice: User) -> None:
    for letter, spot in (("x", before(board, "a")), ("y", after(board, "b")), ("z", Spot())):
        actions.add_shots(board, shots=[NewShot(prompt=letter)], at=spot, by=alice)
    assert prompts_of(board) == "xabycz"


def test_a_shot_between_two_that_are_joined_links_nothing_anew(chain: Board, alice: User) -> None:
    done = actions.add_shots(chain, shots=[NewShot(prompt="x")], at=after(chain, "a"), by=alice)
    assert joints_of(chain) == ["b<a", "c<b", "d<c"]
    assert told(done.consequences) == [
        "Shot 3 (so far 2) still continues shot 1, which is not directly before it any more."
    ]


def test_what_a_move_would_do_is_said_before_and_again_when_it_is_done(chain: Board, alice: User) -> None:
    change = Move(ids(chain, "b"))
    foretold = told(queries.consequences_of(chain, change, alice))
    assert prompts_of(chain) == "abcd"
    done = actions.move_shots(chain, ids=ids(chain, "b"), by=alice)
    assert told(done.consequences) == foretold
    assert foretold == [
        "Shot 2 (so far 3) still continues shot 4 (so far 2), which now comes after it.",
        "Shot 4 (so far 2) still continues shot 1, which is not directly before it any more.",
    ]


def test_who_followed_a_deleted_shot_follows_nobody(chain: Board, alice: User) -> None:
    change = Delete(ids(chain, "bc"))
    foretold = told(queries.consequences_of(chain, change, alice))
    done = actions.delete_shots(chain, ids=ids(chain, "bc"), by=alice)
    assert foretold == told(done.consequences) == [f"Shot 2 (so far 4) {GONE}"]
    assert joints_of(chain) == ["d<?"]


def test_several_shots_keep_their_order_when_they_move(team: Team, alice: User) -> None:
    board = film(team, alice, "abcdef")
    actions.move_shots(board, ids=ids(board, "eb"), to=before(board, "a"), by=alice)
    assert prompts_of(board) == "beacdf"
    with pytest.raises(Conflict, match="beside itself"):
        actions.move_shots(board, ids=ids(board, "be"), to=after(board, "e"), by=alice)


def test_copies_follow_copies(chain: Board, alice: User) -> None:
    reference = picture(chain.team)
    actions.set_references(shot(chain, "b"), references=[reference.public_id], by=alice)
    actions.duplicate_shots(chain, ids=ids(chain, "bc"), by=alice)
    assert prompts_of(chain) == "abcbcd"
    shots = shots_of(chain)
    assert [row.joint_from_id for row in shots] == [None, *(shots[at].pk for at in (0, 1, 0, 3, 2))]
    assert [row.reference_id for row in shots[3].references.all()] == [reference.pk]


def test_a_prompt_is_split_by_its_lines(board: Board, alice: User) -> None:
    text = "one\r\n\n  two  \nthree"
    actions.save_field(shot(board, "b"), name="prompt", value=text, base_version=0, by=alice)
    found = shots_of(board)[1]
    actions.split_by_lines(board, shot_id=found.public_id, by=alice)
    assert [row.prompt for row in shots_of(board)] == ["a", "one", "  two  ", "three", "c"]
    with pytest.raises(DomainError, match="only one line"):
        actions.split_by_lines(board, shot_id=found.public_id, by=alice)


def test_who_followed_a_split_shot_follows_its_last_part(chain: Board, alice: User) -> None:
    actions.set_joint(shot(chain, "d"), joint="land", onto=ids(chain, "b")[0], by=alice)
    actions.save_field(shot(chain, "b"), name="prompt", value="x\ny", base_version=0, by=alice)
    before = prompts_of(chain), joints_of(chain)
    foretold = told(queries.consequences_of(chain, SplitByLines(ids(chain, ["x\ny"])[0]), alice))
    assert (prompts_of(chain), joints_of(chain)) == before
    done = actions.split_by_lines(chain, shot_id=ids(chain, ["x\ny"])[0], by=alice)
    assert foretold == told(done.consequences)
    assert foretold == ["Shot 4 (so far 3) now continues shot 3.", "Shot 5 (so far 4) now continues shot 3."]
    assert joints_of(chain) == ["x<a", "c<y", "d<y"]
    undone = actions.undo(chain, by=alice)
    assert (prompts_of(chain), joints_of(chain), undone.left) == (*before, [])
    actions.redo(chain, by=alice)
    assert joints_of(chain) == ["x<a", "c<y", "d<y"]


def test_merged_shots_keep_every_word_and_their_followers(chain: Board, alice: User) -> None:
    actions.save_field(shot(chain, "c"), name="notes", value="of c", base_version=0, by=alice)
    foretold = told(queries.consequences_of(chain, Merge(ids(chain, "bc")), alice))
    done = actions.merge_shots(chain, ids=ids(chain, "cb"), by=alice)
    assert [row.prompt for row in shots_of(chain)] == ["a", "b\n\nc", "d"]
    assert shots_of(chain)[1].notes == "of c"
    assert told(done.consequences) == foretold == ["Shot 3 (so far 4) now continues shot 2."]
    actions.undo(chain, by=alice)
    assert (prompts_of(chain), joints_of(chain)) == ("abcd", ["b<a", "c<b", "d<c"])


def test_what_a_merge_gives_up_is_said_before_and_after(chain: Board, alice: User) -> None:
    actions.set_joint(shot(chain, "d"), joint="motion", onto=ids(chain, "a")[0], by=alice)
    actions.bulk_change(chain, ids=ids(chain, "c"), values={"seconds": 8, "ratio": "16:9"}, by=alice)
    actions.bulk_change(chain, ids=ids(chain, "d"), values={"seconds": 9, "audio": True}, by=alice)
    foretold = told(queries.consequences_of(chain, Merge(ids(chain, "cd")), alice))
    done = actions.merge_shots(chain, ids=ids(chain, "cd"), by=alice)
    assert foretold == told(done.consequences)
    assert foretold == [
        "Shot 4, as part of shot 3, no longer carries on the movement of shot 1.",
        "The length and sound of shot 4 are not kept, only those of shot 3.",
    ]
    actions.undo(chain, by=alice)
    assert joints_of(chain) == ["b<a", "c<b", "d<a"]


def test_a_merge_of_shots_that_open_alike_gives_nothing_up(chain: Board, alice: User) -> None:
    actions.set_joint(shot(chain, "c"), joint="continue", onto=ids(chain, "a")[0], by=alice)
    actions.set_joint(shot(chain, "d"), joint="cut", by=alice)
    actions.bulk_change(chain, ids=ids(chain, "c"), values={"seconds": 5}, by=alice)
    assert queries.consequences_of(chain, Merge(ids(chain, "bc")), alice) == []


def test_a_merge_that_closes_a_circle_is_refused(board: Board, alice: User) -> None:
    actions.set_joint(shot(board, "a"), joint="continue", onto=ids(board, "b")[0], by=alice)
    actions.set_joint(shot(board, "b"), joint="continue", onto=ids(board, "c")[0], by=alice)
    with pytest.raises(DomainError, match="circle"):
        actions.merge_shots(board, ids=ids(board, "ac"), by=alice)
    assert (prompts_of(board), joints_of(board)) == ("abc", ["a<b", "b<c"])


def test_a_circle_of_joints_is_refused(chain: Board, alice: User) -> None:
    for onto in "abcd":
        with pytest.raises(DomainError):
            actions.set_joint(shot(chain, "a"), joint="continue", onto=ids(chain, onto)[0], by=alice)
    assert joints_of(chain) == ["b<a", "c<b", "d<c"]


def test_a_joint_holds_on_to_the_shot_before_it_unless_told_otherwise(board: Board, alice: User) -> None:
    actions.set_joint(shot(board, "b"), joint="motion", by=alice)
    actions.set_joint(shot(board, "c"), joint="land", onto=ids(board, "a")[0], by=alice)
    assert joints_of(board) == ["b<a", "c<a"]
    actions.set_joint(shot(board, "c"), joint="continue", by=alice)
    assert joints_of(board) == ["b<a", "c<a"]
    actions.set_joint(shot(board, "c"), joint="cut", by=alice)
    assert joints_of(board) == ["b<a"]


def test_a_joint_reaches_no_shot_of_another_board_and_none_that_is_gone(board: Board, alice: User) -> None:
    other = film(board.team, alice, "x")
    gone = ids(board, "a")[0]
    actions.delete_shots(board, ids=[gone], by=alice)
    for onto in (ids(other, "x")[0], gone, "no-such-shot"):
        with pytest.raises(Missing):
            actions.set_joint(shot(board, "b"), joint="continue", onto=onto, by=alice)
    assert joints_of(board) == []


def test_shots_of_another_board_are_not_there(board: Board, alice: User) -> None:
    other = ids(film(board.team, alice, "x"), "x")
    for act in (actions.move_shots, actions.delete_shots, actions.duplicate_shots, actions.merge_shots):
        with pytest.raises(Missing):
            act(board, ids=other, by=alice)
    with pytest.raises(Missing):
        actions.move_shots(board, ids=ids(board, "a"), to=Spot(after=other[0]), by=alice)


def test_a_change_of_many_is_named_as_people_say_it(board: Board, team: Team, alice: User) -> None:
    sandbox = account(team).public_id
    values = {"seconds": 8, "ratio": "9:16", "connection": sandbox, "model": "doubao-seedance-2.0"}
    done = actions.bulk_change(board, ids=ids(board, "abc"), values=values, by=alice)
    assert done.edit is not None
    assert done.edit.label == "Change the length, shape and model of 3 shots"
    done = actions.bulk_change(board, ids=ids(board, "a"), values={"seconds": 5}, by=alice)
    assert done.edit is not None
    assert done.edit.label == "Change the length of 1 shot"


def test_the_same_settings_for_many_are_one_step(board: Board, alice: User) -> None:
    values = {"seconds": 8, "audio": True, "needs_approval": True}
    actions.bulk_change(board, ids=ids(board, "abc"), values=values, by=alice)
    assert all(row.settings == {"seconds": 8, "audio": True} and row.needs_approval for row in shots_of(board))
    actions.undo(board, by=alice)
    assert all(row.settings == {} and not row.needs_approval for row in shots_of(board))
    with pytest.raises(DomainError):
        actions.bulk_change(board, ids=ids(board, "a"), values={"prompt": "x"}, by=alice)
    with pytest.raises(DomainError, match="whole number"):
        actions.bulk_change(board, ids=ids(board, "a"), values={"seconds": "5"}, by=alice)


def test_scenes_are_made_moved_and_dissolved(team: Team, alice: User) -> None:
    board = film(team, alice, "abcdef")
    actions.make_scene(board, ids=ids(board, "bd"), name=" The   kitchen ", by=alice)
    assert prompts_of(board) == "abdcef"
    scene = board.scenes.get()
    assert scene.name == "The kitchen"
    actions.move_shots(board, ids=ids(board, "f"), to=after(board, "b"), by=alice)
    assert [row.prompt for row in shots_of(board) if row.scene_id == scene.pk] == ["b", "f", "d"]
    actions.move_scene(board, scene_id=scene.public_id, by=alice)
    assert prompts_of(board) == "acebfd"
    actions.dissolve_scene(board, scene_id=scene.public_id, by=alice)
    assert not [row for row in shots_of(board) if row.scene_id]
    for _ in range(4):
        actions.undo(board, by=alice)
    assert prompts_of(board) == "abcdef"


def test_a_scene_that_is_moved_tears_no_other_one_apart(team: Team, alice: User) -> None:
    board = film(team, alice, "abcdef")
    actions.make_scene(board, ids=ids(board, "ab"), name="One", by=alice)
    actions.make_scene(board, ids=ids(board, "def"), name="Two", by=alice)
    one = shot(board, "a").scene
    assert one is not None
    actions.move_scene(board, scene_id=one.public_id, to=after(board, "d"), by=alice)
    assert prompts_of(board) == "cdefab"
    actions.move_scene(board, scene_id=one.public_id, to=before(board, "e"), by=alice)
    assert prompts_of(board) == "cabdef"


def test_a_board_takes_no_more_than_so_many_shots(board: Board, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storyboard.boards.desk.MOST_SHOTS", 4)
    with pytest.raises(DomainError, match="takes 4 shots"):
        actions.add_shots(board, shots=[NewShot(), NewShot()], by=alice)
    assert prompts_of(board) == "abc"
