"""`board status` and `board watch`: how each shot stands, why, and whether a render goes on by itself."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from storyboard.boards.models import Board, Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.summary import dollars
from storyboard.takes import money
from storyboard.takes.actions import switch
from storyboard.takes.models import LIVE, Run, State, Take
from storyboard.takes.queries import Standing, standing, standing_of
from storyboard.takes.waits import Around, Wait, Why, around, wait
from storyboard.teams.shell import Exit, shortened, table

PAUSED = "Nothing is sent now. Whoever runs Lastframe ends that with: manage.py submissions resume."
HEAD = ("SHOT", "STATE", "%", "PRICE", "TAKE", "WHY")


class Course(Enum):
    """What a take that is not over needs."""

    MOVES = "moves"
    DECIDE = "decide"
    FAILED = "failed"


def rows_of(sheet: Sheet) -> list[dict[str, Any]]:
    """With what is out of date, for which every shot is looked at."""
    return rows(sheet.shots, standing(sheet), sheet.board)


def quick_rows(shots: list[Shot], board: Board) -> list[dict[str, Any]]:
    return rows(shots, standing_of(shots), board)


def rows(shots: list[Shot], stands: Mapping[int, Standing], board: Board) -> list[dict[str, Any]]:
    live = live_of(board)
    seen = around(live)
    waits = {take.pk: wait(take, seen) for take in live if take.state == State.WAITING}
    return [shot_row(shot, stands[shot.pk], waits) for shot in shots]


def live_of(board: Board) -> list[Take]:
    found = Take.objects.filter(shot__board=board, state__in=LIVE, deleted_at=None)
    return list(found.select_related("shot__board__team", "run", "follows", "connection").order_by("pk"))


def shot_row(shot: Shot, found: Standing, waits: Mapping[int, Wait | None]) -> dict[str, Any]:
    take = found.live[0] if found.live else found.failed or found.selected or found.last
    row: dict[str, Any] = {"shot": shot.position, "id": shot.public_id, "state": "missing", "why": ""}
    row |= {
        "progress": None,
        "micro_usd": None,
        "apart": "",
        "take": None,
        "take_id": "",
        "selected": None,
        "stale": found.stale,
    }
    row["selected"] = found.selected.number if found.selected else None
    if take is None:
        return row
    held = waits.get(take.pk)
    # Without either figure it stays empty: what a charge was that nobody knows is not nothing.
    price = take.quote_micro_usd if take.charge_micro_usd is None else take.charge_micro_usd
    return row | {
        "state": str(take.state),
        "why": reason(take, held, found),
        "progress": take.progress if take.state == State.RUNNING else None,
        "micro_usd": price,
        "apart": money.difference(take),
        "take": take.number,
        "take_id": take.public_id,
        "approved": bool(found.selected and found.selected.approved_at),
    }


def reason(take: Take, held: Wait | None, found: Standing) -> str:
    if take.state == State.WAITING:
        return held.sentence if held else ""
    if take.state == State.QUEUED:
        return queued(take)
    if take.state == State.DONE and found.selected is None:
        return "Choose one of its takes: board select."
    if take.state == State.DONE and found.stale:
        return f"Out of date: {', '.join(found.stale)}."
    return take.sentence


def queued(take: Take) -> str:
    if switch.is_paused():
        return PAUSED
    if take.run and take.run.paused_at:
        return "Paused. Resume the render to go on."
    if is_off(take):
        return f"{take.connection} is switched off. Switch it on, and this goes on."
    return take.sentence or f"Waits for a free place at {take.connection}."


def lines(found: Iterable[dict[str, Any]]) -> list[str]:
    return table(HEAD, [cells(one) for one in found])


def cells(one: dict[str, Any]) -> list[object]:
    price = "" if one["micro_usd"] is None else dollars(one["micro_usd"])
    percent = "" if one["progress"] is None else one["progress"]
    why = shortened(one["why"], 100)
    return [one["shot"], state(one), percent, price, one["take"] or "", f"{why} {apart(one)}".strip()]


def apart(one: Mapping[str, Any]) -> str:
    """That it cost other than was said before."""
    return f"It cost {one['apart']}." if one["apart"] else ""


def state(one: Mapping[str, Any]) -> str:
    return "missing" if one["state"] == "missing" else str(State(one["state"]).label).lower()


def verdict(runs: Iterable[Run], board: Board) -> Exit | None:
    """How the renders ended, or what they need; None while they go on by themselves.

    By the shots' newest takes: one that failed and was rendered again has not failed.
    """
    own = {run.pk for run in runs}
    shots = set(Take.objects.filter(run__in=own, deleted_at=None, shot__deleted_at=None).values_list("shot", flat=True))
    live = live_of(board)
    followed = [take for take in live if take.run_id in own or take.shot_id in shots]
    if not followed:
        return ended(shots)
    found = courses(followed, around(live))
    if Course.MOVES in found or not found:
        return None
    return Exit.FAILED if Course.FAILED in found else Exit.DECIDE


def courses(takes: Iterable[Take], seen: Around) -> set[Course]:
    """What waits for a take that is not over goes as that one goes."""
    todo, done, found = list(takes), set(), set()
    while todo:
        take = todo.pop()
        if take.pk in done:
            continue
        done.add(take.pk)
        held = wait(take, seen) if take.state == State.WAITING else None
        before = seen.live.get(take.follows_id or 0)
        if held and held.why is Why.PREDECESSOR and before:
            todo.append(before)
        else:
            found.add(course(take, held))
    return found


def course(take: Take, held: Wait | None) -> Course:
    if take.state == State.UNDECIDED:
        return Course.DECIDE
    if take.state == State.QUEUED:
        shut = switch.is_paused() or (take.run and take.run.paused_at) or is_off(take)
        return Course.DECIDE if shut else Course.MOVES
    if held is None or held.why in {Why.FRAME, Why.PREDECESSOR}:
        return Course.MOVES
    return Course.FAILED if held.why in {Why.FAILED, Why.GONE} else Course.DECIDE


def is_off(take: Take) -> bool:
    return take.connection is not None and take.connection.disabled_at is not None


def ended(shots: set[int]) -> Exit:
    """Nothing is under way any more."""
    newest: dict[int, Take] = {}
    chosen = set()
    for take in (
        Take.objects.filter(shot__in=shots, deleted_at=None).only("shot", "state", "is_selected").order_by("pk")
    ):
        newest[take.shot_id] = take
        chosen |= {take.shot_id} if take.is_selected else set()
    if any(take.state != State.DONE for take in newest.values()):
        return Exit.FAILED
    return Exit.OK if shots <= chosen else Exit.DECIDE
