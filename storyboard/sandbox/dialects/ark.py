"""Ark as a vendor: bare states, tokens, everything about a finished clip, and a callback for every change.

Found by dialects.dialect(). Ark tells nobody a balance.
"""

import secrets
import string
from datetime import UTC, datetime

from storyboard.providers import ark
from storyboard.providers.ark_rows import BY_ID
from storyboard.providers.ark_rules import parts, prompt
from storyboard.providers.base import Body, Kind, Probed, Problem, TaskState
from storyboard.sandbox.dialects import Charge, Order, Refusal, Ringing, orders
from storyboard.sandbox.dialects.orders import no
from storyboard.sandbox.models import Task

# Every change but a cancellation, which Ark does not promise. Three deliveries; how far apart is not published.
RINGING = Ringing(states=frozenset(set(TaskState) - {TaskState.CANCELLED}), seconds=5, again=(1, 2))
BALANCES: tuple[str, ...] = ()
FPS = 24
# What the model takes when it may decide for itself.
SECONDS = 5
EXPIRES_AFTER = 172_800
LETTERS = string.ascii_lowercase + string.digits
FAILURES = {
    "InternalServiceError": "The service encountered an unexpected internal error.",
    "OutputVideoSensitiveContentDetected": "The request failed because the output video may contain sensitive content.",
    "OutputVideoSensitiveContentDetected.PolicyViolation": "The request failed because the output video may be "
    "related to copyright restrictions.",
    "OutputAudioSensitiveContentDetected": "The request failed because the output audio may contain sensitive content.",
    "InputTextSensitiveContentDetected": "The request failed because the input text may contain sensitive content.",
    "InputImageSensitiveContentDetected": "The request failed because the input image may contain sensitive content.",
    "InputImageSensitiveContentDetected.PrivacyInformation": "The request failed because the input image may contain "
    "a real person.",
    "InputVideoSensitiveContentDetected": "The request failed because the input video may contain sensitive content.",
}
AUTH = no(401, "AuthenticationError", "The API key in the request is missing or invalid.")
REFUSALS = {
    Refusal.NO_KEY: AUTH,
    Refusal.NOT_BEARER: AUTH,
    Refusal.UNKNOWN_KEY: AUTH,
    Refusal.REVOKED_KEY: AUTH,
    Refusal.TOO_LARGE: no(
        400,
        "InvalidParameter",
        "The parameter `content` specified in the request is not valid: the request body exceeds 64 MB.",
        "content",
    ),
    Refusal.NOT_JSON: no(400, "InvalidParameter", "The request body must be a JSON object."),
    Refusal.MODERATED: no(
        400, "InputTextSensitiveContentDetected", FAILURES["InputTextSensitiveContentDetected"], "content"
    ),
    Refusal.NO_CREDIT: no(403, "AccountOverdueError", "The account has an overdue balance."),
    Refusal.BUSY: no(429, "RateLimitExceeded", "The requests exceed the rate limit. Please try again later."),
    Refusal.UNAVAILABLE: no(503, "InternalServiceError", FAILURES["InternalServiceError"]),
    Refusal.NO_TASK: no(404, "ResourceNotFound", "The task {} is not found.", "id"),
    Refusal.NO_PATH: no(404, "ResourceNotFound", "The path {} is not found."),
    # Ark has no word for 405.
    Refusal.NO_METHOD: no(404, "ResourceNotFound", "The method {} is not found."),
}
problems = ark.problems


def id_problem(task_id: str) -> Problem | None:
    return None


def new_id(now: datetime) -> str:
    chance = "".join(secrets.choice(LETTERS) for _ in range(5))
    return f"cgt-{now.astimezone(UTC):%Y%m%d%H%M%S}-{chance}"


def order(body: Body, media: Probed) -> Order:
    body = orders.said(body)
    given = [(part.role, part.kind, part.url) for part in parts(body)]
    roles = {role: url for role, _, url in given}
    seconds = body.get("duration", SECONDS)
    found = Order(
        model=BY_ID[body["model"]],
        prompt=prompt(body),
        ratio=body.get("ratio", orders.ADAPTIVE),
        resolution=body.get("resolution", "720p"),
        seconds=SECONDS if seconds == -1 else seconds,
        audio=body.get("generate_audio", True),
        seed=orders.seed(body),
        opening=roles.get("first_frame", ""),
        landing=roles.get("last_frame", ""),
        pictures=tuple(url for role, _, url in given if role == "reference_image"),
        videos=tuple(url for _, kind, url in given if kind is Kind.VIDEO),
        sounds=tuple(url for _, kind, url in given if kind is Kind.AUDIO),
        wants_last_frame=body.get("return_last_frame", False),
        callback_url=body.get("callback_url", ""),
    )
    return orders.settled(found, media)


def charge(order: Order, body: Body, media: Probed) -> Charge:
    """By tokens. Set aside: the largest picture and the longest clip that the model might choose."""
    body = orders.said(body)
    chosen = body | {"ratio": order.ratio, "duration": order.seconds}
    worst, quote = ark.price(body, order.model, media), ark.price(chosen, order.model, media)
    tokens = ark.tokens(chosen, order.model, media) or tokens_of(order)
    if quote.micro_usd is None or worst.micro_usd is None:
        plain = orders.unrated(order, media)
        return Charge(reserved=plain.reserved, price=plain.price, tokens=tokens)
    return Charge(reserved=max(worst.micro_usd, quote.micro_usd), price=quote.micro_usd, tokens=tokens)


def tokens_of(order: Order) -> int:
    """For 4k, of which Ark states no size."""
    return -(-order.width * order.height * FPS * order.seconds // 1024)


def created(task: Task) -> Body:
    return {"id": task.remote_id}


def shown(task: Task, now: datetime) -> Body:
    body = orders.said(task.body)
    found: Body = {
        "id": task.remote_id,
        "model": body["model"],
        "status": task.state,
        "error": error(task),
        "created_at": orders.stamp(task.created_at),
        "updated_at": orders.stamp(task.updated_at),
        "service_tier": body.get("service_tier", "default"),
        "execution_expires_after": body.get("execution_expires_after", EXPIRES_AFTER),
        "draft": False,
        "priority": body.get("priority", 0),
    }
    return found | finished(task, now) if task.state == TaskState.SUCCEEDED else found


def finished(task: Task, now: datetime) -> Body:
    made = order(task.body, {})
    return {
        "content": content(task, made, now),
        "usage": {"completion_tokens": task.tokens, "total_tokens": task.tokens},
        "seed": task.seed,
        "resolution": made.resolution,
        "ratio": orders.ratio_of(task, made),
        "duration": task.seconds,
        "framespersecond": FPS,
        "generate_audio": made.audio,
    }


def content(task: Task, made: Order, now: datetime) -> Body | None:
    """Cleared once the links have run out."""
    if task.expires_at and task.expires_at <= now:
        return None
    found = {"video_url": orders.video_link(task)}
    frame = orders.frame_link(task, made)
    return found | ({"last_frame_url": frame} if frame else {})


def error(task: Task) -> Body | None:
    """An expired task has run out of time; Ark gives no code for it."""
    if not task.error_code or task.state == TaskState.SUCCEEDED:
        return None
    return {"code": task.error_code, "message": task.error_message}


def callback_target(url: str) -> str:
    return url


def failure(name: str, value: str) -> tuple[str, str]:
    return orders.failure(FAILURES, value)


def balance(micro_usd: int) -> None:
    """Ark tells nobody."""
