"""`manage.py board import` and `export`: words and pictures come in, and go out as they were."""

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

from storyboard.boards.models import Board, Joint, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import Kind, Reference
from storyboard.teams.models import Team
from tests.takes import make
from tests.takes.terminal import Shell, answer

pytestmark = pytest.mark.django_db
FILM = """Shot,Prompt,Joint,Follows,Landing image,Length
1,"A lighthouse at dusk, slow push-in",cut,,,4
2,The lamp ignites,continue,,,4
3,The beam sweeps the sea,land,,keeper.png,4
4,A boat turns into the light,motion,3,,4
"""


def written(folder: Path, name: str, text: str = FILM) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def picture(folder: Path, name: str = "keeper.png") -> None:
    Image.linear_gradient("L").resize((640, 640)).convert("RGB").save(folder / name)


def test_a_table_with_all_joints_becomes_a_board(board_: Shell, account: Connection, tmp_path: Path) -> None:
    picture(tmp_path)
    found = answer(board_, "import", written(tmp_path, "film.csv"), "--connection", account.name, "--name", "Light")
    board = Board.objects.get(public_id=found["id"])
    shots = list(Shot.objects.filter(board=board).order_by("position"))
    assert [shot.joint for shot in shots] == [Joint.CUT, Joint.CONTINUE, Joint.LAND, Joint.MOTION]
    assert (board.name, board.settings["connection"], found["shots"]) == ("Light", account.public_id, 4)
    assert shots[2].landing is not None
    assert shots[2].landing.file is not None, "the picture beside the table is in the library now"
    assert found["library"] == {"keeper.png": shots[2].landing.public_id}


def test_the_same_picture_comes_into_the_library_once(board_: Shell, account: Connection, tmp_path: Path) -> None:
    picture(tmp_path)
    path = written(tmp_path, "film.csv")
    first, second = (answer(board_, "import", path)["library"] for _ in range(2))
    assert (first, Reference.objects.count()) == (second, 1)


def test_a_picture_may_be_named_as_the_library_calls_it(board_: Shell, team: Team, tmp_path: Path) -> None:
    row = Reference.objects.create(team=team, name="Keeper.PNG", kind=Kind.IMAGE, file=make.file(team))
    assert answer(board_, "import", written(tmp_path, "film.csv"))["remarks"] == []
    assert Shot.objects.get(position=3).landing == row


def test_a_picture_that_is_none_stops_the_import(board_: Shell, tmp_path: Path) -> None:
    written(tmp_path, "keeper.png", "no picture at all")
    code, _, complained = board_("import", written(tmp_path, "film.csv"))
    assert (code, complained.startswith("keeper.png: "), Board.objects.count()) == (1, True, 0)


def test_files_outside_of_the_folder_are_left_alone(board_: Shell, tmp_path: Path) -> None:
    picture(tmp_path, "secret.png")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    for name in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        found = answer(board_, "import", written(inside, "film.csv", FILM.replace("keeper.png", name)))
        assert (found["library"], Reference.objects.count()) == ({}, 0)
        assert "lies outside" in found["remarks"][0]
    assert answer(board_, "import", str(inside / "film.csv"), "--files", str(tmp_path))["library"] == {}
    words = ("import", written(inside, "b.csv", FILM.replace("keeper.png", "secret.png")), "--files", str(tmp_path))
    assert list(answer(board_, *words)["library"]) == ["secret.png"]


@pytest.mark.parametrize("name", ["x" * 390, "a\tb", "", ".", "asset://keeper"])
def test_words_that_are_no_files_are_no_trouble(board_: Shell, tmp_path: Path, name: str) -> None:
    found = answer(board_, "import", written(tmp_path, "film.csv", FILM.replace("keeper.png", name)))
    assert found["library"] == {}


def test_text_comes_from_standard_input_with_settings(board_: Shell, account: Connection) -> None:
    words = ("--connection", account.public_id, "--seconds", "7", "--ratio", "1:1", "--audio", "--name", "Piped")
    code, said, _ = board_("import", "-", *words, piped="One shot.\n\nAnother.")
    board = Board.objects.get()
    assert (code, said.startswith("Piped is imported: 2 shots.")) == (0, True)
    assert [board.settings[name] for name in ("seconds", "ratio", "audio")] == [7, "1:1", True]


def test_a_screenplay_is_known_by_its_ending(board_: Shell, tmp_path: Path) -> None:
    answer(board_, "import", written(tmp_path, "a.fountain", "INT. TOWER - DUSK\n\nThe keeper climbs.\n"))
    assert Shot.objects.get().prompt == "The keeper climbs."


def test_what_was_exported_comes_back(board_: Shell, film: Board, tmp_path: Path) -> None:
    for kind in ("json", "csv"):
        path = str(tmp_path / f"film.{kind}")
        assert board_("export", film.public_id, "--format", kind, "--to", path)[0] == 0
        again = answer(board_, "import", path)
        same = [
            list(Shot.objects.filter(board__public_id=one).values_list("prompt", "joint", "settings"))
            for one in (film.public_id, again["id"])
        ]
        assert same[0] == same[1]


def test_a_bundle_brings_the_files_beside_it(board_: Shell, tmp_path: Path) -> None:
    picture(tmp_path)
    reference = {"id": "r1", "name": "Keeper", "kind": "image", "file_name": "keeper.png"}
    shots = [{"prompt": "A"}, {"prompt": "B", "joint": "land", "joint_from": 0, "landing": "r1", "references": ["r1"]}]
    bundle = {"format": "lastframe-board", "version": 1, "board": {"shots": shots, "references": [reference]}}
    assert answer(board_, "import", written(tmp_path, "b.json", json.dumps(bundle)))["remarks"] == []
    shot = Shot.objects.get(position=2)
    assert [shot.landing] == [row.reference for row in shot.references.all()] == list(Reference.objects.all())


def test_an_unpacked_zip_brings_its_media(board_: Shell, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    sha256 = hashlib.sha256(b"as it was before").hexdigest()
    picture(tmp_path / "media", f"{sha256}.png")
    reference = {"id": "r1", "name": "Keeper", "kind": "image", "sha256": sha256, "file_name": "gone.png"}
    board = {"shots": [{"prompt": "A", "references": ["r1"]}], "references": [reference]}
    bundle = {"format": "lastframe-board", "version": 1, "board": board}
    assert list(answer(board_, "import", written(tmp_path, "board.json", json.dumps(bundle)))["library"]) == ["r1"]
    (tmp_path / "film.zip").write_bytes(b"PK\x03\x04 and so on")
    assert board_("import", str(tmp_path / "film.zip"))[::2] == (
        2,
        "This is a ZIP. Unpack it and import the board.json in it; its media are found beside that.\n",
    )


def test_clips_come_in_order_and_numbered(board_: Shell, film: Board, tmp_path: Path) -> None:
    first, _, third = make.shots_of(film)
    for shot, data in ((third, b"the third"), (first, b"the first")):
        make.selected(shot, clip=make.file(film.team, data, kind=Kind.VIDEO))
    code, said, _ = board_("export", film.public_id, "--clips", str(tmp_path / "clips"))
    names = sorted(path.name for path in (tmp_path / "clips").iterdir())
    assert (code, names) == (0, ["shot-001-take-1.mp4", "shot-003-take-1.mp4"])
    assert (tmp_path / "clips" / names[1]).read_bytes() == b"the third"
    assert "Without a take: 1 shot (2)." in said


@pytest.mark.parametrize(("name", "text"), [("a.txt", ""), ("a.csv", "Shot,Prompt,Joint\n"), ("a.fountain", "\n")])
def test_what_holds_no_shot_is_refused(board_: Shell, tmp_path: Path, name: str, text: str) -> None:
    code, _, complained = board_("import", written(tmp_path, name, text))
    assert (code, complained.count("\n"), Board.objects.count()) == (1, 1, 0)
    assert "no shot" in complained
    assert board_("import", "-")[0] == 1
