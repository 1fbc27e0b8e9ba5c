"""A task from its taking to its end. Every change compares first, so that whoever comes second changes nothing.

Credit is taken once, with the row, and goes back once, with the change that ends it: both in one transaction.
"""

import hashlib
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from storyboard.errors import DomainError
from storyboard.jobs.queue import enqueue
from storyboard.providers.base import Body, TaskState
from storyboard.providers.catalog import vendor
from storyboard.sandbox.actions.callbacks import owe
from storyboard.sandbox.actions.keys import say
from storyboard.sandbox.dialects import Charge, Order, dialect
from storyboard.sandbox.models import LIVE, Key, Task
from storyboard.sandbox.pace import longest_run, schedule
from storyboard.sandbox.short import shortened

BEGIN = "storyboard.sandbox.tasks.begin"
RENDER = "storyboard.sandbox.tasks.render"
FINISH = "storyboard.sandbox.tasks.finish"
# A worker may be killed in the middle for no fault of the clip's.
MOST_RENDERS = 4


class NoCredit(DomainError):
    """The key holds less than the request may cost."""

    status = 402


class Wanted(TypedDict):
    """What a request comes to once it was read, checked and priced."""

    vendor: str
    body: Body
    order: Order
    charge: Charge
    origin: str
    inputs: dict[str, str]
    faults: dict[str, str]
    token: str


@transaction.atomic(durable=True)
def take(key: Key, **wanted: Unpack[Wanted]) -> Task:
    """Charge the key and put the task in its queue."""
    reserved = wanted["charge"].reserved
    holds = Key.objects.filter(pk=key.pk, revoked_at=None, micro_usd__gte=reserved)
    if not holds.update(micro_usd=F("micro_usd") - reserved):
        raise NoCredit("The key’s credit does not reach. Put more on it, or use another key.")
    now = timezone.now()
    limit = longest_run(wanted["vendor"], wanted["body"])
    times = schedule(now, wanted["order"].seconds, wanted["faults"], limit)
    dates = {"created_at": now, "updated_at": now, "due_at": times.due_at, "give_up_at": times.give_up_at}
    task = Task.objects.create(key=key, **dates, **row(wanted, now))
    owe(task)
    if "stay-queued" not in task.faults:
        enqueue(BEGIN, task.pk, at=times.begin_at)
    say(key)
    return task


def row(wanted: Wanted, now: datetime) -> dict[str, Any]:
    order, charge, remote_id = wanted["order"], wanted["charge"], dialect(wanted["vendor"]).new_id(now)
    return {
        "remote_id": remote_id,
        "body": shortened(wanted["body"]),
        "callback_url": order.callback_url,
        "width": order.width,
        "height": order.height,
        "seconds": order.seconds,
        "seed": order.seed if order.seed is not None else seed_of(remote_id),
        "reserved_micro_usd": charge.reserved,
        "price_micro_usd": price_of(order, charge, wanted["faults"]),
        "tokens": charge.tokens,
        **{name: wanted[name] for name in ("vendor", "origin", "inputs", "faults", "token")},
    }


def seed_of(remote_id: str) -> int:
    """Any number will do, as long as the task looks the same when it is painted again."""
    return int.from_bytes(hashlib.sha256(remote_id.encode()).digest()[:4])


def price_of(order: Order, charge: Charge, faults: dict[str, str]) -> int:
    """What the winning attempt costs. The second one counts as the dearest, which is what was set aside for it."""
    second = "fallback" in faults and order.model.takes_fallback
    return charge.reserved if second else min(charge.price, charge.reserved)


@transaction.atomic(durable=True)
def begin(task: Task) -> bool:
    """Its turn has come."""
    now = timezone.now()
    if not moved(task, (TaskState.QUEUED,), TaskState.RUNNING, started_at=now, render_at=now):
        return False
    owe(task)
    if is_to_fail(task):
        enqueue(FINISH, task.pk, at=task.due_at)
    elif "hang" not in task.faults:
        enqueue(RENDER, task.pk)
    say(task.key)
    return True


def is_to_fail(task: Task) -> bool:
    """It needs no clip."""
    return "fail" in task.faults


@transaction.atomic(durable=True)
def claim_render(task: Task) -> bool:
    """Count the attempt before it is made; a clip that breaks its worker again and again is given up."""
    waiting = Task.objects.filter(pk=task.pk, state=TaskState.RUNNING, rendered_at=None)
    if waiting.filter(renders__lt=MOST_RENDERS).update(renders=F("renders") + 1, render_at=timezone.now()):
        return True
    unpainted(task)
    return False


@transaction.atomic(durable=True)
def rendered(task: Task, *, digest: str, sound_from: int) -> None:
    """The clip is there; nobody hears of it before it is due."""
    waiting = Task.objects.filter(pk=task.pk, state=TaskState.RUNNING, rendered_at=None)
    facts = {"rendered_at": timezone.now(), "last_frame_digest": digest, "sound_from": sound_from}
    if waiting.update(**facts):
        enqueue(FINISH, task.pk, at=task.due_at)


@transaction.atomic(durable=True)
def finish(task: Task) -> bool:
    """Its end, when it is due and either rendered or meant to fail."""
    ready = Task.objects.filter(pk=task.pk, state=TaskState.RUNNING, due_at__lte=Now())
    if is_to_fail(task):
        return ready.exists() and ended(task, TaskState.FAILED, error=failure(task, "fail"))
    if "hang" in task.faults or not ready.exclude(rendered_at=None).exists():
        return False
    return ended(task, TaskState.SUCCEEDED)


@transaction.atomic(durable=True)
def fail(task: Task) -> bool:
    """It could not be painted."""
    return unpainted(task)


@transaction.atomic(durable=True)
def cancel(task: Task) -> bool:
    """Only while it waits its turn; False when it is too late."""
    return ended(task, TaskState.CANCELLED, before=(TaskState.QUEUED,))


@transaction.atomic(durable=True)
def forget(task: Task) -> bool:
    """Delete the record of a task that is over; its files follow with the next tidying up."""
    if not Task.objects.filter(pk=task.pk).exclude(state__in=LIVE).delete()[0]:
        return False
    say(task.key)
    return True


def unpainted(task: Task) -> bool:
    """End it, unless another attempt has painted it meanwhile: the lock makes that one wait or this one see it."""
    waiting = Task.objects.select_for_update().filter(pk=task.pk, state=TaskState.RUNNING, rendered_at=None)
    return waiting.first() is not None and ended(task, TaskState.FAILED, error=failure(task, "fail", ""))


def failure(task: Task, name: str, value: str | None = None) -> tuple[str, str]:
    """The vendor's code and message, the ones that were asked for unless others are said."""
    return dialect(task.vendor).failure(name, task.faults.get(name, "") if value is None else value)


def ended(task: Task, state: TaskState, *, before: tuple[str, ...] = LIVE, error: tuple[str, str] = ("", "")) -> bool:
    """The one place where credit goes back: what was not spent, in the transaction that ends the task."""
    now, won = timezone.now(), state is TaskState.SUCCEEDED
    unspent = task.reserved_micro_usd - (task.price_micro_usd if won else 0)
    dates = {"finished_at": now, "expires_at": now + vendor(task.vendor).result_life if won else None}
    code, message = error
    if not moved(task, before, state, **dates, returned_micro_usd=unspent, error_code=code, error_message=message):
        return False
    Key.objects.filter(pk=task.key_id).update(micro_usd=F("micro_usd") + unspent)
    owe(task)
    say(task.key)
    return True


def moved(task: Task, before: tuple[str, ...], to: TaskState, **facts: object) -> bool:
    """Compare and set: False when somebody got there first."""
    waiting = Task.objects.filter(pk=task.pk, state__in=before)
    if not waiting.update(state=to.value, updated_at=timezone.now(), **facts):
        return False
    task.refresh_from_db()
    return True
