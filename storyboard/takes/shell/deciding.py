"""`board select`, `approve`, `keep` and `decide`: what only a person can say about a take."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from storyboard.takes.actions import choosing, decisions
from storyboard.takes.models import State, Take
from storyboard.takes.shell import names
from storyboard.teams.models import Role, Team, User
from storyboard.teams.shell import Exit, Options, Usage, plain, say


def select(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    take = found(options, user, team, Role.EDITOR)
    return said(command, options, choosing.select(take, by=user), "selected")


def approve(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    take = found(options, user, team, Role.REVIEWER)
    return said(command, options, choosing.approve(take, by=user), "approved")


def keep(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    take = found(options, user, team, Role.EDITOR)
    return said(command, options, choosing.keep(take, by=user), "kept as it is")


def decide(command: BaseCommand, options: Options, user: User, team: Team) -> Exit:
    """Of the shot's take whose request has an outcome that nobody knows."""
    board = names.board_named(user, team, options["board"], Role.PRODUCER)
    shot = names.shot_named(names.sheet(user, board).shots, options["shot"])
    sent = Take.objects.filter(shot=shot, state__in=[State.UNDECIDED, State.UNKNOWN], deleted_at=None)
    unclear = sent.select_related("connection").first()
    if unclear is None:
        raise Usage(f"Shot {shot.position} has no take that needs a decision.")
    if unclear.state != State.UNDECIDED and not decisions.is_early(unclear):
        raise Usage(too_early(unclear))
    take = names.take_of(user, shot, unclear.number)
    if options["task_id"]:
        decisions.paste_task_id(take, remote_id=options["task_id"], by=user)
        return said(command, options, take, f"looked for at the vendor as {plain(options['task_id'])}")
    if options["not_charged"]:
        decisions.not_charged(take, by=user)
        return said(command, options, take, "counted as never made; render it again with: board retry")
    decisions.give_up(take, by=user)
    return said(command, options, take, "given up, and counted as paid")


def too_early(take: Take) -> str:
    """The vendor's list is still looked through, which may settle it."""
    since = take.sent_at or take.moved_at
    at = timezone.localtime(since + decisions.SOON)
    return (
        f"What became of take {take.number} of shot {take.shot.position} is being looked for at the vendor. "
        f"Unless that is found by then, it can be decided from {at:%H:%M:%S}."
    )


def found(options: Options, user: User, team: Team, role: Role) -> Take:
    board = names.board_named(user, team, options["board"], role)
    shot = names.shot_named(names.sheet(user, board).shots, options["shot"])
    return names.take_of(user, shot, options["take"])


def said(command: BaseCommand, options: Options, take: Take, what: str) -> Exit:
    take.refresh_from_db()
    row: dict[str, Any] = {"shot": take.shot.position, "take": take.number, "take_id": take.public_id}
    row |= {"state": str(take.state), "selected": take.is_selected, "approved": take.approved_at is not None}
    return say(command, options, row, [f"Take {take.number} of shot {take.shot.position} is {what}."])
