"""How long takes usually need, measured at the same account and model; where nothing was measured, what is typical.

Cards and the shelf show it where a vendor does not tell how far it is.
"""

from collections.abc import Iterable
from statistics import median

from storyboard.boards.choices import model_of
from storyboard.boards.times import expected
from storyboard.takes.models import State, Take

# The last so many tell; older ones are of another day.
LOOKED_BACK = 200
Usual = dict[tuple[int | None, str], int]


def usual(takes: Iterable[Take]) -> Usual:
    """Seconds by account and model, of those that any of the takes has: one query, and none without takes."""
    wanted = {(take.connection_id, take.model) for take in takes}
    if not wanted:
        return {}
    rows = Take.objects.filter(state=State.DONE, accepted_at__isnull=False, finished_at__isnull=False)
    rows = rows.filter(connection__in={key for key, _ in wanted}, model__in={model for _, model in wanted})
    found: dict[tuple[int | None, str], list[float]] = {}
    columns = ("connection", "model", "accepted_at", "finished_at")
    for connection, model, began, ended in rows.order_by("-pk").values_list(*columns)[:LOOKED_BACK]:
        if began and ended:
            found.setdefault((connection, model), []).append((ended - began).total_seconds())
    return {key: max(1, round(median(seconds))) for key, seconds in found.items()}


def seconds_for(take: Take, known: Usual) -> int:
    """0 when nobody can tell."""
    if measured := known.get((take.connection_id, take.model)):
        return measured
    model = model_of(take.connection.vendor, take.model) if take.connection else None
    if model is None or take.connection is None:
        return 0
    return expected(
        take.connection, model, str(take.request.get("resolution", "720p")), int(take.request.get("seconds", 5))
    )
