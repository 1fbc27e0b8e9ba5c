"""The whole product from the shell: a film with every joint, a worker killed in the middle, and what was paid."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image

from storyboard.rendering import frames
from tests.takes.studio import Studio, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.once, pytest.mark.timeout(400)]
FILM = """Shot,Prompt,Joint,Follows,Landing image
1,"A lighthouse at dusk, slow push-in",cut,,
2,The lamp ignites,continue,1,
3,The beam sweeps the sea,land,2,keeper.png
4,A boat turns into the light,motion,3,
"""
SMALLEST = ("--seconds", "4", "--ratio", "1:1", "--resolution", "480p")
# Of 255, on average: what H.264 makes of a picture. Another picture of the same film is several times as far.
CODEC = 3.0


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture(scope="module")
def film(studio: Studio) -> str:
    """The board's id, when all of it is rendered; the worker was killed while the second shot was at its vendor."""
    (studio.folder / "film.csv").write_text(FILM)
    Image.linear_gradient("L").resize((640, 640)).convert("RGB").save(studio.folder / "keeper.png")
    wait_until(lambda: studio.answer("connection", "list")["connections"], 30, studio.words)
    path = str(studio.folder / "film.csv")
    board = str(studio.answer("board", "import", path, "--connection", "Sandbox", *SMALLEST)["id"])
    plan = studio.answer("board", "render", board, "--yes")["plan"]
    assert [(one["shot"], one["joint"], one["after"]) for one in plan["shots"]] == [
        (1, "cut", None),
        (2, "continue", 1),
        (3, "land", 2),
        (4, "motion", 3),
    ]
    wait_until(lambda: stands(studio, 2) in {"running", "collecting"}, 90, studio.words)
    studio.kill_worker()
    code, said, complained = studio.manage("board", "watch", board, "--timeout", "240")
    assert code == 0, f"{said}\n{complained}\n{studio.words()}"
    return board


def stands(studio: Studio, shot: int) -> str:
    rows = studio.rows(
        "SELECT t.state FROM takes_take t JOIN boards_shot s ON s.id = t.shot_id WHERE s.position = ?", shot
    )
    return str(rows[0][0]) if rows else ""


def of(studio: Studio, shot: int) -> dict[str, Any]:
    """The shot's take: its clip and last frame in the storage, and the links that its vendor was given."""
    question = """
        SELECT clip.key, frame.key, task.inputs
        FROM takes_take t JOIN boards_shot s ON s.id = t.shot_id
        JOIN media_file clip ON clip.id = t.clip_id LEFT JOIN media_file frame ON frame.id = t.last_frame_id
        JOIN sandbox_task task ON task.remote_id = t.remote_id
        WHERE s.position = ? AND t.is_selected
    """
    ((clip, frame, inputs),) = studio.rows(question, shot)
    kept = studio.data / "media"
    return {"clip": kept / clip, "last_frame": kept / frame if frame else None, "given": list(json.loads(inputs))}


def fetched(link: str, to: Path) -> Path:
    """What the sandbox found there: the links live longer than the film takes."""
    with urlopen(link, timeout=20) as answer:
        to.write_bytes(answer.read())
    return to


def pixels(picture: Image.Image | Path) -> Any:
    if isinstance(picture, Path):
        with Image.open(picture) as opened:
            return np.asarray(opened.convert("RGB"), dtype=float)
    return np.asarray(picture.convert("RGB"), dtype=float)


def apart(one: Any, other: Any) -> float:
    return float(np.abs(one - other).mean())


def test_the_hand_off_is_the_very_last_frame(studio: Studio, film: str) -> None:
    for shot in (1, 2, 3):
        take = of(studio, shot)
        assert np.array_equal(pixels(take["last_frame"]), pixels(frames.last_frame(take["clip"]))), f"shot {shot}"


def test_each_shot_that_opens_on_a_frame_was_given_exactly_that_frame(
    studio: Studio, film: str, tmp_path: Path
) -> None:
    for shot in (2, 3):
        before, take = of(studio, shot - 1), of(studio, shot)
        wanted = pixels(before["last_frame"])
        given = [pixels(fetched(link, tmp_path / "given")) for link in take["given"]]
        assert any(one.shape == wanted.shape and np.array_equal(one, wanted) for one in given), f"shot {shot}"


def test_each_continued_clip_opens_on_the_hand_off_frame(studio: Studio, film: str) -> None:
    for shot in (2, 3):
        handed = pixels(of(studio, shot - 1)["last_frame"])
        opening = pixels(frames.first_frame(of(studio, shot)["clip"]))
        earlier = pixels(frames.first_frame(of(studio, shot - 1)["clip"]))
        assert apart(opening, handed) < CODEC < apart(earlier, handed), f"shot {shot}"


def test_the_shot_that_lands_ends_on_its_picture(studio: Studio, film: str) -> None:
    landing = Image.open(studio.folder / "keeper.png").convert("RGB").resize((640, 640))
    assert apart(pixels(frames.last_frame(of(studio, 3)["clip"])), pixels(landing)) < CODEC


def test_the_shot_that_matches_motion_was_given_the_last_seconds(studio: Studio, film: str, tmp_path: Path) -> None:
    (link,) = of(studio, 4)["given"]
    tail = fetched(link, tmp_path / "tail.mp4")
    assert apart(pixels(frames.last_frame(tail)), pixels(of(studio, 3)["last_frame"])) < CODEC


def test_four_payments_and_four_charges(studio: Studio, film: str) -> None:
    ledger = studio.rows("SELECT sum(held), sum(spent), sum(kind = 'charge') FROM takes_entry")
    charged = studio.rows("SELECT count(*), sum(price_micro_usd) FROM sandbox_task WHERE state = 'succeeded'")
    assert studio.rows("SELECT count(*) FROM sandbox_task") == [(4,)]
    assert ledger == [(0, charged[0][1], 4)]
    assert charged[0][0] == 4


def test_the_clips_come_out_in_order(studio: Studio, film: str) -> None:
    folder = studio.folder / "clips"
    assert studio.manage("board", "export", film, "--clips", str(folder))[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == [f"shot-00{shot}-take-1.mp4" for shot in (1, 2, 3, 4)]
    for shot, path in enumerate(sorted(folder.iterdir()), 1):
        assert path.read_bytes() == of(studio, shot)["clip"].read_bytes()


def test_a_finished_board_has_nothing_left_to_render(studio: Studio, film: str) -> None:
    rows = studio.answer("board", "status", film)["shots"]
    assert [(row["state"], row["selected"], row["stale"]) for row in rows] == [("done", 1, [])] * 4
    code, said, _ = studio.manage("board", "render", film, "--yes")
    assert (code, "There is nothing to render" in said) == (1, True)


def test_a_connection_is_added_and_tested_by_the_worker(studio: Studio, film: str) -> None:
    key = studio.manage("sandbox_key")[1]
    words = ("connection", "add", "evolink", "--name", "Second", "--base-url", f"{studio.url}/sandbox/evolink")
    assert studio.manage(*words, piped=key)[0] == 0
    code, said, complained = studio.manage("connection", "test", "Second")
    assert (code, said, complained) == (0, "The key works.\n", "")


def test_the_worker_was_killed_and_nothing_complains(studio: Studio, film: str) -> None:
    words = studio.log.read_text(errors="replace")
    assert words.count("The worker stopped; starting it again.") == 1
    assert "Traceback" not in words
