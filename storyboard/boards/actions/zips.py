"""A board that somebody brings as a ZIP with its media: announced, looked at, shown, taken. Its upload tells the end.

Nothing is made before the last step: then references, board and shots come at once, or none of them.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from storyboard.boards.actions.boards import held_team
from storyboard.boards.actions.imports import extended, stored
from storyboard.boards.bringing import Stored
from storyboard.boards.changes import END, Spot
from storyboard.boards.edits import held
from storyboard.boards.fields import LONGEST_NAME
from storyboard.boards.formats.directory import MOST_BYTES, MOST_DIRECTORY
from storyboard.boards.formats.draft import DraftBoard, DraftReference
from storyboard.boards.library import Library
from storyboard.boards.models import Board, Import
from storyboard.errors import Conflict, DomainError, Throttled
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.media.actions.arrivals import taken
from storyboard.media.actions.references import new_reference
from storyboard.media.actions.uploads import Announced, check_room, expected
from storyboard.media.formats import ARCHIVE
from storyboard.media.models import OPEN, File, Reference, Tag, Upload
from storyboard.media.queries import room
from storyboard.teams.audit import Did, record
from storyboard.teams.fields import one_line
from storyboard.teams.models import Role, Team, User

UNPACK = "storyboard.boards.tasks.unpack"
TOPIC = "imports"
MOST_AT_ONCE = 5
MOST = MOST_BYTES + MOST_DIRECTORY
OVER = "This import is over. Choose the ZIP again to start afresh."
NOT_A_ZIP = "This is no ZIP. Text, tables and screenplays go into the field for files, and media into the library."
FILE_GONE = "A file that was unpacked is gone from the storage. Choose the ZIP again to start afresh."
Stage = Import.Stage


@transaction.atomic(durable=True)
def start_import(team: Team, *, file: Announced, by: User) -> Import:
    """Room for the ZIP is reserved, and its browser may send it."""
    team = held_team(team, by)
    if Import.objects.filter(upload__team=team, upload__state__in=OPEN).count() >= MOST_AT_ONCE:
        raise Throttled("Several ZIPs are on their way already. Import or cancel one of them first.")
    if not file.name.lower().endswith(".zip"):
        raise DomainError(NOT_A_ZIP)
    if not 0 < file.size <= MOST:
        raise DomainError(f"It has {filesizeformat(file.size)}; a ZIP may have 1 byte to {filesizeformat(MOST)}.")
    check_room(file.size, room(team).free)
    return Import.objects.create(upload=expected(team, by, file=Announced(file.name, ARCHIVE, file.size)))


@transaction.atomic(durable=True)
def show_import(found: Import, *, shown: dict[str, Any], total: int) -> None:
    """What is in it, for a person to say yes or no to; the attempts count anew for what comes next."""
    changed = {"stage": Stage.SHOWN, "shown": shown, "total": total}
    if Import.objects.filter(pk=found.pk, stage=Stage.LOOKING).update(**changed):
        Upload.objects.filter(pk=found.upload_id).update(attempts=0, changed_at=timezone.now())
        publish(found.upload.team.channel, TOPIC)


@transaction.atomic(durable=True)
def take_import(found: Import, *, name: str = "", into: Board | None = None, at: Spot = END, by: User) -> Import:
    """Somebody says yes: as a new board, or into one that is there. Twice is once."""
    team = held_team(found.upload.team, by)
    if into is not None:
        held(into, by, Role.EDITOR)
    row = Import.objects.select_for_update(of=("self",)).select_related("upload").get(pk=found.pk)
    if row.stage == Stage.TAKING:
        return row
    if row.stage != Stage.SHOWN or row.upload.state != Upload.State.CHECKING:
        raise Conflict(OVER if row.upload.state not in OPEN else "It is still being looked at. Wait a moment.")
    row.stage, row.name, row.into = Stage.TAKING, name[:LONGEST_NAME], into
    row.before, row.after = at.before, at.after
    row.save(update_fields=["stage", "name", "into", "before", "after"])
    Upload.objects.filter(pk=row.upload_id).update(changed_at=timezone.now())
    enqueue(UNPACK, row.upload_id)
    publish(team.channel, TOPIC)
    return row


@transaction.atomic(durable=True)
def unpacked(found: Import, *, sha256: str, file: File, is_new: bool) -> bool:
    """One of its media was checked and kept; False when somebody cancelled meanwhile."""
    row = Import.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row.kept[sha256] = [file.pk, file.touched_at.isoformat() if is_new else ""]
    row.save(update_fields=["kept"])
    found.kept = row.kept
    # The attempts count those that led nowhere.
    going_on = Upload.objects.filter(pk=row.upload_id, state=Upload.State.CHECKING)
    won = bool(going_on.update(changed_at=timezone.now(), attempts=1))
    publish(found.upload.team.channel, TOPIC)
    return won


@transaction.atomic(durable=True)
def unpack_on(found: Import) -> None:
    """Another job goes on where this one stops."""
    enqueue(UNPACK, found.upload_id)


@transaction.atomic(durable=True)
def finish_import(found: Import, *, draft: DraftBoard) -> Stored | None:
    """References, board and shots at once; None when somebody cancelled meanwhile."""
    upload = found.upload
    team = held_team(upload.team, upload.by)
    if not taken(upload):
        return None
    given = referred(team, draft, files_of(found), upload.by)
    if found.into is not None:
        done = extended(found.into, draft, Spot(found.before, found.after), upload.by, given)
    else:
        draft.name = found.name or draft.name
        done = stored(team, draft, upload.name.removesuffix(".zip"), upload.by, given)
    found.board, found.remarks = done.board, done.remarks + done.sentences
    found.save(update_fields=["board", "remarks"])
    publish(team.channel, "library")
    publish(team.channel, TOPIC)
    return done


def files_of(found: Import) -> dict[str, File]:
    rows = File.objects.in_bulk([key for key, _ in found.kept.values()])
    if len(rows) < len({key for key, _ in found.kept.values()}):
        raise Conflict(FILE_GONE)
    return {sha256: rows[key] for sha256, (key, _) in found.kept.items()}


def referred(team: Team, draft: DraftBoard, files: Mapping[str, File], by: User) -> dict[str, Reference]:
    """An entry of the library for each reference of the draft whose file came; what the team has already is used."""
    library = Library(team, draft.references, {})
    by_file = {row.file_id: row for row in library.known.values() if row.file_id}
    made: dict[tuple[int, str], Reference] = {}
    given: dict[str, Reference] = {}
    for entry in draft.references:
        file = files.get(entry.sha256)
        if file is None or library.of(entry):
            continue
        kept = (file.pk, entry.name)
        if file.pk not in by_file and kept not in made:
            made[kept] = added(team, entry, file, by)
        given[entry.id] = by_file.get(file.pk) or made[kept]
    return given


def added(team: Team, entry: DraftReference, file: File, by: User) -> Reference:
    name = one_line(entry.name) or "Untitled"
    made = new_reference(team, name=name, kind=file.kind, by=by, file=file)
    tags = dict.fromkeys(tag for one in entry.tags if (tag := one_line(one)))
    Tag.objects.bulk_create([Tag(reference=made, name=tag) for tag in tags])
    record(Did.REFERENCE_ADDED, by=by, team=team, subject=made.name, detail={"origin": "zip"})
    return made


@transaction.atomic(durable=True)
def forget_imports(until: timedelta = timedelta(days=7)) -> None:
    """What was over a week ago is of interest to nobody; the upload itself stays, as every other."""
    Import.objects.filter(upload__changed_at__lte=timezone.now() - until).exclude(upload__state__in=OPEN).delete()
