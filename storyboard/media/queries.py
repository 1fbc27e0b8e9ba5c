"""How views load what is in a library; access is checked on the way, never afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.module_loading import import_string

from storyboard.errors import Missing
from storyboard.media.formats import ARCHIVE
from storyboard.media.models import OPEN, File, Reference, Tag, Upload
from storyboard.teams.access import Person
from storyboard.teams.models import Role, Team, User
from storyboard.teams.queries import team_for

GB = 1024**3
# How long the page speaks of a file that was not taken.
TOLD = timedelta(days=1)
Place = tuple[str, str]


@dataclass(frozen=True)
class Room:
    """What a team's files take, what open uploads have reserved, and how much there may be."""

    used: int
    reserved: int
    quota: int

    @property
    def free(self) -> int:
        return max(0, self.quota - self.used - self.reserved)

    @property
    def percent(self) -> int:
        return min(100, round(100 * (self.used + self.reserved) / self.quota))


def room(team: Team) -> Room:
    used = team.files.aggregate(all=Sum("stored"))["all"] or 0
    reserved = team.uploads.filter(state__in=OPEN).aggregate(all=Sum("size"))["all"] or 0
    return Room(used, reserved, settings.MEDIA_QUOTA_GB * GB)


def references_of(team: Team) -> QuerySet[Reference]:
    """What the library shows, the newest first, with what a card needs."""
    return team.references.filter(deleted_at=None).select_related("file", "team").prefetch_related("tags")


def chosen(
    references: QuerySet[Reference], *, text: str = "", kinds: Iterable[str] = (), tag: str = ""
) -> QuerySet[Reference]:
    """The references that somebody looks for: every word stands in the name, in a tag or in the asset's address."""
    for word in text.split()[:8]:
        named = Q(name__icontains=word) | Q(asset_uri__icontains=word)
        # Not a join: it would show a reference once for each of its tags.
        references = references.filter(named | Q(pk__in=Tag.objects.filter(name__icontains=word).values("reference")))
    if kinds:
        references = references.filter(kind__in=list(kinds))
    if tag:
        references = references.filter(tags__name=tag)
    return references


def reference_for(
    user: Person, team_id: str, reference_id: str, role: Role = Role.VIEWER, *, deleted: bool = False
) -> Reference:
    """One entry, for somebody whose role in that team reaches `role`; deleted ones only for who brings them back."""
    team = team_for(user, team_id, role)
    found = team.references.select_related("file", "team", "created_by", "trimmed_from").filter(public_id=reference_id)
    reference = found.first() if deleted else found.filter(deleted_at=None).first()
    if reference is None:
        raise Missing("This reference was deleted. Reload the library to see what is there.")
    return reference


def file_for(user: Person, team_id: str, reference_id: str) -> tuple[Reference, File]:
    """The entry and its bytes; an asset has none here."""
    reference = reference_for(user, team_id, reference_id)
    if reference.file is None:
        raise Missing("The vendor keeps this asset; there is no file of it here.")
    return reference, reference.file


def upload_for(user: Person, team_id: str, upload_id: str, role: Role = Role.EDITOR) -> Upload:
    team = team_for(user, team_id, role)
    rows = team.uploads.select_related("team", "by", "replaces").filter(public_id=upload_id)
    # A form may send anything, and PostgreSQL refuses to be asked for some of it.
    found = rows.first() if upload_id.isalnum() else None
    if found is None:
        raise Missing("This upload is over. Reload the library to see what is there.")
    return found


def arriving(team: Team, user: User) -> QuerySet[Upload]:
    """What is being looked at, what was not taken lately, and what this person began and did not finish."""
    recent = Q(changed_at__gt=timezone.now() - TOLD)
    told = Q(state__in=[Upload.State.REFUSED, Upload.State.EXPIRED]) & recent
    own = Q(state=Upload.State.WAITING, by=user)
    found = team.uploads.filter(Q(state=Upload.State.CHECKING) | told | own)
    found = found.exclude(content_type=ARCHIVE)
    return found.select_related("by").order_by("-created_at", "-pk")[:60]


def tags_of(team: Team) -> list[str]:
    """Every tag of the library, the most used first."""
    used = Tag.objects.filter(reference__team=team, reference__deleted_at=None)
    counted = used.values("name").annotate(count=Count("pk")).order_by("-count", "name")
    return [row["name"] for row in counted[:40]]


def uses_of(references: Iterable[Reference]) -> dict[int, list[Place]]:
    """Where each is used, as label and address: each app that uses references names a function in the settings."""
    shown = list(references)
    found: dict[int, list[Place]] = {reference.pk: [] for reference in shown}
    for dotted in settings.REFERENCE_USES:
        for reference_id, places in import_string(dotted)(shown).items():
            found[reference_id].extend(places)
    return found


def file_with(team: Team, sha256: str) -> File | None:
    return team.files.filter(sha256=sha256).first()
