"""Whose turn it is to be asked about at its vendor, and what it means when the vendor has no answer.

tasks.polling calls these. What is due is found and pushed on in SQL, by the database's clock alone.
"""

from datetime import timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Now

from storyboard.jobs.queue import enqueue
from storyboard.providers.catalog import poll_pause
from storyboard.takes.actions import chain
from storyboard.takes.actions.results import NO_LINK, freed, hold, label, lost
from storyboard.takes.models import Gate, State, Take
from storyboard.takes.states import advance

POLL = "storyboard.takes.tasks.polling.poll"
AT_A_TIME = 200
# For so long a job may take until it has asked; after it another one is queued.
ASKING = timedelta(seconds=30)
# The pause grows with the age of the task, in steps: each as long as its youngest would wait.
STEPS = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 10, 20, 30, 40, 50, 60))
NEXT = Case(
    *(When(accepted_at__gt=Now() - older, then=Now() + Value(poll_pause(age))) for age, older in pairwise(STEPS)),
    default=Now() + Value(poll_pause(STEPS[-1])),
)
# A task that the vendor does not know is asked about again, so often and so far apart, before that is believed.
MISSED, APART = 5, timedelta(seconds=30)
VANISHED = (
    "{vendor} knows no such task any more, so nobody here can tell what became of it. "
    "Look into its console: paste the task’s id if it is there, or say that it was not charged."
)
TOO_LONG = (
    "{vendor} has not finished this in the longest time that it says a clip can take. "
    "Look into its console, and decide here what is to become of it."
)
NOBODY_TO_ASK = (
    "Its connection was deleted while this was being made, so the vendor cannot be asked any more. "
    "Look into the vendor’s console, and decide here what is to become of it."
)


@transaction.atomic(durable=True)
def due() -> int:
    """Queue a job for every connection that has something to ask about and whose vendor lets itself be asked."""
    waiting = Take.objects.filter(state=State.RUNNING, wake_at__lte=Now(), connection__isnull=False)
    keys = set(waiting.order_by().values_list("connection", flat=True).distinct())
    if not keys:
        return 0
    known = Gate.objects.filter(connection__in=keys).values_list("connection", flat=True)
    Gate.objects.bulk_create([Gate(connection_id=key) for key in keys - set(known)], ignore_conflicts=True)
    free = Q(ask_after=None) | Q(ask_after__lte=Now())
    idle = Q(asking_until=None) | Q(asking_until__lte=Now())
    gates = Gate.objects.select_for_update(skip_locked=True).filter(free, idle, connection__in=keys)
    asked = list(gates.order_by("pk").values_list("pk", "connection"))
    Gate.objects.filter(pk__in=[pk for pk, _ in asked]).update(asking_until=Now() + ASKING)
    for _, connection in asked:
        enqueue(POLL, connection)
    return len(asked)


@transaction.atomic(durable=True)
def claim(connection_id: int) -> list[Take]:
    """Those that are due, the longest waiting first, each in one job's hands; their next turn is set already."""
    if Gate.objects.filter(connection=connection_id, ask_after__gt=Now()).exists():
        return []
    due = Take.objects.filter(connection=connection_id, state=State.RUNNING, wake_at__lte=Now())
    rows = due.select_for_update(skip_locked=True).order_by("wake_at", "pk")
    keys = list(rows.values_list("pk", flat=True)[:AT_A_TIME])
    Take.objects.filter(pk__in=keys).update(wake_at=NEXT)
    return list(known(Take.objects.filter(pk__in=keys)))


def known(takes: QuerySet[Take]) -> QuerySet[Take]:
    return takes.select_related("shot__board__team", "connection__team", "run").defer("asked").order_by("pk")


@transaction.atomic(durable=True)
def one(take_id: int) -> Take | None:
    """The same for a doorbell's take, unless the vendor wants to be left alone for a while."""
    resting = Gate.objects.filter(connection=OuterRef("connection"), ask_after__gt=Now())
    return known(Take.objects.filter(~Exists(resting), pk=take_id, state=State.RUNNING)).first()


@transaction.atomic(durable=True)
def asked(connection_id: int, *, rest: timedelta | None = None, more: bool = False) -> None:
    """This round is over. With a rest nothing is asked until that has passed; otherwise what is still due follows."""
    Gate.objects.get_or_create(connection_id=connection_id)
    gates = Gate.objects.filter(connection=connection_id)
    if rest is not None:
        gates.update(asking_until=None, ask_after=Now() + rest)
    elif more:
        gates.update(asking_until=Now() + ASKING)
        enqueue(POLL, connection_id)
    else:
        gates.update(asking_until=None)


@transaction.atomic(durable=True)
def unanswered(take: Take, *, sentence: str = "") -> None:
    """No usable answer. Why is shown only when somebody can do something about it."""
    running = Take.objects.filter(pk=take.pk, state=State.RUNNING)
    if sentence and sentence != take.sentence and running.update(sentence=sentence):
        chain.tell(take)


@transaction.atomic(durable=True)
def missed(take: Take, *, made: bool = False) -> None:
    """The vendor knows no such task, or (`made`) says that it is done and gives no link: believed after some time."""
    seen = Take.objects.filter(Q(unlisted_at=None) | Q(unlisted_at__lte=Now() - APART), pk=take.pk, state=State.RUNNING)
    if not seen.update(unlisted=F("unlisted") + 1, unlisted_at=Now()):
        return
    if not Take.objects.filter(pk=take.pk, unlisted__gte=MISSED).exists():
        return
    if made:
        lost(take, NO_LINK.format(vendor=label(take)))
    else:
        puzzled(take, VANISHED)


@transaction.atomic(durable=True)
def past(takes: list[Take]) -> None:
    """Those that are older than anything their vendor makes: a person has to look. One query when there are none."""
    lives = {take.pk: longest(take) for take in takes if take.state == State.RUNNING}
    for life in sorted(set(lives.values())):
        same = [pk for pk, own in lives.items() if own == life]
        rows = Take.objects.filter(pk__in=same, state=State.RUNNING)
        old = rows.annotate(since=Coalesce("accepted_at", "moved_at")).filter(since__lte=Now() - life)
        for take in known(old):
            puzzled(take, TOO_LONG)


def longest(take: Take) -> timedelta:
    if take.connection is None:
        return timedelta(days=30)
    about = take.connection.about
    return about.longest_run_with_fallback if take.request.get("fallback") else about.longest_run


@transaction.atomic(durable=True)
def orphaned(takes: list[Take]) -> None:
    """Their connection has no key any more."""
    for take in takes:
        puzzled(take, NOBODY_TO_ASK)


def puzzled(take: Take, why: str) -> None:
    hold(take)
    sentence = why.format(vendor=label(take))
    if advance(take, State.UNDECIDED, only=[State.RUNNING], why=sentence, sentence=sentence, wake_at=None):
        freed(take)
        chain.tell(take)
