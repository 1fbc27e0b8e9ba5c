"""The verbs of `manage.py board`: load with access, act, say what came of it. The command dispatches to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from storyboard.boards import actions as boards
from storyboard.boards.models import Board
from storyboard.boards.queries import Sheet, boards_of, cards
from storyboard.boards.summary import counted, dollars, summary_of
from storyboard.takes.models import Run, Take
from storyboard.takes.planning import plan
from storyboard.takes.shell import (
    amounts,
    deciding,
    exporting,
    importing,
    names,
    once,
    planned,
    standings,
    stopping,
    watching,
)
from storyboard.teams.models import Role, Team, User
from storyboard.teams.shell import Exit, Options, as_json, plain, say, shortened, table

Verb = Callable[[BaseCommand, Options, User, Team], Exit]


def import_(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    found = importing.read(options)
    importing.choose(found, options, team)
    importing.bring_files(found, team, user)
    stored = boards.store(team, draft=found.draft, name=found.name, by=user)
    remarks = [*found.remarks, *stored.remarks]
    board, count = stored.board, len(found.draft.shots)
    brought = {name: one.public_id for name, one in found.brought.items()}
    row = {**board_row(board), "shots": count, "library": brought, "remarks": remarks}
    files = f", {counted(len(brought), 'file')} in the library" if brought else ""
    lines = [f"{plain(board.name)} is imported: {counted(count, 'shot')}{files}.", f"Its id is {board.public_id}."]
    return say(command, options, row, [*lines, *map(plain, remarks)])


def list_(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    found = cards(boards_of(team, text=options["find"]))
    rows = [{**board_row(card.board), "shots": card.shots, "seconds": card.seconds} for card in found]
    cells = [[one["id"], one["shots"], f"{one['seconds']} s", one["name"]] for one in rows]
    return say(command, options, {"boards": rows}, table(("ID", "SHOTS", "LENGTH", "NAME"), cells))


def show(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    sheet = opened(options, user, team)
    found = summary_of(sheet)
    rows = [shot_row(sheet, at) for at in range(len(sheet.shots))]
    row = {**board_row(sheet.board), "look": sheet.board.look, "settings": sheet.board.settings, "shots": rows}
    head = ("SHOT", "OPENS", "ON", "LENGTH", "PRICE", "WITH", "PROMPT")
    cells = [
        (one["shot"], one["joint"], one["after"] or "", f"{one['seconds']} s", price(one), one["model"], short(one))
        for one in rows
    ]
    problems = [planned.about(one["shot"], sentence) for one in rows for sentence in one["problems"]]
    return say(command, options, row, [*table(head, cells), *problems, f"{found.words}."])


def shot_row(sheet: Sheet, at: int) -> dict[str, Any]:
    ask = sheet.asks()[at]
    shot = ask.shot
    return {
        "shot": shot.position,
        "id": shot.public_id,
        "scene": shot.scene.name if shot.scene else "",
        "prompt": shot.prompt,
        "joint": str(shot.joint),
        "after": shot.joint_from.position if shot.joint_from else None,
        "needs_approval": shot.needs_approval,
        "landing": shot.landing.name if shot.landing else "",
        "references": [row.reference.name for row in shot.references.all()],
        "connection": ask.connection.name if ask.connection else "",
        "model": ask.model.id if ask.model else ask.choices.model,
        "seconds": ask.choices.seconds,
        "settings": shot.settings,
        "micro_usd": ask.quote.micro_usd,
        "problems": [problem.sentence for problem in ask.blocks],
    }


def price(row: dict[str, Any]) -> str:
    return planned.UNKNOWN if row["micro_usd"] is None else dollars(row["micro_usd"])


def short(row: dict[str, Any]) -> str:
    return shortened(row["prompt"], 50)


def render(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    amounts.checked(options)
    sheet = opened(options, user, team, Role.PRODUCER)
    anew = options["verb"] == "retry"
    shots = planned.failed(sheet, options) if anew else planned.wanted(sheet, options)
    if run := once.before(sheet.board, options, shots):
        say_json(command, options, once.row(run))
        say_text(command, options, [once.line(run)])
        return watched(command, options, sheet.board, [run]) if options["wait"] else Exit.OK
    found = plan(sheet, shots, takes_each=options["takes"])
    row = planned.plan_row(sheet, found)
    say_text(command, options, planned.plan_lines(row))
    if options["dry_run"] or found.blocks:
        say_json(command, options, {"plan": row, "run": None})
        return Exit.FAILED if found.blocks else Exit.OK
    if not planned.agreed(options, found):
        return say(command, options, {"plan": row, "run": None}, ["Nothing was rendered."])
    run = planned.press(sheet, found, options, user)
    takes = Take.objects.filter(run=run).count()
    say_json(command, options, {"plan": row, "run": run.public_id, "takes": takes, "is_new": True})
    say_text(command, options, planned.asked_lines(run, takes))
    if not options["wait"]:
        return Exit.OK
    # What was rendered anew lets the shots after it go on, and those belong to the render before.
    older = names.runs_named(sheet.board, "") if anew else []
    return watched(command, options, sheet.board, [run, *older])


def say_json(command: BaseCommand, options: Options, found: object) -> None:
    """In one line where more lines follow."""
    if options["json"]:
        command.stdout.write(as_json(found, in_a_line=options["wait"]))


def say_text(command: BaseCommand, options: Options, lines: list[str]) -> None:
    if not options["json"]:
        say(command, options, {}, lines)


def status(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    sheet = opened(options, user, team)
    rows = standings.rows_of(sheet)
    under_way = [run.public_id for run in names.runs_named(sheet.board, "")]
    found = {**board_row(sheet.board), "runs": under_way, "shots": rows}
    return say(command, options, found, standings.lines(rows))


def watch(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    amounts.patience(options)
    board = names.board_named(user, team, options["board"])
    return watched(command, options, board, watching.followed(board, options["run"]))


def watched(command: BaseCommand, options: Options, board: Board, found: list[Run]) -> Exit:
    def at_once(text: str) -> None:
        command.stdout.write(text)
        command.stdout.flush()

    return watching.watch(board, found, options, at_once, command.stderr.write)


def export(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    sheet = opened(options, user, team)
    kind = options["format"] or ("" if options["clips"] else "json")
    if kind:
        size = exporting.words(sheet, kind, options["to"])
    if options["to"] == "-" and not options["clips"]:
        return Exit.OK
    found: list[dict[str, Any]] = exporting.clips(sheet.board, Path(options["clips"])) if options["clips"] else []
    lines = [f"{options['to']} has {size:,} bytes."] if kind and options["to"] != "-" else []
    lines += [one["file"] for one in found]
    missing = sorted({shot.position for shot in sheet.shots} - {one["shot"] for one in found})
    if options["clips"] and missing:
        lines.append(f"Without a take: {counted(len(missing), 'shot')} ({', '.join(map(str, missing[:20]))}).")
    return say(command, options, {"clips": found, "without_a_take": missing if options["clips"] else []}, lines)


def opened(options: Options, user: User, team: Team, role: Role = Role.VIEWER) -> Sheet:
    return names.sheet(user, names.board_named(user, team, options["board"], role), role)


def board_row(board: Board) -> dict[str, Any]:
    url = f"{settings.PUBLIC_URL}/teams/{board.team.public_id}/boards/{board.public_id}/"
    return {"id": board.public_id, "name": board.name, "url": url}


VERBS: dict[str, Verb] = {
    "import": import_,
    "list": list_,
    "show": show,
    "render": render,
    "retry": render,
    "status": status,
    "watch": watch,
    "cancel": stopping.stop,
    "pause": stopping.stop,
    "resume": stopping.stop,
    "select": deciding.select,
    "approve": deciding.approve,
    "keep": deciding.keep,
    "decide": deciding.decide,
    "export": export,
}
