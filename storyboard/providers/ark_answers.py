"""What Ark answers: its error body and codes, tasks and lists of them, and how a list is asked for.

The client reads answers with it, and the sandbox writes its errors with it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError, WrapValidator

from storyboard.providers.answers import Created, Int, Text, moment, or_none
from storyboard.providers.ark_rules import STATES
from storyboard.providers.base import Body, Problem, Task, TaskError, TaskState
from storyboard.providers.errors import Unreadable

HTTP_TYPES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
}
REFUSED = "Ark’s check refused {}. Change it and render again."
PASSES = "Ark’s check refused the finished {}. Change the prompt; the same shot sometimes passes the second time."
FACE = "Ark takes no picture of a real face. Use another picture, or one that Ark itself made in the last 30 days."
# Code: HTTP status, what to do, and whether the same request may well succeed.
ERRORS: Mapping[str, tuple[int, str, bool]] = {
    "RateLimitExceeded": (429, "Ark gets too many requests. Render again in a minute.", True),
    "ServerOverloaded": (429, "Ark is overloaded. Render again in a minute.", True),
    "RequestBurstTooFast": (429, "Ark gets too many requests at once. Render again in a minute.", True),
    "InternalServiceError": (500, "Ark had a fault. Render again.", True),
    "InflightBatchsizeExceeded": (429, "Ark is working on as much as it allows. Wait for other takes.", True),
    "QuotaExceeded": (429, "Ark’s quota is used up for now. Wait, then render again.", True),
    "SetLimitExceeded": (429, "The limit set in Ark’s console is reached. Raise it there.", False),
    "InvalidParameter": (400, "Ark did not accept the settings. Change them and render again.", False),
    "InvalidAction.RunningTaskDeletion": (409, "Ark is already making this clip. Wait for it.", False),
    "InputTextSensitiveContentDetected": (400, REFUSED.format("the prompt"), False),
    "InputImageSensitiveContentDetected": (400, REFUSED.format("a picture"), False),
    "InputImageSensitiveContentDetected.PrivacyInformation": (400, FACE, False),
    "InputVideoSensitiveContentDetected": (400, REFUSED.format("a video"), False),
    "OutputVideoSensitiveContentDetected": (400, PASSES.format("clip"), False),
    "OutputAudioSensitiveContentDetected": (400, PASSES.format("sound"), False),
    "AuthenticationError": (401, "Ark does not know this key. Enter it again in the connection.", False),
    "AccessDenied": (403, "This key may not use the model. Allow it in Ark’s console.", False),
    "ModelNotOpen": (404, "This model is not activated. Activate it in Ark’s console.", False),
    "AccountOverdueError": (403, "The account at Ark has unpaid bills. Pay them there.", False),
}
# Every 429 of the table says to send the request again later. No page tells what a 503 would mean.
NOT_ACCEPTED = frozenset({429})
UNKNOWN = (400, "Ark could not make this clip. Read its message, change the shot and render again.", False)


def envelope(problem: Problem, request_id: str) -> Body:
    """Ark’s error body; the request’s id stands at the end of the message."""
    message = f"{problem.message or problem.sentence} Request id: {request_id}"
    kind = HTTP_TYPES.get(problem.status, HTTP_TYPES[500])
    return {"error": {"code": problem.code, "message": message, "param": problem.field, "type": kind}}


class Content(BaseModel):
    video_url: Text = None
    last_frame_url: Text = None


class Usage(BaseModel):
    total_tokens: Int = None


class Failure(BaseModel):
    code: str | int = ""
    message: Text = None


class Answer(BaseModel):
    id: str
    model: Text = None
    status: Text = None
    created_at: Int = None
    updated_at: Int = None
    # Cleared after a day: a task may have succeeded and have none.
    content: Annotated[Content | None, WrapValidator(or_none)] = None
    usage: Annotated[Usage | None, WrapValidator(or_none)] = None
    error: Annotated[Failure | None, WrapValidator(or_none)] = None


class Page(BaseModel):
    items: list[dict[str, Any]]
    total: Int = None


def parse_submit(raw: object) -> str:
    try:
        return Created.model_validate(raw).id
    except ValidationError as error:
        raise Unreadable("Ark answered without a usable task id.") from error


def parse_task(raw: object) -> Task:
    try:
        found = Answer.model_validate(raw)
    except ValidationError as error:
        raise Unreadable("Ark’s answer is not a task.") from error
    content = found.content or Content()
    made = moment(found.updated_at) if content.video_url else None
    return Task(
        id=found.id,
        state=STATES.get(found.status or "", TaskState.RUNNING),
        model=found.model or "",
        video_url=content.video_url or "",
        last_frame_url=content.last_frame_url or "",
        created_at=moment(found.created_at),
        expires_at=made + timedelta(hours=24) if made else None,
        error=task_error(found.error) if found.error else None,
        raw=raw if isinstance(raw, dict) else {},
    )


def parse_list(raw: object) -> tuple[list[Task], int | None]:
    """One page of a list, and how many tasks there are in all."""
    try:
        page = Page.model_validate(raw)
    except ValidationError as error:
        raise Unreadable("Ark’s answer is not a list of tasks.") from error
    return [parse_task(one) for one in page.items], page.total


def parse_balance(raw: object) -> Decimal | None:
    """Ark documents no balance."""
    return None


def list_query(page: int = 1, size: int = 100, ids: Iterable[str] = (), **filters: str) -> list[tuple[str, str]]:
    """The query of a list; the filters are status, model and service_tier."""
    found = [("page_num", str(page)), ("page_size", str(size))]
    found += [("filter.task_ids", task_id) for task_id in ids]
    return found + [(f"filter.{name}", value) for name, value in filters.items() if value]


def used_tokens(task: Task) -> int | None:
    """What a finished task was billed for."""
    usage = Answer.model_validate(task.raw).usage
    return usage.total_tokens if usage else None


def task_error(error: Failure) -> TaskError:
    code = str(error.code) or "UnknownError"
    _, sentence, retryable = meaning(code)
    return TaskError(code=code, message=error.message or "", sentence=sentence, retryable=retryable)


def refusal(status: int, raw: Body) -> tuple[str, str, str]:
    """Code, message and sentence of an HTTP error."""
    try:
        given = Failure.model_validate(raw.get("error"))
    except ValidationError:
        return "", "", ""
    found = meaning(str(given.code))
    return str(given.code), given.message or "", "" if found is UNKNOWN else found[1]


def meaning(code: str) -> tuple[int, str, bool]:
    """A code has endings (.PolicyViolation, .PrivacyInformation); without a row of its own the part before counts."""
    return ERRORS.get(code) or ERRORS.get(code.split(".", maxsplit=1)[0]) or UNKNOWN
