"""`manage.py provider <vendor> <verb>`: speak with a vendor from the shell, at any address."""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from storyboard.addresses import ANYWHERE
from storyboard.connections import addresses, keys, prices, shell
from storyboard.connections.models import Connection
from storyboard.connections.shell import Exit, Usage
from storyboard.providers import catalog
from storyboard.providers.base import Level
from storyboard.providers.dispatch import vendor_file
from storyboard.providers.errors import ProviderError
from storyboard.providers.http import Client
from storyboard.providers.outcomes import checked_id
from storyboard.providers.secret import Secret

VERBS = ("submit", "fetch", "check", "quote", "balance", "list", "cancel")
HELP = """Speak with a vendor from the shell.

  submit    send a paid request, once; prints the task's id
  fetch     how a task stands
  check     what would be refused, and what is advised against; sends nothing
  quote     what it will cost; sends nothing
  balance, list, cancel    where the vendor has them

The key comes from --key-file, from PROVIDER_KEY in the environment, or from a connection.
submit, check and quote take the vendor's own body (--body file.json, or - for standard input) or neutral words.

exit codes:
  0  done
  1  refused: by the vendor, or by check; nothing was created
  2  the command was called wrongly
  3  unknown: a submit may have created a task and charged for it; look before you repeat it
  4  not created, or the vendor is unavailable; try again later
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)
        # So that options may also stand between the verb and the task's id.
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vendor", choices=catalog.VENDOR_FILES)
        parser.add_argument("verb", choices=VERBS)
        parser.add_argument("task", nargs="?", default="", help="the task's id, for fetch and cancel")
        parser.add_argument("--json", action="store_true", help="print one JSON object, errors too")
        account = parser.add_argument_group("which account")
        account.add_argument("--base-url", default="", help="instead of the vendor's own")
        account.add_argument("--key-file", default="", help="a file that holds the API key")
        account.add_argument("--connection", default="", help="the public id of a team's connection: address and key")
        add_words(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = self.run(options)
        except Usage as error:
            self.fail(options, {"error": {"class": "usage", "sentence": str(error)}}, str(error), Exit.USAGE)
        except ProviderError as error:
            self.fail(options, shell.error_row(error), told(error), shell.class_of(error)[1])
        if code:
            raise SystemExit(int(code))

    def run(self, options: dict[str, Any]) -> Exit:
        connection = connection_of(options)
        options["base_url"] = base_url(options, connection)
        verb = getattr(self, f"do_{options['verb']}")
        found: Exit = verb(options, connection)
        return found

    def do_submit(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        order = order_of(options)
        found = order.problems() if order.request is not None and not options["force"] else []
        if any(problem.level is Level.PROBLEM for problem in found):
            self.say(options, shell.problem_rows(found), shell.problem_lines(found))
            return Exit.REFUSED
        if found:
            # Not among what was asked for: standard output stays the task alone.
            self.stderr.write("\n".join(shell.problem_lines(found)))
        task = client(options, connection).submit(order.body)
        return self.say(options, {"task": task}, [task])

    def do_check(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        found = order_of(options).problems()
        self.say(options, shell.problem_rows(found), shell.problem_lines(found))
        return Exit.REFUSED if any(problem.level is Level.PROBLEM for problem in found) else Exit.OK

    def do_quote(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        order = order_of(options)
        quote = order.quote(prices.own_rates(connection, order.model) if connection else None)
        return self.say(options, shell.quote_row(quote), shell.quote_lines(quote))

    def do_fetch(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        task = client(options, connection).fetch(task_id(options))
        return self.say(options, shell.task_row(task), shell.task_lines(task))

    def do_balance(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        found = client(options, connection).balance()
        text = "The vendor names no balance." if found is None else f"{found:,f} credits"
        return self.say(options, {"balance": found, "unit": "credits"}, [text])

    def do_list(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        if not about(options).can_list:
            raise Usage(f"{about(options).label} has no list of tasks. Fetch one by its id, or use its console.")
        tasks, total = client(options, connection).list_tasks()
        rows = {"tasks": [shell.task_row(task) for task in tasks], "total": total}
        return self.say(options, rows, [line for task in tasks for line in shell.task_lines(task)])

    def do_cancel(self, options: dict[str, Any], connection: Connection | None) -> Exit:
        if not about(options).can_cancel:
            raise Usage(f"{about(options).label} cancels no tasks. Use its console.")
        client(options, connection).cancel(task_id(options))
        return self.say(options, {"cancelled": options["task"]}, ["Cancelled."])

    def say(self, options: dict[str, Any], found: object, lines: list[str]) -> Exit:
        self.stdout.write(shell.as_json(found) if options["json"] else "\n".join(lines))
        return Exit.OK

    def fail(self, options: dict[str, Any], row: object, text: str, code: int) -> NoReturn:
        if options["json"]:
            self.stdout.write(shell.as_json(row))
        else:
            self.stderr.write(text)
        raise SystemExit(int(code))


def add_words(parser: ArgumentParser) -> None:
    parser.add_argument("--body", default="", help="the vendor's own request body: a file, or - for standard input")
    parser.add_argument("--force", action="store_true", help="submit although check finds problems")
    words = parser.add_argument_group("neutral words")
    words.add_argument("--model", default="")
    words.add_argument("--prompt", default="")
    words.add_argument("--seconds", type=int, default=5)
    words.add_argument("--ratio", default="16:9")
    words.add_argument("--resolution", default="720p")
    words.add_argument("--seed", type=int)
    words.add_argument("--opening", default="", metavar="URL", help="the picture it opens on")
    words.add_argument("--landing", default="", metavar="URL", help="the picture it ends on")
    words.add_argument("--motion-tail", default="", metavar="URL", help="the clip whose movement it carries on")
    words.add_argument("--callback", default="", metavar="URL", help="where the vendor shall call back")
    for name, text in (("reference", "[image:|video:|audio:]URL"), ("length", "URL=SECONDS")):
        words.add_argument(f"--{name}", action="append", default=[], metavar=text)
    for name in ("audio", "search", "exact", "last-frame", "fallback", "no-safety"):
        words.add_argument(f"--{name}", action="store_true")


def order_of(options: dict[str, Any]) -> shell.Order:
    text = read(options["body"]) if options["body"] else None
    return shell.order(options["vendor"], options["base_url"], options, text)


def read(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Usage(f"Cannot read {path}: {error}.") from None


def connection_of(options: dict[str, Any]) -> Connection | None:
    if not options["connection"]:
        return None
    found = Connection.objects.filter(public_id=options["connection"], deleted_at=None).first()
    if found is None:
        raise Usage(f"There is no connection {options['connection']}. Its id is in the address of its page.")
    if found.vendor != options["vendor"]:
        raise Usage(f"This connection is for {found.vendor}, not for {options['vendor']}.")
    return found


def base_url(options: dict[str, Any], connection: Connection | None) -> str:
    """The address that was named, the connection's or the vendor's own; a connection's key goes nowhere else."""
    own = connection.base_url if connection else catalog.vendor(options["vendor"]).base_url
    asked = str(options["base_url"] or own)
    try:
        elsewhere = connection is not None and addresses.origin(asked) != addresses.origin(own)
    except ValueError as error:
        raise Usage(str(error)) from None
    if elsewhere and not options["key_file"]:
        raise Usage("A connection's key is used at its own address only. Leave --base-url out, or give --key-file.")
    return asked


def about(options: dict[str, Any]) -> catalog.Vendor:
    return catalog.vendor(options["vendor"])


def client(options: dict[str, Any], connection: Connection | None) -> Client:
    vendor: Any = vendor_file(options["vendor"])
    try:
        return Client(vendor, options["base_url"], secret(options, connection), policy=ANYWHERE)
    except (ValueError, keys.KeyTrouble) as error:
        raise Usage(str(error)) from None


def secret(options: dict[str, Any], connection: Connection | None) -> Secret:
    if options["key_file"]:
        return Secret(read(options["key_file"]).strip())
    if connection is not None:
        with keys.by_operator():
            return keys.reveal(connection)
    if text := os.environ.get("PROVIDER_KEY", "").strip():
        return Secret(text)
    raise Usage("Which key? Give --key-file or --connection, or set PROVIDER_KEY.")


def task_id(options: dict[str, Any]) -> str:
    if not options["task"]:
        raise Usage(f"Which task? Write its id: provider {options['vendor']} {options['verb']} ID.")
    try:
        return checked_id(options["task"])
    except ValueError as error:
        raise Usage(str(error)) from None


def told(error: ProviderError) -> str:
    details = " ".join(str(part) for part in (error.status, error.code, error.message, error.reason) if part)
    return f"{error.sentence}{f' [{details}]' if details else ''}"
