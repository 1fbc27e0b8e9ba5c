"""`board render` and `board retry`: which shots, the plan in words, and the press of Render."""

import secrets
import sys
from collections.abc import Sequence
from typing import Any

from storyboard.boards.queries import Sheet
from storyboard.boards.summary import counted, dollars
from storyboard.boards.times import in_words
from storyboard.takes import money
from storyboard.takes.actions import runs
from storyboard.takes.actions.runs import Wish
from storyboard.takes.models import Run
from storyboard.takes.planning import Line, Plan, chosen
from storyboard.takes.queries import standing
from storyboard.takes.shell import once
from storyboard.takes.shell.amounts import micro
from storyboard.takes.shell.names import shot_named, shots_named
from storyboard.teams.models import User
from storyboard.teams.shell import Options, Usage, shortened, table

UNKNOWN = "not known"


def wanted(sheet: Sheet, options: Options) -> list[str]:
    """The shots' public ids; what is missing or out of date unless something else is asked for."""
    if options["shots"]:
        return [shot.public_id for shot in shots_named(sheet.shots, options["shots"])]
    if options["start"]:
        start = shot_named(sheet.shots, options["start"]).public_id
        return chosen(sheet, {}, "from", start=start)
    return chosen(sheet, standing(sheet), "missing" if options["missing"] else "stale")


def failed(sheet: Sheet, options: Options) -> list[str]:
    """The shots whose newest take came to nothing, or those that are named."""
    if options["shots"]:
        return [shot.public_id for shot in shots_named(sheet.shots, options["shots"])]
    stands = standing(sheet)
    return [one.public_id for one in sheet.shots if stands[one.pk].failed and not stands[one.pk].live]


def plan_row(sheet: Sheet, found: Plan) -> dict[str, Any]:
    chain_of = {line.number: at for at, chain in enumerate(found.chains, 1) for line in chain}
    numbers = {line.ask.shot.pk: line.number for line in found.lines}
    return {
        "hash": found.hash,
        "shots": [line_row(line, chain_of[line.number], numbers) for line in found.lines],
        "takes_each": found.takes_each,
        "chains": len(found.chains),
        "micro_usd": found.total,
        "unpriced": found.unpriced,
        "seconds": found.work_seconds,
        "budgets": budget_rows(sheet, found),
        "problems": [problem.sentence for problem in found.problems],
    }


def line_row(line: Line, chain: int, numbers: dict[int, int]) -> dict[str, Any]:
    ask = line.ask
    return {
        "shot": line.number,
        "id": ask.shot.public_id,
        "chain": chain,
        "after": numbers.get(line.after or 0),
        "joint": str(ask.shot.joint),
        "connection": ask.connection.name if ask.connection else "",
        "model": ask.model.id if ask.model else "",
        "seconds": ask.choices.seconds,
        "micro_usd": line.price,
        "prompt": ask.shot.prompt,
        "problems": [problem.sentence for problem in line.problems],
        "warnings": [warning.sentence for warning in line.warnings],
    }


def budget_rows(sheet: Sheet, found: Plan) -> list[dict[str, Any]]:
    connections = [line.ask.connection for line in found.lines if line.ask.connection]
    budgets = money.budgets(sheet.board, connections)
    return [{"name": one.name, "limit_micro_usd": one.limit, "left_micro_usd": one.left} for one in budgets]


def plan_lines(plan: dict[str, Any]) -> list[str]:
    """The same for people."""
    head = ("SHOT", "CHAIN", "AFTER", "OPENS", "LENGTH", "PRICE", "WITH", "PROMPT")
    lines = table(head, [cells(one) for one in plan["shots"]]) if plan["shots"] else []
    lines += [about(one["shot"], sentence) for one in plan["shots"] for sentence in one["problems"] + one["warnings"]]
    lines += plan["problems"]
    lines += [f"Of {one['name']}, {dollars(one['left_micro_usd'])} are left." for one in plan["budgets"]]
    return [*lines, whole(plan)] if plan["shots"] else lines


def about(number: int, sentence: str) -> str:
    """Which shot a sentence speaks of, unless it says so itself."""
    return sentence if sentence.startswith(f"Shot {number} ") else f"Shot {number}: {sentence}"


def cells(one: dict[str, Any]) -> Sequence[object]:
    price = UNKNOWN if one["micro_usd"] is None else dollars(one["micro_usd"])
    model = f"{one['connection']}, {one['model']}"
    prompt = shortened(one["prompt"], 40)
    return (one["shot"], one["chain"], one["after"] or "", one["joint"], f"{one['seconds']} s", price, model, prompt)


def whole(plan: dict[str, Any]) -> str:
    """“4 shots in 2 chains side by side, 2 takes each: $3.44, about 9 min.”"""
    shots, chains = counted(len(plan["shots"]), "shot"), plan["chains"]
    parts = [shots, "in one chain" if chains == 1 else f"in {chains} chains side by side"]
    each = "" if plan["takes_each"] == 1 else f", {plan['takes_each']} takes each"
    unknown = f" and {counted(plan['unpriced'], 'shot')} of unknown price" if plan["unpriced"] else ""
    time = f", {in_words(plan['seconds'])}" if plan["seconds"] else ""
    return f"{' '.join(parts)}{each}: {dollars(plan['micro_usd'])}{unknown}{time}."


def ceiling(options: Options, found: Plan) -> int:
    """The most that this may cost; what it costs now when nobody says."""
    if options["ceiling"] is None:
        return found.total
    return micro(options["ceiling"], "--ceiling")


def agreed(options: Options, found: Plan) -> bool:
    """Whether somebody says yes to the plan that was shown."""
    if options["yes"]:
        return True
    if options["json"] or not is_terminal():
        raise Usage("Nothing was rendered. Look at the plan, and say yes to it with --yes.")
    try:
        answer = input(f"Render for {dollars(found.total)}? [y/N] ")
    except EOFError:
        return False
    return answer.strip().casefold() in {"y", "yes"}


def is_terminal() -> bool:
    return sys.stdin.isatty()


def press(sheet: Sheet, found: Plan, options: Options, by: User) -> Run:
    wish = Wish(
        shots=tuple(line.ask.shot.public_id for line in found.lines),
        plan_hash=found.hash,
        ceiling_micro_usd=ceiling(options, found),
        form_key=options["once"] or secrets.token_urlsafe(18),
        takes_each=found.takes_each,
    )
    run = runs.request(sheet.board, wish=wish, by=by)
    if run.plan_hash != found.hash:
        # The same key was used in this very moment, for something else.
        raise once.other(run)
    return run


def asked_lines(run: Run, takes: int) -> list[str]:
    begun = f"Render {run.public_id} has begun: {counted(takes, 'take')}."
    return [f"{begun} Watch it with: board watch {run.board.public_id}"]
