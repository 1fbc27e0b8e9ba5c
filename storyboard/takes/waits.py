"""Why a take waits, in words: for a predecessor, an approval, a choice, a pause. The same for pages and engine.

actions.chain lets a take go on when there is nothing to wait for; whoever shows a take says what there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from storyboard.boards.models import Joint, Shot
from storyboard.takes import handoff
from storyboard.takes.models import LIVE, Run, State, Take

# What in_front() reads of a take.
BARE = ("shot", "run", "state", "number", "is_selected", "selected_at", "approved_at", "rejected_at", "created_at")


class Why(StrEnum):
    PAUSED = "paused"
    PREDECESSOR = "predecessor"
    FAILED = "failed"
    CHOICE = "choice"
    APPROVAL = "approval"
    REJECTED = "rejected"
    FRAME = "frame"
    GONE = "gone"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Wait:
    why: Why
    sentence: str
    # For Why.FRAME: what has to be made of the predecessor's clip first.
    missing: str = ""
    # The shot at which somebody has to do something, and what.
    look: Shot | None = None
    to_do: str = ""


@dataclass(slots=True)
class Around:
    """What the waiting takes of a board look at; read once for all of them."""

    selected: dict[int, Take] = field(default_factory=dict)
    # The shots that have a take on its way, and by run the newest take of each shot in it.
    live: dict[int, Take] = field(default_factory=dict)
    newest: dict[tuple[int, int], Take] = field(default_factory=dict)


def around(takes: Iterable[Take], *, bare: bool = False) -> Around:
    """One query, however many wait. `bare`: for in_front() alone."""
    waiting = list(takes)
    shots = {take.follows_id for take in waiting if take.follows_id}
    found = Around()
    if not shots:
        return found
    rows = Take.objects.filter(shot__in=shots, deleted_at=None).order_by("pk")
    beside = rows.select_related("clip", "connection", "shot", "run").defer("asked", "request")
    for take in rows.only(*BARE) if bare else beside:
        if take.is_selected:
            found.selected[take.shot_id] = take
        if take.state in LIVE:
            found.live[take.shot_id] = take
        if take.run_id:
            found.newest[take.run_id, take.shot_id] = take
    return found


def wait(take: Take, seen: Around) -> Wait | None:
    """The first thing that a WAITING take waits for."""
    if (found := in_front(take, seen)) or is_cut(take):
        return found
    return handed(take, seen.selected[take.follows_id or 0])


def in_front(take: Take, seen: Around) -> Wait | None:
    """The same without the frame that has to be there; for this the rows of `seen` need nothing beside them."""
    run = take.run
    if run and run.paused_at:
        return Wait(Why.PAUSED, "Paused. Resume the render to go on.")
    if is_cut(take):
        return None
    if take.follows is None or take.follows.deleted_at is not None:
        return Wait(Why.GONE, "The shot that this one opens on was deleted.")
    return ahead(take, take.follows, seen, f"shot {take.follows.position}")


def is_cut(take: Take) -> bool:
    return bool(take.request.get("joint", Joint.CUT) == Joint.CUT)


def ahead(take: Take, shot: Shot, seen: Around, name: str) -> Wait | None:
    under_way = seen.live.get(shot.pk)
    if under_way is not None:
        return Wait(Why.PREDECESSOR, on_the_way(under_way, name))
    selected, own = seen.selected.get(shot.pk), seen.newest.get((take.run_id or 0, shot.pk))
    if own is None or (selected is not None and is_meant(selected, take.run)):
        return chosen(take, selected, shot, name)
    if own.state != State.DONE:
        text = f"Held: {name} came to nothing. Render it again, or select one of its takes, and this goes on."
        return Wait(Why.FAILED, text, look=shot, to_do=f"Look at {name}")
    text = f"Waits for you to choose one of the takes of {name}."
    return Wait(Why.CHOICE, text, look=shot, to_do=f"Choose a take of {name}")


def on_the_way(take: Take, name: str) -> str:
    if take.state == State.UNDECIDED:
        return f"Held: {name} needs a decision first."
    return f"Waits for {name}."


def chosen(take: Take, selected: Take | None, shot: Shot, name: str) -> Wait | None:
    if selected is None:
        text = f"Held: {name} has no take. Render it, and this goes on."
        return Wait(Why.FAILED, text, look=shot, to_do=f"Look at {name}")
    # Whoever asked for it afterwards was told so, and wanted it all the same.
    if selected.rejected_at and selected.rejected_at > take.created_at:
        text = (
            f"Held: take {selected.number} of {name} was rejected. Select another one or approve it, and this goes on."
        )
        return Wait(Why.REJECTED, text, look=shot, to_do=f"Look at {name}")
    if shot.needs_approval and selected.approved_at is None:
        return Wait(Why.APPROVAL, f"Waits until {name} is approved.", look=shot, to_do=f"Review {name}")
    return None


def is_meant(selected: Take, run: Run | None) -> bool:
    """Made in this run or after it, or chosen by somebody since: not what was there before and is replaced now."""
    if run is None or selected.run_id == run.pk or selected.created_at >= run.created_at:
        return True
    return selected.selected_at is not None and selected.selected_at >= run.created_at


def handed(take: Take, upstream: Take) -> Wait | None:
    missing = handoff.missing(take, upstream)
    if not missing:
        return None
    if handoff.is_lost(upstream):
        name = f"shot {upstream.shot.position}"
        text = f"Held: {upstream.sentence} Render {name} again, or select another of its takes, and this goes on."
        return Wait(Why.LOST, text, look=upstream.shot, to_do=f"Look at {name}")
    what = "frame" if missing == "frame" else "last seconds"
    return Wait(Why.FRAME, f"Waits for the {what} that shot {upstream.shot.position} hands over.", missing)
