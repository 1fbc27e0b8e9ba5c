"""A take's states and the one function that changes them: by compare-and-set, so that one of many callers wins.

Actions call advance(); nothing else writes a take's state.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Model, Q
from django.db.models.functions import Now

from storyboard.takes.models import FINAL, State, Step, Take

S = State
# What may follow what. A retry is a new take, never a way back; what is final stays so.
MOVES: dict[State, frozenset[State]] = {
    S.WAITING: frozenset({S.QUEUED, S.FAILED, S.CANCELLED}),
    # To RUNNING: a vendor that said “not taken” rings all the same, and shows the task when it is asked.
    S.QUEUED: frozenset({S.WAITING, S.SUBMITTING, S.RUNNING, S.FAILED, S.CANCELLED}),
    S.SUBMITTING: frozenset({S.QUEUED, S.RUNNING, S.UNKNOWN, S.FAILED}),
    S.UNKNOWN: frozenset({S.RUNNING, S.UNDECIDED, S.FAILED}),
    S.UNDECIDED: frozenset({S.RUNNING, S.FAILED}),
    S.RUNNING: frozenset({S.COLLECTING, S.UNDECIDED, S.FAILED, S.CANCELLED}),
    S.COLLECTING: frozenset({S.DONE, S.FAILED}),
    S.DONE: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}


def advance(
    take: Take,
    to: State,
    *,
    only: Iterable[State] = (),
    epoch: int | None = None,
    claims: bool = False,
    why: str = "",
    **columns: Any,
) -> bool:
    """Whether this call brought the take there. Another state or epoch than expected means somebody came first.

    `only`: from these states alone; otherwise from every state that may move there. `claims`: the epoch goes up, so
    that whoever held the take before can write nothing any more.
    """
    allowed = {state for state, following in MOVES.items() if to in following}
    wanted = Q(pk=take.pk, state__in=sorted(allowed & set(only) if only else allowed))
    if epoch is not None:
        wanted &= Q(epoch=epoch)
    now: dict[str, Any] = {"state": to, "moved_at": Now(), "attempts": 0}
    if claims:
        now["epoch"] = F("epoch") + 1
    if to in FINAL:
        now |= {"finished_at": Now(), "wake_at": None, "lease_until": None}
    if not Take.objects.filter(wanted).update(**(now | columns)):
        return False
    Step.objects.create(take=take, state=to, at=Now(), why=why[:300])
    renew(take)
    return True


def renew(take: Take) -> None:
    """Read its row again, and none of what stands around it: shot, run and connection are here already."""
    beside = {name: one for name, one in take._state.fields_cache.items() if isinstance(one, Model)}
    take.refresh_from_db()
    for name, one in beside.items():
        if getattr(take, f"{name}_id", None) == one.pk:
            take._state.fields_cache[name] = one
