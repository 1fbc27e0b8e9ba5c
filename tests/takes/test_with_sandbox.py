"""Through the sandbox over real HTTP: a take is asked about and collected, and each fault of a result ends clearly."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from PIL import Image

from storyboard.boards.models import Board
from storyboard.connections.clients import client
from storyboard.connections.models import Connection
from storyboard.jobs.run import current_task
from storyboard.rendering import frames
from storyboard.sandbox import actions
from storyboard.sandbox.dialects import BASES
from storyboard.takes.models import State, Take
from storyboard.takes.placeholders import OPENING
from storyboard.teams.models import Team, User
from tests.connections.connect import connect
from tests.drain import drain
from tests.sandbox.conftest import body_for
from tests.server import Server
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Server]:
    with Server(settings.DATABASES["default"], SANDBOX="on", SANDBOX_SPEED="0") as server:
        yield server
        server.stop()


@pytest.fixture
def there(web: Server, settings: LazySettings, team: Team, alice: User) -> Connection:
    settings.SANDBOX_SPEED = 0
    settings.PUBLIC_URL = web.url
    key = actions.open_key(team=team, micro_usd=10**9)[1]
    return connect(team, vendor="ark", base_url=f"{web.url}/sandbox/{BASES['ark']}", key=key, by=alice)


@pytest.fixture
def board(team: Team, alice: User, there: Connection) -> Board:
    return make.board_with(team, alice, "cut continue", there)


def made(board: Board, at: Connection, words: str = "") -> Take:
    """The first shot's take, as far as its task at the vendor is done."""
    body = body_for("ark", f"A boat at dusk {words}", return_last_frame=True)
    mark = current_task.set("a test")
    remote_id = client(at).submit(json.dumps(body))
    current_task.reset(mark)
    drain()
    return make.running(board, at, remote_id=remote_id)


def followed(take: Take, at: Connection) -> Take:
    shot = make.shots_of(take.shot.board)[1]
    return make.take(shot, State.WAITING, at=at, run=take.run, asked=json.dumps({"image": OPENING}))


def again(take: Take, task: str, ids: int) -> Take:
    make.job(task, ids)
    make.aged(take, lease_until=-1, wake_at=-1)
    return take


def test_a_clip_and_its_last_frame_come_exactly(board: Board, there: Connection, tmp_path: Path) -> None:
    take = made(board, there)
    follower = followed(take, there)
    again(take, "polling.poll", there.pk)
    again(take, "collecting.collect", take.pk)
    assert (take.state, take.sentence) == (State.DONE, "")
    assert take.clip is not None
    assert take.last_frame is not None
    (tmp_path / "clip.mp4").write_bytes(make.content(take.clip, tmp_path))
    (tmp_path / "frame.png").write_bytes(make.content(take.last_frame, tmp_path))
    with Image.open(tmp_path / "frame.png") as frame:
        assert frame.tobytes() == frames.last_frame(tmp_path / "clip.mp4").tobytes()
    follower.refresh_from_db()
    assert follower.state in {State.QUEUED, State.SUBMITTING}


def test_a_last_frame_that_is_left_out_is_made_here(board: Board, there: Connection) -> None:
    take = made(board, there, "sandbox:no-last-frame")
    followed(take, there)
    again(take, "polling.poll", there.pk)
    again(take, "collecting.collect", take.pk)
    assert (take.state, take.last_frame_url) == (State.DONE, "")
    assert take.last_frame is not None


def test_a_type_that_lies_is_not_looked_at(board: Board, there: Connection) -> None:
    take = made(board, there, "sandbox:wrong-type")
    again(take, "polling.poll", there.pk)
    assert again(take, "collecting.collect", take.pk).state == State.DONE


@pytest.mark.parametrize(
    ("fault", "tries", "why"), [("expired-link", 5, "lets nobody in"), ("huge-file", 3, "is larger than")]
)
def test_what_cannot_be_fetched_ends_in_a_sentence(
    board: Board, there: Connection, fault: str, tries: int, why: str
) -> None:
    take = made(board, there, f"sandbox:{fault}")
    again(take, "polling.poll", there.pk)
    states = [again(take, "collecting.collect", take.pk).state for _ in range(tries)]
    assert states == [State.COLLECTING] * (tries - 1) + [State.FAILED]
    assert why in take.sentence
    assert make.ledger(take)[0] == 0
