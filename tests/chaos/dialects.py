"""What the fake paid vendor says, as Ark (with a list and cancelling) and as EvoLink (without either).

tests/chaos/vendor.py does the work; here are only paths and bodies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
MODELS = {"ark": "dreamina-seedance-2-0-260128", "evolink": "seedance-2.0-text-to-video"}
# Base URL of a connection: what follows is the vendor's own path.
BASES = {"ark": "/ark/api/v3", "evolink": "/evolink"}
SUBMIT = {"/ark/api/v3/contents/generations/tasks": "ark", "/evolink/v1/videos/generations": "evolink"}
TASKS = {"/ark/api/v3/contents/generations/tasks/": "ark", "/evolink/v1/tasks/": "evolink"}
WORDS = {
    "ark": {"queued": "queued", "running": "running", "succeeded": "succeeded", "cancelled": "cancelled"},
    "evolink": {"queued": "pending", "running": "processing", "succeeded": "completed", "cancelled": "cancelled"},
}
# Ark rings at every change, EvoLink at the end.
RINGS = {"ark": ("queued", "running", "succeeded"), "evolink": ("succeeded",)}


@dataclass
class Task:
    """A paid generation; its state is a matter of time."""

    id: str
    dialect: str
    account: str
    body: Body
    created: float
    done: float
    cancelled: bool = False
    # Said in a callback that comes late, whatever is true by then.
    rung: list[str] = field(default_factory=list)

    def state(self, now: float) -> str:
        if self.cancelled:
            return "cancelled"
        if now >= self.done:
            return "succeeded"
        return "running" if now - self.created > (self.done - self.created) / 4 else "queued"

    @property
    def callback(self) -> str:
        return str(self.body.get("callback_url", ""))

    @property
    def take(self) -> str:
        """The take's public id, out of the callback's path: /hooks/<vendor>/<take>/<secret>."""
        parts = self.callback.split("/hooks/")[-1].split("/")
        return parts[1] if len(parts) > 2 else ""


def prompt(body: Body) -> str:
    """The first words name the shot: every prompt of these tests is another one."""
    said = body.get("prompt") or next((str(part["text"]) for part in body.get("content", []) if "text" in part), "")
    return str(said).split(":", maxsplit=1)[0]


def created(task: Task) -> Body:
    if task.dialect == "ark":
        return {"id": task.id}
    return {"id": task.id, "object": "video.generation.task", "status": "pending", "created": int(task.created)}


def shown(task: Task, state: str, files: str) -> Body:
    word = WORDS[task.dialect][state]
    return (ark if task.dialect == "ark" else evolink)(task, word, state, files)


def ark(task: Task, word: str, state: str, files: str) -> Body:
    found: Body = {"id": task.id, "model": task.body.get("model"), "status": word, "error": None}
    found |= {"created_at": int(task.created), "updated_at": int(task.done if state == "succeeded" else task.created)}
    if state != "succeeded":
        return found
    content = {"video_url": f"{files}/{task.id}.mp4"}
    if task.body.get("return_last_frame"):
        content["last_frame_url"] = f"{files}/{task.id}.png"
    return found | {"content": content, "usage": {"completion_tokens": 40_000, "total_tokens": 40_000}}


def evolink(task: Task, word: str, state: str, files: str) -> Body:
    found: Body = {"id": task.id, "model": task.body.get("model"), "status": word, "created": int(task.created)}
    found["progress"] = {"queued": 0, "running": 50}.get(state, 100)
    found["usage"] = {"credits_reserved": 12}
    return found | ({"results": [f"{files}/{task.id}.mp4"]} if state == "succeeded" else {})


def page(tasks: list[Body], query: Mapping[str, str]) -> Body:
    size, number = int(query.get("page_size", "100")), int(query.get("page_num", "1"))
    return {"items": tasks[(number - 1) * size : number * size], "total": len(tasks)}


def refused(dialect: str, status: int, code: str, message: str) -> Body:
    if dialect == "ark":
        return {"error": {"code": code, "message": message, "param": "", "type": "Error"}}
    return {"error": {"code": status, "message": message, "type": code}}
