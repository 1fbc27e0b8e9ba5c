"""Files announced by a browser, a link or a trim: each gets a row, room in the quota, and a place in quarantine."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from storyboard.errors import Conflict, DomainError, Throttled
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.media import formats, keys
from storyboard.media.actions.lock import locked_by_editor
from storyboard.media.models import OPEN, Kind, Origin, Reference, Upload
from storyboard.media.queries import room
from storyboard.media.storage import PART_BYTES
from storyboard.teams.fields import one_line
from storyboard.teams.models import Team, User

# A browser has so long to bring everything; what is in quarantine after that is removed.
PATIENCE = timedelta(hours=24)
MOST_OPEN = 2_000
LONGEST_NAME, LONGEST_ENDING = 120, 9
TOPIC = "library"
CHECK = "storyboard.media.tasks.check"
BEGIN = "storyboard.media.tasks.begin"
# A trimmed part is coded afresh and may be a little larger than its share.
TRIM_SHARE = 1.5
SHORTEST_MS = 100


def looked_at_by(upload: Upload) -> str:
    """The task that looks at what arrived: ours, or that of an app above us that takes such files."""
    return str(settings.UPLOAD_TASKS.get(upload.content_type, CHECK))


@dataclass(frozen=True)
class Announced:
    name: str
    content_type: str
    size: int


def tidy_name(name: str, otherwise: str = "Untitled") -> str:
    """A person's name for a file, in one line and not too long; its ending stays."""
    plain = one_line(name.replace("\\", "/").rpartition("/")[2]) or otherwise
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= LONGEST_NAME:
        return plain
    return f"{(stem or plain)[: LONGEST_NAME - LONGEST_ENDING - 1]}{dot}{ending[:LONGEST_ENDING]}"


@transaction.atomic(durable=True)
def start(team: Team, *, files: list[Announced], by: User, replaces: Reference | None = None) -> list[Upload | str]:
    """For each file a row, with its room reserved; or the sentence why it need not be sent."""
    team = locked_by_editor(team, by)
    count, free = team.uploads.filter(state__in=OPEN).count(), room(team).free
    if count + len(files) > MOST_OPEN:
        raise Throttled("Too many files are on their way already. Wait until some of them are in the library.")
    started: list[Upload | str] = []
    for file in files:
        found = announce(team, file, free=free, by=by, replaces=replaces)
        started.append(found)
        free -= found.size if isinstance(found, Upload) else 0
    return started


def announce(team: Team, file: Announced, *, free: int, by: User, replaces: Reference | None) -> Upload | str:
    try:
        content_type = formats.announced(file.name, file.content_type, file.size)
        check_room(file.size, free)
        check_kind(content_type, replaces)
    except DomainError as error:
        return error.message
    return expected(team, by, file=Announced(file.name, content_type, file.size), replaces=replaces)


def expected(team: Team, by: User, *, file: Announced, replaces: Reference | None = None) -> Upload:
    """Inside a transaction that holds the team: a row for a file that was looked at by its name and found fit."""
    in_parts = file.size > PART_BYTES
    upload = opened(
        team, by, name=file.name, content_type=file.content_type, size=file.size, in_parts=in_parts, replaces=replaces
    )
    if in_parts:
        # The storage is asked by a job: views and actions use no network.
        enqueue(BEGIN, upload.pk)
    return upload


def opened(team: Team, by: User, *, name: str, **fields: object) -> Upload:
    key, until = keys.quarantine(team), timezone.now() + PATIENCE
    return Upload.objects.create(team=team, by=by, key=key, name=tidy_name(name), expires_at=until, **fields)


def check_room(size: int, free: int) -> None:
    if size > free:
        raise DomainError(
            f"There is no room for it: {filesizeformat(max(0, free))} are left, and it has {filesizeformat(size)}. "
            "Delete references you no longer need, or ask whoever runs this site for more."
        )


def check_kind(content_type: str, replaces: Reference | None) -> None:
    if replaces and formats.kind_of(content_type) != replaces.kind:
        wanted = formats.singular(Kind(replaces.kind))
        raise DomainError(f"{replaces.name} is {wanted}. Replace it with {wanted}, or upload this one beside it.")


@transaction.atomic(durable=True)
def begun(upload: Upload, *, parts_id: str) -> bool:
    """The storage expects its parts; a second job that asked too is told that it came late."""
    waiting = Upload.objects.filter(pk=upload.pk, state=Upload.State.WAITING, parts_id="")
    return bool(waiting.update(parts_id=parts_id, changed_at=timezone.now()))


@transaction.atomic(durable=True)
def renew(upload: Upload, *, by: User) -> Upload:
    """Somebody still sends it, and asks for links again."""
    locked_by_editor(upload.team, by)
    now = timezone.now()
    waiting = Upload.objects.filter(pk=upload.pk, state=Upload.State.WAITING, expires_at__gt=now)
    if not waiting.update(changed_at=now):
        raise Conflict("This upload is over. Choose the file again to start afresh.")
    upload.refresh_from_db()
    return upload


@transaction.atomic(durable=True)
def import_link(team: Team, *, url: str, name: str, by: User) -> Upload:
    """Fetch a file by its link; room for the largest is held until its size is known."""
    team = locked_by_editor(team, by)
    free = room(team).free
    check_room(1, free)
    upload = opened(
        team, by, name=name, url=url, size=min(free, formats.LARGEST), origin=Origin.IMPORT, state=Upload.State.CHECKING
    )
    enqueue(CHECK, upload.pk)
    publish(team.channel, TOPIC)
    return upload


@transaction.atomic(durable=True)
def trim(reference: Reference, *, in_ms: int, out_ms: int, by: User) -> Upload:
    """Make a file of a part of this one, to stand beside it."""
    team = locked_by_editor(reference.team, by)
    size = trimmed_size(reference, in_ms, out_ms)
    check_room(size, room(team).free)
    name = f"{reference.name.rpartition('.')[0] or reference.name} {in_ms / 1000:g}–{out_ms / 1000:g} s"
    upload = opened(
        team,
        by,
        name=name,
        size=size,
        origin=Origin.TRIM,
        state=Upload.State.CHECKING,
        trims=reference,
        in_ms=in_ms,
        out_ms=out_ms,
    )
    enqueue(CHECK, upload.pk)
    publish(team.channel, TOPIC)
    return upload


def trimmed_size(reference: Reference, in_ms: int, out_ms: int) -> int:
    """About how large the part will be; DomainError when it is no part."""
    file = reference.file
    if file is None or not file.seconds:
        raise DomainError("Only clips and sounds with a file here can be trimmed.")
    whole = int(file.seconds * 1000)
    if not 0 <= in_ms < out_ms <= whole or out_ms - in_ms < SHORTEST_MS:
        raise DomainError(f"Choose a part of at least {SHORTEST_MS / 1000:g} s between 0 and {whole / 1000:g} s.")
    return int(file.size * TRIM_SHARE * (out_ms - in_ms) / whole) + formats.MB
