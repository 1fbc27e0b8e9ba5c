"""What nobody needs any more: quarantine that was emptied, references deleted long ago, files that nothing shows."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.media.actions.arrivals import CLEAR
from storyboard.media.actions.uploads import TOPIC
from storyboard.media.models import File, Reference, Upload
from storyboard.media.queries import uses_of
from storyboard.teams.actions.lock import locked
from storyboard.teams.audit import Did, record

# A file that was just made or asked for has no reference yet.
YOUNG = timedelta(days=1)
NEVER_CAME = "The rest of this file never arrived. Choose it again to start afresh."


@transaction.atomic(durable=True)
def expire(upload: Upload) -> bool:
    """Nobody brought the rest within a day."""
    team, now = locked(upload.team), timezone.now()
    late = Upload.objects.filter(pk=upload.pk, state=Upload.State.WAITING, expires_at__lte=now)
    if not late.update(state=Upload.State.EXPIRED, sentence=NEVER_CAME, changed_at=now):
        return False
    enqueue(CLEAR, upload.pk)
    publish(team.channel, TOPIC)
    return True


@transaction.atomic(durable=True)
def cleared(upload: Upload) -> None:
    """Its objects in quarantine are gone."""
    Upload.objects.filter(pk=upload.pk).update(cleared_at=timezone.now())


@transaction.atomic(durable=True)
def purge(reference: Reference) -> bool:
    """Remove an entry for good when its undo time is over, unless something still needs it."""
    team = locked(reference.team)
    until = timezone.now() - timedelta(days=settings.MEDIA_UNDO_DAYS)
    found = Reference.objects.filter(pk=reference.pk, deleted_at__lte=until).first()
    if found is None or uses_of([found])[found.pk] or not removed(found):
        return False
    record(Did.REFERENCE_PURGED, by=None, team=team, subject=found.name)
    return True


@transaction.atomic(durable=True)
def free(file: File) -> list[str]:
    """Forget a file that nothing points at, and say which objects may go; empty when something still does."""
    locked(file.team)
    old = File.objects.filter(pk=file.pk, touched_at__lte=timezone.now() - YOUNG).first()
    return old.keys if old and removed(old) else []


@transaction.atomic(durable=True)
def take_back(file: File, *, touched_at: datetime) -> list[str]:
    """Forget at once a file that was kept in vain, unless somebody asked for it since; its objects may go."""
    locked(file.team)
    found = File.objects.filter(pk=file.pk, touched_at=touched_at).first()
    return found.keys if found and removed(found) else []


def removed(row: File | Reference) -> bool:
    """Whoever needs a row points at it with RESTRICT or PROTECT; asking the database leaves nobody out."""
    try:
        with transaction.atomic():
            row.delete()
    except (RestrictedError, ProtectedError):
        return False
    return True


@transaction.atomic(durable=True)
def lose_posters(file: File) -> None:
    """Its small pictures are not in the storage: pages show the kind's icon instead."""
    File.objects.filter(pk=file.pk).update(poster_key="", small_key="")


@transaction.atomic(durable=True)
def forget_file(file: File) -> bool:
    """Its bytes are lost: the entries that show it are taken out, and the row goes unless a take needs it."""
    team = locked(file.team)
    for reference in file.references.all():
        record(Did.REFERENCE_PURGED, by=None, team=team, subject=reference.name, detail={"because": "its file is lost"})
        removed(reference)
    gone = removed(file)
    publish(team.channel, TOPIC)
    return gone
