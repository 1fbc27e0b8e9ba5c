"""What is due in a library without anybody asking: uploads that got stuck, files that nobody needs.

settings.JOB_TASKS and jobs/sweeps.py name each of these. They find their work in the state of rows.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.media import actions, census
from storyboard.media.actions.arrivals import CLEAR
from storyboard.media.actions.cleanup import YOUNG
from storyboard.media.actions.uploads import BEGIN, looked_at_by
from storyboard.media.models import OPEN, File, Reference, Upload, Version
from storyboard.media.storage import store

# Longer than a job may take, with its lease: whoever still waits was forgotten.
STUCK = timedelta(hours=1)
A_TURN = 500
State = Upload.State


def catch_up() -> None:
    """Queue again what a lost job left, and give up on what never came."""
    now = timezone.now()
    for upload in Upload.objects.filter(state=State.WAITING, expires_at__lte=now)[:A_TURN]:
        actions.expire(upload)
    for upload in Upload.objects.filter(state=State.CHECKING, changed_at__lte=now - STUCK)[:A_TURN]:
        enqueue(looked_at_by(upload), upload.pk)
    stalled = Upload.objects.filter(state=State.WAITING, in_parts=True, parts_id="")
    for upload in stalled.filter(created_at__lte=now - timedelta(minutes=1))[:A_TURN]:
        enqueue(BEGIN, upload.pk)
    over = Upload.objects.filter(cleared_at=None, changed_at__lte=now - timedelta(minutes=5))
    for upload in over.exclude(state__in=OPEN)[:A_TURN]:
        enqueue(CLEAR, upload.pk)


def free_files() -> None:
    """Remove references whose undo time is over, then files that nothing shows any more."""
    until = timezone.now() - timedelta(days=settings.MEDIA_UNDO_DAYS)
    for reference in Reference.objects.filter(deleted_at__lte=until).select_related("team")[:A_TURN]:
        actions.purge(reference)
    shown = Exists(Reference.objects.filter(file=OuterRef("pk")))
    before = Exists(Version.objects.filter(file=OuterRef("pk")))
    unused = File.objects.filter(~shown, ~before, touched_at__lte=timezone.now() - YOUNG)
    for file in unused.select_related("team").order_by("touched_at"):
        store().delete(actions.free(file))


def tidy_storage() -> None:
    """Remove objects that no row knows: what a crash left between the two, and what deleted teams had."""
    census.remove_strays(census.count().strays)
