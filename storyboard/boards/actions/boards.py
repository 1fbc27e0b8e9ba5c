"""Create, duplicate, archive, delete and bring back boards; set a budget."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from storyboard.boards.actions.copies import copy_film
from storyboard.boards.actions.saving import Clash, Saved
from storyboard.boards.edits import GONE, held
from storyboard.boards.fields import LONGEST_NAME, checked
from storyboard.boards.models import Board
from storyboard.boards.queries import KEPT, boards_of
from storyboard.connections.queries import usable
from storyboard.connections.vendors import models_at
from storyboard.errors import Conflict, DomainError, Missing
from storyboard.live.publish import publish
from storyboard.teams.access import require
from storyboard.teams.actions.lock import locked
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Role, Team, User

TOPIC, BUDGET = "boards", "budget"
# Two presses of one button, not two wishes.
TWICE = timedelta(seconds=10)
MOST = 2_000
MOST_DOLLARS = 1_000_000_000_000


@transaction.atomic(durable=True)
def create_board(team: Team, *, name: str, by: User) -> Board:
    """An empty board that renders with the team's first connection; two presses of one button make one."""
    team = held_team(team, by)
    name = str(checked(Board(), "name", name)[0])
    if (twin := just_made(team, name, by)) and not twin.shots.exists():
        return twin
    board = new_board(team, name=name, by=by)
    publish(team.channel, TOPIC)
    return board


@transaction.atomic(durable=True)
def duplicate_board(board: Board, *, by: User) -> Board:
    """The same film again, with its scenes, references and joints; takes stay where they were made."""
    team = held_team(board.team, by)
    found = Board.objects.filter(pk=board.pk, deleted_at=None).first()
    if found is None:
        raise Missing(GONE)
    name = f"{found.name[: LONGEST_NAME - 7]} (copy)"
    if twin := just_made(team, name, by):
        return twin
    copy = new_board(team, name=name, by=by)
    copy.look, copy.settings = found.look, found.settings
    copy.save(update_fields=["look", "settings"])
    copy_film(found, copy, by=by)
    publish(team.channel, TOPIC)
    return copy


@transaction.atomic(durable=True)
def archive(board: Board, *, by: User) -> Board:
    """Out of the way: it can be read but not changed until it is taken out again."""
    return marked(board, by, Did.BOARD_ARCHIVED, archived_at=timezone.now())


@transaction.atomic(durable=True)
def reopen(board: Board, *, by: User) -> Board:
    return marked(board, by, Did.BOARD_REOPENED, archived_at=None)


@transaction.atomic(durable=True)
def delete_board(board: Board, *, by: User) -> Board:
    """Hide it; it can be brought back for 30 days."""
    return marked(board, by, Did.BOARD_DELETED, deleted_at=timezone.now())


@transaction.atomic(durable=True)
def restore_board(board: Board, *, by: User) -> Board:
    """Bring a deleted board back exactly as it was; one that is there already stays as it is."""
    found = held(board, by, Role.EDITOR)
    if found.deleted_at and found.deleted_at <= timezone.now() - KEPT:
        raise Missing("This board was deleted more than 30 days ago and cannot be brought back.")
    return mark(found, by, Did.BOARD_RESTORED, deleted_at=None)


@transaction.atomic(durable=True)
def set_budget(board: Board, *, micro_usd: int | None, base_version: int | None = None, by: User) -> Saved | Clash:
    """What renders of this board may cost in all; None is no limit. Owners only, and no step that is undone."""
    found = held(board, by, Role.OWNER)
    if found.deleted_at is not None:
        raise Missing(GONE)
    if micro_usd is not None and not 0 <= micro_usd <= MOST_DOLLARS:
        raise DomainError("A budget is an amount of dollars from 0 to 1,000,000, or none.")
    before, version = found.budget_micro_usd, found.versions.get(BUDGET, 0)
    if before == micro_usd:
        return Saved(found, BUDGET, micro_usd, version)
    if base_version not in {None, version}:
        return Clash(found, BUDGET, micro_usd, before, version, None, None)
    found.budget_micro_usd, found.versions = micro_usd, {**found.versions, BUDGET: version + 1}
    found.save(update_fields=["budget_micro_usd", "versions"])
    detail: dict[str, object] = {"before": before, "after": micro_usd}
    record(Did.BUDGET_CHANGED, by=by, team=found.team, subject=found.name, detail=detail)
    publish(found.channel, "board")
    return Saved(found, BUDGET, micro_usd, version + 1)


@transaction.atomic(durable=True)
def purge_board(board: Board) -> bool:
    """Remove a board for good when its 30 days are over, unless somebody brought it back meanwhile."""
    found = Board.objects.select_for_update(of=("self",)).select_related("team").filter(pk=board.pk).first()
    if found is None or found.deleted_at is None or found.deleted_at > timezone.now() - KEPT:
        return False
    record(Did.BOARD_PURGED, by=None, team=found.team, subject=found.name)
    found.delete()
    return True


def held_team(team: Team, by: User) -> Team:
    """The team as it is now, for somebody who may edit boards, held until the transaction ends."""
    found = locked(team)
    require(by, found, Role.EDITOR)
    return found


def just_made(team: Team, name: str, by: User) -> Board | None:
    """The board that the first of two presses made, if nobody has worked on it since: then it was no slip."""
    recent = boards_of(team).filter(created_by=by, name=name, created_at__gt=timezone.now() - TWICE)
    return recent.filter(edits=None, archived_at=None).first()


def new_board(team: Team, *, name: str, by: User) -> Board:
    if Board.objects.filter(team=team, deleted_at=None).count() >= MOST:
        raise Conflict(f"A team can have {MOST:,} boards. Delete those that you no longer need.")
    board = Board.objects.create(team=team, name=name, settings=first_choice(team), created_by=by, changed_by=by)
    record(Did.BOARD_CREATED, by=by, team=team, subject=name)
    return board


def first_choice(team: Team) -> dict[str, object]:
    """The first connection and its first model, so that a new board can be rendered as it is."""
    connection = usable(team).order_by("pk").first()
    if connection is None:
        return {}
    models = models_at(connection.vendor, connection.base_url)
    return {"connection": connection.public_id, "model": models[0].id if models else ""}


def marked(board: Board, by: User, did: Did, **when: object) -> Board:
    found = held(board, by, Role.EDITOR)
    if found.deleted_at is not None:
        raise Missing(GONE)
    return mark(found, by, did, **when)


def mark(board: Board, by: User, did: Did, **when: object) -> Board:
    """Archived and deleted say when; twice is once."""
    ((column, value),) = when.items()
    if bool(getattr(board, column)) == bool(value):
        return board
    setattr(board, column, value)
    board.save(update_fields=[column])
    record(did, by=by, team=board.team, subject=board.name)
    publish(board.channel, "board")
    publish(board.team.channel, TOPIC)
    return board
