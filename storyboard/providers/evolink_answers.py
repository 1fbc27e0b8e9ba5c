"""What EvoLink answers: its error body and codes, tasks and its balance.

The client reads answers with it, and the sandbox writes its errors with it.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ValidationError, WrapValidator

from storyboard.providers.answers import Created, Int, Number, Text, Texts, moment, or_none
from storyboard.providers.base import Body, Problem, Task, TaskError, TaskState
from storyboard.providers.errors import Unreadable
from storyboard.providers.evolink_rules import RETRY_AFTER, TYPES

STATES = {
    "pending": TaskState.QUEUED,
    "processing": TaskState.RUNNING,
    "completed": TaskState.SUCCEEDED,
    "failed": TaskState.FAILED,
    "cancelled": TaskState.CANCELLED,
}
# A task's error code: what to do, and whether the same request may well succeed.
ERRORS = {
    "content_policy_violation": (
        "EvoLink’s check refused the prompt or a reference. Change it and render again.",
        False,
    ),
    "invalid_parameters": ("EvoLink did not accept the settings. Change them and render again.", False),
    "image_processing_error": ("EvoLink could not read a picture. Use another file.", False),
    "image_dimension_mismatch": ("A picture’s size does not suit EvoLink. Use 300 to 6000 px a side.", False),
    "request_cancelled": ("The request was cancelled. Render again when you want it.", False),
    "generation_failed_no_content": ("EvoLink made no clip. Render again.", True),
    "service_error": ("EvoLink had a fault. Render again.", True),
    "generation_timeout": ("EvoLink took too long. Render again.", True),
    "resource_exhausted": ("EvoLink is busy. Render again later.", True),
    "quota_exceeded": ("EvoLink’s quota is used up for now. Render again later.", True),
    "service_unavailable": ("EvoLink is not available. Render again later.", True),
    "resource_not_found": ("EvoLink could not find something that the shot needs. Check its references.", False),
    "model_unavailable": ("EvoLink does not offer this model now. Choose another.", False),
    "upstream_error": ("The service behind EvoLink had a fault. Render again.", True),
    "unknown_error": ("EvoLink does not say what went wrong. Render again.", True),
}

# An HTTP error's type: what to do. EvoLink has no code beside it.
REFUSALS = {
    "invalid_request_error": "EvoLink did not accept the request. Read its message, then change the shot.",
    "authentication_error": "EvoLink does not know this key. Enter it again in the connection.",
    "insufficient_quota_error": "The EvoLink account has too few credits. Top it up, then render again.",
    "permission_error": "This key may not use the model. Allow it in EvoLink’s console.",
    "not_found_error": "EvoLink does not know this model or task. Choose another model, or look at the connection.",
    "request_too_large_error": "The request is over 64 MB. Link files, never embed them.",
    "rate_limit_error": "EvoLink gets too many requests. Render again in a minute.",
    "service_unavailable_error": "EvoLink is not available. Render again in half a minute.",
}
# It names a wait for these two, and only for these.
NOT_ACCEPTED = frozenset(RETRY_AFTER)


def envelope(problem: Problem, request_id: str) -> Body:
    """EvoLink's error body, which has no place for the request's id."""
    error: Body = {"code": problem.status, "message": problem.message or problem.sentence}
    error["type"] = problem.code or TYPES.get(problem.status, TYPES[500])
    return {"error": error | ({"param": problem.field} if problem.field else {})}


class Usage(BaseModel):
    credits_reserved: Number = None


class Failure(BaseModel):
    code: str | int = ""
    message: Text = None
    type: Text = None


class Item(BaseModel):
    video_url: Text = None


class User(BaseModel):
    remaining_credits: Number = None


class Account(BaseModel):
    user: User


class Balance(BaseModel):
    """`data.token` beside the user is the key's own limit. Not documented: seen in clients."""

    data: Account


class Answer(BaseModel):
    id: str
    model: Text = None
    status: Text = None
    progress: Int = None
    created: Int = None
    results: Texts = None
    result_data: Annotated[list[Item] | None, WrapValidator(or_none)] = None
    output: Annotated[Item | None, WrapValidator(or_none)] = None
    usage: Annotated[Usage | None, WrapValidator(or_none)] = None
    error: Annotated[Failure | None, WrapValidator(or_none)] = None


def parse_submit(raw: object) -> str:
    try:
        return Created.model_validate(raw).id
    except ValidationError as error:
        raise Unreadable("EvoLink answered without a usable task id.") from error


def parse_task(raw: object) -> Task:
    found = answer(raw)
    state = STATES.get(found.status or "", TaskState.RUNNING)
    if state is TaskState.FAILED and found.error and found.error.code == "request_cancelled":
        state = TaskState.CANCELLED  # a cancelled task has no status of its own
    return Task(
        id=found.id,
        state=state,
        model=found.model or "",
        progress=found.progress,
        video_url=video_url(found),
        created_at=moment(found.created),
        credits=found.usage.credits_reserved if found.usage else None,
        error=task_error(found.error) if found.error else None,
        raw=raw if isinstance(raw, dict) else {},
    )


def answer(raw: object) -> Answer:
    try:
        return Answer.model_validate(raw)
    except ValidationError as error:
        raise Unreadable("EvoLink’s answer is not a task.") from error


def video_url(found: Answer) -> str:
    """The pages disagree: results of the newer, result_data and output.video_url of the older ones."""
    items = [*(found.result_data or []), *([found.output] if found.output else [])]
    return next((url for url in [*(found.results or []), *(item.video_url for item in items)] if url), "")


def task_error(error: Failure) -> TaskError:
    unknown = ("EvoLink could not make this clip. Read its message, change the shot and render again.", False)
    code = str(error.code) or "unknown_error"
    sentence, retryable = ERRORS.get(code, unknown)
    return TaskError(code=code, message=error.message or "", sentence=sentence, retryable=retryable)


def refusal(status: int, raw: Body) -> tuple[str, str, str]:
    """Code, message and sentence of an HTTP error, whose code is a status: its type tells more."""
    try:
        given = Failure.model_validate(raw.get("error"))
    except ValidationError:
        return "", "", ""
    code = given.type or str(given.code)
    sentence = REFUSALS.get(code) or ERRORS.get(str(given.code), ("", False))[0]
    return code, given.message or "", sentence


def parse_balance(raw: object) -> Decimal | None:
    """The account's credits."""
    try:
        return Balance.model_validate(raw).data.user.remaining_credits
    except ValidationError:
        return None
