"""Checked bytes: kept once for each team, and lent by a link."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from storyboard.media.models import File, Grant
from storyboard.teams.actions.lock import locked
from storyboard.teams.models import Team


@transaction.atomic(durable=True)
def add_file(team: Team, *, sha256: str, **facts: Any) -> tuple[File, bool]:
    """The team's one file of this content, and whether it is a new one; under the lock, so that two cannot both be."""
    team = locked(team)
    found = team.files.filter(sha256=sha256).first()
    if found is None:
        return File.objects.create(team=team, sha256=sha256, **facts), True
    found.touched_at = timezone.now()
    found.save(update_fields=["touched_at"])
    return found, False


@transaction.atomic(durable=True)
def touch_file(file: File, **learned: Any) -> bool:
    """Somebody wants these bytes kept, and may know more of them; False when the sweep was quicker."""
    return bool(File.objects.filter(pk=file.pk).update(touched_at=timezone.now(), **learned))


@transaction.atomic(durable=True)
def grant(file: File, *, vendor: str, seconds: int, purpose: str) -> Grant:
    """Write down who is given a link, before there is one."""
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    return Grant.objects.create(
        file=file, vendor=vendor, purpose=purpose[:200], seconds=seconds, made_at=now, expires_at=until
    )
