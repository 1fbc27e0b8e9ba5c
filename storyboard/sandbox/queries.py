"""How the sandbox's rows are found: by an owner of the team, by a job's id, by a result's address.

Views, tasks and actions ask here; the API's own look-ups are in door.py.
"""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from storyboard.errors import DomainError, Forbidden, Missing
from storyboard.providers.base import TaskState
from storyboard.sandbox.models import LIVE, Delivery, Key, Task
from storyboard.teams.access import Person
from storyboard.teams.models import Role, Team
from storyboard.teams.queries import team_for

FILES = "/sandbox/files/"
CLIP, FRAME = "0.mp4", "0.png"
SHOWN = 50


def digest(plain: str) -> str:
    """What is kept of a key: it is long and random, so one round is enough."""
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def keys_of(team: Team) -> QuerySet[Key]:
    """Those that open something, the newest first, with `count`, how many tasks each started."""
    return team.sandbox_keys.filter(revoked_at=None).annotate(count=Count("tasks")).order_by("-created_at", "-pk")


def key_for(user: Person, team_id: str, key_id: str) -> Key:
    """One of the team's keys that are not revoked, for an owner."""
    team = team_for(user, team_id, Role.OWNER)
    found = keys_of(team).filter(public_id=key_id).select_related("team").first()
    if found is None:
        raise Missing("This key was revoked. Go back to the sandbox’s page to see the others.")
    return found


def tasks_of(team: Team) -> QuerySet[Task]:
    """The team's latest tasks."""
    return Task.objects.filter(key__team=team).select_related("key").order_by("-created_at", "-pk")[:SHOWN]


def task(task_id: int) -> Task | None:
    return Task.objects.filter(pk=task_id).select_related("key__team").first()


def delivery(delivery_id: int) -> Delivery | None:
    return Delivery.objects.filter(pk=delivery_id).select_related("task").first()


def overdue() -> QuerySet[Task]:
    """Live tasks that have had all the time there is."""
    return Task.objects.filter(state__in=LIVE, give_up_at__lte=timezone.now()).select_related("key__team")


def with_dead_files() -> QuerySet[Task]:
    """Tasks that are over and whose files nobody can open any more."""
    over = Task.objects.exclude(state__in=LIVE).filter(cleared_at=None)
    return over.filter(~Q(state=TaskState.SUCCEEDED) | Q(expires_at__lte=timezone.now()))


def known(tokens: set[str]) -> set[str]:
    """Those of the tokens that a task has."""
    return set(Task.objects.filter(token__in=tokens).values_list("token", flat=True))


def before(task: Task, opening: str) -> Task | None:
    """The shot that ended on these pixels, made with this key or another one of its team."""
    own = Q(key=task.key_id)
    if task.key.team_id:
        own |= Q(key__team=task.key.team_id)
    return Task.objects.filter(own, last_frame_digest=opening).exclude(pk=task.pk).order_by("-pk").first()


def result(token: str, name: str) -> tuple[Task, Path]:
    """A task's file, for whoever knows its address; a plain sentence when there is none or not any more."""
    found = Task.objects.filter(token=token, state=TaskState.SUCCEEDED).first()
    if found is None:
        raise Missing("There is no such file. Ask for the task again and take the link from its answer.")
    if "expired-link" in found.faults or found.cleared_at or (found.expires_at and found.expires_at <= timezone.now()):
        raise Forbidden("This link has run out. Render the shot again and download it in time.")
    path = found.folder / name
    if not path.is_file():
        raise Missing("There is no such file. A last frame is there only when the request asked for it.")
    return found, path


def own_result(url: str) -> Path | None:
    """The file behind a link that the sandbox itself gave out: nothing needs to be fetched for it."""
    try:
        parts = urlsplit(url)
        token, _, name = parts.path.removeprefix(FILES).partition("/")
        if not parts.path.startswith(FILES) or name not in {CLIP, FRAME}:
            return None
        task, path = result(token, name)
    except (ValueError, DomainError):
        return None
    return path if f"{parts.scheme}://{parts.netloc}" == task.origin and "huge-file" not in task.faults else None
