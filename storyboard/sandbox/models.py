"""What the sandbox's vendors keep: keys with their credit, tasks, and the callbacks that they owe.

All four vendors share these tables; how each of them words a task is in dialects/.
"""

import secrets
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone

from storyboard.providers.base import TaskState
from storyboard.providers.catalog import VENDOR_FILES
from storyboard.teams.models import Team, public_id

VENDORS = [(vendor, vendor) for vendor in VENDOR_FILES]
STATES = [(state.value, state.value) for state in TaskState]
LIVE = (TaskState.QUEUED.value, TaskState.RUNNING.value)


def token() -> str:
    """Part of a result's address, which needs no key to be opened, as at the vendors."""
    return secrets.token_hex(16)


def folder(token: str) -> Path:
    """Where a task's files are; the references it was given are in “in”."""
    return Path(settings.SANDBOX_ROOT) / token


class Key(models.Model):
    """An API key of the sandbox, good at all of its vendors; only a hash is kept. Its credit is in micro-dollars."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="sandbox_keys")
    digest = models.CharField(max_length=64, unique=True)
    last_four = models.CharField(max_length=4)
    micro_usd = models.BigIntegerField()
    # Faults that every task of this key has, beside those that its prompt asks for.
    faults = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(micro_usd__gte=0), name="sandbox_no_debts")]

    def __str__(self) -> str:
        return f"…{self.last_four}"


class Task(models.Model):
    """One generation. What was asked is `body`, word for word; everything else is what became of it."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="tasks")
    vendor = models.CharField(max_length=20, choices=VENDORS)
    remote_id = models.CharField(max_length=80, unique=True)
    token = models.CharField(max_length=32, unique=True, default=token)
    body = models.JSONField()
    # Where the request came in, “https://films.example.com”: results are linked below it.
    origin = models.CharField(max_length=300)
    callback_url = models.TextField(blank=True)
    # The faults of the prompt and the key together: name -> value.
    faults = models.JSONField(default=dict)
    # The references that were fetched and probed: URL -> name of the file in the task's folder.
    inputs = models.JSONField(default=dict)
    # The pixels that were settled on, also for an adaptive ratio.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    seed = models.BigIntegerField()

    # Where in the film the shot starts, so that its sound goes on where that of the one before ended.
    sound_from = models.PositiveIntegerField(default=0)
    # Of the last frame's pixels: the shot that opens on them is the next one of the film.
    last_frame_digest = models.CharField(max_length=64, blank=True)

    state = models.CharField(max_length=10, choices=STATES, default=TaskState.QUEUED.value)
    error_code = models.CharField(max_length=80, blank=True)
    error_message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    # Counted before the work, because a worker that is killed counts nothing; the last one began at `render_at`.
    renders = models.PositiveIntegerField(default=0)
    render_at = models.DateTimeField(null=True, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    # Not finished before this, however quickly it rendered.
    due_at = models.DateTimeField()
    # Whatever hangs ends here.
    give_up_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # When its links end; the record stays.
    expires_at = models.DateTimeField(null=True, blank=True)
    # When its files were deleted.
    cleared_at = models.DateTimeField(null=True, blank=True)

    # Taken on submit; what the winning attempt costs; what went back (the rest, or all of it when it failed).
    reserved_micro_usd = models.BigIntegerField()
    price_micro_usd = models.BigIntegerField()
    returned_micro_usd = models.BigIntegerField(default=0)
    tokens = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["key", "created_at"]),
            models.Index(fields=["due_at"], condition=models.Q(state__in=LIVE), name="sandbox_live_tasks"),
            models.Index(
                fields=["last_frame_digest"], condition=~models.Q(last_frame_digest=""), name="sandbox_last_frames"
            ),
            models.Index(fields=["finished_at"], condition=models.Q(cleared_at=None), name="sandbox_files_left"),
        ]

    def __str__(self) -> str:
        return self.remote_id

    @property
    def is_final(self) -> bool:
        return TaskState(self.state).is_final

    @property
    def folder(self) -> Path:
        return folder(self.token)


class Delivery(models.Model):
    """One callback that is owed: the task as it stood then, and how the receiver answered."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="deliveries")
    url = models.TextField()
    body = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    # When it rings next; while it rings, when its answer counts as lost. Without one it waits for the task's end.
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(null=True, blank=True)
    # Answered, or given up.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(closed_at=None), name="sandbox_open_deliveries")]

    def __str__(self) -> str:
        return f"{self.task_id} → {self.url}"
