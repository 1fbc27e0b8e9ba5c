"""An hourly sweep: what nobody will ask for again is deleted."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db.models.functions import Now
from django_q.models import Task

from storyboard.jobs.models import Heartbeat

KEEP_FAILURES = timedelta(days=14)
KEEP_HEARTBEATS = timedelta(days=1)


def tidy() -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    Task.objects.filter(stopped__lt=Now() - KEEP_FAILURES).delete()
    Heartbeat.objects.filter(beaten_at__lt=Now() - KEEP_HEARTBEATS).delete()
