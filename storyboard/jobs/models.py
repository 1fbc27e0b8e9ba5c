"""What the queue remembers beside the jobs themselves: which clusters are alive, when each sweep is due.

The jobs are django-q2's own rows (OrmQ); the migration here adds the index that finding the next one needs.
"""

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """One running cluster; a worker of that cluster writes the time, so a fresh row proves that jobs are taken."""

    cluster = models.CharField(max_length=20)
    instance = models.CharField(max_length=32, unique=True)
    beaten_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.cluster} {self.instance}"


class Sweep(models.Model):
    """When a timed task is due next; whoever moves the time forward is the one who queues it."""

    task = models.CharField(max_length=200, unique=True)
    due_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.task
