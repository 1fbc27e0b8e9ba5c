"""A vendor inside the test's own process: it takes money, and then says what the test told it to say, or nothing.

`Booth().instead_of_the_network(monkeypatch)`; every client of every task then talks to it.
"""

import itertools
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from storyboard.providers.base import Task, TaskState
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unavailable, Unknown
from storyboard.providers.http import Client
from storyboard.takes.models import State, Take

# What may become of a POST: with a task or without, and whether its answer comes.
OUTCOMES = ("answered", "lost", "lost and nothing created", "busy", "refused")


class Booth:
    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        # Each payment: the vendor's task, and the take whose POST it was.
        self.paid: list[tuple[str, int]] = []
        self.doorbells: dict[str, str] = {}
        self.next = "answered"
        self.is_open = True
        self.numbers = itertools.count(1)

    def instead_of_the_network(self, patch: pytest.MonkeyPatch) -> None:
        async def fetch_many(client: Client, task_ids: Iterable[str], **_: Any) -> dict[str, Task | ProviderError]:
            return {task_id: self.said(task_id) for task_id in task_ids}

        patch.setattr(Client, "submit", lambda client, body: self.submit(body))
        patch.setattr(Client, "fetch", lambda client, task_id: given(self.said(task_id)))
        patch.setattr(Client, "fetch_once", lambda client, task_id: self.said(task_id))
        patch.setattr(Client, "fetch_many", fetch_many)
        patch.setattr(Client, "list_tasks", lambda client, **asked: self.listed(**asked))
        patch.setattr(Client, "cancel", lambda client, task_id: self.cancel(task_id))

    def submit(self, text: str) -> str:
        outcome, self.next = self.next, "answered"
        if outcome == "refused":
            raise Refused("The vendor says no.", status=400)
        if outcome == "busy":
            raise NotCreated("Too much to do.", status=429, retryable=True)
        if outcome == "lost and nothing created":
            raise Unknown("The answer was lost.", status=502)
        task_id = self.pay(json.loads(text))
        if outcome == "lost":
            raise Unknown("The answer was lost.")
        return task_id

    def pay(self, body: dict[str, Any]) -> str:
        task_id = f"task-{next(self.numbers):08}"
        prompt = body.get("prompt") or body["content"][0]["text"]
        take = Take.objects.get(shot__prompt=prompt, state=State.SUBMITTING)
        self.paid.append((task_id, take.pk))
        self.doorbells[task_id] = str(body.get("callback_url", ""))
        own = {"model": body["model"], "created_at": timezone.now(), "raw": {}}
        self.tasks[task_id] = Task(id=task_id, state=TaskState.RUNNING, **own)
        return task_id

    def said(self, task_id: str) -> Task | ProviderError:
        if not self.is_open:
            return Unavailable("Nobody answers.", retryable=True)
        return self.tasks.get(task_id) or Refused("No such task.", status=404)

    def listed(self, *, page: int = 1, size: int = 100, model: str = "", **_: Any) -> tuple[list[Task], int]:
        if not self.is_open:
            raise Unavailable("Nobody answers.", retryable=True)
        rows = [task for task in self.tasks.values() if not model or task.model == model]
        return rows[(page - 1) * size : page * size], len(rows)

    def cancel(self, task_id: str) -> None:
        self.becomes(task_id, TaskState.CANCELLED)

    def becomes(self, task_id: str, state: TaskState) -> None:
        """Final states stay, as at every vendor."""
        task = self.tasks[task_id]
        if not task.state.is_final:
            url = f"https://results.example.com/{task_id}.mp4" if state is TaskState.SUCCEEDED else ""
            self.tasks[task_id] = replace(task, state=state, video_url=url, last_frame_url=url.replace("mp4", "png"))

    def later(self, by: timedelta) -> None:
        for task_id, task in self.tasks.items():
            created: datetime | None = task.created_at - by if task.created_at else None
            self.tasks[task_id] = replace(task, created_at=created)


def given(found: Task | ProviderError) -> Task:
    if isinstance(found, ProviderError):
        raise found
    return found
