"""What the commands `board` and `connection` share: who acts and in which team, exit codes, one sentence on errors.

Only management commands call it. What somebody may do is asked of the same rules as on the pages.
"""

import json
import os
import sys
import unicodedata
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from enum import IntEnum
from http import HTTPStatus
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from storyboard.errors import DomainError, Missing
from storyboard.jobs.heartbeat import is_beating
from storyboard.teams.models import Membership, Role, Team, User
from storyboard.teams.queries import team_for

Options = dict[str, Any]
NO_WORKER = "No worker is running, so nothing happens yet. Start one: make run, or manage.py worker."


class Exit(IntEnum):
    OK = 0
    FAILED = 1
    USAGE = 2
    DECIDE = 3
    NOT_NOW = 4
    # As shells say it of Ctrl-C, and of a pipe that nobody reads any more.
    INTERRUPTED = 130
    UNREAD = 141


class Usage(DomainError):
    """The command was called wrongly: one sentence that says how to call it."""


class NotNow(DomainError):
    """Nothing is wrong with what was asked; the database, a worker or the time did not allow it."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def add_common(parser: ArgumentParser) -> None:
    who = parser.add_argument_group("who acts")
    who.add_argument("--team", default="", help="the team's id or name; may be left out when there is only one")
    who.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts; the team's only owner if unset")
    parser.add_argument("--json", action="store_true", help="print JSON, errors too")


def acting(options: Options) -> tuple[User, Team]:
    """The person and the team that the options name."""
    email = options["email"].strip().lower()
    if not email:
        team = only(named_teams(list(Team.objects.filter(deleted_at=None)), options["team"]), options["team"])
        return owner_of(team), team
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Usage(f"Nobody here has the address {email}. Write --as with the address of an account.")
    own = Membership.objects.filter(user=user, team__deleted_at=None).select_related("team")
    team = only(named_teams([row.team for row in own], options["team"]), options["team"])
    return user, team_for(user, team.public_id, Role.VIEWER)


def named_teams(teams: Sequence[Team], name: str) -> list[Team]:
    if not name:
        return list(teams)
    by_id = [team for team in teams if team.public_id == name]
    return by_id or [team for team in teams if team.name.casefold() == name.strip().casefold()]


def only(teams: Sequence[Team], name: str) -> Team:
    if len(teams) == 1:
        return teams[0]
    if not teams:
        raise Usage(f"There is no team “{name}” for this person." if name else "There is no team. Make one on a page.")
    known = ", ".join(f"{plain(team.name)} ({team.public_id})" for team in teams[:10])
    raise Usage(f"Which team? Write --team and an id: {known}.")


def owner_of(team: Team) -> User:
    owners = Membership.objects.filter(team=team, role=Role.OWNER, user__is_active=True).select_related("user")[:2]
    if len(owners) != 1:
        raise Usage(f"{plain(team.name)} has not just one owner. Say who acts: --as EMAIL.")
    return owners[0].user


def run(command: BaseCommand, options: Options, work: Callable[[], Exit]) -> None:
    """Do it; whatever goes wrong becomes one sentence and an exit code."""
    try:
        code = work()
    except (Usage, Missing) as error:
        fail(command, options, error.message, Exit.USAGE)
    except DomainError as error:
        # The storage, the key file or a worker; nothing is wrong with what was asked.
        is_later = error.status == HTTPStatus.SERVICE_UNAVAILABLE
        fail(command, options, error.message, Exit.NOT_NOW if is_later else Exit.FAILED)
    except (DatabaseError, InterfaceError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        fail(command, options, f"The database cannot be used: {reason}. Is it the one of Lastframe?", Exit.NOT_NOW)
    except BrokenPipeError:
        # Whoever read the answer has gone: `| head -1`. Without this Python complains once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(int(Exit.UNREAD)) from None
    except OSError as error:
        fail(command, options, f"{error.strerror or error}: {error.filename or 'a file'}.", Exit.NOT_NOW)
    except KeyboardInterrupt:
        fail(command, options, "Stopped looking; what was begun goes on.", Exit.INTERRUPTED)
    if code:
        raise SystemExit(int(code))


def fail(command: BaseCommand, options: Options, sentence: str, code: Exit) -> NoReturn:
    if options.get("json"):
        command.stdout.write(as_json({"error": {"class": code.name.lower(), "sentence": sentence}}))
    else:
        command.stderr.write(sentence)
    raise SystemExit(int(code))


def say(command: BaseCommand, options: Options, found: object, lines: Sequence[str]) -> Exit:
    text = as_json(found) if options["json"] else "\n".join(lines)
    if text:
        command.stdout.write(text)
    return Exit.OK


def as_json(found: object, *, in_a_line: bool = False) -> str:
    return json.dumps(found, default=str, ensure_ascii=False, indent=None if in_a_line else 2)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Columns as wide as they need to be; the last one as long as it is."""
    cells = [list(head), *([plain(str(one)) for one in row] for row in rows)]
    wide = [max(width(row[at]) for row in cells) for at in range(len(head))]
    return ["  ".join(padded(text, wide[at]) for at, text in enumerate(row)).rstrip() for row in cells]


def padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def width(text: str) -> int:
    """How many places a terminal gives it."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def plain(text: str) -> str:
    """In one line and without signs that would steer a terminal: people and vendors write these words."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def shortened(text: str, most: int = 60) -> str:
    flat = plain(text)
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def is_working(*clusters: str) -> bool:
    return all(is_beating(cluster) for cluster in clusters)
