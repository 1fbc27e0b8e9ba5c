"""A bundle reads back to the very same board, forgives what is new in it and says in words what is wrong."""

import json
from typing import Any

import pytest
from hypothesis import given

from storyboard.boards.formats import bundle
from storyboard.boards.formats.draft import DraftBoard, DraftReference, DraftScene, DraftShot, Joint, Unusable
from storyboard.providers.base import Kind
from tests.boards.formats.drafts import boards

FILM = DraftBoard(
    name="Harbour",
    scenes=[DraftScene(name="One")],
    shots=[DraftShot(prompt="A"), DraftShot(joint=Joint.LAND, joint_from=0, landing="r", settings={"seed": None})],
    references=[DraftReference(id="r", name="Fox", kind=Kind.IMAGE, sha256="0a" * 32, file_name="fox.png")],
)


def changed(place: str = "", **values: Any) -> bytes:
    """The film's bundle with other values in its board, or in an entry of its lists: "shots.1"."""
    whole = json.loads(bundle.write(FILM))
    at = whole["board"]
    for step in filter(None, place.split(".")):
        at = at[int(step)] if step.isdigit() else at[step]
    at.update(values)
    return json.dumps(whole).encode()


@given(boards())
def test_a_board_reads_back_as_it_was_written(draft: DraftBoard) -> None:
    assert bundle.read(bundle.write(draft)) == draft


def test_the_file_says_what_it_is() -> None:
    found = json.loads(bundle.write(FILM))
    assert (found["format"], found["version"]) == ("lastframe-board", 1)
    assert found["board"]["references"][0]["file_name"] == "fox.png"


def test_what_a_later_version_adds_is_passed_over() -> None:
    settings = {"seconds": 4, "lens": "wide"}
    found = bundle.read(b"\xef\xbb\xbf" + changed("shots.0", colour="red", settings=settings))
    assert found.shots[0] == DraftShot(prompt="A", settings={"seconds": 4})


@pytest.mark.parametrize(
    ("place", "values", "sentence"),
    [
        ("", {"shots": {}}, "The board, shots: this must be a list"),
        ("", {"name": None}, "The board, name: this must be a text"),
        ("", {"name": "x" * 121}, "The board’s name has 121 characters; 120 is the most"),
        ("", {"settings": {"ratio": "5:1"}}, "The board, ratio: choose one of 16:9"),
        ("shots.1", {"prompt": 5}, "Shot 2, prompt: this must be a text"),
        ("shots.1", {"prompt": "a\0"}, "The prompt of shot 2 holds an invisible null character"),
        ("shots.1", {"prompt": "\ud83d"}, "broken character"),
        ("shots.1", {"joint": "jump"}, "Shot 2, joint: this must be cut, continue, land or motion"),
        ("shots.1", {"joint": "cut"}, "a cut follows no shot"),
        ("shots.1", {"joint_from": 1}, "Shot 2 follows itself"),
        ("shots.1", {"joint_from": 2}, "Shot 2 follows a shot that is not there"),
        ("shots.1", {"joint_from": -1}, "Shot 2 follows a shot that is not there"),
        ("shots.1", {"scene": 1}, "Shot 2 stands in a scene that is not there"),
        ("shots.1", {"exact": "yes"}, "Shot 2, exact: this must be true or false"),
        ("shots.1", {"settings": {"seconds": 5.5}}, "Shot 2, seconds: this must be a text, a whole number"),
        ("shots.1", {"settings": {"seconds": 61}}, "Shot 2, seconds: choose a whole number from 1 to 60"),
        ("shots.1", {"references": ["x"]}, "Shot 2 names a reference that the file does not describe"),
        ("shots.1", {"landing": "x"}, "Shot 2 names a reference that the file does not describe"),
        ("scenes.0", {"name": " "}, "Scene 1 has no name"),
        ("references.0", {"kind": "film"}, "Reference 1, kind: this must be image, video or audio"),
        ("references.0", {"sha256": "../../etc/passwd"}, "Reference 1: its sha256 must be 64 hexadecimal digits"),
        ("references.0", {"id": ""}, "Two references have the same id, or one has none"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(place: str, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence):
        bundle.read(changed(place, **values))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"{}", b"[" * 200_000, b"9" * 9_000, b'{"format": "lastframe-board"}',
     b'{"format": "lastframe-board", "version": 2, "board": {}}', b'{"format": "lastframe-board", "version": 1}',
     b'{"format": "lastframe-board", "version": 1, "board": {"name": NaN}}',
     b'{"format": "lastframe-board", "version": 1, "board": {"shots": ' + b"[" * 900 + b"]" * 900 + b"}}",
     b'{"format": "lastframe-board", "version": 1, "board": {"shots": [' + b"[]," * 500_001 + b"1]}}",
     b" " * 20_000_001],
)  # fmt: skip
def test_what_is_no_bundle_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Unusable, match=r"[Ee]xport"):
        bundle.read(data)


def test_a_long_circle_of_joints_is_found() -> None:
    shots = [{"joint": "continue", "joint_from": (number + 1) % 5_000} for number in range(5_000)]
    with pytest.raises(Unusable, match="follows itself, over its joints"):
        bundle.read(changed("", shots=shots))


def test_more_shots_than_a_board_takes_are_refused() -> None:
    with pytest.raises(Unusable, match="There are more than 5,000 shots"):
        bundle.read(changed("", shots=[{}] * 5_001))


def test_more_words_than_a_bundle_takes_are_refused_on_the_way_out() -> None:
    with pytest.raises(Unusable, match="more than 20 MB of words"):
        bundle.write(DraftBoard(shots=[DraftShot(prompt="x" * 100_000) for _ in range(201)]))


def test_a_file_of_nothing_but_mistakes_ends_at_the_first() -> None:
    with pytest.raises(Unusable, match=r"^Shot 1: this must be a group of named values"):
        bundle.read(changed("", shots=[1] * 5_000))
    with pytest.raises(Unusable, match="There are more than 5,000 shots"):
        bundle.read(changed("", shots=[1] * 1_000_000))


@pytest.mark.parametrize("tags", [["x" * 31], ["x"] * 13, "harbour", [7], ["a\0"]])
def test_tags_that_cannot_be_kept_are_refused(tags: object) -> None:
    entry = {"id": "a", "name": "Fox", "kind": "image", "tags": tags}
    board = {"format": "lastframe-board", "version": 1, "board": {"references": [entry]}}
    with pytest.raises(Unusable, match=r"tag"):
        bundle.read(json.dumps(board).encode())
