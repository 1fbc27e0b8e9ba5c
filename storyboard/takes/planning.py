"""What a press of Render would do: which shots, in which order, at which price each, and what stands in the way.

The confirmation sheet and the command line show a plan; actions.runs makes it again under the board's lock and goes on
only when it is still the same, by its hash.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from storyboard.boards.asks import Ask
from storyboard.boards.models import Joint, Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.summary import work_seconds
from storyboard.errors import DomainError
from storyboard.media.checks import opinion
from storyboard.providers.base import Body, Kind, Level, Problem
from storyboard.providers.dispatch import vendor_file
from storyboard.takes import handoff, money
from storyboard.takes.callbacks import wanted
from storyboard.takes.models import Take
from storyboard.takes.placeholders import CALLBACK, digest, written
from storyboard.takes.queries import Standing, standing

MOST_EACH = 4
EARLY = (
    "Shot {0} carries two seconds of movement over, and less of shot {1} lies before its hand-off. "
    "Choose a later moment there, or let this shot continue."
)
UNFIT = (
    "Shot {0} carries two seconds of movement over, and the clip of shot {1} does not suit: {2} "
    "Choose another take there, or let this shot continue."
)
REJECTED = (
    "Shot {0} would open on take {1} of shot {2}, which was rejected. "
    "Choose another take of it first, or render on it all the same."
)
NOTHING = "There is nothing to render: every shot has a take that is up to date."
UNDER_WAY = (
    "A render is under way, and there is nothing else to render: every other shot has a take that is up to date."
)
PAINTED = "The pictures of this sample are being painted. Wait a few seconds, then press Render again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One shot of the plan. `after`: the key of the shot in the plan that has to be there first."""

    ask: Ask
    asked: str
    asked_hash: str
    price: int | None
    after: int | None
    problems: tuple[Problem, ...] = ()
    # What nobody should find out afterwards: whoever says yes to the plan says yes to this.
    warnings: tuple[Problem, ...] = ()

    @property
    def number(self) -> int:
        return self.ask.shot.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    lines: tuple[Line, ...]
    takes_each: int
    # Of the plan as a whole: no budget left, nothing chosen.
    problems: tuple[Problem, ...] = field(default=())
    work_seconds: int = 0

    @property
    def total(self) -> int:
        """In micro-dollars, as far as prices are known."""
        return sum(line.price or 0 for line in self.lines) * self.takes_each

    @property
    def unpriced(self) -> int:
        return sum(line.price is None for line in self.lines)

    @property
    def blocks(self) -> list[Problem]:
        return [*self.problems, *(problem for line in self.lines for problem in line.problems)]

    @property
    def hash(self) -> str:
        """Of everything that will be sent and paid: what a person says yes to."""
        said = [
            [one.ask.shot.public_id, one.asked_hash, place(one.ask), one.price, one.after]
            + [warning.sentence for warning in one.warnings]
            for one in self.lines
        ]
        return digest(json.dumps([said, self.takes_each]))

    @property
    def chains(self) -> list[list[Line]]:
        """What goes one after the other; the chains go side by side."""
        of: dict[int, list[Line]] = {}
        for line in self.lines:
            chain = of.get(line.after or 0) or []
            chain.append(line)
            of[line.ask.shot.pk] = chain
        return list({id(chain): chain for chain in of.values()}.values())


def place(ask: Ask) -> str:
    return ask.connection.public_id if ask.connection else ""


def chosen(sheet: Sheet, stands: Mapping[int, Standing], what: str, *, start: str = "") -> list[str]:
    """The shots' public ids for “missing”, “stale” (with what is missing) or “from” a shot on."""
    if what == "from":
        names = [shot.public_id for shot in sheet.shots]
        if start not in names:
            raise DomainError("The shot to begin with is not on the board any more.")
        return names[names.index(start) :]
    if what not in {"missing", "stale"}:
        raise DomainError("Choose what to render: some shots, from a shot on, what is missing, or what is out of date.")
    idle = [shot for shot in sheet.shots if not stands[shot.pk].live]
    wanted = [one for one in idle if stands[one.pk].is_missing or (what == "stale" and stands[one.pk].stale)]
    return [shot.public_id for shot in wanted]


def plan(sheet: Sheet, shots: Iterable[str], *, takes_each: int = 1) -> Plan:
    """Of the shots with these public ids, in the order in which they can be made."""
    if not 1 <= takes_each <= MOST_EACH:
        raise DomainError(f"Ask for 1 to {MOST_EACH} takes of each shot.")
    wanted_ids, stands = set(shots), standing(sheet)
    asks = [ask for ask in sheet.asks() if ask.shot.public_id in wanted_ids]
    ordered = in_order(asks)
    lines = tuple(line(ask, {one.shot.pk for one in ordered}, stands) for ask in ordered)
    found = Plan(lines=lines, takes_each=takes_each, work_seconds=work_seconds(ordered) * takes_each)
    return replace(found, problems=tuple(whole(sheet, found, any(one.live for one in stands.values()))))


def in_order(asks: list[Ask]) -> list[Ask]:
    """As on the board, but a shot after the one it opens on, wherever that stands."""
    by_key, found, seen = {ask.shot.pk: ask for ask in asks}, [], set()
    for ask in asks:
        chain = [ask]
        while (before := by_key.get(chain[-1].shot.joint_from_id or 0)) and before not in chain:
            chain.append(before)
        for one in reversed(chain):
            if one.shot.pk not in seen:
                seen.add(one.shot.pk)
                found.append(one)
    return found


def line(ask: Ask, planned: set[int], stands: Mapping[int, Standing]) -> Line:
    asked = written(body_of(ask)) if ask.model and ask.connection and not ask.blocks else ""
    before = ask.shot.joint_from_id if ask.shot.joint != Joint.CUT else None
    problems = [*ask.blocks, *standing_in_the_way(ask, planned, stands)]
    return Line(
        ask=ask,
        asked=asked,
        asked_hash=digest(asked),
        price=ask.quote.micro_usd,
        after=before if before in planned else None,
        problems=tuple(problems),
        warnings=tuple(rejected(ask, planned, stands)),
    )


def body_of(ask: Ask) -> Body:
    """The vendor's own body, with made-up links where real ones will stand."""
    if ask.model is None or ask.connection is None:
        raise ValueError("This shot has no model yet.")
    request = replace(ask.request, callback_url=CALLBACK) if wanted(ask.connection) else ask.request
    return vendor_file(ask.model.vendor).body(request, ask.model)


def standing_in_the_way(ask: Ask, planned: set[int], stands: Mapping[int, Standing]) -> list[Problem]:
    shot, found = ask.shot, []
    if stands[shot.pk].live:
        found.append(Problem(field="shot", sentence=f"Shot {shot.position} is being rendered already."))
    before = shot.joint_from
    if shot.joint == Joint.CUT or before is None or before.pk in planned:
        return found
    ahead = stands.get(before.pk, Standing())
    if ahead.selected is None and not ahead.live:
        text = f"Shot {shot.position} opens on shot {before.position}, which has no take yet. Render that one as well."
        found.append(Problem(field="joint", sentence=text))
    if shot.joint == Joint.MOTION and ahead.selected is not None:
        found += carried(ask, before, ahead.selected)
    return found


def carried(ask: Ask, before: Shot, take: Take) -> list[Problem]:
    """What is wrong with the last seconds of the take that its follower would be given."""
    if handoff.is_early(take, take.hand_off_ms):
        return [Problem(field="joint", sentence=EARLY.format(ask.shot.position, before.position))]
    limits, tail = ask.model.limits.get(Kind.VIDEO) if ask.model else None, handoff.tail_media(take)
    if ask.connection is None or limits is None or tail is None:
        return []
    takes, why = opinion(ask.connection.about.label, tail, limits)
    return [] if takes else [Problem(field="joint", sentence=UNFIT.format(ask.shot.position, before.position, why))]


def rejected(ask: Ask, planned: set[int], stands: Mapping[int, Standing]) -> list[Problem]:
    """That it would open on a take that somebody did not want."""
    before = ask.shot.joint_from
    if ask.shot.joint == Joint.CUT or before is None or before.pk in planned:
        return []
    take = stands.get(before.pk, Standing()).selected
    if take is None or take.rejected_at is None:
        return []
    text = REJECTED.format(ask.shot.position, take.number, before.position)
    return [Problem(field="joint", sentence=text, level=Level.WARNING)]


def whole(sheet: Sheet, found: Plan, is_under_way: bool) -> list[Problem]:
    if not found.lines:
        return [Problem(field="shots", sentence=UNDER_WAY if is_under_way else NOTHING)]
    if sheet.board.is_being_painted:
        return [Problem(field="references", sentence=PAINTED)]
    wishes = [money.Wish(one.ask.connection, one.price, found.takes_each) for one in found.lines if one.ask.connection]
    return [Problem(field="budget", sentence=text) for text in money.in_the_way(sheet.board, wishes)]
