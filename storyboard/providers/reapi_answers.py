"""What reAPI answers: its error body and catalog of codes, tasks and balances.

The client reads answers with it, and the sandbox writes its errors with it.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from pydantic import BaseModel, ValidationError

from storyboard.providers.answers import Text
from storyboard.providers.base import Body, Problem, Task, TaskError, TaskState
from storyboard.providers.errors import Unreadable

STATES = {"processing": TaskState.RUNNING, "completed": TaskState.SUCCEEDED, "failed": TaskState.FAILED}


@dataclass(frozen=True, slots=True)
class ErrorRow:
    status: int
    message: str
    sentence: str
    # The same request, sent again, may well succeed.
    retryable: bool = False


# The page for 429 says to come back later. Of 5xx reAPI itself says not to send a request again.
NOT_ACCEPTED = frozenset({429})

KEY = "Check the key of this connection."
ERRORS = {
    "10001": ErrorRow(401, "Missing Authorization header", f"reAPI got no key. {KEY}"),
    "10002": ErrorRow(401, "Authorization header must be Bearer <key>", f"reAPI could not read the key. {KEY}"),
    "10003": ErrorRow(401, "Invalid API key", f"reAPI does not know the key. {KEY}"),
    "10004": ErrorRow(401, "API key revoked", "The key was revoked at reAPI. Make a new one and enter it here."),
    "10005": ErrorRow(401, "Sign-in required", f"reAPI wants somebody to sign in. {KEY}"),
    "20002": ErrorRow(400, "Missing parameter", "Something that reAPI needs is missing. Read its message."),
    "20003": ErrorRow(400, "Invalid parameter", "reAPI did not accept a setting. Read its message and change it."),
    "20005": ErrorRow(400, "Invalid size", "reAPI has no such shape. Choose another."),
    "30001": ErrorRow(
        402, "Insufficient credits", "The reAPI account has too few credits. Top it up, then render again."
    ),
    "30002": ErrorRow(
        400,
        "Could not determine source video duration for billing",
        "reAPI could not read a reference video. Nothing was charged. Use another file or address.",
    ),
    "50001": ErrorRow(429, "Per-user rate limit exceeded", "reAPI has too many requests at once. Wait a little.", True),
    "80007": ErrorRow(
        400,
        "Upstream content rejection",
        "reAPI’s check refused the prompt or a reference. Change it; real people need a Face model.",
    ),
}
OTHER = "reAPI could not make this clip, and the credits go back. Read its message, change the shot and render again."


def envelope(problem: Problem, request_id: str) -> Body:
    code = int(problem.code) if problem.code.isdecimal() else problem.code
    return {"error": {"code": code, "message": problem.message or problem.sentence, "request_id": request_id}}


class Failure(BaseModel):
    code: int | str = ""
    message: Text = None


class Output(BaseModel):
    video_urls: list[str] | None = None
    last_frame_url: str | None = None


class Answer(BaseModel):
    id: str
    model: str | None = None
    status: str = ""
    created_at: float | None = None
    output: Output | None = None
    error: Failure | None = None


def parse_submit(raw: object) -> str:
    found = answer(raw).id
    # It will stand in a URL.
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,128}", found):
        raise Unreadable("reAPI answered without a usable task id.")
    return found


def parse_task(raw: object) -> Task:
    """A word that the page does not have means that it goes on. When links end is not said; see Vendor.result_life."""
    found = answer(raw)
    output = found.output or Output()
    return Task(
        id=found.id,
        state=STATES.get(found.status, TaskState.RUNNING),
        model=found.model or "",
        video_url=next(iter(output.video_urls or []), ""),
        last_frame_url=output.last_frame_url or "",
        created_at=moment(found.created_at),
        error=task_error(found.error) if found.error else None,
        raw=raw if isinstance(raw, dict) else {},
    )


def answer(raw: object) -> Answer:
    try:
        return Answer.model_validate(raw)
    except ValidationError as error:
        raise Unreadable("reAPI’s answer is not a task.") from error


def moment(seconds: float | None) -> datetime | None:
    with suppress(OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    return None


def task_error(error: Failure) -> TaskError:
    code = str(error.code)
    row = ERRORS.get(code) or ErrorRow(400, "", OTHER)
    return TaskError(code=code, message=error.message or "", sentence=row.sentence, retryable=row.retryable)


def refusal(status: int, raw: Body) -> tuple[str, str, str]:
    """Code, message and sentence of an HTTP error."""
    try:
        given = Failure.model_validate(raw.get("error"))
    except ValidationError:
        given = Failure()
    row = ERRORS.get(str(given.code))
    return str(given.code), given.message or "", row.sentence if row else ""


def parse_balance(raw: object) -> Decimal | None:
    """Whole credits: {"credits": N}. No page has the whole answer, so the other likely shapes are read too."""
    inner = raw.get("data", raw) if isinstance(raw, dict) else raw
    found = (
        next((inner[name] for name in ("credits", "balance") if name in inner), None)
        if isinstance(inner, dict)
        else inner
    )
    if found is None or isinstance(found, bool | dict | list):
        return None
    with suppress(InvalidOperation):
        return Decimal(str(found))
    return None
