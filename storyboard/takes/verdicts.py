"""What came of a doorbell, in words and as a kind to filter by. tasks.binding writes it, the inbox shows it."""

from django.db import models
from django.db.models import F, Q

from storyboard.takes.actions.doorbell import STILL
from storyboard.takes.models import Delivery

OWN = "This is the take’s task."
OWN_AS_KNOWN = "This is the take’s task, as was known."


class Verdict(models.TextChoices):
    """Every delivery is of one kind."""

    OWN = "own", "The take’s own task"
    OPEN = "open", "The vendor is being asked"
    OTHER = "other", "Not the take’s task"
    UNREADABLE = "unreadable", "Names no task"


NAMED = ~Q(task_id="")
SAME = Q(task_id=F("take__remote_id"))
WHERE = {
    Verdict.OWN: NAMED & (Q(verdict__in=[OWN, OWN_AS_KNOWN]) | (Q(verdict="") & SAME)),
    Verdict.OPEN: NAMED & Q(verdict="") & ~SAME,
    Verdict.OTHER: NAMED & ~Q(verdict__in=["", OWN, OWN_AS_KNOWN]),
    Verdict.UNREADABLE: Q(task_id=""),
}
COLOURS = {Verdict.OWN: "good", Verdict.OPEN: "busy", Verdict.OTHER: "stale", Verdict.UNREADABLE: "quiet"}


def kind(delivery: Delivery) -> Verdict:
    """The same as WHERE, for one that is here with its take."""
    if not delivery.task_id:
        return Verdict.UNREADABLE
    if delivery.verdict:
        return Verdict.OWN if delivery.verdict in {OWN, OWN_AS_KNOWN} else Verdict.OTHER
    return Verdict.OWN if delivery.task_id == delivery.take.remote_id else Verdict.OPEN


def sentence(delivery: Delivery) -> str:
    """What came of it; the job that asks writes it down only where there was something to find out."""
    if delivery.verdict:
        return delivery.verdict
    found = kind(delivery)
    if found is Verdict.UNREADABLE:
        return "It names no task, so it is a bell and no more. The vendor was asked if this take was rendering."
    if found is Verdict.OPEN:
        return "The vendor is being asked whose task this is."
    if delivery.said in STILL:
        return "It says that the take’s task goes on, so nobody had to be asked."
    return "It is about the take’s task, and the vendor was asked what is true."
