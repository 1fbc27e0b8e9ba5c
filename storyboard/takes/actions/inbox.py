"""What owners do in the inbox: ring a doorbell once more, put a task away that nobody asked for, take it out again.

views.inbox calls these. A body that was posted to us is not believed here either: the vendor is asked.
"""

from django.db import transaction
from django.db.models.functions import Now

from storyboard.live.publish import publish
from storyboard.takes.actions import doorbell
from storyboard.takes.models import FINAL, Delivery, Orphan, State, Take
from storyboard.teams.access import require
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Role, User

ASKED = "The vendor is being asked what is true."
OVER = "Nobody was asked: this take is over ({state}), and whatever rings for it changes that no more."
ARRIVING = "Nobody was asked: the vendor has said that this take is done, and its clip is on its way here."
NO_TASK = "Nobody was asked: this delivery names no task, and the vendor has none of this take to be asked about yet."


@transaction.atomic(durable=True)
def replay(delivery: Delivery, *, by: User) -> str:
    """As if it had just come: the sentence says what follows."""
    rows = Delivery.objects.select_related("take__shot__board__team")
    found = rows.get(pk=delivery.pk)
    take, board = found.take, found.take.shot.board
    require(by, board.team, Role.OWNER)
    task = doorbell.wanted(take, found.task_id, found.said)
    # Whoever presses this wants to know, also about one that said only that it goes on.
    task = task or (doorbell.REFRESH if take.state == State.RUNNING else "")
    if not task:
        return refusal(take)
    if task == doorbell.ANSWER:
        Delivery.objects.filter(pk=found.pk).update(verdict="")
    subject = f"{board.name}, shot {take.shot.position}"
    detail: dict[str, object] = {"take": take.public_id, "task": found.task_id}
    record(Did.DELIVERY_REPLAYED, by=by, team=board.team, subject=subject, detail=detail)
    doorbell.ask(task, take.pk, found.pk)
    publish(board.team.channel, doorbell.INBOX)
    return ASKED


def refusal(take: Take) -> str:
    if take.state in FINAL:
        return OVER.format(state=State(take.state).label.lower())
    return ARRIVING if take.state == State.COLLECTING else NO_TASK


@transaction.atomic(durable=True)
def dismiss(orphan: Orphan, *, by: User) -> Orphan:
    """Somebody has looked. It stays known, so that the next reading of the account does not bring it back."""
    return put(orphan, by, away=True)


@transaction.atomic(durable=True)
def bring_back(orphan: Orphan, *, by: User) -> Orphan:
    return put(orphan, by, away=False)


def put(orphan: Orphan, by: User, *, away: bool) -> Orphan:
    team = orphan.connection.team
    require(by, team, Role.OWNER)
    rows = Orphan.objects.filter(pk=orphan.pk, dismissed_at__isnull=away)
    if rows.update(dismissed_at=Now() if away else None):
        did = Did.ORPHAN_DISMISSED if away else Did.ORPHAN_RESTORED
        record(did, by=by, team=team, subject=str(orphan.connection), detail={"task": orphan.remote_id})
        publish(team.channel, doorbell.INBOX)
    return orphan
