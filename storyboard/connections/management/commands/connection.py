"""`manage.py connection <verb>`: a team's accounts at vendors from the shell, by the rules of the pages."""

import getpass
import os
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from storyboard.connections import actions, addresses, prices
from storyboard.connections.forms import AddForm
from storyboard.connections.models import Connection
from storyboard.connections.queries import connection_for, connections_of
from storyboard.connections.vendors import models_at
from storyboard.connections.views.answers import arrival, is_waiting, tested
from storyboard.errors import DomainError
from storyboard.providers import catalog
from storyboard.providers.catalog import VENDOR_FILES, Rate, Vendor
from storyboard.teams import shell
from storyboard.teams.models import Role, Team, User
from storyboard.teams.queries import team_for
from storyboard.teams.shell import Exit, NotNow, Options, Usage

HELP = """A team's accounts at vendors.

  add       a new one; its key is read from standard input, or from an environment variable (--key-env NAME)
  test      have a worker test it, and say what came of it
  list      all of them, and how they stand
  prices    what it costs there; --set changes the connection's own prices
  disable   nothing new is rendered with it
  enable    it is in use again

A connection is named by its id or its name. A key is never a word of the command: others on the machine could read it.

exit codes:
  0  done; for test: the key works
  1  refused, or the key does not work; nothing was changed
  2  the command was called wrongly, or names what is not there
  4  not now: no worker answers, or the database cannot be used
"""
STANDING = {"off": "off", "asking": "is being tested", "silent": "not tested", "works": "works", "broken": "broken"}
TURN = 0.2


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        # Whoever writes --key must not have it taken for --key-env and repeated in a complaint.
        add = verbs.add_parser("add", help="a new connection", allow_abbrev=False)
        add.add_argument("vendor", choices=VENDOR_FILES)
        add.add_argument("--name", default="", help="what the team calls it; the vendor's name if unset")
        add.add_argument("--base-url", default="", help="instead of the vendor's own")
        add.add_argument("--key-env", default="", metavar="NAME", help="the environment variable that holds the key")
        add.add_argument("--parallel", type=int, default=3, help="how many renders may run at once")
        add.add_argument("--budget", default="", metavar="DOLLARS", help="what may be spent with it in a month")
        verbs.add_parser("list", help="all of them")
        for name, text in (("test", "have it tested"), ("disable", "switch it off"), ("enable", "switch it on")):
            verbs.add_parser(name, help=text).add_argument("connection", help="its id or name")
        verbs.choices["test"].add_argument("--timeout", type=float, default=60, metavar="SECONDS")
        cost = verbs.add_parser("prices", help="what it costs there")
        cost.add_argument("connection", help="its id or name")
        words = ("MODEL", "SIZE", "TEXT", "REFERENCES")
        cost.add_argument("--set", nargs=4, action="append", default=[], metavar=words, help="own prices in dollars")
        cost.add_argument("--clear", action="store_true", help="forget all own prices first")
        for each in verbs.choices.values():
            shell.add_common(each)

    def handle(self, *args: Any, **options: Any) -> None:
        shell.run(self, options, lambda: self.act(options))

    def act(self, options: Options) -> Exit:
        user, team = shell.acting(options)
        team = team_for(user, team.public_id, Role.OWNER)
        if options["verb"] == "add":
            return self.add(options, user, team)
        if options["verb"] == "list":
            return self.list(options, team)
        connection = named(team, options["connection"])
        connection = connection_for(user, team.public_id, connection.public_id)
        verbs = {"test": self.test, "prices": self.prices, "disable": self.disable, "enable": self.enable}
        return verbs[options["verb"]](options, user, connection)

    def add(self, options: Options, user: User, team: Team) -> Exit:
        about = catalog.vendor(options["vendor"])
        # Before a key is asked for.
        if why := addresses.refusal(options["base_url"] or about.base_url):
            raise DomainError(why)
        form = AddForm(typed(options, about), team=team, vendor=about)
        if not form.is_valid():
            raise DomainError(first_error(form))
        data = form.cleaned_data
        found = actions.add(
            team, terms=form.terms, vendor=about.id, base_url=data["base_url"], secret=data["key"], by=user
        )
        said = f"{shell.plain(found.name)} is added, with the id {found.public_id}. {arrival(found)}"
        return shell.say(self, options, row(found), [said])

    def list(self, options: Options, team: Team) -> Exit:
        rows = [row(one) for one in connections_of(team)]
        head = ("ID", "NAME", "VENDOR", "ADDRESS", "AT ONCE", "STANDS")
        cells = [[one[name] for name in ("id", "name", "vendor", "address", "parallel", "standing")] for one in rows]
        return shell.say(self, options, {"connections": rows}, shell.table(head, cells))

    def test(self, options: Options, user: User, connection: Connection) -> Exit:
        found = answered(actions.ask_check(connection, by=user), options["timeout"])
        shell.say(self, options, row(found), [found.said])
        return Exit.OK if found.works else Exit.FAILED

    def prices(self, options: Options, user: User, connection: Connection) -> Exit:
        if options["set"] or options["clear"]:
            rates = {} if options["clear"] else {model: dict(table) for model, table in connection.rates.items()}
            for model, size, text, references in options["set"]:
                rates.setdefault(model, {})[size] = {"text": text, "ref": references}
            connection = actions.set_prices(connection, rates=rates, by=user)
        rows = price_rows(connection)
        cells = [[*one.values()] for one in rows]
        head = ("MODEL", "SIZE", "TEXT", "REFERENCES", "OWN")
        unit = prices.unit(connection.vendor)
        return shell.say(self, options, {"unit": unit, "prices": rows}, [*shell.table(head, cells), f"In {unit}."])

    def disable(self, options: Options, user: User, connection: Connection) -> Exit:
        found = actions.disable(connection, by=user)
        return shell.say(self, options, row(found), [f"Nothing new is rendered with {shell.plain(found.name)}."])

    def enable(self, options: Options, user: User, connection: Connection) -> Exit:
        found = actions.enable(connection, by=user)
        return shell.say(self, options, row(found), [f"{shell.plain(found.name)} is in use again."])


def named(team: Team, name: str) -> Connection:
    every = list(connections_of(team))
    found = [one for one in every if one.public_id == name] or [
        one for one in every if one.name.casefold() == name.casefold()
    ]
    if not found:
        known = ", ".join(shell.plain(one.name) for one in every) or "none"
        raise Usage(f"There is no connection “{shell.plain(name)}”. There is: {known}.")
    return found[0]


def typed(options: Options, about: Vendor) -> dict[str, object]:
    """As the page's form would send it."""
    return {
        "name": options["name"] or about.label,
        "base_url": options["base_url"] or about.base_url,
        "parallel": options["parallel"],
        "budget": options["budget"],
        "key": key_of(options["key_env"]),
    }


def key_of(variable: str) -> str:
    if variable:
        if not variable.isidentifier():
            # Not repeated: it may be the key itself.
            raise Usage("--key-env takes the name of an environment variable, not the key.")
        if not (text := os.environ.get(variable, "").strip()):
            raise Usage(f"The environment variable {variable} is empty. Put the key into it.")
        return text
    if sys.stdin.isatty():
        return getpass.getpass("API key: ").strip()
    # One key and no more: a file that was given by mistake need not be read whole.
    return sys.stdin.readline(2000).strip()


def first_error(form: AddForm) -> str:
    return " ".join(str(sentence) for sentence in next(iter(form.errors.values())))


def answered(connection: Connection, seconds: float) -> Connection:
    """The connection, once a worker has tested it."""
    until = time.monotonic() + seconds
    while is_waiting(connection):
        if not shell.is_working("fast"):
            raise NotNow(f"The test is asked for. {shell.NO_WORKER}")
        if time.monotonic() > until:
            raise NotNow("The worker has not answered yet. Look again with: connection list.")
        time.sleep(TURN)
        connection.refresh_from_db()
    return connection


def row(connection: Connection) -> dict[str, Any]:
    word = "off" if connection.disabled_at else tested(connection, timezone.now())
    return {
        "id": connection.public_id,
        "name": connection.name,
        "vendor": connection.vendor,
        "address": connection.base_url,
        "key_ends_in": connection.last_four,
        "parallel": connection.parallel,
        "monthly_budget_micro_usd": connection.monthly_budget,
        "standing": STANDING[word],
        "said": connection.said,
        "balance": connection.balance,
        "models": [model.id for model in models_at(connection.vendor, connection.base_url)],
    }


def price_rows(connection: Connection) -> list[dict[str, Any]]:
    return [
        {
            "model": model.id,
            "size": line.resolution,
            "text": amount(line.own, line.shipped, "text"),
            "references": amount(line.own, line.shipped, "ref"),
            "own": "own" if line.own else "",
        }
        for model, lines in prices.lines(connection)
        for line in lines
    ]


def amount(own: Rate | None, shipped: Rate | None, kind: str) -> str:
    rate = own or shipped
    return "not known" if rate is None else f"{getattr(rate, kind).normalize():f}"
