"""`manage.py board`: words to a board, a plan to a render, and what is said of it; nothing is sent anywhere here."""

import hashlib
import io
import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from PIL import Image

from storyboard.boards.models import Board, Joint, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import Kind, Reference
from storyboard.takes.models import Run, State, Take
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db
Shell = Callable[..., tuple[int, str, str]]
Join = Callable[[User, Role], Membership]
FILM = """Shot,Prompt,Joint,Follows,Landing image,Length
1,"A lighthouse at dusk, slow push-in",cut,,,4
2,The lamp ignites,continue,,,4
3,The beam sweeps the sea,land,,keeper.png,4
4,A boat turns into the light,motion,3,,4
"""


@pytest.fixture
def board_(team: Team, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The command as a shell runs it: exit code, what it printed, what it complained of."""

    def command(*words: str, piped: str = "") -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
        try:
            call_command("board", *words, stdout=out, stderr=err)
        except SystemExit as left:
            return int(str(left.code)), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return command


@pytest.fixture
def film(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue cut", account)


def written(folder: Path, name: str, text: str = FILM) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def picture(folder: Path, name: str = "keeper.png") -> None:
    Image.linear_gradient("L").resize((640, 640)).convert("RGB").save(folder / name)


def answer(shell: Shell, *words: str) -> dict[str, Any]:
    code, said, complained = shell(*words, "--json")
    assert (code, complained) == (0, "")
    found: dict[str, Any] = json.loads(said)
    return found


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


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "/nowhere.csv"), 2, "Cannot read /nowhere.csv"),
        (("show", "nothing"), 2, "This board was deleted"),
        (("import", "-", "--connection", "none"), 2, "There is no connection “none” to render with. There is: ark"),
        (("import", "-", "--model", "m"), 2, "Which connection has that model?"),
        (("import", "-", "--seconds", "900"), 1, "seconds: choose a whole number from 1 to 60."),
        (("import", "-", "--files", "/nowhere"), 2, "/nowhere is no folder."),
    ],
)
def test_a_wrong_call_is_one_sentence(
    board_: Shell, account: Connection, words: tuple[str, ...], code: int, said: str
) -> None:
    left, printed, complained = board_(*words, piped="A shot.")
    assert (left, printed, said in complained, complained.count("\n")) == (code, "", True, 1)
    assert json.loads(board_(*words, "--json", piped="A shot.")[1])["error"]["sentence"] + "\n" == complained


def test_a_board_is_shown_and_listed(board_: Shell, film: Board) -> None:
    assert f"{film.public_id}  3" in board_("list")[1]
    code, said, _ = board_("show", film.name)
    assert (code, said.splitlines()[0].split()) == (0, ["SHOT", "OPENS", "ON", "LENGTH", "PRICE", "WITH", "PROMPT"])
    shots = answer(board_, "show", film.public_id)["shots"]
    assert [(one["joint"], one["after"]) for one in shots] == [("cut", None), ("continue", 1), ("cut", None)]


def test_a_plan_says_order_chains_and_prices_and_changes_nothing(board_: Shell, film: Board) -> None:
    plan = answer(board_, "render", film.public_id, "--dry-run")["plan"]
    assert [(one["shot"], one["chain"], one["after"]) for one in plan["shots"]] == [
        (1, 1, None),
        (2, 1, 1),
        (3, 2, None),
    ]
    assert plan["micro_usd"] == sum(one["micro_usd"] for one in plan["shots"]) > 0
    said = board_("render", film.public_id, "--dry-run", "--takes", "2")[1]
    assert "3 shots in 2 chains side by side, 2 takes each: $" in said
    assert not Run.objects.exists()


def test_nothing_is_rendered_without_a_yes(board_: Shell, film: Board) -> None:
    code, said, complained = board_("render", film.public_id)
    assert (code, "3 shots in 2 chains" in said, Run.objects.exists()) == (2, True, False)
    assert complained == "Nothing was rendered. Look at the plan, and say yes to it with --yes.\n"


def test_a_yes_makes_one_run_and_the_same_key_no_second(board_: Shell, film: Board) -> None:
    words = ("render", film.public_id, "--shots", "1-2", "--yes", "--once", "nightly-2026-11-21", "--json")
    assert board_(*words)[0] == 0
    board_(*words)
    run = Run.objects.get()
    states = list(Take.objects.filter(run=run).order_by("pk").values_list("shot__position", "state"))
    assert states == [(1, State.QUEUED), (2, State.WAITING)]


@pytest.mark.parametrize(
    ("words", "shots"),
    [(("--shots", "1,3"), [1, 3]), (("--from", "2"), [2, 3]), (("--missing",), [2, 3]), ((), [2, 3])],
)
def test_shots_are_chosen(board_: Shell, film: Board, words: tuple[str, ...], shots: list[int]) -> None:
    make.selected(make.shots_of(film)[0])
    code, said, _ = board_("render", film.public_id, "--dry-run", "--json", *words)
    assert (code, [one["shot"] for one in json.loads(said)["plan"]["shots"]]) == (0, shots)


@pytest.mark.parametrize(
    ("shots", "said"),
    [("9", "There is no shot 9"), ("3-1", "runs backwards"), ("x", "There is no shot x"), (",", "Which shots?")],
)
def test_shots_that_are_not_there_are_a_wrong_call(board_: Shell, film: Board, shots: str, said: str) -> None:
    code, _, complained = board_("render", film.public_id, "--shots", shots, "--yes")
    assert (code, said in complained, Run.objects.exists()) == (2, True, False)


def test_the_ceiling_and_the_budget_are_kept(board_: Shell, film: Board) -> None:
    assert "more than the ceiling of $0.01" in board_("render", film.public_id, "--yes", "--ceiling", "0.01")[2]
    assert board_("render", film.public_id, "--yes", "--ceiling", "cheap")[0] == 2
    Board.objects.filter(pk=film.pk).update(budget_micro_usd=10_000)
    code, said, _ = board_("render", film.public_id, "--yes")
    assert (code, "Of this board’s budget, $0.01 are left." in said, Run.objects.exists()) == (1, True, False)


def test_who_may_not_spend_money_renders_nothing(
    board_: Shell, film: Board, bob: User, charlie: User, join: Join
) -> None:
    join(bob, Role.EDITOR)
    assert board_("show", film.public_id, "--as", bob.email)[0] == 0
    code, _, complained = board_("render", film.public_id, "--yes", "--as", bob.email)
    assert (code, complained.startswith("You are an editor here; this needs a producer")) == (1, True)
    assert board_("show", film.public_id, "--as", charlie.email)[::2] == (
        2,
        "This board was deleted, or is not shared with you.\n",
    )


def test_the_status_says_what_each_shot_waits_for(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes", "--shots", "1-2")
    rows = answer(board_, "status", film.public_id)["shots"]
    assert [row["state"] for row in rows] == ["queued", "waiting", "missing"]
    assert (rows[0]["why"], rows[1]["why"]) == (
        f"Waits for a free place at {film_connection(film)}.",
        "Waits for shot 1.",
    )
    assert board_("pause", film.public_id)[0] == 0
    assert "Paused." in board_("status", film.public_id)[1]
    assert board_("resume", film.public_id)[0] == 0
    assert board_("cancel", film.public_id)[0] == 0
    assert set(Take.objects.values_list("state", flat=True)) == {State.CANCELLED}


def film_connection(board: Board) -> str:
    return Connection.objects.get(public_id=board.settings["connection"]).name


def test_some_shots_are_cancelled(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes")
    assert board_("cancel", film.public_id, "--shots", "3")[1] == "1 take cancelled.\n"
    states = dict(Take.objects.values_list("shot__position", "state"))
    assert states == {1: State.QUEUED, 2: State.WAITING, 3: State.CANCELLED}
    assert board_("cancel", film.public_id, "--shots", "3")[0] == 2


def test_watching_ends_with_what_became_of_it(board_: Shell, film: Board, account: Connection) -> None:
    first, second, third = make.shots_of(film)
    run = make.run(film)
    for shot in (first, second, third):
        make.selected(shot, at=account, run=run)
    code, said, _ = board_("watch", film.public_id)
    assert (code, said.splitlines()[-1]) == (0, "Done: every shot has its take.")
    make.take(third, State.FAILED, at=account, run=run, sentence="The vendor \x1b[2Jrefused it.")
    code, said, _ = board_("watch", film.public_id)
    assert (code, "Shot 3  failed: The vendor [2Jrefused it." in said) == (1, True)


@pytest.mark.parametrize(
    ("state", "columns", "code"),
    [
        (State.UNDECIDED, {}, 3),
        (State.FAILED, {}, 1),
        (State.CANCELLED, {}, 1),
        (State.DONE, {}, 3),
    ],
)
def test_watching_ends_when_nothing_moves_by_itself(
    board_: Shell, film: Board, account: Connection, state: State, columns: dict[str, object], code: int
) -> None:
    # The second shot waits for the first, which needs somebody.
    first, second, _ = make.shots_of(film)
    run = make.run(film)
    make.take(first, state, at=account, run=run, **columns)
    make.take(second, State.WAITING, at=account, run=run, follows=first, request={"joint": "continue"})
    lines = [json.loads(line) for line in board_("watch", film.public_id, "--json")[1].splitlines()]
    assert board_("watch", film.public_id)[0] == code
    assert [line["state"] for line in lines[:-1]] == [state, "waiting"]
    assert lines[-1] == {"end": "failed" if code == 1 else "decide"}


def test_watching_an_approval_or_a_pause_is_a_decision(board_: Shell, film: Board, account: Connection) -> None:
    first, second, third = make.shots_of(film)
    run = make.run(film)
    Shot.objects.filter(pk=first.pk).update(needs_approval=True)
    make.selected(first, at=account, run=run)
    make.take(second, State.WAITING, at=account, run=run, follows=first, request={"joint": "continue"})
    code, said, _ = board_("watch", film.public_id)
    assert (code, "Waits until shot 1 is approved." in said) == (3, True)
    make.take(third, State.QUEUED, at=account, run=run)
    Run.objects.filter(pk=run.pk).update(paused_at=timezone.now())
    assert board_("watch", film.public_id)[0] == 3


def test_watching_stops_when_time_is_up_and_says_that_no_worker_runs(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes")
    code, _, complained = board_("watch", film.public_id, "--timeout", "0")
    assert (code, "Time is up." in complained) == (4, True)
    assert "No worker is running" in complained
    code, said, _ = board_("render", film.public_id, "--shots", "1", "--yes", "--wait")
    assert (code, "\nShot 1 is being rendered already." in said) == (1, True)


def test_only_what_came_to_nothing_is_rendered_anew(board_: Shell, film: Board, account: Connection) -> None:
    first, second, _ = make.shots_of(film)
    run = make.run(film)
    make.take(first, State.FAILED, at=account, run=run)
    make.take(second, State.WAITING, at=account, run=run, follows=first, request={"joint": "continue"})
    found = answer(board_, "retry", film.public_id, "--yes")
    assert [one["shot"] for one in found["plan"]["shots"]] == [1]
    assert Take.objects.get(shot=first, number=2).state == State.QUEUED


def test_a_person_selects_approves_and_keeps(board_: Shell, film: Board, account: Connection) -> None:
    first = make.shots_of(film)[0]
    Shot.objects.filter(pk=first.pk).update(needs_approval=True)
    for _ in range(2):
        make.take(first, State.DONE, at=account)
    assert "Choose one of its takes" in board_("status", film.public_id)[1]
    assert board_("select", film.public_id, "1", "2")[:2] == (0, "Take 2 of shot 1 is selected.\n")
    assert answer(board_, "approve", film.public_id, "1")["approved"] is True
    Shot.objects.filter(pk=first.pk).update(prompt="Another prompt")
    assert "Out of date: the prompt was changed" in board_("status", film.public_id)[1]
    assert board_("keep", film.public_id, "1")[0] == 0
    assert "Out of date" not in board_("status", film.public_id)[1]
    assert board_("select", film.public_id, "1", "9")[::2] == (2, "Shot 1 does not have take 9.\n")


@pytest.mark.parametrize(
    ("words", "state", "money"),
    [
        (("--not-charged",), State.FAILED, (0, 0)),
        (("--give-up",), State.FAILED, (0, make.QUOTE)),
        (("--task-id", "cgt-20261121-abcdef"), State.UNDECIDED, (make.QUOTE, 0)),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else None,
)
def test_an_unclear_request_is_decided(
    board_: Shell, film: Board, account: Connection, words: tuple[str, ...], state: State, money: tuple[int, int]
) -> None:
    shot = make.shots_of(film)[1]
    assert board_("decide", film.public_id, "2", *words)[0] == 2, "there is nothing to decide yet"
    take = make.take(shot, State.UNDECIDED, at=account)
    assert board_("decide", film.public_id, "2", *words)[0] == 0
    take.refresh_from_db()
    assert (take.state, make.ledger(take)) == (state, money)


def test_whoever_may_not_decide_does_not(
    board_: Shell, film: Board, account: Connection, bob: User, join: Join
) -> None:
    join(bob, Role.EDITOR)
    take = make.take(make.shots_of(film)[1], State.UNDECIDED, at=account)
    assert board_("decide", film.public_id, "2", "--give-up", "--as", bob.email)[0] == 1
    take.refresh_from_db()
    assert take.state == State.UNDECIDED


def test_clips_come_in_order_and_numbered(board_: Shell, film: Board, tmp_path: Path) -> None:
    first, _, third = make.shots_of(film)
    for shot, data in ((third, b"the third"), (first, b"the first")):
        make.selected(shot, clip=make.file(film.team, data, kind=Kind.VIDEO))
    code, said, _ = board_("export", film.public_id, "--clips", str(tmp_path / "clips"))
    names = sorted(path.name for path in (tmp_path / "clips").iterdir())
    assert (code, names) == (0, ["shot-001-take-1.mp4", "shot-003-take-1.mp4"])
    assert (tmp_path / "clips" / names[1]).read_bytes() == b"the third"
    assert "Without a take: 1 shot (2)." in said


def test_a_database_that_cannot_be_used_is_one_sentence(board_: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise OperationalError("could not connect to server\nIs it running?")

    monkeypatch.setattr("storyboard.teams.shell.acting", broken)
    assert board_("list")[0] == 4
    assert json.loads(board_("list", "--json")[1])["error"]["class"] == "not_now"


def test_ctrl_c_ends_the_watching_and_not_the_render(
    board_: Shell, film: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*args: object) -> None:
        raise KeyboardInterrupt

    board_("render", film.public_id, "--yes")
    monkeypatch.setattr("storyboard.takes.shell.watching.time.sleep", pressed)
    assert board_("watch", film.public_id)[0] == 130
    assert Take.objects.filter(state=State.QUEUED).count() == 2
