"""EvoLink as a vendor: ids that begin alike, progress, credits, and callbacks after the end.

Found by dialects.dialect(). No worth of its credits is published; here one is a cent.
"""

import secrets
import string
from datetime import datetime

from storyboard.providers import evolink
from storyboard.providers.base import Body, Probed, Problem, TaskState
from storyboard.providers.evolink_rows import BY_ID, way_of
from storyboard.providers.evolink_rules import ID_PREFIX, TYPES
from storyboard.providers.rules import strings
from storyboard.sandbox.dialects import Charge, Order, Refusal, Ringing, orders
from storyboard.sandbox.dialects.hosts import named
from storyboard.sandbox.dialects.orders import no
from storyboard.sandbox.models import Task

FINAL = frozenset(state for state in TaskState if state.is_final)
RINGING = Ringing(states=FINAL, seconds=10, again=(1, 2, 4))
BALANCES = (evolink.BALANCE,)
CREDIT_MICRO_USD = 10_000
LETTERS = string.ascii_lowercase + string.digits
STATES = {
    TaskState.QUEUED: "pending",
    TaskState.RUNNING: "processing",
    TaskState.SUCCEEDED: "completed",
}
FAILURES = {
    "service_error": "The service had an internal fault.",
    "content_policy_violation": "Content policy violation. Your request was blocked by the content check.",
    "invalid_parameters": "The parameters of the request are not valid.",
    "image_processing_error": "A picture could not be processed.",
    "image_dimension_mismatch": "The size of a picture does not suit the model.",
    "request_cancelled": "The request was cancelled.",
    "generation_failed_no_content": "The generation ended without content.",
    "generation_timeout": "The generation took too long.",
    "resource_exhausted": "The resources for this model are exhausted.",
    "quota_exceeded": "The quota is used up.",
    "service_unavailable": "The service is not available.",
    "resource_not_found": "Something that the request names was not found.",
    "model_unavailable": "The model is not available.",
    "upstream_error": "The service behind this one had a fault.",
    "unknown_error": "An unknown error occurred.",
}


def row(status: int, message: str, field: str = "") -> Problem:
    return no(status, TYPES[status], message, field)


AUTH = "Invalid or missing API key"
REFUSALS = {
    Refusal.NO_KEY: row(401, AUTH),
    Refusal.NOT_BEARER: row(401, AUTH),
    Refusal.UNKNOWN_KEY: row(401, AUTH),
    Refusal.REVOKED_KEY: row(401, AUTH),
    Refusal.TOO_LARGE: row(413, "Request body must not exceed 64MB"),
    Refusal.NOT_JSON: row(400, "The request body must be a JSON object"),
    Refusal.MODERATED: row(400, "Content policy violation. Your request was blocked by the content check.", "prompt"),
    Refusal.NO_CREDIT: row(402, "Insufficient credits, please top up"),
    Refusal.BUSY: row(429, "Too many requests, retry after 60 seconds"),
    Refusal.UNAVAILABLE: row(503, "Service unavailable, retry after 30 seconds"),
    Refusal.NO_TASK: row(404, "Task {} not found", "task_id"),
    Refusal.NO_PATH: row(404, "No such endpoint: {}"),
    Refusal.NO_METHOD: no(405, TYPES[400], "Method not allowed: {}"),
}
id_problem = evolink.id_problem


def problems(body: Body, media: Probed) -> list[Problem]:
    return evolink.problems(body, media, hosts=named())


def new_id(now: datetime) -> str:
    chance = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{ID_PREFIX}{int(now.timestamp())}-{chance}"


def order(body: Body, media: Probed) -> Order:
    """The mode is in the model's id: only image-to-video opens and ends on its pictures."""
    body = orders.said(body)
    model, images = BY_ID[body["model"]], strings(body, "image_urls")
    framed = way_of(model) == "image"
    found = Order(
        model=model,
        prompt=body["prompt"],
        ratio=body.get("aspect_ratio", orders.WIDE),
        resolution=body.get("quality", "720p"),
        seconds=body.get("duration", 5),
        audio=body.get("generate_audio", True),
        opening=images[0] if framed else "",
        landing=images[1] if framed and len(images) > 1 else "",
        pictures=() if framed else tuple(images),
        videos=tuple(strings(body, "video_urls")),
        sounds=tuple(strings(body, "audio_urls")),
        callback_url=body.get("callback_url", ""),
    )
    return orders.settled(found, media)


def charge(order: Order, body: Body, media: Probed) -> Charge:
    quote = evolink.price(orders.said(body), order.model, media)
    if quote.micro_usd is None:
        return orders.unrated(order, media)
    return Charge(reserved=quote.micro_usd, price=quote.micro_usd)


def created(task: Task) -> Body:
    return head(task, "pending", 0)


def head(task: Task, status: str, done: int) -> Body:
    return {
        "created": orders.stamp(task.created_at),
        "id": task.remote_id,
        "model": task.body["model"],
        "object": "video.generation.task",
        "progress": done,
        "status": status,
        "type": "video",
        "task_info": {
            "can_cancel": not task.is_final,
            "estimated_time": orders.estimate(task),
            "video_duration": task.seconds,
        },
        "usage": {"billing_rule": "per_second", "credits_reserved": held(task), "user_group": "default"},
    }


def held(task: Task) -> float:
    """What was billed, once it is known; nothing is when it failed."""
    micro_usd = task.reserved_micro_usd
    if task.is_final:
        micro_usd = task.price_micro_usd if task.state == TaskState.SUCCEEDED else 0
    return micro_usd / CREDIT_MICRO_USD


def shown(task: Task, now: datetime) -> Body:
    found = head(task, STATES.get(TaskState(task.state), "failed"), orders.progress(task, now))
    if task.state == TaskState.SUCCEEDED:
        return found | {"results": [orders.video_link(task)]}
    if task.state == TaskState.CANCELLED:
        # A cancelled task has no status of its own.
        return found | {"error": {"code": "request_cancelled", "message": FAILURES["request_cancelled"]}}
    if task.is_final:
        return found | {"error": {"code": task.error_code, "message": task.error_message}}
    return found


def callback_target(url: str) -> str:
    return url


def failure(name: str, value: str) -> tuple[str, str]:
    return orders.failure(FAILURES, "generation_timeout" if name == "timeout" else value)


def balance(micro_usd: int) -> Body:
    """Not documented in full: the account's credits, and beside them the key's."""
    credit = micro_usd / CREDIT_MICRO_USD
    return {"success": True, "data": {"user": {"remaining_credits": credit}, "token": {"remaining_credits": credit}}}
