"""Every wake-up that a crash or a lost job may have swallowed, found again in the state of rows."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from storyboard.boards.models import Board
from storyboard.takes.actions import chain, sending
from storyboard.takes.models import LIVE, State, Take
from storyboard.takes.tasks import collecting, polling, reconciling

MOST = 500


def wake() -> None:
    """Each part is a query or two when there is nothing to do."""
    lapse()
    requeue()
    for board in ready():
        go_on(board)
    polling.due()
    collecting.due()
    reconciling.due()


def lapse() -> None:
    for take in Take.objects.filter(state=State.SUBMITTING, lease_until__lte=Now()).select_related("shot__board")[
        :MOST
    ]:
        sending.lapse(take)


def requeue() -> None:
    """Takes in the queue whose time has come, and that no job seems to send."""
    due = Take.objects.filter(state=State.QUEUED, wake_at__lte=Now(), connection__isnull=False, run__paused_at=None)
    found = list(due.order_by("wake_at").values_list("pk", "connection")[:MOST])
    if not found:
        return
    with transaction.atomic():
        again = {"wake_at": Now() + chain.LOST}
        Take.objects.filter(pk__in=[pk for pk, _ in found], state=State.QUEUED).update(**again)
        for connection in sorted({connection for _, connection in found if connection}):
            places = sum(1 for _, one in found if one == connection)
            for _ in range(min(places, MOST_JOBS)):
                chain.freed(connection)


# One connection has no more places than this at once.
MOST_JOBS = 50


def ready() -> list[Board]:
    """Boards on which a take waits although what it waited for seems to be there, or waits for nothing."""
    ahead = Take.objects.filter(shot=OuterRef("follows"), is_selected=True)
    ahead = ahead.filter(Q(shot__needs_approval=False) | Q(approved_at__isnull=False))
    under_way = Take.objects.filter(shot=OuterRef("follows"), state__in=LIVE)
    waiting = Take.objects.filter(state=State.WAITING, run__paused_at=None)
    free = waiting.filter(Exists(ahead), ~Exists(under_way)) | waiting.filter(follows=None)
    gone = waiting.exclude(shot__deleted_at=None)
    keys = set(free.values_list("shot__board", flat=True)[:MOST]) | set(
        gone.values_list("shot__board", flat=True)[:MOST]
    )
    return list(Board.objects.filter(pk__in=keys).select_related("team"))


@transaction.atomic(durable=True)
def go_on(board: Board) -> None:
    chain.wake(board)
