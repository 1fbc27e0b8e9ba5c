"""What the board's cards show of takes: a word, a colour, how far it is, and why not further.

settings.CARD_STATES names statuses(); whatever it tells, it tells for all shots in a constant number of queries.
"""

from dataclasses import dataclass, field

from django.urls import reverse

from storyboard.boards.models import Board, Shot
from storyboard.boards.queries import REFERENCES, Sheet
from storyboard.boards.status import Status
from storyboard.boards.summary import counted, dollars
from storyboard.takes.drift import Drift, drifts
from storyboard.takes.measured import Usual, seconds_for, usual
from storyboard.takes.models import State, Take
from storyboard.takes.queries import Standing, standing
from storyboard.takes.waits import Around, Wait, Why, around, wait

# Of several takes of one shot that are under way, the card tells of the one that is furthest, or needs somebody.
FURTHEST = [
    State.UNDECIDED,
    State.COLLECTING,
    State.RUNNING,
    State.UNKNOWN,
    State.SUBMITTING,
    State.QUEUED,
    State.WAITING,
]
HELD = "Held: "
LOOKING = "The vendor’s answer was lost. We look for what became of it, and nothing is sent twice."
PAUSED = "Paused. Resume the render to go on."
CHOOSE = "Look at the takes and select the one that stays."
REJECTED = "No note says why."
UNKNOWN = "charge unknown"
WANTS_APPROVAL = "Shots that follow wait until somebody approves it."


@dataclass(frozen=True, slots=True)
class Seen:
    """What is read once for all cards."""

    board: Board
    around: Around = field(default_factory=Around)
    usual: Usual = field(default_factory=dict)


def statuses(sheet: Sheet) -> dict[int, Status]:
    whole = with_those_before(sheet)
    stands = standing(whole)
    live = [take for one in stands.values() for take in one.live]
    waiting = [take for take in live if take.state == State.WAITING]
    timed = [take for take in live if take.state == State.RUNNING and take.progress is None]
    seen = Seen(sheet.board, around(waiting), usual(timed))
    joints = drifts(whole.shots, {key: one.selected for key, one in stands.items() if one.selected})
    return {shot.pk: with_drift(status(shot, stands[shot.pk], seen), joints.get(shot.pk)) for shot in sheet.shots}


def with_drift(own: Status, found: Drift | None) -> Status:
    if found is None:
        return own
    return own._replace(drift=found.label, drift_said=found.sentence, drift_high=found.is_high)


def with_those_before(sheet: Sheet) -> Sheet:
    """A card alone needs to know whether the takes that it opens on, one before the other, are out of date."""
    here = {shot.pk for shot in sheet.shots}
    missing = [shot.joint_from_id for shot in sheet.shots if shot.joint_from_id and shot.joint_from_id not in here]
    if not missing:
        return sheet
    live = Shot.objects.filter(board=sheet.board, deleted_at=None)
    links = dict(live.values_list("pk", "joint_from"))
    keys: dict[int, None] = {}
    while missing:
        key = missing.pop()
        if key in links and key not in keys and key not in here:
            keys[key] = None
            missing += [before] if (before := links[key]) else []
    rows = list(live.filter(pk__in=keys).select_related("landing__file").prefetch_related(REFERENCES))
    shots = [*rows, *sheet.shots]
    by_key = {shot.pk: shot for shot in shots}
    for shot in shots:
        shot.board = sheet.board
        if shot.joint_from_id in by_key:
            shot.joint_from = by_key[shot.joint_from_id or 0]
    return Sheet(sheet.board, sheet.own, shots, [], sheet.connections)


def status(shot: Shot, found: Standing, seen: Seen) -> Status:
    if found.live:
        take = min(found.live, key=lambda one: FURTHEST.index(State(one.state)))
        return under_way(take, seen)._replace(
            poster=poster(found.selected, seen), take=f"take {take.number}", price=held(take), to_render=False
        )
    over = came_to_nothing(found)
    if over is not None:
        return over._replace(poster=poster(found.selected, seen))
    if found.selected is not None:
        return made(shot, found.selected, found, seen)
    if found.last is not None and found.last.state == State.DONE:
        own = Status("choose", "Choose a take", "stale", CHOOSE, poster=poster(found.last, seen))
        return own._replace(take=counted(found.last.number, "take"), decide=True)
    return Status()


def under_way(take: Take, seen: Seen) -> Status:
    """Of a take that is not over."""
    state = State(take.state)
    if state is State.WAITING:
        return waiting(wait(take, seen.around))
    if state is State.QUEUED:
        paused = take.run is not None and take.run.paused_at is not None
        return Status("wait", "Paused", "", PAUSED) if paused else Status("wait", "Queued", "", take.sentence)
    if state is State.RUNNING:
        return running(take, seen)
    if state is State.UNDECIDED:
        return Status("decide", "Needs a decision", "fail", take.sentence, decide=True)
    if state is State.UNKNOWN:
        return Status("busy", "Unclear", "stale", take.sentence or LOOKING)
    return Status("busy", "Sending" if state is State.SUBMITTING else "Collecting", "busy", take.sentence)


def waiting(found: Wait | None) -> Status:
    if found is None:
        return Status("wait", "Queued")
    own = said(found)
    return own._replace(look=found.look.public_id, to_do=found.to_do) if found.look else own


def said(found: Wait) -> Status:
    text = found.sentence
    if text.startswith(HELD):
        rest = text.removeprefix(HELD)
        return Status("wait", "Held", "stale", rest[:1].upper() + rest[1:])
    if found.why is Why.PREDECESSOR:
        return Status("wait", text.removesuffix("."))
    words = {Why.PAUSED: "Paused", Why.APPROVAL: "Waits for approval", Why.FRAME: "Waits for a frame"}
    return Status("wait", words.get(found.why, "Held"), "" if found.why in words else "stale", text)


def running(take: Take, seen: Seen) -> Status:
    if take.progress is not None:
        return Status("busy", f"Rendering {take.progress} %", "busy", take.sentence, percent=take.progress)
    began = take.accepted_at or take.moved_at
    seconds = seconds_for(take, seen.usual)
    return Status("busy", "Rendering", "busy", take.sentence, since=int(began.timestamp()), typical=seconds)


def came_to_nothing(found: Standing) -> Status | None:
    """The newest take failed or was cancelled, and nobody has chosen another one since."""
    over = found.failed
    if over is None:
        return None
    chosen_at = found.selected.selected_at if found.selected else None
    if over.finished_at and chosen_at and chosen_at > over.finished_at:
        return None
    if over.state == State.FAILED:
        return Status("failed", "Failed", "fail", over.sentence, take=f"take {over.number}")
    return None if found.selected else Status("wait", "Cancelled", "", over.sentence)


def made(shot: Shot, take: Take, found: Standing, seen: Seen) -> Status:
    newest = max(take.number, found.last.number if found.last else 0)
    own = Status("done", "Done", "done", poster=poster(take, seen), take=f"take {take.number}/{newest}")
    own = own._replace(take_id=take.public_id)
    if take.rejected_at:
        own = own._replace(name="rejected", word="Rejected", dot="fail", detail=take.note or REJECTED, decide=True)
        return own._replace(is_stale=bool(found.stale), to_render=bool(found.stale), price=cost(take))
    if found.stale:
        why = f"{found.stale[0][:1].upper()}{', '.join(found.stale)[1:]}."
        return own._replace(name="stale", word="Out of date", dot="stale", detail=why, is_stale=True)
    own = own._replace(price=cost(take), to_render=False)
    if take.approved_at:
        return own._replace(word="Approved")
    own = own._replace(detail=take.sentence)
    if not shot.needs_approval:
        return own
    detail = f"{take.sentence} {WANTS_APPROVAL}".strip()
    return own._replace(detail=detail, look=shot.public_id, to_do="Look at it and approve")


def poster(take: Take | None, seen: Seen) -> str:
    if take is None or take.clip is None or not take.clip.small_key:
        return ""
    return reverse("take_small", args=[seen.board.team.public_id, seen.board.public_id, take.public_id])


def held(take: Take) -> str:
    """What it may cost: so much of every budget is reserved."""
    said = quoted(take)
    return f"{said} held" if said else ""


def quoted(take: Take) -> str:
    if take.quote_credits is not None:
        return f"{take.quote_credits:,} cr"
    return dollars(take.quote_micro_usd) if take.quote_micro_usd is not None else ""


def cost(take: Take) -> str:
    """Of a take that is done; nothing of a clip of one's own, and the receipt's words where nobody knows."""
    return paid(take) or (UNKNOWN if take.connection_id else "")


def paid(take: Take) -> str:
    """What it cost, in credits where the vendor took what it had said."""
    if take.charge_micro_usd is None:
        return quoted(take)
    as_quoted = take.charge_micro_usd == take.quote_micro_usd
    return quoted(take) if as_quoted else dollars(take.charge_micro_usd)
