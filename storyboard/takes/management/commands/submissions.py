"""`manage.py submissions pause|resume|status`: stop all paid requests, and go on once the accounts are looked at."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from storyboard.connections.keys import by_operator
from storyboard.takes.actions import switch
from storyboard.takes.models import Orphan, State, Take
from storyboard.takes.tasks import accounts
from storyboard.takes.tasks.accounts import Account

BY_OPERATOR = "Paused by whoever runs Lastframe."
COUNTED = (State.WAITING, State.QUEUED, State.SUBMITTING, State.UNKNOWN, State.UNDECIDED)


class Command(BaseCommand):
    help = (
        "Stop every paid request, or go on. Pause before you start a restored database: `resume` reads the vendors' "
        "accounts first, binds what it finds, lists tasks that no take knows, and pauses renders that may be paid."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["pause", "resume", "status"])
        parser.add_argument("reason", nargs="?", default=BY_OPERATOR, help="with pause: why, for everybody to read")
        parser.add_argument("--checked", action="store_true", help="with resume: you have looked where it cannot")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        code = getattr(self, options["verb"])(options)
        if code:
            raise SystemExit(code)

    def pause(self, options: dict[str, Any]) -> int:
        is_news = switch.pause(options["reason"])
        text = "Paused: nothing is sent from now on." if is_news else "Submissions were paused already."
        return self.say(options, standing(), [text, *lines()])

    def status(self, options: dict[str, Any]) -> int:
        return self.say(options, standing(), lines())

    def resume(self, options: dict[str, Any]) -> int:
        with by_operator():
            found = accounts.examine()
        left = [account for account in found if account.look]
        goes_on = options["checked"] or not left
        if goes_on:
            accounts.resume(found)
        end = "Submissions go on." if goes_on else "Still paused. When you have looked, run this again with --checked."
        told = [line for account in found for line in account_lines(account)]
        self.say(options, standing() | {"accounts": [row(account) for account in found]}, [*told, end])
        return 0 if goes_on else 1

    def say(self, options: dict[str, Any], found: object, text: list[str]) -> int:
        self.stdout.write(json.dumps(found, default=str, ensure_ascii=False) if options["json"] else "\n".join(text))
        return 0


def standing() -> dict[str, Any]:
    now = switch.why()
    counts = Take.objects.filter(state__in=COUNTED).order_by().values_list("state").annotate(count=Count("pk"))
    return {
        "paused": now.paused_at is not None,
        "since": now.paused_at,
        "reason": now.reason,
        "takes": {str(state): 0 for state in COUNTED} | dict(counts),
        "orphans": Orphan.objects.filter(dismissed_at=None).count(),
    }


def lines() -> list[str]:
    found = standing()
    first = (
        f"Paused since {found['since']:%d %B %Y, %H:%M} UTC. {found['reason']}" if found["paused"] else "Not paused."
    )
    takes = ", ".join(f"{count} {State(state).label.lower()}" for state, count in found["takes"].items())
    return [first, f"Takes: {takes}.", f"Tasks that no take knows: {found['orphans']}."]


def account_lines(account: Account) -> list[str]:
    read = "its list was read" if account.is_read else "its list was not read"
    found = [f"{account.connection}: {read}, {account.bound} found, {len(account.strays)} that no take knows."]
    if account.forgotten:
        found.append(f"  The database has forgotten {account.forgotten} requests that were sent through it.")
    found += [f"  {one.remote_id}  {one.model}  {one.remote_state}  {one.created_at or ''}" for one in account.strays]
    found += [f"  Paused: a render of {name}. Look what was made already, then resume it." for name in account.held]
    return [*found, f"  {account.look}"] if account.look else found


def row(account: Account) -> dict[str, Any]:
    return {
        "connection": account.connection.public_id,
        "name": account.connection.name,
        "read": account.is_read,
        "forgotten": account.forgotten,
        "bound": account.bound,
        "orphans": [one.remote_id for one in account.strays],
        "held": account.held,
        "look": account.look,
    }
