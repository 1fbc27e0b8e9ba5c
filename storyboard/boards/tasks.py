"""What workers do for boards: pack one into a ZIP, unpack one that somebody brought, and what is due without anybody.

settings.JOB_TASKS and jobs/sweeps.py name these; each may run twice.
"""

from datetime import timedelta

from django.utils import timezone

from storyboard.boards import actions, packing, unpacking
from storyboard.boards.actions.exports import MOST_ATTEMPTS, PACK
from storyboard.boards.models import Board, Export, Import
from storyboard.boards.queries import KEPT
from storyboard.jobs.queue import enqueue
from storyboard.media import actions as media
from storyboard.media.models import Upload
from storyboard.media.storage import store

A_TURN = 100
# Longer than a job may take, with its lease: whoever still waits was forgotten.
STUCK = timedelta(hours=1)
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
