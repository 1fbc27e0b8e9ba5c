"""Create, rename, delete, restore and finally purge a team."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from storyboard.errors import Missing, Throttled
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.teams.access import reach
from storyboard.teams.actions.lock import locked, locked_by_owner
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Membership, Role, Team, User
from storyboard.teams.queries import KEPT

# Two presses of one button, not two wishes.
TWICE = timedelta(seconds=10)
TEAMS_A_DAY = 20


@transaction.atomic(durable=True)
def create_team(user: User, *, name: str) -> Team:
    """A new team whose owner is `user`; the same name again within seconds is the same team."""
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    owned = Membership.objects.filter(user=user, role=Role.OWNER, team__deleted_at=None)
    twin = owned.filter(team__name=name, team__created_at__gt=now - TWICE).select_related("team").first()
    if twin is not None:
        return twin.team
    today = Membership.objects.filter(user=user, role=Role.OWNER, team__created_at__gt=now - timedelta(days=1))
    if today.count() >= TEAMS_A_DAY:
        raise Throttled(f"You made {TEAMS_A_DAY} teams today. Make the next one tomorrow.")
    return begin_team(user, name)


def begin_team(user: User, name: str) -> Team:
    """The rows of a new team, and the jobs that apps above want done for it; inside the caller's transaction."""
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    record(Did.TEAM_CREATED, by=user, team=team, subject=name)
    for task in settings.TEAM_CREATED:
        enqueue(task, team.pk)
    publish(team.channel, "members")
    return team


@transaction.atomic(durable=True)
def rename_team(team: Team, *, name: str, by: User) -> Team:
    team = locked_by_owner(team, by)
    if team.name == name:
        return team
    before, team.name = team.name, name
    team.save(update_fields=["name"])
    record(Did.TEAM_RENAMED, by=by, team=team, subject=name, detail={"before": before})
    publish(team.channel, "name")
    return team


@transaction.atomic(durable=True)
def delete_team(team: Team, *, by: User) -> None:
    """Hide the team from everybody; its owners can bring it back for 30 days."""
    team = locked_by_owner(team, by)
    team.deleted_at = timezone.now()
    team.save(update_fields=["deleted_at"])
    record(Did.TEAM_DELETED, by=by, team=team, subject=team.name)
    publish(team.channel, "members")


@transaction.atomic(durable=True)
def restore_team(team: Team, *, by: User) -> Team:
    """Bring a deleted team back; one that is there already stays as it is."""
    team = locked(team)
    reach(Membership.objects.filter(team=team, user=by).first(), Role.OWNER)
    if team.deleted_at is None:
        return team
    if team.deleted_at <= timezone.now() - KEPT:
        raise Missing("This team was deleted more than 30 days ago and cannot be restored.")
    team.deleted_at = None
    team.save(update_fields=["deleted_at"])
    record(Did.TEAM_RESTORED, by=by, team=team, subject=team.name)
    publish(team.channel, "members")
    return team


@transaction.atomic(durable=True)
def purge_team(team: Team) -> None:
    """Remove a team for good, unless an owner brought it back meanwhile."""
    team = locked(team)
    if team.deleted_at is None or team.deleted_at > timezone.now() - KEPT:
        return
    record(Did.TEAM_PURGED, by=None, team=team, subject=team.name)
    team.delete()
