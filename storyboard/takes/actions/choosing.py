"""What people decide about finished takes: which one counts, where it hands over, whether it is approved or kept.

Each holds its board, and lets go on what waited for the decision.
"""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from storyboard.boards.edits import locked
from storyboard.boards.models import Board, Joint, Shot
from storyboard.boards.queries import sheet_of
from storyboard.errors import Conflict, DomainError, Missing
from storyboard.jobs.queue import enqueue
from storyboard.media.models import File, Kind
from storyboard.takes import handoff
from storyboard.takes.actions import chain, measuring
from storyboard.takes.actions.results import choose
from storyboard.takes.models import FINAL, State, Step, Take
from storyboard.takes.queries import GONE, NOT_SENT, SHOT_GONE
from storyboard.takes.staleness import signature
from storyboard.takes.timing import SECOND, Timing, timing_of
from storyboard.teams.access import require
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Role, User

LONGEST_NOTE = 2000
NOT_DONE = "This take has no clip. Choose one that is done."
STILL_LIVE = "This take is still on its way. Cancel it first, or wait for it."
NO_SHOT = "This shot was deleted. Bring it back first, then add the clip."


@transaction.atomic(durable=True)
def select(take: Take, *, by: User) -> Take:
    """The shot shows this take from now on, and followers that are not sent yet open on it."""
    board = locked(take.shot.board, by)
    found = done(take, board)
    if not found.is_selected:
        choose(found)
        went_on(found, board)
    return found


@transaction.atomic(durable=True)
def approve(take: Take, *, note: str | None = None, by: User) -> Take:
    """The note, where one is given, takes the place of the one before."""
    board = locked(take.shot.board, by, Role.REVIEWER)
    found = done(take, board)
    words = found.note if note is None else noted(note)
    if found.approved_at is None or found.note != words:
        change(found, approved_at=Now(), approved_by=by, rejected_at=None, note=words)
        record(Did.TAKE_APPROVED, by=by, team=board.team, subject=name_of(found))
        went_on(found, board)
    return found


@transaction.atomic(durable=True)
def reject(take: Take, *, note: str, by: User) -> Take:
    """It stays selected until another one is; what is not sent yet does not open on it unless somebody wants that."""
    board = locked(take.shot.board, by, Role.REVIEWER)
    found = done(take, board)
    words = noted(note)
    if found.rejected_at is None or found.note != words:
        change(found, approved_at=None, approved_by=None, rejected_at=Now(), note=words)
        record(Did.TAKE_REJECTED, by=by, team=board.team, subject=name_of(found))
        chain.tell(found, *followers(found))
    return found


def followers(take: Take) -> list[Take]:
    """What opens on the take's shot and is not sent yet."""
    rows = Take.objects.filter(follows=take.shot_id, state__in=NOT_SENT, deleted_at=None)
    return list(rows.select_related("shot__board__team"))


@transaction.atomic(durable=True)
def keep(take: Take, *, by: User) -> Take:
    """It is out of date and stays as it is, up to the next change of what it is made from."""
    board = locked(take.shot.board, by)
    found = done(take, board)
    sheet = sheet_of(board, require(by, board.team, Role.EDITOR))
    ask = next((ask for ask in sheet.asks() if ask.shot.pk == found.shot_id), None)
    if ask is None:
        raise Missing(SHOT_GONE)
    before = Take.objects.filter(shot=ask.shot.joint_from_id or 0, is_selected=True).first()
    change(found, kept_against=signature(ask, before))
    chain.tell(found)
    return found


@transaction.atomic(durable=True)
def set_hand_off(take: Take, *, ms: int | None, by: User) -> Take:
    """The next shot takes over at this moment; without one at the end."""
    board = locked(take.shot.board, by)
    found = done(take, board)
    check_moment(found, ms)
    if ms != found.hand_off_ms:
        change(found, hand_off_ms=ms, hand_off_frame=None, tail=None, attempts=0, lease_until=None)
        measuring.moved(found)
        if ms is not None:
            enqueue(chain.PREPARE, found.pk)
        went_on(found, board)
    return found


def check_moment(take: Take, ms: int | None) -> None:
    if ms is None:
        return
    timing = timing_of(take.clip)
    if timing and not timing.holds(ms):
        raise DomainError(outside(timing))
    moving = Shot.objects.filter(joint_from=take.shot_id, joint=Joint.MOTION, deleted_at=None)
    if handoff.is_early(take, ms) and moving.exists():
        least = handoff.TAIL_MS // SECOND
        raise DomainError(f"The next shot carries {least} seconds of movement over. Choose a later moment.")


def outside(timing: Timing) -> str:
    """Where a moment has to lie; a picture that begins late says when."""
    begins, ends = (f"{round(ms / SECOND, 3).normalize():f}" for ms in (timing.begins, timing.ends))
    if not timing.begins:
        return f"Choose a moment within the clip, which is {ends} seconds long."
    return f"Choose a moment within the clip, whose picture goes from {begins} to {ends} seconds."


@transaction.atomic(durable=True)
def delete(take: Take, *, by: User) -> Take:
    """It can be brought back; a shot whose selected take it was has none then."""
    board = locked(take.shot.board, by)
    found = fresh(take, board)
    if found.state not in FINAL:
        raise Conflict(STILL_LIVE)
    # That it has a time at which it was selected tells restore() what to do.
    own: dict[str, Any] = {} if found.is_selected else {"selected_at": None}
    change(found, deleted_at=Now(), deleted_by=by, is_selected=False, **own)
    record(Did.TAKE_DELETED, by=by, team=board.team, subject=name_of(found))
    chain.tell(found)
    return found


@transaction.atomic(durable=True)
def restore(take: Take, *, by: User) -> Take:
    """Undo of delete, whenever: selected again, too, unless another one was selected meanwhile."""
    board = locked(take.shot.board, by)
    found = Take.objects.select_related("clip", "shot").filter(pk=take.pk, shot__board=board).first()
    if found is None:
        raise Missing(GONE)
    if found.shot.deleted_at is not None:
        raise Missing(SHOT_GONE)
    if found.deleted_at is None:
        return found
    change(found, deleted_at=None, deleted_by=None)
    record(Did.TAKE_RESTORED, by=by, team=board.team, subject=name_of(found))
    other = Take.objects.filter(shot=found.shot_id, is_selected=True)
    if found.selected_at is not None and found.state == State.DONE and not other.exists():
        choose(found)
    went_on(found, board)
    return found


@transaction.atomic(durable=True)
def upload(shot: Shot, *, file: File, by: User) -> Take:
    """A clip of one's own as a take: done, paid to nobody, and selected where the shot has nothing else."""
    board = locked(shot.board, by)
    found = Shot.objects.filter(pk=shot.pk, board=board, deleted_at=None).first()
    if found is None:
        raise Missing(NO_SHOT)
    if file.team_id != board.team_id or file.kind != Kind.VIDEO:
        raise DomainError("Choose a clip: an MP4, MOV or WebM file of this team.")
    own = Take.objects.filter(shot=found, deleted_at=None)
    if twin := own.filter(connection=None, clip=file).first():
        return twin
    take = own_take(found, file, by)
    record(Did.TAKE_UPLOADED, by=by, team=board.team, subject=name_of(take))
    if not own.filter(is_selected=True).exists():
        choose(take)
    measuring.later(take)
    went_on(take, board)
    return take


def own_take(shot: Shot, file: File, by: User) -> Take:
    last = Take.objects.filter(shot=shot).aggregate(last=Max("number"))["last"] or 0
    follows = shot.joint_from_id if shot.joint != Joint.CUT else None
    take = Take.objects.create(
        shot=shot, number=last + 1, by=by, state=State.DONE, clip=file, follows_id=follows, progress=100
    )
    change(take, finished_at=Now(), moved_at=Now())
    Step.objects.create(take=take, state=State.DONE, at=Now(), why="Uploaded")
    return take


def noted(text: str) -> str:
    """What a column can hold of it: PostgreSQL takes no null byte, and forms send two letters for the end of a line."""
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_NOTE]


def fresh(take: Take, board: Board) -> Take:
    """The take as it is now that nobody else can change it."""
    rows = Take.objects.select_related("shot__board__team", "clip", "connection", "run")
    found = rows.filter(pk=take.pk, shot__board=board, deleted_at=None).first()
    if found is None:
        raise Missing(GONE)
    if found.shot.deleted_at is not None:
        raise Missing(SHOT_GONE)
    return found


def done(take: Take, board: Board) -> Take:
    found = fresh(take, board)
    if found.state != State.DONE:
        raise Conflict(NOT_DONE)
    return found


def change(take: Take, **columns: Any) -> None:
    Take.objects.filter(pk=take.pk).update(**columns)
    take.refresh_from_db()


def went_on(take: Take, board: Board) -> None:
    chain.wake(board)
    chain.tell(take)


def name_of(take: Take) -> str:
    return f"{take.shot.board}, shot {take.shot.position}, take {take.number}"
