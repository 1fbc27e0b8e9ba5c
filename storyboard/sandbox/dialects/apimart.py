"""APIMart as a vendor: answers inside `data`, costs in dollars and credits, and a webhook for the end alone.

Found by dialects.dialect(). Its errors have no words of their own: every status has one type and one message.
"""

import secrets
from datetime import datetime
from urllib.parse import urlsplit

from storyboard.providers import apimart
from storyboard.providers.apimart_answers import CREDIT_MICRO_USD, FAULTS
from storyboard.providers.base import Body, Probed, Problem, TaskState
from storyboard.providers.catalog import model
from storyboard.providers.rules import objects, strings
from storyboard.sandbox.dialects import Charge, Order, Refusal, Ringing, orders
from storyboard.sandbox.dialects.hosts import is_named
from storyboard.sandbox.dialects.orders import no
from storyboard.sandbox.models import Task

RINGING = Ringing(
    states=frozenset({TaskState.SUCCEEDED, TaskState.FAILED}), seconds=10, again=(10, 30, 60), gives_up_on_4xx=True
)
# The account's, and the key's own: the sandbox has one purse for both.
BALANCES = (apimart.BALANCE, "/v1/balance")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
STATES = {
    TaskState.QUEUED: "pending",
    TaskState.RUNNING: "processing",
    TaskState.SUCCEEDED: "completed",
    TaskState.CANCELLED: "cancelled",
}
FAILURES = {
    "task_failed": "The task failed, please change the prompt or try again",
    "timeout": "The task did not finish in time",
}


def row(status: int, message: str = "") -> Problem:
    return no(status, str(status), message or FAULTS[status].message)


REFUSALS = {
    Refusal.NO_KEY: row(401),
    Refusal.NOT_BEARER: row(401),
    Refusal.UNKNOWN_KEY: row(401),
    Refusal.REVOKED_KEY: row(401),
    Refusal.TOO_LARGE: row(400, "The request body is too large"),
    Refusal.NOT_JSON: row(400),
    Refusal.MODERATED: row(400, "The request was rejected by the content check"),
    Refusal.NO_CREDIT: row(402),
    Refusal.BUSY: row(429),
    Refusal.UNAVAILABLE: row(503, "The service is temporarily unavailable, please try again later"),
    Refusal.NO_TASK: row(404, "Task not found: {}"),
    Refusal.NO_PATH: row(404, "Invalid URL: {}"),
    Refusal.NO_METHOD: row(405, "Method not allowed: {}"),
}
problems = apimart.problems
callback_target = apimart.callback_target


def id_problem(task_id: str) -> Problem | None:
    return None


def new_id(now: datetime) -> str:
    """A ULID: ten letters of time, sixteen of chance."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "task_" + "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))


def order(body: Body, media: Probed) -> Order:
    """A first picture opens the clip when no video stands beside it, as in the page's cases 2 and 7."""
    body = orders.said(body)
    roles = [(str(entry["role"]), str(entry["url"])) for entry in objects(body, "image_with_roles")]
    images, videos = strings(body, "image_urls"), strings(body, "video_urls")
    first = images[0] if images and not videos else ""
    portraits = [url for role, url in roles if role == "reference_image"]
    found = Order(
        model=model("apimart", body["model"]),
        prompt=body.get("prompt", ""),
        ratio=body.get("size", orders.WIDE),
        resolution=body.get("resolution", "720p"),
        seconds=body.get("duration", 5),
        audio=body.get("generate_audio", False),
        seed=orders.seed(body),
        opening=dict(roles).get("first_frame", first),
        landing=dict(roles).get("last_frame", ""),
        pictures=(*(images[1:] if first else images), *portraits),
        videos=tuple(videos),
        sounds=tuple(strings(body, "audio_urls")),
        wants_last_frame=body.get("return_last_frame", False),
        callback_url=webhook(body),
    )
    return orders.settled(found, media)


def webhook(body: Body) -> str:
    """One that APIMart would not call is dropped without a word."""
    url = body.get("webhook", "")
    named = urlsplit(url).scheme in {"http", "https"} if is_named(url) else False
    return url if named or apimart.is_called(url) else ""


def charge(order: Order, body: Body, media: Probed) -> Charge:
    """APIMart's pages show no rates; ours count, until they do."""
    quote = apimart.price(orders.said(body), order.model, media)
    if quote.micro_usd is None:
        return orders.unrated(order, media)
    return Charge(reserved=quote.micro_usd, price=quote.micro_usd)


def created(task: Task) -> Body:
    return {"code": 200, "data": [{"status": "submitted", "task_id": task.remote_id}]}


def shown(task: Task, now: datetime) -> Body:
    data: Body = {
        "id": task.remote_id,
        "status": STATES.get(TaskState(task.state), "failed"),
        "progress": orders.progress(task, now),
        "created": orders.stamp(task.created_at),
        "estimated_time": orders.estimate(task),
    }
    if task.is_final:
        data |= ending(task)
    return {"code": 200, "data": data}


def ending(task: Task) -> Body:
    ended = task.finished_at or task.updated_at
    found: Body = {"completed": orders.stamp(ended)}
    found["actual_time"] = max(0, round((ended - task.created_at).total_seconds()))
    if task.state == TaskState.SUCCEEDED:
        cost = {"cost": task.price_micro_usd / 1_000_000, "credits_cost": task.price_micro_usd / CREDIT_MICRO_USD}
        return found | {"result": result(task)} | cost
    if task.state == TaskState.CANCELLED:
        return found
    error = {"message": task.error_message, "type": "task_failed", "param": "", "code": task.error_code}
    return found | {"error": error}


def result(task: Task) -> Body:
    """Where the last frame stands is on no page: this is where APIMart's clients read it."""
    video = {"url": [orders.video_link(task)], "expires_at": orders.stamp(task.expires_at)}
    frame = orders.frame_link(task, order(task.body, {}))
    return {"videos": [video]} | ({"last_frame_url": frame} if frame else {})


def failure(name: str, value: str) -> tuple[str, str]:
    return orders.failure(FAILURES, "timeout" if name == "timeout" else value)


def balance(micro_usd: int) -> Body:
    return {
        "success": True,
        "remain_balance": micro_usd / 1_000_000,
        "remain_credits": micro_usd / CREDIT_MICRO_USD,
        "unlimited_quota": False,
    }
