"""What came of it: the vendor's journal of payments held against the takes, the ledger and the invariants.

The kill tests print it; every line but the first few has to be 0.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Now
from django_q.models import OrmQ

from storyboard.boards.models import Shot
from storyboard.takes.models import FINAL, LIVE, SENT, Entry, State, Take
from tests.chaos.house import Row

# A wake-up may be this late before the take counts as forgotten.
LATE = timedelta(seconds=60)


@dataclass
class Verdict:
    shots: int = 0
    done: int = 0
    posts: int = 0
    # Answers that never came.
    lost: int = 0
    paid: int = 0
    paid_extra: int = 0
    stuck: int = 0
    orphans: int = 0
    undecided: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.paid_extra or self.stuck or self.orphans or self.broken)


def judge(journal: list[Row]) -> Verdict:
    paid = [row for row in journal if row["event"] == "paid"]
    bound = set(Take.objects.exclude(remote_id="").values_list("remote_id", flat=True))
    shots = Counter(row["shot"] for row in paid)
    waiting = waiting_for_a_person()
    missing = Shot.objects.filter(deleted_at=None).exclude(takes__is_selected=True)
    return Verdict(
        shots=Shot.objects.filter(deleted_at=None).count(),
        done=Take.objects.filter(is_selected=True).count(),
        posts=len(paid) + sum(row["event"] == "nothing" for row in journal),
        lost=sum(row["outcome"] != "answered" for row in paid),
        paid=len(paid),
        paid_extra=len(paid) - len(shots),
        stuck=missing.exclude(pk__in=waiting).count() + forgotten(),
        orphans=sum(row["task"] not in bound for row in paid if row["shot"] not in named(waiting)),
        undecided=Take.objects.filter(state=State.UNDECIDED).count(),
        broken=[*money(), *structure(paid)],
    )


def waiting_for_a_person() -> set[int]:
    """Shots of boards on which a take is undecided: it, and what follows it, waits for somebody by name."""
    boards = Take.objects.filter(state=State.UNDECIDED).values("shot__board")
    return set(Shot.objects.filter(board__in=boards).values_list("pk", flat=True))


def named(shots: set[int]) -> set[str]:
    prompts = Shot.objects.filter(pk__in=shots).values_list("prompt", flat=True)
    return {prompt.split(":", maxsplit=1)[0] for prompt in prompts}


def forgotten() -> int:
    """I4: every take that is not final has a wake-up ahead of it or waits for somebody."""
    live = Take.objects.filter(state__in=LIVE).exclude(state__in=[State.WAITING, State.UNDECIDED])
    return live.filter(Q(wake_at=None) | Q(wake_at__lt=Now() - LATE)).count()


def money() -> list[str]:
    """I6: nothing is held for what is over, and what is charged once is charged once."""
    sums = Entry.objects.values("take", "take__state").annotate(held=Sum("held"), spent=Sum("spent"), rows=Count("pk"))
    found = []
    for row in sums.order_by():
        if row["take__state"] in FINAL and row["held"]:
            found.append(f"take {row['take']} is over and {row['held']} are still held")
        if row["held"] < 0 or row["spent"] < 0:
            found.append(f"take {row['take']} holds {row['held']} and spent {row['spent']}")
    charged = Entry.objects.filter(kind=Entry.Kind.CHARGE).values("take").annotate(times=Count("pk"))
    return found + [f"take {row['take']} was charged {row['times']} times" for row in charged if row["times"] > 1]


def structure(paid: list[Row]) -> list[str]:
    """I1, I2, I3 and I5, from the rows and from what the vendor was paid for."""
    twice = Counter(row["take"] for row in paid if row["take"])
    found = [f"take {take} was paid {times} times" for take, times in twice.items() if times > 1]
    shots = Take.objects.filter(state__in=SENT).values("shot").annotate(live=Count("pk")).filter(live__gt=1)
    found += [f"shot {row['shot']} has {row['live']} sent takes" for row in shots]
    early = Take.objects.filter(follows__isnull=False, sent_at__isnull=False).exclude(upstream__state=State.DONE)
    found += [f"take {pk} was sent before its predecessor was done" for pk in early.values_list("pk", flat=True)]
    early = Take.objects.filter(upstream__finished_at__gt=F("sent_at"))
    return found + [f"take {pk} was sent too early" for pk in early.values_list("pk", flat=True)]


def left_over() -> list[str]:
    """For whoever has to find out: the takes that are not final, and shots without one."""
    live = Take.objects.filter(state__in=LIVE).select_related("shot").order_by("pk")
    found = [
        f"{take.shot.prompt[:24]}: {take.state} since {take.moved_at:%H:%M:%S}, {take.sentence} {take.error_code}"
        for take in live
    ]
    jobs = OrmQ.objects.values("key").annotate(count=Count("pk"), due=Min("lock"))
    found += [f"queue {job['key']}: {job['count']} jobs, the first due {job['due']:%H:%M:%S}" for job in jobs]
    idle = Shot.objects.filter(deleted_at=None).exclude(takes__is_selected=True).exclude(takes__state__in=LIVE)
    return found + [f"{shot.prompt[:24]}: no live take" for shot in idle]
