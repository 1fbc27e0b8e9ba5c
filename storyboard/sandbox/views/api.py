"""The vendors' HTTP contracts, the same few views for all of them: what differs is in dialects/ and providers/.

urls.py hangs them at each vendor's paths. Nothing here knows sessions, cookies or pages: the key is all.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from storyboard.middleware import give_back_connection
from storyboard.providers import ark
from storyboard.providers.base import Body, Level, Probed, TaskState
from storyboard.sandbox import actions, answers, door, faults, inputs, models
from storyboard.sandbox.answers import Refused, refusal
from storyboard.sandbox.dialects import Dialect, Refusal, dialect
from storyboard.sandbox.models import Key, Task

# In the order in which they win, when several are asked for.
INSTEAD = (Refusal.UNAVAILABLE, Refusal.BUSY, Refusal.MODERATED, Refusal.NO_CREDIT)
LONGEST_ANSWER = 120
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Call:
    """One request that got past the door."""

    request: HttpRequest
    vendor: str
    dialect: Dialect
    key: Key


Handler = Callable[..., HttpResponse]


def serve(vendor: str, handlers: Mapping[str, Handler]) -> Callable[..., HttpResponse]:
    """The view of one address of one vendor: a handler by method, behind the key."""

    @csrf_exempt
    def sandbox_api(request: HttpRequest, **parts: str) -> HttpResponse:
        words = dialect(vendor)
        try:
            handler = handlers.get(request.method or "")
            if handler is None:
                raise refusal(words, Refusal.NO_METHOD, str(request.method))
            return handler(Call(request, vendor, words, door.key_of(request, words)), **parts)
        except Refused as refused:
            return answers.no(vendor, refused)

    return sandbox_api


def nowhere(vendor: str) -> Callable[..., HttpResponse]:
    """Any other path below the vendor's."""

    @csrf_exempt
    def sandbox_api(request: HttpRequest) -> HttpResponse:
        return answers.no(vendor, refusal(dialect(vendor), Refusal.NO_PATH, request.path))

    return sandbox_api


def submit(call: Call) -> HttpResponse:
    """Key, rate, body, what the body alone shows, what its media show, faults, credit: the first no is the answer."""
    door.check_rate(call.key, call.dialect)
    body = door.body_of(call.request, call.dialect)
    check(call, body, {})
    token = models.token()
    give_back_connection()
    media, files = inputs.gather(call.dialect.order(body, {}).media, token)
    try:
        check(call, body, media)
        order = call.dialect.order(body, media)
        asked = faults.read(order.prompt, call.key)
        fail_if_asked(call, asked)
        charge = call.dialect.charge(order, body, media)
        task = take(call, body=body, order=order, charge=charge, inputs=files, faults=asked, token=token)
    except Refused:
        inputs.drop(token)
        raise
    return answer(call, task, asked)


def check(call: Call, body: Body, media: Probed) -> None:
    """Warnings never refuse."""
    found = call.dialect.problems(body, media)
    first = next((problem for problem in found if problem.level is Level.PROBLEM), None)
    if first:
        raise Refused(first)


def fail_if_asked(call: Call, asked: Mapping[str, str]) -> None:
    for why in INSTEAD:
        if why in asked:
            seconds = asked[why]
            raise refusal(call.dialect, why, wait=int(seconds) if seconds.isascii() and seconds.isdecimal() else None)


def take(call: Call, **given: Any) -> Task:
    origin = f"{call.request.scheme}://{call.request.get_host()}"
    try:
        return actions.take(call.key, vendor=call.vendor, origin=origin, **given)
    except actions.NoCredit as error:
        raise refusal(call.dialect, Refusal.NO_CREDIT) from error


def answer(call: Call, task: Task, asked: Mapping[str, str]) -> HttpResponse:
    """Created by now, whatever the caller gets to hear."""
    if "slow-answer" in asked:
        give_back_connection()
        time.sleep(patience(asked["slow-answer"]))
    return answers.lost() if "lost-answer" in asked else answers.good(call.dialect.created(task))


def patience(text: str) -> float:
    seconds = int(text) if text.isascii() and text.isdecimal() else 0
    return min(seconds, LONGEST_ANSWER)


def found(call: Call, task_id: str) -> Task:
    """Nobody learns whether somebody else has a task of this id."""
    if problem := call.dialect.id_problem(task_id):
        raise Refused(problem)
    task = door.tasks_for(call.key, call.vendor).filter(remote_id=door.kept(task_id)).first()
    if task is None:
        raise refusal(call.dialect, Refusal.NO_TASK, task_id)
    return task


def fetch(call: Call, task_id: str) -> HttpResponse:
    return answers.good(call.dialect.shown(found(call, task_id), timezone.now()))


def balance(call: Call) -> HttpResponse:
    return answers.good(call.dialect.balance(call.key.micro_usd) or {})


def listing(call: Call) -> HttpResponse:
    """Ark's: the newest first, a page at a time."""
    query = call.request.GET
    if problems := ark.list_problems(query.dict()):
        raise Refused(problems[0])
    number, size = int(query.get("page_num", 1)), int(query.get("page_size", PAGE_SIZE))
    tasks = filtered(call).order_by("-created_at", "-id")
    page, now = tasks[(number - 1) * size : number * size], timezone.now()
    return answers.good({"total": tasks.count(), "items": [call.dialect.shown(task, now) for task in page]})


def filtered(call: Call) -> QuerySet[Task]:
    query, tasks = call.request.GET, door.tasks_for(call.key, call.vendor)
    status, model, tier = (door.kept(query.get(f"filter.{name}", "")) for name in ("status", "model", "service_tier"))
    if ids := query.getlist("filter.task_ids"):
        tasks = tasks.filter(remote_id__in=[door.kept(task_id) for task_id in ids])
    if status:
        tasks = tasks.filter(state=status)
    if model:
        tasks = tasks.filter(body__model=model)
    if tier:
        left_out = Q(body__service_tier__isnull=True) if tier == "default" else Q()
        tasks = tasks.filter(Q(body__service_tier=tier) | left_out)
    return tasks


def cancel(call: Call, task_id: str) -> HttpResponse:
    """Ark's: a queued task is cancelled, a finished one forgotten, any other refused."""
    task = found(call, task_id)
    if task.state == TaskState.QUEUED and actions.cancel(task):
        return answers.good({})
    # It may have begun in between, or be gone.
    task = found(call, task_id)
    if problem := ark.cancel_problem(TaskState(task.state) if task.is_final else TaskState.RUNNING):
        raise Refused(problem)
    actions.forget(task)
    return answers.good({})
