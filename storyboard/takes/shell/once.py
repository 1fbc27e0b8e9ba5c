"""`board render --once KEY`: with the same key the render that it was made with, never a second one."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.boards.summary import counted, dollars
from storyboard.errors import Conflict
from storyboard.takes.actions.runs import FORM_KEY
from storyboard.takes.models import Run, Take
from storyboard.takes.shell.amounts import micro
from storyboard.teams.shell import Options, Usage

KEY = "Write --once with 8 to 40 letters, digits, dashes or underscores."
OTHER = "The key {key} is that of the render from {at}, which has {what}. Write another key to render this."


def before(board: Board, options: Options, shots: Iterable[str]) -> Run | None:
    """The render with this key; Conflict where something else is asked for now."""
    key = options["once"]
    if key and not FORM_KEY.fullmatch(key):
        raise Usage(KEY)
    run = Run.objects.filter(board=board, form_key=key).first() if key else None
    if run is not None and (what := otherwise(run, options, set(shots))):
        raise other(run, what)
    return run


def other(run: Run, what: str = "another plan") -> Conflict:
    return Conflict(OTHER.format(key=run.form_key, at=when(run), what=what))


def otherwise(run: Run, options: Options, shots: set[str]) -> str:
    """What of that render is not as it is asked for now; what nobody wrote down is the same."""
    own = set(Take.objects.filter(run=run, shot__deleted_at=None).values_list("shot__public_id", flat=True))
    is_named = bool(options["shots"] or options.get("start"))
    # What is missing or out of date changes with the render itself.
    if shots != own if is_named else shots - own:
        return "other shots"
    if options["takes"] != run.takes_each:
        return f"{counted(run.takes_each, 'take')} of each shot"
    if options["ceiling"] is not None and micro(options["ceiling"], "--ceiling") != run.ceiling_micro_usd:
        return f"a ceiling of {dollars(run.ceiling_micro_usd)}"
    return ""


def when(run: Run) -> str:
    at, now = timezone.localtime(run.created_at), timezone.localtime()
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%d %B %Y, %H:%M}"


def row(run: Run) -> dict[str, Any]:
    return {"plan": None, "run": run.public_id, "takes": run.takes.count(), "is_new": False}


def line(run: Run) -> str:
    takes, over = counted(run.takes.count(), "take"), ", over since" if run.finished_at else ""
    end = "Look at it with: board status" if run.finished_at else "Watch it with: board watch"
    return f"This is the render from {when(run)}: {run}, {takes}{over}. {end} {run.board.public_id}"
