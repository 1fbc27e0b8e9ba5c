"""What becomes of a take whose outcome is unclear while its vendor's list is read: found, not there, or a person's.

tasks.reconciling calls these; every comparison of times is the database's.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from storyboard.providers.waits import Timeouts
from storyboard.takes import money
from storyboard.takes.actions import chain
from storyboard.takes.models import State, Take
from storyboard.takes.states import advance

# As long as a POST may be on its way.
POST = timedelta(seconds=Timeouts.paid().total)
READINGS = 2
NOT_CREATED = "The vendor’s list does not have it, so it was never created and costs nothing. Render the shot again."
# Younger and older than these: how soon the list is read again.
PAUSES = ((timedelta(minutes=3), timedelta(seconds=5)), (timedelta(minutes=20), timedelta(seconds=20)))
LAST_PAUSE = timedelta(minutes=1)


def grace() -> timedelta:
    """Before this nothing follows from a task's absence: the POST may be on its way, and the list may be behind."""
    return POST + 2 * timedelta(seconds=settings.LIST_LAG)


def older(take: Take, age: timedelta) -> bool:
    """Whether it was sent so long ago, by the database's clock."""
    return Take.objects.filter(pk=take.pk, sent_at__lte=Now() - age).exists()


@transaction.atomic(durable=True)
def missed(take: Take) -> bool:
    """A complete list does not have it. Whether that was proof: twice, far enough apart, and late enough."""
    apart = Q(unlisted_at=None) | Q(unlisted_at__lte=Now() - timedelta(seconds=settings.LIST_APART))
    rows = Take.objects.filter(apart, pk=take.pk, state=State.UNKNOWN, sent_at__lte=Now() - grace())
    rows.update(unlisted=F("unlisted") + 1, unlisted_at=Now())
    found = Take.objects.select_related("shot__board", "connection", "run").get(pk=take.pk)
    if found.unlisted < READINGS or not gone(found):
        put_off(found)
        return False
    chain.tell(found)
    return True


def gone(take: Take) -> bool:
    """Nothing was created: its followers are held, and whether to pay again is for a person to say."""
    if not advance(take, State.FAILED, only=[State.UNKNOWN], why=NOT_CREATED, sentence=NOT_CREATED):
        return False
    money.release(take)
    chain.settled(take)
    if take.connection_id:
        chain.freed(take.connection_id)
    return True


@transaction.atomic(durable=True)
def again(take: Take, *, doubt: bool = False) -> None:
    """Look later. `doubt`: this reading says nothing, or speaks against an earlier one."""
    if doubt:
        Take.objects.filter(pk=take.pk, state=State.UNKNOWN).update(unlisted=0, unlisted_at=None)
    put_off(take)


def put_off(take: Take) -> None:
    pause = next((pause for age, pause in PAUSES if not older(take, age)), LAST_PAUSE)
    Take.objects.filter(pk=take.pk, state=State.UNKNOWN).update(wake_at=Now() + pause)


@transaction.atomic(durable=True)
def undecided(take: Take, *, why: str) -> bool:
    """No machine can tell any more. Its money stays held, and its shot waits, until a person has looked."""
    found = Take.objects.select_related("shot__board", "connection").get(pk=take.pk)
    won = advance(found, State.UNDECIDED, only=[State.UNKNOWN], why=why, sentence=why, wake_at=None)
    if won:
        if found.connection_id:
            chain.freed(found.connection_id)
        chain.tell(found)
    return won
