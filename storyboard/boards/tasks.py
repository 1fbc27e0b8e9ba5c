"""What workers do for boards: pack one into a ZIP, unpack one, paint a sample, and what is due without anybody.

settings.JOB_TASKS and jobs/sweeps.py name these; each may run twice.
"""

import logging
from datetime import timedelta

from django.utils import timezone

from storyboard.boards import actions, packing, painting, unpacking
from storyboard.boards.actions.exports import MOST_ATTEMPTS, PACK
from storyboard.boards.actions.sample import PAINT
from storyboard.boards.models import Board, Export, Import
from storyboard.boards.queries import KEPT, in_painting
from storyboard.jobs.queue import enqueue
from storyboard.media import actions as media
from storyboard.media.examine import Unfit
from storyboard.media.models import File, Upload
from storyboard.media.storage import store

logger = logging.getLogger(__name__)
A_TURN = 100
# Longer than a job may take, with its lease: whoever still waits was forgotten.
STUCK = timedelta(hours=1)
# Painting takes seconds.
FORGOTTEN = timedelta(minutes=1)
# So long a ZIP waits for somebody to say where it goes.
PATIENCE = timedelta(hours=24)
GAVE_UP = "This ZIP could not be unpacked, three times over. Export the board again and import that file."
NOBODY = "Nobody said where this board goes, so the ZIP was removed. Choose it again to start afresh."
NO_BOARD = "A ZIP is taken on the page that imports boards. Choose it there."
State = Export.State


def pack(export_id: int) -> None:
    """Make the ZIP that somebody asked for."""
    export = actions.begin_export(export_id)
    if export is None:
        return
    if export.attempts > MOST_ATTEMPTS:
        actions.fail_export(export, sentence=packing.GAVE_UP)
    else:
        packing.pack(export)


def clear_export(export_id: int) -> None:
    """Remove the ZIP of an export that is over."""
    export = Export.objects.filter(pk=export_id, state__in=[State.GONE, State.FAILED], cleared_at=None).first()
    if export is not None:
        store().delete([export.key])
        actions.cleared_export(export)


def unpack(upload_id: int) -> None:
    """Look at a ZIP that came, or take the board out of it once somebody has said where it goes."""
    rows = Import.objects.select_related("upload__team", "upload__by", "into")
    found = rows.filter(upload=upload_id).first()
    if found is not None and found.stage == Import.Stage.SHOWN:
        return
    upload = media.begin_check(upload_id)
    if upload is None:
        if found is not None and found.upload.state == Upload.State.CANCELLED:
            unpacking.give_back(found)
    elif found is None:
        media.refuse(upload, sentence=NO_BOARD)
    elif upload.attempts > MOST_ATTEMPTS:
        refuse(found, GAVE_UP)
    else:
        try:
            (unpacking.look if found.stage == Import.Stage.LOOKING else unpacking.take)(found)
        except unpacking.REFUSED as error:
            refuse(found, error.message)


def refuse(found: Import, sentence: str) -> None:
    media.refuse(found.upload, sentence=sentence)
    unpacking.give_back(found)


def paint_sample(board_id: int) -> None:
    """Make a sample's pictures. Without them it is a film all the same, and its last shot says what to choose."""
    waiting = in_painting().select_related("team").filter(pk=board_id).first()
    if waiting is not None and painting.is_too_early(waiting):
        actions.paint_soon(waiting)
        return
    board = actions.begin_painting(board_id)
    if board is None:
        return
    files: dict[str, File] = {}
    if (board.painting or 0) <= MOST_ATTEMPTS:
        try:
            files = painting.kept(board.team)
        except Unfit as error:
            logger.warning("The sample %s has no pictures: %s", board.public_id, error.message)
    actions.finish_sample(board, files=files)


def paint_forgotten() -> None:
    """Every minute: samples whose job was lost or killed."""
    for key in in_painting().filter(created_at__lte=timezone.now() - FORGOTTEN).values_list("pk", flat=True)[:A_TURN]:
        enqueue(PAINT, key)


def tidy() -> None:
    """Remove boards and ZIPs whose time is over, queue again what was forgotten, and forget who was here yesterday."""
    now = timezone.now()
    for board in Board.objects.filter(deleted_at__lte=now - KEPT)[:A_TURN]:
        actions.purge_board(board)
    for export in Export.objects.filter(state=State.READY, expires_at__lte=now).select_related("board")[:A_TURN]:
        actions.expire_export(export)
    for export in Export.objects.filter(state=State.MAKING, changed_at__lte=now - STUCK)[:A_TURN]:
        enqueue(PACK, export.pk)
    for export in Export.objects.filter(state__in=[State.GONE, State.FAILED], cleared_at=None)[:A_TURN]:
        clear_export(export.pk)
    waiting = Import.objects.filter(stage=Import.Stage.SHOWN, upload__state=Upload.State.CHECKING)
    for found in waiting.filter(upload__changed_at__lte=now - PATIENCE).select_related("upload__team")[:A_TURN]:
        refuse(found, NOBODY)
    actions.forget_exports()
    actions.forget_imports()
    actions.forget_absent()
