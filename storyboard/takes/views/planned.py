"""The confirmation sheet: what a press of Render would do, in words, all of it from the plan. render.py shows it.

Nothing here spends money: actions.runs makes the plan again and compares.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from storyboard.boards.models import Joint, Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.status import DRAFT
from storyboard.boards.summary import DOLLAR, counted, credits_of, dollars
from storyboard.boards.templatetags.boards import price
from storyboard.boards.views.cells import cell_of
from storyboard.boards.views.shown import short
from storyboard.errors import Forbidden
from storyboard.providers.base import Level
from storyboard.takes import money
from storyboard.takes.planning import Line, Plan
from storyboard.teams.access import reach
from storyboard.teams.models import Role

# Where the field stands that a problem is about; every other field has a control of its own.
PLACES = {
    "prompt": "in-prompt",
    "joint": "opens",
    "opening": "opens",
    "motion_tail": "opens",
    "exact": "opens",
    "landing": "landing",
    "model": "in-model",
    "connection": "in-model",
    "references": "references",
}
SETTINGS = {"seconds", "ratio", "resolution", "audio", "seed", "search", "safety", "fallback"}
# More warnings than these nobody reads.
MOST_ADVICE = 3


class Trouble(NamedTuple):
    """A sentence, and the field where it can be mended: a fragment of the inspector's address."""

    sentence: str
    query: str = ""
    blocks: bool = True
    # What the link says instead of “Edit”.
    label: str = ""


class Row(NamedTuple):
    """A shot of the plan. `rail`: whether it stands alone, begins a chain, is in it or ends it.

    `poster`: of its take, else of a picture that it carries.
    """

    line: Line
    rail: str
    detail: str
    price: str
    poster: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that the sheet shows."""

    rows: list[Row]
    troubles: list[Trouble]
    order: str
    price: str
    # The same in dollars where the price is in credits, and whom it goes to.
    paid_to: str
    ceiling: str
    finish: datetime | None
    left: str
    left_of: str
    forbidden: str
    # The shots that nothing stands in the way of, when something stands in the way of others.
    unblocked: list[str]


def shown(sheet: Sheet, plan: Plan) -> Shown:
    return Shown(
        rows=rows_of(sheet, plan),
        troubles=[*troubles_of(plan), *warnings_of(plan), *advice_of(plan)],
        order=order_of(plan),
        price=total_of(plan),
        paid_to=paid_to(plan),
        ceiling=rounded_up(plan.total),
        finish=timezone.now() + timedelta(seconds=plan.work_seconds) if plan.work_seconds else None,
        **dict(zip(("left", "left_of"), budget_after(sheet, plan), strict=True)),
        forbidden=forbidden(sheet),
        unblocked=unblocked(plan),
    )


def forbidden(sheet: Sheet) -> str:
    """Why this person may not press the button; empty when they may."""
    if sheet.board.archived_at is not None:
        return "This board is in the archive. Take it out to render."
    try:
        reach(sheet.own, Role.PRODUCER)
    except Forbidden as error:
        return error.message
    return ""


def rows_of(sheet: Sheet, plan: Plan) -> list[Row]:
    stood, rails = sheet.statuses(), rails_of(plan)
    found = []
    for line in plan.lines:
        shot, choices = line.ask.shot, line.ask.choices
        model = short(line.ask.model) if line.ask.model else "no model"
        detail = f"{opening(shot)} · {model} · {choices.resolution} · {choices.seconds} s"
        poster = stood.get(shot.pk, DRAFT).poster or pictured(line)
        found.append(Row(line, rails[shot.pk], detail, each_price(plan, line), poster))
    return found


def pictured(line: Line) -> str:
    """Of a shot without a take, what its card shows."""
    picture = cell_of(line.ask, may_edit=False).picture
    if picture is None:
        return ""
    address = reverse("reference_small", args=[line.ask.shot.board.team.public_id, picture.public_id])
    return f"{address}?v={picture.version}"


def opening(shot: Shot) -> str:
    """In a few words; its card says it in a sentence."""
    before = shot.joint_from
    if shot.joint == Joint.CUT or before is None:
        return "opens fresh"
    how = "carries on the movement of" if shot.joint == Joint.MOTION else "continues"
    said = f"{how} shot {before.position}"
    if shot.joint == Joint.LAND and shot.landing:
        said += f", lands on {shot.landing.name}"
    return f"{said}, once that is approved" if before.needs_approval else said


def each_price(plan: Plan, line: Line) -> str:
    said = price(line.ask.quote)
    return f"{plan.takes_each} × {said}" if plan.takes_each > 1 else said


def rails_of(plan: Plan) -> dict[int, str]:
    found = {}
    for chain in plan.chains:
        for at, line in enumerate(chain):
            ends = at == len(chain) - 1
            found[line.ask.shot.pk] = ("only" if ends else "first") if at == 0 else ("last" if ends else "middle")
    return found


def order_of(plan: Plan) -> str:
    """Shots 5 and 6 go one after the other. Shot 3 goes beside them."""
    if len(plan.lines) <= 1:
        return ""
    rows = [chain for chain in plan.chains if len(chain) > 1]
    alone = [chain[0] for chain in plan.chains if len(chain) == 1]
    said = [f"{numbers(chain)} are made one after the other." for chain in rows]
    if not rows:
        return f"{numbers(alone)} are made side by side."
    if alone:
        verb = "is" if len(alone) == 1 else "are"
        said.append(f"{numbers(alone)} {verb} made beside them.")
    elif len(rows) > 1:
        said.append("These rows go side by side.")
    return " ".join(said)


def numbers(lines: Sequence[Line]) -> str:
    """Shot 3; shots 3, 5 and 6; shots 3 to 9."""
    found = sorted(line.number for line in lines)
    if len(found) == 1:
        return f"Shot {found[0]}"
    if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):  # noqa: PLR2004
        return f"Shots {found[0]} to {found[-1]}"
    return f"Shots {', '.join(map(str, found[:-1]))} and {found[-1]}"


def troubles_of(plan: Plan) -> list[Trouble]:
    found = [Trouble(one.sentence, "?tab=board#budget" if one.field == "budget" else "") for one in plan.problems]
    of_lines = [(line, one) for line in plan.lines for one in line.problems]
    return [*found, *(Trouble(named(line, one.sentence), where(line, one.field)) for line, one in of_lines)]


def warnings_of(plan: Plan) -> list[Trouble]:
    """Each stands for itself, with the takes that there are to choose from."""
    return [
        Trouble(one.sentence, f"?shot={line.ask.shot.joint_from.public_id}&tab=takes", False, "Choose another take")
        for line in plan.lines
        for one in line.warnings
        if line.ask.shot.joint_from
    ]


def unblocked(plan: Plan) -> list[str]:
    """A shot that opens on one which cannot be made cannot be made either."""
    left: dict[int, str] = {}
    for line in plan.lines:
        shot = line.ask.shot
        if not line.problems and (line.after is None or line.after in left):
            left[shot.pk] = shot.public_id
    return list(left.values()) if len(left) < len(plan.lines) else []


def advice_of(plan: Plan) -> list[Trouble]:
    """What is said of many shots is said once."""
    by_sentence: dict[str, list[tuple[Line, str]]] = {}
    for line in plan.lines:
        for one in line.ask.problems:
            if one.level is Level.WARNING:
                by_sentence.setdefault(one.sentence, []).append((line, one.field))
    said = [(text, [line for line, _ in found], where(*found[0])) for text, found in by_sentence.items()]
    return [Trouble(f"{numbers(lines)}: {text}", query, blocks=False) for text, lines, query in said[:MOST_ADVICE]]


def named(line: Line, sentence: str) -> str:
    return sentence if sentence.startswith("Shot ") else f"Shot {line.number}: {sentence}"


def where(line: Line, name: str) -> str:
    place = PLACES.get(name, f"set-{name}" if name in SETTINGS else "")
    return f"?shot={line.ask.shot.public_id}" + (f"#{place}" if place else "")


def total_of(plan: Plan) -> str:
    """In credits where one vendor counts in them, as the cards do."""
    units = credits_of([line.ask for line in plan.lines])
    if not plan.lines or plan.unpriced == len(plan.lines):
        return "Price not known"
    known = f"{units * plan.takes_each:,} credits" if units is not None else dollars(plan.total)
    return f"{known} and {counted(plan.unpriced, 'shot')} of unknown price" if plan.unpriced else known


def paid_to(plan: Plan) -> str:
    """$2.41 · Sandbox"""
    accounts = list(dict.fromkeys(str(line.ask.connection) for line in plan.lines if line.ask.connection))
    return " · ".join([dollars(plan.total), *accounts[:2], *(["…"] if len(accounts) > 2 else [])])  # noqa: PLR2004


def rounded_up(micro_usd: int) -> str:
    """A ceiling in whole cents that the plan fits under."""
    return str((Decimal(micro_usd) / DOLLAR).quantize(Decimal("0.01"), ROUND_UP))


def budget_after(sheet: Sheet, plan: Plan) -> tuple[str, str]:
    """The tightest limit once this is paid, and whose it is."""
    connections = [line.ask.connection for line in plan.lines if line.ask.connection]
    budgets = money.budgets(sheet.board, connections)
    afters = [(one.left - part(plan, one.connection), one.name, one.left) for one in budgets]
    if not afters:
        return "No limit", "no budget is set"
    after, name, left = min(afters)
    return (
        (dollars(after), f"left of {name} after")
        if after >= 0
        else (dollars(max(0, left)), f"left of {name}: not enough")
    )


def part(plan: Plan, connection: int | None) -> int:
    """What of it this budget pays."""
    lines: Iterable[Line] = plan.lines
    if connection is not None:
        lines = [line for line in lines if line.ask.connection and line.ask.connection.pk == connection]
    return sum(line.price or 0 for line in lines) * plan.takes_each
