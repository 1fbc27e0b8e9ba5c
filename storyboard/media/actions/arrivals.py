"""What becomes of a file on its way: it arrives, is looked at, and is taken or refused. States move one way only."""

from django.db import transaction
from django.utils import timezone

from storyboard.errors import Conflict
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.media.actions.lock import locked_by_editor
from storyboard.media.actions.references import new_reference, put_in_place
from storyboard.media.actions.uploads import TOPIC, looked_at_by
from storyboard.media.models import OPEN, File, Origin, Reference, Upload
from storyboard.teams.actions.lock import locked
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team, User

CLEAR = "storyboard.media.tasks.clear"
MOST_ATTEMPTS = 3
State = Upload.State


@transaction.atomic(durable=True)
def arrived(upload: Upload, *, by: User) -> None:
    """The browser says that all is sent; twice is once."""
    team = locked_by_editor(upload.team, by)
    waiting = Upload.objects.filter(pk=upload.pk, state=State.WAITING)
    if not waiting.update(state=State.CHECKING, changed_at=timezone.now()):
        if Upload.objects.filter(pk=upload.pk, state__in=[State.CHECKING, State.DONE]).exists():
            return
        raise Conflict("This upload is over. Choose the file again to start afresh.")
    enqueue(looked_at_by(upload), upload.pk)
    publish(team.channel, TOPIC)


@transaction.atomic(durable=True)
def cancel(upload: Upload, *, by: User) -> None:
    """Somebody changed their mind, or has read why it was not taken; its room is free again."""
    team = locked_by_editor(upload.team, by)
    ended = [*OPEN, State.REFUSED, State.EXPIRED]
    if Upload.objects.filter(pk=upload.pk, state__in=ended).update(
        state=State.CANCELLED, changed_at=timezone.now(), url=""
    ):
        enqueue(CLEAR, upload.pk)
        publish(team.channel, TOPIC)


@transaction.atomic(durable=True)
def begin_check(upload_id: int) -> Upload | None:
    """The row to work on, counted before the work; None when there is nothing to do any more."""
    found = Upload.objects.select_for_update().filter(pk=upload_id, state=State.CHECKING).first()
    if found is None:
        return None
    found.attempts += 1
    found.save(update_fields=["attempts"])
    return found


@transaction.atomic(durable=True)
def refuse(upload: Upload, *, sentence: str) -> None:
    """It is not taken; the sentence says why, and what would be right."""
    team = locked(upload.team)
    checking = Upload.objects.filter(pk=upload.pk, state=State.CHECKING)
    changed = {"state": State.REFUSED, "sentence": sentence[:600], "changed_at": timezone.now(), "url": ""}
    if checking.update(**changed):
        enqueue(CLEAR, upload.pk)
        publish(team.channel, TOPIC)


@transaction.atomic(durable=True)
def finish(upload: Upload, *, file: File) -> Reference | None:
    """Take it into the library; None when it was cancelled meanwhile, and the file is then freed by the sweep."""
    team = locked(upload.team)
    found = Upload.objects.select_related("by", "replaces", "trims").get(pk=upload.pk)
    if found.state != State.CHECKING:
        return None
    reference, sentence = taken_in(team, found, file)
    found.state, found.reference, found.sentence, found.url = State.DONE, reference, sentence, ""
    found.changed_at = timezone.now()
    found.save(update_fields=["state", "reference", "sentence", "url", "changed_at"])
    enqueue(CLEAR, found.pk)
    publish(team.channel, TOPIC)
    return reference


def taken(upload: Upload) -> bool:
    """Inside the transaction of whoever made something else of it; False when it is over already."""
    checking = Upload.objects.filter(pk=upload.pk, state=State.CHECKING)
    won = bool(checking.update(state=State.DONE, changed_at=timezone.now()))
    if won:
        enqueue(CLEAR, upload.pk)
    return won


def taken_in(team: Team, upload: Upload, file: File) -> tuple[Reference, str]:
    """In the place of another, as the entry that has these very bytes already, or as a new one."""
    if upload.replaces and upload.replaces.deleted_at is None:
        return put_in_place(upload.replaces, file=file, by=upload.by), ""
    twin = team.references.filter(file=file, deleted_at=None).first()
    if twin and upload.origin != Origin.TRIM:
        return twin, f"You have this file already, as {twin.name}."
    reference = new_reference(team, name=upload.name, kind=file.kind, by=upload.by, file=file)
    if upload.origin == Origin.TRIM:
        reference.trimmed_from, reference.in_ms, reference.out_ms = upload.trims, upload.in_ms, upload.out_ms
        reference.save(update_fields=["trimmed_from", "in_ms", "out_ms"])
    record(Did.REFERENCE_ADDED, by=upload.by, team=team, subject=reference.name, detail={"origin": upload.origin})
    return reference, ""
