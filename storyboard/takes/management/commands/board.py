"""`manage.py board <verb>`: a film from the shell, from words to clips, by the rules and actions of the pages."""

from argparse import ArgumentParser, BooleanOptionalAction, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from storyboard.boards.choices import RESOLUTIONS
from storyboard.providers.catalog import RATIOS
from storyboard.takes.shell import importing, verbs
from storyboard.takes.shell.exporting import FORMATS
from storyboard.teams import shell

HELP = """A film from the shell.

  import    a new board from text, a screenplay, CSV or JSON; - is standard input; local pictures join the library
  list      the team's boards
  show      what is on one
  render    show the plan and its price, and render it when somebody says yes (--yes); --dry-run only shows it
  status    how each shot stands
  watch     a line for each change, until it is over or needs somebody
  retry     render anew what came to nothing
  cancel, pause, resume    what is under way: one render with --run, or all of them
  select    the take that counts        BOARD SHOT TAKE
  approve   it, where a shot needs that BOARD SHOT
  keep      a take that is out of date  BOARD SHOT
  decide    what became of a request whose answer never came: BOARD SHOT and one of
            --task-id ID, --not-charged, --give-up
  export    its words as CSV or JSON; --clips FOLDER brings the selected takes' clips

A board is named by its id or its name, a shot by its number.

exit codes:
  0    done; for watch and render --wait: every shot has its take
  1    refused, nothing was changed; or a shot came to nothing
  2    the command was called wrongly, or names what is not there
  3    somebody has to decide: a choice, an approval, a pause, an unclear request
  4    not now: the time is up, or the database or the storage cannot be used
  130  stopped by Ctrl-C; renders go on
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        group = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

        def verb(name: str, text: str) -> ArgumentParser:
            found: ArgumentParser = group.add_parser(name, help=text, allow_abbrev=False)
            shell.add_common(found)
            if name not in {"import", "list"}:
                found.add_argument("board", help="its id or name")
            return found

        add_import(verb("import", "a new board from a file"))
        verb("list", "the team's boards").add_argument("--find", default="", metavar="WORDS", help="in the names")
        verb("show", "what is on it")
        add_render(verb("render", "the plan, and after a yes the render"))
        verb("status", "how each shot stands")
        add_patience(verb("watch", "a line for each change")).add_argument("--run", default="", metavar="ID")
        add_render(verb("retry", "render anew what came to nothing"), anew=True)
        add_stopping(verb)
        add_decisions(verb)
        add_export(verb("export", "its words, and its clips"))

    def handle(self, *args: Any, **options: Any) -> None:
        shell.run(self, options, lambda: verbs.VERBS[options["verb"]](self, options, *shell.acting(options)))


def add_import(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="a file, or - for standard input")
    parser.add_argument("--kind", choices=importing.KINDS, default="", help="what it is; found out if unset")
    parser.add_argument("--encoding", default="", help="of text and tables; found out if unset")
    parser.add_argument(
        "--files", default="", metavar="FOLDER", help="where its pictures are; beside the file if unset"
    )
    parser.add_argument("--name", default="", help="the board's name")
    board = parser.add_argument_group("for every shot that says nothing else")
    board.add_argument("--connection", default="", help="its id or name")
    board.add_argument("--model", default="")
    board.add_argument("--seconds", type=int)
    board.add_argument("--ratio", choices=RATIOS)
    board.add_argument("--resolution", choices=RESOLUTIONS)
    board.add_argument("--seed", type=int)
    for name in importing.SWITCHES:
        board.add_argument(f"--{name}", action=BooleanOptionalAction, default=None)


def add_render(parser: ArgumentParser, *, anew: bool = False) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--shots", default="", metavar="1,3-5", help="these")
    if not anew:
        which.add_argument("--from", dest="start", default="", metavar="SHOT", help="this one and all after it")
        which.add_argument("--missing", action="store_true", help="those without a take")
        which.add_argument("--stale", action="store_true", help="and those that are out of date; so if nothing is said")
    parser.add_argument("--takes", type=int, default=1, metavar="N", help="so many of each shot")
    parser.add_argument("--ceiling", metavar="DOLLARS", help="the most that it may cost; the plan's price if unset")
    parser.add_argument("--yes", action="store_true", help="render without asking")
    parser.add_argument("--dry-run", action="store_true", help="show the plan only; exit 1 if it cannot be rendered")
    parser.add_argument(
        "--once", default="", metavar="KEY", help="8 to 40 letters: the same key again is the same render"
    )
    parser.add_argument("--wait", action="store_true", help="watch it to its end")
    add_patience(parser)


def add_patience(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="stop watching after so long")
    return parser


def add_stopping(verb: Callable[[str, str], ArgumentParser]) -> None:
    for name in ("cancel", "pause", "resume"):
        parser = verb(name, f"{name} what is under way")
        parser.add_argument("--run", default="", metavar="ID", help="this render only")
        if name == "cancel":
            parser.add_argument("--shots", default="", metavar="1,3-5", help="the takes of these shots only")


def add_decisions(verb: Callable[[str, str], ArgumentParser]) -> None:
    verb_select = verb("select", "the take that counts")
    verb_select.add_argument("shot")
    verb_select.add_argument("take", type=int)
    for name, text in (("approve", "the shot's take"), ("keep", "a take that is out of date")):
        parser = verb(name, text)
        parser.add_argument("shot")
        parser.add_argument("--take", type=int, help="its number; the selected one if unset")
    decide = verb("decide", "what became of an unclear request")
    decide.add_argument("shot")
    said = decide.add_mutually_exclusive_group(required=True)
    said.add_argument("--task-id", default="", metavar="ID", help="the vendor has it, under this id")
    said.add_argument(
        "--not-charged", action="store_true", help="the vendor does not have it: it can be rendered again"
    )
    said.add_argument("--give-up", action="store_true", help="count it as paid and lost")


def add_export(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=list(FORMATS), default="")
    parser.add_argument("--to", default="-", metavar="FILE", help="- is standard output")
    parser.add_argument("--clips", default="", metavar="FOLDER", help="bring the clips there")
