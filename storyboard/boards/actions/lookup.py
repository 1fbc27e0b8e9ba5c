"""What a save names by public id, found among the team's own: nobody reaches another team's by a forged id."""

from storyboard.boards.fields import UNSET, is_id
from storyboard.connections.queries import connections_of
from storyboard.errors import DomainError, Missing
from storyboard.media.models import Kind, Reference
from storyboard.teams.models import Team

GONE = "This reference is not in the library any more. Choose another."
MOST = 100


def own_connection(team: Team, value: object) -> None:
    if not value or value is UNSET:
        return
    if not is_id(value) or not connections_of(team).filter(public_id=value).exists():
        raise Missing("This connection was deleted. Choose another.")


def one_reference(team: Team, value: object) -> int | None:
    """A picture of the library, or none."""
    if not value:
        return None
    rows = Reference.objects.filter(team=team, public_id=value, deleted_at=None)
    found = rows.first() if is_id(value) else None
    if found is None:
        raise Missing(GONE)
    if found.kind != Kind.IMAGE:
        raise DomainError("A shot lands on a picture. Choose one that is no clip and no sound.")
    return found.pk


def references_named(team: Team, value: object, had: list[int]) -> list[int]:
    """In the order given, each once. One that was deleted from the library stays with the shots that have it."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DomainError("These are no references. Reload the page and try again.")
    if len(value) > MOST:
        raise DomainError(f"A shot takes {MOST} references at most. Take some out.")
    rows = Reference.objects.filter(team=team, public_id__in=[one for one in value if is_id(one)])
    found = {row.public_id: row.pk for row in rows if row.deleted_at is None or row.pk in had}
    if not found.keys() >= set(value):
        raise Missing(GONE)
    return [found[one] for one in dict.fromkeys(value)]
