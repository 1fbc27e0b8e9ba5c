"""reAPI as a vendor: its ids, its three states, and what it holds while a fallback may still run.

Found by dialects.dialect(). Its page has no codes for a missing task, a wrong path and an outage: those are ours.
"""

import secrets
from datetime import datetime

from storyboard.providers import reapi, reapi_mini
from storyboard.providers.base import Body, Probed, Problem, TaskState
from storyboard.providers.reapi_answers import ERRORS
from storyboard.providers.reapi_rows import AUDIOS, BY_ID, IMAGES, ROLES, VENDOR, VIDEOS
from storyboard.providers.rules import objects, strings
from storyboard.sandbox.dialects import Charge, Order, Refusal, orders
from storyboard.sandbox.dialects.orders import no
from storyboard.sandbox.models import Task

RINGING = None
BALANCES = (reapi.BALANCE,)
CREDIT_MICRO_USD = VENDOR.credit_micro_usd or 1000
STATES = {
    TaskState.QUEUED: "processing",
    TaskState.RUNNING: "processing",
    TaskState.SUCCEEDED: "completed",
}
FAILURES = {
    "80007": "The request was rejected by the upstream content check.",
    "80001": "The upstream provider could not complete the generation.",
    "80004": "The generation did not finish in time.",
}


def row(code: str, message: str = "") -> Problem:
    """As in reAPI's catalog of codes."""
    return no(ERRORS[code].status, code, message or ERRORS[code].message)


REFUSALS = {
    Refusal.NO_KEY: row("10001"),
    Refusal.NOT_BEARER: row("10002"),
    Refusal.UNKNOWN_KEY: row("10003"),
    Refusal.REVOKED_KEY: row("10004"),
    Refusal.TOO_LARGE: row("20003", "The request body is too large"),
    Refusal.NOT_JSON: row("20003", "The request body must be a JSON object"),
    Refusal.MODERATED: row("80007"),
    Refusal.NO_CREDIT: row("30001"),
    Refusal.BUSY: row("50001"),
    Refusal.UNAVAILABLE: no(503, "50003", "The service is temporarily unavailable"),
    Refusal.NO_TASK: no(404, "40001", "Task not found: {}"),
    Refusal.NO_PATH: no(404, "40002", "No such endpoint: {}"),
    Refusal.NO_METHOD: no(405, "40003", "Method not allowed: {}"),
}
problems = reapi.problems


def id_problem(task_id: str) -> Problem | None:
    return None


def new_id(now: datetime) -> str:
    return f"task_{secrets.token_hex(16)}"


def order(body: Body, media: Probed) -> Order:
    body = orders.said(body)
    found = mini(body) if body["model"] == reapi_mini.MODEL.id else family(body)
    return orders.settled(found, media)


def family(body: Body) -> Order:
    """Pictures open the clip when no video stands beside them: the page's recipe for a chain puts the frame there."""
    frames = {str(entry["role"]): str(entry["url"]) for entry in objects(body, ROLES)}
    images, videos = strings(body, IMAGES), strings(body, VIDEOS)
    first = images[0] if images and not videos else ""
    return Order(
        model=BY_ID[body["model"]],
        prompt=body["prompt"],
        ratio=body.get("size", orders.ADAPTIVE),
        resolution=body.get("resolution", "720p"),
        seconds=body.get("duration", 5),
        audio=body.get("generate_audio", True),
        opening=frames.get("first_frame", first),
        landing=frames.get("last_frame", ""),
        pictures=tuple(images[1:] if first else images),
        videos=tuple(videos),
        sounds=tuple(strings(body, AUDIOS)),
        wants_last_frame=body.get("return_last_frame", False),
    )


def mini(body: Body) -> Order:
    return Order(
        model=reapi_mini.MODEL,
        prompt=body.get("prompt", ""),
        ratio=body.get("aspect_ratio", orders.WIDE),
        resolution=body.get("resolution", "720p"),
        seconds=body.get("duration", 5),
        audio=body.get("generate_audio", False),
        opening=body.get(reapi_mini.FIRST, ""),
        landing=body.get(reapi_mini.LAST, ""),
        pictures=tuple(strings(body, reapi_mini.IMAGES)),
        videos=tuple(strings(body, reapi_mini.VIDEOS)),
        sounds=tuple(strings(body, reapi_mini.AUDIOS)),
    )


def charge(order: Order, body: Body, media: Probed) -> Charge:
    quote = reapi.price(orders.said(body), order.model, media)
    if quote.credits is None:
        return orders.unrated(order, media)
    held = max(quote.credits, quote.reserved_credits or 0)
    return Charge(reserved=held * CREDIT_MICRO_USD, price=quote.credits * CREDIT_MICRO_USD)


def created(task: Task) -> Body:
    return head(task) | {"status": "processing"}


def head(task: Task) -> Body:
    return {
        "id": task.remote_id,
        "model": task.body["model"],
        "status": STATES.get(TaskState(task.state), "failed"),
        "created_at": orders.stamp(task.created_at),
    }


def shown(task: Task, now: datetime) -> Body:
    return head(task) | {"output": output(task), "error": error(task)}


def output(task: Task) -> Body | None:
    """Links that have run out stay in it, as with reAPI."""
    if task.state != TaskState.SUCCEEDED:
        return None
    found: Body = {"video_urls": [orders.video_link(task)]}
    frame = orders.frame_link(task, order(task.body, {}))
    return found | ({"last_frame_url": frame} if frame else {})


def error(task: Task) -> Body | None:
    if not task.is_final or task.state == TaskState.SUCCEEDED:
        return None
    code = task.error_code
    return {"code": int(code) if code.isdecimal() else code, "message": task.error_message}


def callback_target(url: str) -> str:
    return url


def failure(name: str, value: str) -> tuple[str, str]:
    return orders.failure(FAILURES, "80004" if name == "timeout" else value)


def balance(micro_usd: int) -> Body:
    return {"credits": micro_usd // CREDIT_MICRO_USD}
