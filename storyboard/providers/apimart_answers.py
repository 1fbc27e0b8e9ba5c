"""What APIMart answers: tasks, its balance and its errors, read with patience for what its pages leave open.

Used by apimart.py; the sandbox writes its error bodies with `envelope`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, AwareDatetime, BaseModel, Field, ValidationError, WrapValidator

from storyboard.providers.base import Body, Problem, Task, TaskError, TaskState
from storyboard.providers.errors import Unreadable
from storyboard.providers.rules import is_web

CREDIT_MICRO_USD = 100_000
# It becomes part of an address, so nothing else may be in it.
TASK_ID = r"^[A-Za-z0-9._-]{8,128}$"
STATES = {
    "submitted": TaskState.QUEUED,
    "pending": TaskState.QUEUED,
    "processing": TaskState.RUNNING,
    "in_progress": TaskState.RUNNING,
    "completed": TaskState.SUCCEEDED,
    "failed": TaskState.FAILED,
    "cancelled": TaskState.CANCELLED,
}

# The page for 429 says to come back later; it has none for 503.
NOT_ACCEPTED = frozenset({429})


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of error: the vendor's type and message, and what we say about it."""

    type: str
    message: str
    sentence: str
    retryable: bool = False


# By HTTP status, which is also the code. The messages of 403 and 502 stand on no page.
FAULTS = {
    400: Fault(
        "invalid_request_error",
        "Invalid request parameters",
        "APIMart did not accept the request. Check the shot’s settings and references.",
    ),
    401: Fault(
        "authentication_error",
        "Authentication failed, please check your API key",
        "APIMart does not know this key. Check the connection’s key.",
    ),
    402: Fault(
        "payment_required",
        "Insufficient account balance, please top up and try again",
        "The APIMart account has run out of money. Top it up, then render again.",
    ),
    403: Fault("permission_error", "", "This key may not use the model. Check the key’s rights in APIMart’s console."),
    429: Fault(
        "rate_limit_error",
        "Too many requests, please try again later",
        "APIMart is getting too many requests from this account. Wait a little, then render again.",
        retryable=True,
    ),
    500: Fault(
        "server_error",
        "Internal server error, please try again later",
        "Something broke at APIMart. Wait a little, then render again.",
        retryable=True,
    ),
    502: Fault("bad_gateway", "", "APIMart cannot reach the model. Wait a little, then render again.", retryable=True),
}
OTHER = Fault("task_failed", "", "APIMart could not make this clip. Change the prompt or the references, or try again.")
BY_WORD = {fault.type: fault for fault in FAULTS.values()} | {str(code): fault for code, fault in FAULTS.items()}


def wrong(field: str, sentence: str = "", status: int = 400) -> Problem:
    """A problem in APIMart's own words; every wrong parameter has the same code and message there."""
    fault = FAULTS[status]
    return Problem(
        field=field, sentence=sentence or fault.sentence, code=str(status), status=status, message=fault.message
    )


def envelope(problem: Problem, request_id: str = "") -> Body:
    """The body of an HTTP error. APIMart puts no request id into it."""
    fault = FAULTS.get(problem.status) or FAULTS[500 if problem.status in range(500, 600) else 400]
    message = problem.message or fault.message
    return {"error": {"code": problem.status, "message": message, "type": fault.type}}


def or_none(value: Any, read: Callable[[Any], Any]) -> Any:
    # A finished clip must not be lost over a cost or a date that cannot be read.
    try:
        return read(value)
    except ValidationError:
        return None


SOFT = WrapValidator(or_none)
Amount = Annotated[Decimal | None, Field(ge=0, le=1_000_000), SOFT]
Moment = Annotated[AwareDatetime | None, SOFT]


class Video(BaseModel):
    url: object = None
    last_frame_url: object = None
    expires_at: Moment = None


class Result(BaseModel):
    videos: Annotated[list[Video] | None, SOFT] = None
    images: object = None
    last_frame_url: object = None
    last_frame: object = None


class Error(BaseModel):
    code: Annotated[int | str | None, SOFT] = None
    type: Annotated[str | None, SOFT] = None
    message: Annotated[str | None, SOFT] = None


class TaskData(BaseModel):
    id: Annotated[str, Field(pattern=TASK_ID, validation_alias=AliasChoices("id", "task_id"))]
    status: str
    model: Annotated[str | None, SOFT] = None
    progress: Annotated[int | None, Field(ge=0, le=100), SOFT] = None
    result: Annotated[Result | None, SOFT] = None
    created: Moment = None
    cost: Amount = None
    credits_cost: Amount = None
    error: Annotated[Error | str | None, SOFT] = None


class Submitted(BaseModel):
    task_id: Annotated[str, Field(pattern=TASK_ID, validation_alias=AliasChoices("id", "task_id"))]


class SubmitReply(BaseModel):
    data: Annotated[list[Submitted], Field(min_length=1)]


class Balance(BaseModel):
    remain_balance: Annotated[Decimal | None, SOFT] = None
    unlimited_quota: Annotated[bool | None, SOFT] = None


def parse_submit(raw: object) -> str:
    try:
        return SubmitReply.model_validate(raw).data[0].task_id
    except ValidationError as error:
        raise Unreadable("APIMart’s answer names no task.") from error


def parse_task(raw: object) -> Task:
    data = raw.get("data") if isinstance(raw, dict) else None
    try:
        task = TaskData.model_validate(data)
    except ValidationError as error:
        raise Unreadable("APIMart’s answer about the task cannot be read.") from error
    result = task.result or Result()
    video = (result.videos or [Video()])[0]
    state = STATES.get(task.status.lower(), TaskState.RUNNING)
    cost, spent = amounts(task)
    return Task(
        id=task.id,
        state=state,
        model=task.model or "",
        progress=task.progress,
        video_url=first_url(video.url),
        last_frame_url=last_frame(result, video),
        expires_at=video.expires_at and video.expires_at.astimezone(UTC),
        created_at=task.created and task.created.astimezone(UTC),
        credits=spent,
        micro_usd=cost,
        error=failure(task.error) if state is TaskState.FAILED else None,
        raw=raw if isinstance(raw, dict) else {},
    )


def last_frame(result: Result, video: Video) -> str:
    """APIMart promises the address on no page’s example: look wherever its clients have found it."""
    places = (result.last_frame_url, video.last_frame_url, result.last_frame, result.images)
    return next((found for place in places if (found := first_url(place))), "")


def first_url(value: object) -> str:
    """A text, a list of texts, or an object with `url`: all three occur in APIMart’s samples."""
    if isinstance(value, str):
        return value if is_web(value) else ""
    if isinstance(value, dict):
        return first_url(value.get("url"))
    if isinstance(value, list):
        return next((found for item in value if (found := first_url(item))), "")
    return ""


def amounts(task: TaskData) -> tuple[int | None, Decimal | None]:
    """Micro-dollars and credits; ten credits are a dollar, so one tells the other."""
    if task.cost is not None:
        spent = task.credits_cost if task.credits_cost is not None else task.cost * 10
        return round(task.cost * 1_000_000), spent
    if task.credits_cost is not None:
        return round(task.credits_cost * CREDIT_MICRO_USD), task.credits_cost
    return None, None


def failure(error: Error | str | None) -> TaskError:
    """Sorted by the type, then the code: a number in HTTP errors, a word in webhooks, and sometimes absent."""
    given = error if isinstance(error, Error) else Error(message=error)
    fault = BY_WORD.get(given.type or "") or BY_WORD.get(str(given.code)) or OTHER
    code = given.type or "" if given.code is None else str(given.code)
    return TaskError(
        code=code or fault.type, message=given.message or "", sentence=fault.sentence, retryable=fault.retryable
    )


def refusal(status: int, raw: Body) -> tuple[str, str, str]:
    """Code, message and sentence of an HTTP error; some of APIMart's errors come without a code."""
    if "error" not in raw:
        # None of APIMart's: a proxy in between knows nothing of keys and models.
        return "", "", ""
    try:
        given = Error.model_validate(raw["error"])
    except ValidationError:
        given = Error()
    fault = BY_WORD.get(given.type or "") or BY_WORD.get(str(given.code)) or FAULTS.get(status)
    code = given.type or "" if given.code is None else str(given.code)
    return code, given.message or "", fault.sentence if fault else ""


def parse_balance(raw: object) -> Decimal | None:
    """In credits. None where the account has no limit, which shows as a balance of -1."""
    try:
        found = Balance.model_validate(raw)
    except ValidationError as error:
        raise Unreadable("APIMart’s answer about the balance cannot be read.") from error
    if found.remain_balance is None and not found.unlimited_quota:
        raise Unreadable("APIMart’s answer names no balance.")
    if found.unlimited_quota or found.remain_balance is None or found.remain_balance < 0:
        return None
    return found.remain_balance * 10
