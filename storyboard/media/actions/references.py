"""Entries of the library: register, rename, tag, replace, delete, bring back."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from storyboard.errors import Conflict, Missing
from storyboard.live.publish import publish
from storyboard.media.actions.lock import locked_by_editor
from storyboard.media.actions.uploads import TOPIC
from storyboard.media.models import File, Reference, Tag, Version
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team, User


def new_reference(
    team: Team, *, name: str, kind: str, by: User | None, file: File | None = None, asset: str = ""
) -> Reference:
    return Reference.objects.create(team=team, name=name, kind=kind, created_by=by, file=file, asset_uri=asset)


@transaction.atomic(durable=True)
def register_asset(team: Team, *, asset_uri: str, name: str, kind: str, by: User) -> Reference:
    """Something that a vendor keeps, known by its address; the same address again is the same entry."""
    team = locked_by_editor(team, by)
    twin = team.references.filter(asset_uri=asset_uri, deleted_at=None).first()
    if twin is not None:
        raise Conflict(f"This asset is in the library already, as {twin.name}.")
    reference = new_reference(team, name=name, kind=kind, by=by, asset=asset_uri)
    record(Did.REFERENCE_ADDED, by=by, team=team, subject=name, detail={"origin": "asset"})
    publish(team.channel, TOPIC)
    return reference


@transaction.atomic(durable=True)
def edit(reference: Reference, *, name: str, tags: list[str], by: User) -> Reference:
    """Give it another name and these tags."""
    team = locked_by_editor(reference.team, by)
    found = as_it_is_now(reference)
    found.name, found.changed_at = name, timezone.now()
    found.save(update_fields=["name", "changed_at"])
    found.tags.exclude(name__in=tags).delete()
    Tag.objects.bulk_create([Tag(reference=found, name=tag) for tag in tags], ignore_conflicts=True)
    publish(team.channel, TOPIC)
    return found


def put_in_place(reference: Reference, *, file: File, by: User) -> Reference:
    """Inside the transaction of `finish`: the entry shows another file from here on, and remembers the one before."""
    if reference.file is None or reference.file_id == file.pk:
        return reference
    Version.objects.create(reference=reference, number=reference.version, file=reference.file, replaced_by=by)
    reference.file, reference.kind, reference.version = file, file.kind, reference.version + 1
    # It is no longer the part that it was made as.
    reference.trimmed_from = reference.in_ms = reference.out_ms = None
    reference.changed_at = timezone.now()
    changed = ["file", "kind", "version", "trimmed_from", "in_ms", "out_ms", "changed_at"]
    reference.save(update_fields=changed)
    detail: dict[str, object] = {"version": reference.version}
    record(Did.REFERENCE_REPLACED, by=by, team=reference.team, subject=reference.name, detail=detail)
    return reference


@transaction.atomic(durable=True)
def delete(reference: Reference, *, by: User) -> None:
    """Take it out of the library; it can be brought back for a while, and shots that use it keep it."""
    team = locked_by_editor(reference.team, by)
    now = timezone.now()
    if Reference.objects.filter(pk=reference.pk, deleted_at=None).update(deleted_at=now, changed_at=now):
        record(Did.REFERENCE_DELETED, by=by, team=team, subject=reference.name)
        publish(team.channel, TOPIC)


@transaction.atomic(durable=True)
def restore(reference: Reference, *, by: User) -> Reference:
    """Bring it back; an asset that was registered again meanwhile stays as it is."""
    team = locked_by_editor(reference.team, by)
    found = Reference.objects.filter(pk=reference.pk).first()
    if found is None:
        days = settings.MEDIA_UNDO_DAYS
        raise Missing(f"This reference was deleted more than {days} days ago and cannot be brought back.")
    if found.deleted_at is None:
        return found
    if found.asset_uri and team.references.filter(asset_uri=found.asset_uri, deleted_at=None).exists():
        raise Conflict("This asset was registered again meanwhile, so it is in the library already.")
    found.deleted_at, found.changed_at = None, timezone.now()
    found.save(update_fields=["deleted_at", "changed_at"])
    record(Did.REFERENCE_RESTORED, by=by, team=team, subject=found.name)
    publish(team.channel, TOPIC)
    return found


def as_it_is_now(reference: Reference) -> Reference:
    """The row under the team's lock: it may have changed since the page was loaded."""
    found = Reference.objects.filter(pk=reference.pk, deleted_at=None).first()
    if found is None:
        raise Missing("This reference was deleted. Reload the library to see what is there.")
    return found
