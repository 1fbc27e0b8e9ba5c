"""Cancelling what a vendor has: it can only be asked to, and the take says what came of that until the vendor's word.

actions.runs asks, tasks.cancelling writes down what was answered.
"""

from django.db import transaction

from storyboard.jobs.queue import enqueue
from storyboard.takes.actions import chain
from storyboard.takes.models import State, Take

CANCEL = "storyboard.takes.tasks.cancelling.cancel"
ASKED = "Cancelling was asked for."
REFUSED = "The vendor does not cancel what it has begun; it renders to its end."
UNCLEAR = "Cancelling was asked for, and there was no clear answer. Cancel it once more, or wait for its end."
# A vendor that says how far it is says nothing about these.
KEPT = (ASKED, REFUSED, UNCLEAR)


def asked(take: Take) -> bool:
    """Whether its vendor will be asked."""
    if take.state != State.RUNNING or take.connection is None or not take.connection.about.can_cancel:
        return False
    if not Take.objects.filter(pk=take.pk, state=State.RUNNING).update(sentence=ASKED):
        return False
    take.sentence = ASKED
    enqueue(CANCEL, take.pk)
    chain.tell(take)
    return True


@transaction.atomic(durable=True)
def not_cancelled(take: Take, *, why: str) -> None:
    """It goes on, or nobody knows."""
    if Take.objects.filter(pk=take.pk, state=State.RUNNING).update(sentence=why):
        chain.tell(take)


def said(take: Take) -> str:
    """What came of cancelling it, for whoever pressed the button."""
    name = f"take {take.number} of shot {take.shot.position}"
    if take.state == State.CANCELLED:
        return f"Cancelled: {name}."
    if take.state == State.FAILED:
        return f"The clip of {name} is not fetched any more. Render the shot again when you want it."
    return f"{ASKED} What the vendor answers stands at {name}."
