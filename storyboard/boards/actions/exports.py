"""A board as a ZIP with its media: asked for, made by a job, fetched for some hours, then gone."""

from datetime import timedelta

from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from storyboard.boards.edits import GONE, held
from storyboard.boards.formats.directory import MOST_BYTES
from storyboard.boards.models import Board, Export
from storyboard.boards.queries import media_of
from storyboard.errors import DomainError, Missing, Throttled
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.media import keys
from storyboard.teams.models import Role, User

PACK, CLEAR = "storyboard.boards.tasks.pack", "storyboard.boards.tasks.clear_export"
TOPIC = "exports"
# Shorter than a day: after one the storage's own sweep removes what only an export names.
KEPT = timedelta(hours=6)
MOST_AT_ONCE = 5
MOST_ATTEMPTS = 3
State = Export.State


@transaction.atomic(durable=True)
def start_export(board: Board, *, by: User) -> Export:
    """Begin to make the ZIP; the one that is being made already will do."""
    board = held(board, by, Role.VIEWER)
    if board.deleted_at is not None:
        raise Missing(GONE)
    making = Export.objects.filter(state=State.MAKING)
    if found := making.filter(board=board).first():
        return found
    if making.filter(board__team=board.team).count() >= MOST_AT_ONCE:
        raise Throttled("Several boards are being packed already. Wait until one of them is ready.")
    check_size(board)
    now, key = timezone.now(), keys.kept(board.team)
    made = Export.objects.create(board=board, by=by, key=key, total=len(media_of(board)), expires_at=now + KEPT)
    enqueue(PACK, made.pk)
    publish(board.channel, TOPIC)
    return made


def check_size(board: Board) -> None:
    size = sum(file.size for file in media_of(board).values())
    if size > MOST_BYTES:
        most = filesizeformat(MOST_BYTES)
        raise DomainError(
            f"The media of this board have {filesizeformat(size)}, and {most} are the most for a ZIP. "
            "Export the board as JSON, and download the large references from the library."
        )


@transaction.atomic(durable=True)
def begin_export(export_id: int) -> Export | None:
    """The row to work on, counted before the work; None when there is nothing to do any more."""
    rows = Export.objects.select_for_update(of=("self",)).select_related("board__team", "by")
    found = rows.filter(pk=export_id, state=State.MAKING).first()
    if found is None:
        return None
    found.attempts += 1
    found.save(update_fields=["attempts"])
    return found


@transaction.atomic(durable=True)
def packed(export: Export, *, done: int) -> None:
    """So many of its media are here."""
    Export.objects.filter(pk=export.pk, state=State.MAKING).update(done=done, changed_at=timezone.now())
    publish(export.board.channel, TOPIC)


@transaction.atomic(durable=True)
def finish_export(export: Export, *, size: int) -> bool:
    """It can be fetched from now on, and those before it go; False when nobody waits for it any more."""
    now = timezone.now()
    ready = {"state": State.READY, "size": size, "changed_at": now, "expires_at": now + KEPT}
    if not Export.objects.filter(pk=export.pk, state=State.MAKING).update(**ready):
        return False
    older = Export.objects.filter(board=export.board, state=State.READY).exclude(pk=export.pk)
    for key in list(older.values_list("pk", flat=True)):
        leave(key)
    publish(export.board.channel, TOPIC)
    return True


@transaction.atomic(durable=True)
def fail_export(export: Export, *, sentence: str) -> None:
    failed = {"state": State.FAILED, "sentence": sentence[:600], "changed_at": timezone.now()}
    if Export.objects.filter(pk=export.pk, state=State.MAKING).update(**failed):
        enqueue(CLEAR, export.pk)
        publish(export.board.channel, TOPIC)


@transaction.atomic(durable=True)
def expire_export(export: Export) -> bool:
    """Its hours are over, unless somebody saw to it meanwhile."""
    if not Export.objects.filter(pk=export.pk, state=State.READY, expires_at__lte=timezone.now()).exists():
        return False
    leave(export.pk)
    publish(export.board.channel, TOPIC)
    return True


def leave(key: int) -> None:
    if Export.objects.filter(pk=key, state=State.READY).update(state=State.GONE, changed_at=timezone.now()):
        enqueue(CLEAR, key)


@transaction.atomic(durable=True)
def cleared_export(export: Export) -> None:
    """Its object is gone."""
    Export.objects.filter(pk=export.pk).update(cleared_at=timezone.now())


@transaction.atomic(durable=True)
def forget_exports(until: timedelta = timedelta(days=7)) -> None:
    """What was over a week ago is of interest to nobody."""
    over = Export.objects.filter(state__in=[State.GONE, State.FAILED], changed_at__lte=timezone.now() - until)
    over.exclude(cleared_at=None).delete()
