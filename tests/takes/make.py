"""Boards, connections, runs and takes in any state, written straight into the database. Tests of takes share them.

`board_with(team, alice, "cut continue", account)`, `take(shot, State.RUNNING, at=account)`.
"""

import hashlib
import io
import secrets
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from storyboard.boards import actions
from storyboard.boards.changes import NewShot
from storyboard.boards.models import Board, Joint, Shot
from storyboard.connections.models import Connection
from storyboard.jobs.run import run as run_job
from storyboard.media.models import File, Kind
from storyboard.media.storage import store
from storyboard.takes import money
from storyboard.takes.models import FINAL, Entry, Run, State, Take
from storyboard.takes.placeholders import digest
from storyboard.teams.models import Team, User
from tests.connections.connect import connect

# The smallest clip that is sold.
SMALLEST = {"seconds": 4, "ratio": "1:1", "resolution": "480p", "audio": False}
MODELS = {
    "ark": "dreamina-seedance-2-0-260128",
    "reapi": "doubao-seedance-2.0-face",
    "evolink": "seedance-2.0-text-to-video",
    "apimart": "doubao-seedance-2.0",
}
QUOTE = 400_000
ASKED = '{"model": "m"}'
# States in which a vendor has given the task an id.
AT_VENDOR = {State.RUNNING, State.COLLECTING, State.DONE}
Joints = str | list[str]


def connection(
    team: Team, vendor: str = "ark", *, base_url: str = "", name: str = "", by: User | None = None, parallel: int = 3
) -> Connection:
    """With a key that opens; the fixture `key_file` must be in use."""
    found = connect(team, name=name or f"{vendor} {secrets.token_hex(3)}", vendor=vendor, base_url=base_url, by=by)
    found.parallel = parallel
    found.save(update_fields=["parallel"])
    return found


def board_with(team: Team, by: User, joints: Joints = "cut continue", at: Connection | None = None) -> Board:
    """A film whose shots open so, each on the one before it; with a connection it can be rendered."""
    names = joints.split() if isinstance(joints, str) else joints
    board = actions.create_board(team, name=f"Film {secrets.token_hex(3)}", by=by)
    shots = [
        NewShot(prompt=f"Waves break on a cliff, view {number}.", joint=Joint(name))
        for number, name in enumerate(names)
    ]
    actions.add_shots(board, shots=shots, by=by)
    chosen = {"connection": at.public_id, "model": MODELS[at.vendor]} if at else {}
    Board.objects.filter(pk=board.pk).update(settings=SMALLEST | chosen)
    board.refresh_from_db()
    return board


def shots_of(board: Board) -> list[Shot]:
    rows = Shot.objects.filter(board=board, deleted_at=None).select_related("board__team", "joint_from")
    return list(rows.order_by("position"))


def run(board: Board, by: User | None = None, **columns: Any) -> Run:
    return Run.objects.create(
        board=board,
        by=by or board.created_by,
        **({"form_key": secrets.token_hex(10), "plan_hash": "0" * 64, "ceiling_micro_usd": 10**9} | columns),
    )


def take(shot: Shot, state: State = State.DONE, *, at: Connection | None = None, **columns: Any) -> Take:
    """One that came into `state` in the usual way; whatever is given in `columns` stands instead.

    With a connection it has a run, holds its quote while it is not final, and has a task where a vendor has one.
    """
    own: dict[str, Any] = {
        "number": Take.objects.filter(shot=shot).count() + 1,
        "by": shot.board.created_by,
        "asked": ASKED,
        "asked_hash": digest(ASKED),
        "request": {"joint": shot.joint} if at else {},
        "follows_id": shot.joint_from_id,
    }
    if at:
        own |= {"connection": at, "model": MODELS[at.vendor], "quote_micro_usd": QUOTE}
        own |= {} if "run" in columns else {"run": run(shot.board)}
    own |= times(state)
    if state in AT_VENDOR and at:
        own["remote_id"] = f"task_{secrets.token_hex(8)}"
    if state == State.DONE and "clip" not in columns:
        own["clip"] = file(shot.board.team, kind=Kind.VIDEO)
    found = Take.objects.create(shot=shot, state=state, **(own | columns))
    if at and state not in FINAL:
        hold(found)
    return found


def times(state: State) -> dict[str, Any]:
    now = timezone.now()
    if state == State.QUEUED:
        return {"queued_at": now, "wake_at": now}
    if state in {State.SUBMITTING, State.UNKNOWN, State.UNDECIDED}:
        return {"sent_at": now, "epoch": 1, "wake_at": now}
    if state in {State.RUNNING, State.COLLECTING}:
        return {"sent_at": now, "accepted_at": now, "epoch": 1, "wake_at": now}
    return {"finished_at": now} if state in FINAL else {}


def selected(shot: Shot, *, at: Connection | None = None, **columns: Any) -> Take:
    """Its take that is done and chosen."""
    return take(shot, State.DONE, at=at, is_selected=True, **({"selected_at": timezone.now()} | columns))


def hold(found: Take) -> None:
    """As a press of Render does; no budget is asked."""
    row = money.entry(found, Entry.Kind.HOLD, board=found.shot.board, held=found.quote_micro_usd or 0)
    row.save()


def ledger(found: Take) -> tuple[int, int]:
    """What the take holds and what it has spent."""
    return money.balance(found)[:2]


def file(team: Team, data: bytes = b"", *, kind: Kind = Kind.IMAGE, **facts: Any) -> File:
    """A kept file; without data nobody looks at its bytes."""
    name = secrets.token_hex(16)
    video = kind == Kind.VIDEO
    own = {
        "sha256": hashlib.sha256(data or name.encode()).hexdigest(),
        "key": f"t/{team.pk}/{name}",
        "size": len(data) or 1000,
        "stored": len(data) or 1000,
        "content_type": "video/mp4" if video else "image/png",
        "format": "mp4" if video else "png",
        "width": 640,
        "height": 640,
        "seconds": Decimal(4) if video else None,
        "fps": Decimal(24) if video else None,
        "origin": "take",
    }
    found = File.objects.create(team=team, kind=kind, **(own | facts))
    if data:
        store().put(found.key, io.BytesIO(data), found.content_type)
    return found


def content(found: File, folder: Path) -> bytes:
    """The bytes that are kept of it."""
    store().get(found.key, folder / "content")
    return (folder / "content").read_bytes()


def running(board: Board, at: Connection, **columns: Any) -> Take:
    """A take of the board's first shot that its vendor works on and that is due to be asked about."""
    return take(shots_of(board)[0], State.RUNNING, at=at, **columns)


def aged(found: Take, **columns: Any) -> None:
    """Put times of a take elsewhere: `aged(take, wake_at=-5)` was due five seconds ago, by the database's clock."""
    moved = {name: Now() + timedelta(seconds=seconds) for name, seconds in columns.items()}
    Take.objects.filter(pk=found.pk).update(**moved)
    found.refresh_from_db()


def job(task: str, *ids: int) -> None:
    """Run one task of takes as a worker does: only there a vendor's key is opened."""
    run_job(f"storyboard.takes.tasks.{task}", "", *ids)


def queued(task: str) -> list[list[int]]:
    """The ids that wait in the queue for this task."""
    jobs = [SignedPackage.loads(row.payload)["args"] for row in OrmQ.objects.order_by("id")]
    return [list(ids) for name, _, *ids in jobs if name == f"storyboard.takes.tasks.{task}"]
