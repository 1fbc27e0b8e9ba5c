"""Who has a board open: said by their browsers every so often, and when they go."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from storyboard.boards.edits import held
from storyboard.boards.fields import is_id
from storyboard.boards.models import Board, Presence, Shot
from storyboard.boards.queries import HERE
from storyboard.live.publish import publish
from storyboard.teams.models import Role, User

TOPIC = "presence"


@transaction.atomic(durable=True)
def seen(board: Board, *, shot_id: str = "", by: User) -> None:
    """The person has it open, and perhaps this shot of it; others hear of it only when that is news."""
    # The board first, as everywhere: two tabs of one person, or a tab and a save, would otherwise wait for each other.
    # It may have gone for good since the page was asked for; a browser says that it is there for as long as it is open.
    held(board, by, Role.VIEWER)
    now = timezone.now()
    rows = Shot.objects.filter(board=board, public_id=shot_id, deleted_at=None)
    shot = rows.first() if is_id(shot_id) else None
    before = Presence.objects.filter(board=board, user=by).first()
    Presence.objects.update_or_create(board=board, user=by, defaults={"shot": shot, "seen_at": now})
    same = before and before.seen_at > now - HERE and before.shot_id == (shot.pk if shot else None)
    if not same:
        publish(board.channel, TOPIC)


@transaction.atomic(durable=True)
def left(board: Board, *, by: User) -> None:
    held(board, by, Role.VIEWER)
    if Presence.objects.filter(board=board, user=by).delete()[0]:
        publish(board.channel, TOPIC)


@transaction.atomic(durable=True)
def forget_absent() -> None:
    Presence.objects.filter(seen_at__lt=timezone.now() - timedelta(days=1)).delete()
