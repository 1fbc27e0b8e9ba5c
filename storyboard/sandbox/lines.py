"""Keys and tasks as an owner reads them on the team's page; views/page.py makes these for its templates."""

from dataclasses import dataclass

from django.utils import timezone

from storyboard.providers.base import TaskState
from storyboard.providers.catalog import vendor
from storyboard.sandbox.actions.keys import dollars
from storyboard.sandbox.dialects import dialect
from storyboard.sandbox.faults import FAULTS, without
from storyboard.sandbox.models import Key, Task

# The word for each state, and the kind of chip it stands on.
STANDINGS = {
    TaskState.QUEUED: ("Queued", "quiet"),
    TaskState.RUNNING: ("Running", "busy"),
    TaskState.SUCCEEDED: ("Done", "good"),
    TaskState.FAILED: ("Failed", "bad"),
    TaskState.CANCELLED: ("Cancelled", "quiet"),
    TaskState.EXPIRED: ("Ran out of time", "bad"),
}


@dataclass(frozen=True, slots=True)
class KeyLine:
    key: Key
    credit: str
    faults: list[str]


def key_line(key: Key) -> KeyLine:
    return KeyLine(key, dollars(key.micro_usd), [name for name in key.faults if name in FAULTS])


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    task: Task
    vendor: str
    prompt: str
    size: str
    standing: str
    chip: str
    cost: str
    faults: list[str]
    has_clip: bool


def task_line(task: Task) -> TaskLine:
    order = dialect(task.vendor).order(task.body, {})
    state = TaskState(task.state)
    standing, chip = STANDINGS[state]
    fresh = task.expires_at is None or task.expires_at > timezone.now()
    return TaskLine(
        task=task,
        vendor=vendor(task.vendor).label,
        prompt=without(order.prompt),
        size=f"{task.width} × {task.height}, {task.seconds} s",
        standing=standing,
        chip=chip,
        cost=cost(task),
        faults=[f"{name}={value}" if value else name for name, value in task.faults.items()],
        has_clip=state is TaskState.SUCCEEDED and fresh and not {"expired-link", "huge-file"} & set(task.faults),
    )


def cost(task: Task) -> str:
    """What it took, as it stands: held while it runs, and nothing when it came to nothing."""
    if not task.is_final:
        return f"{dollars(task.reserved_micro_usd)} held"
    spent = task.reserved_micro_usd - task.returned_micro_usd
    return dollars(spent) if spent else "not charged"
