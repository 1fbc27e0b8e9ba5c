"""A take that waits for its doorbell, and a vendor that tells whatever a test wants. Tests of takes share them."""

import json
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock

from django.db.models import F
from django.test import Client
from django.utils import timezone

from storyboard.providers.base import Task, TaskState
from storyboard.providers.errors import ProviderError, Refused
from storyboard.takes import callbacks
from storyboard.takes.models import Take

TASK = "cgt-20261121-abcde"


def armed(take: Take) -> str:
    """Its doorbell's path, as a claim makes it."""
    url, digest = callbacks.address(take)
    Take.objects.filter(pk=take.pk).update(secret_digest=digest)
    take.refresh_from_db()
    return url[url.index("/hooks/") :]


def body(task_id: str = TASK, status: str = "succeeded", **more: Any) -> bytes:
    """As Ark rings."""
    return json.dumps({"id": task_id, "model": "m", "status": status, **more}).encode()


def ring(path: str, text: bytes | None = None, **headers: str) -> int:
    answer = Client(raise_request_exception=False).post(
        path, body() if text is None else text, content_type="application/json", headers=headers
    )
    return answer.status_code


def task(task_id: str = TASK, *, model: str = "", at: datetime | None = None, **raw: Any) -> Task:
    created = at or timezone.now()
    return Task(id=task_id, state=TaskState.RUNNING, model=model, created_at=created, raw=raw)


def vendor(*tasks: Task, fails: ProviderError | None = None, total: int | None = None, page: int = 500) -> Mock:
    """A client that shows these tasks, one by one and as a list of pages."""
    shown = {one.id: one for one in tasks}
    client = Mock()

    def fetch(task_id: str) -> Task:
        if fails or task_id not in shown:
            raise fails or Refused("The vendor knows no such task.", status=404)
        return shown[task_id]

    def list_tasks(**asked: Any) -> tuple[list[Task], int | None]:
        if fails:
            raise fails
        start = (asked["page"] - 1) * page
        found = [one for one in tasks if not asked["model"] or one.model in {"", asked["model"]}]
        return found[start : start + page], len(found) if total is None else total

    client.fetch.side_effect = fetch
    client.list_tasks.side_effect = list_tasks
    return client


def age(take: Take, seconds: float) -> None:
    """As if it had been sent so long ago, by the database's clock."""
    moved = timedelta(seconds=seconds)
    Take.objects.filter(pk=take.pk).update(sent_at=F("sent_at") - moved, wake_at=F("wake_at") - moved)
    take.refresh_from_db()
