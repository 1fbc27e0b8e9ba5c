"""Ark and ModelArk: requests, price and answers. The catalog, preflight, the client and the sandbox use it.

Its models and rules stand in ark_rows.py and ark_rules.py.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError, WrapValidator

from storyboard.providers.answers import Created, Int, Text, moment, or_none
from storyboard.providers.ark_rows import CHINA_URL, FAL_LISTED, ROWS
from storyboard.providers.ark_rules import STATES, cancel_problem, list_problems, parts, problems
from storyboard.providers.base import Body, Kind, Level, Probed, Problem, Quote, ShotRequest, Task, TaskError, TaskState
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.errors import Unreadable
from storyboard.providers.rules import is_whole, total_seconds

__all__ = ["CHINA_URL", "ROWS", "cancel_problem", "list_problems", "problems"]

SUBMIT = "/contents/generations/tasks"
FETCH = "/contents/generations/tasks/{id}"
LIST = SUBMIT
CANCEL = FETCH  # by DELETE
BALANCE = ""  # none is documented
RATE_UNIT = "US dollars per 1,000 tokens"
FRAMES_A_SECOND = 24
LONGEST = 15

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
UNKNOWN = (400, "Ark could not make this clip. Read its message, change the shot and render again.", False)


def body(request: ShotRequest, model: Model) -> Body:
    """Everything that was asked for, in Ark’s words; what the model does not take, problems() refuses."""
    sent: Body = {
        "model": model.id,
        "content": content(request),
        "resolution": request.resolution,
        "ratio": request.ratio,
        "duration": request.seconds,
        "generate_audio": request.audio,
    }
    optional: Body = {
        "return_last_frame": request.wants_last_frame,
        "callback_url": request.callback_url,
        "tools": [{"type": "web_search"}] if request.search else [],
    }
    sent |= {name: value for name, value in optional.items() if value}
    return sent if request.seed is None else sent | {"seed": request.seed}


def content(request: ShotRequest) -> list[Body]:
    found: list[Body] = [{"type": "text", "text": request.prompt}] if request.prompt else []
    opening = "reference_image" if is_loose(request) else "first_frame"
    if request.opening:
        found.append(item(Kind.IMAGE, request.opening, opening))
    if request.landing:
        found.append(item(Kind.IMAGE, request.landing, "last_frame"))
    return found + [item(kind, url, f"reference_{kind.value}") for kind in Kind for url in request.urls(kind)]


def is_loose(request: ShotRequest) -> bool:
    """The opening frame goes in as a reference: beside references Ark takes no first frame."""
    beside = bool(request.references or request.motion_tail)
    return beside and bool(request.opening) and not request.exact and not request.landing


def item(kind: Kind, url: str, role: str) -> Body:
    name = f"{kind.value}_url"
    return {"type": name, name: {"url": url}, "role": role}


def unfit(request: ShotRequest, model: Model) -> list[Problem]:
    """What the request asks and this model cannot do; counts and sizes are left to problems()."""
    beside = bool(request.references or request.motion_tail)
    both = "Ark takes {} or references, not both. Take one of them out."
    asked = [
        (request.search and not model.takes_search, "search", "This model cannot search the web. Turn web search off."),
        (not request.safety, "safety", "Ark’s check cannot be turned off. Turn it on, or choose another vendor."),
        (request.fallback, "fallback", "Ark has no second channel. Turn fallback off."),
        (beside and request.exact and bool(request.opening), "exact", both.format("an exact opening frame")),
        (beside and bool(request.landing), "landing", both.format("an ending")),
        (
            bool(request.landing) and not request.opening,
            "landing",
            "To end on a picture, Ark needs one to open on too.",
        ),
    ]
    found = [Problem(field=field, sentence=sentence) for is_so, field, sentence in asked if is_so]
    if is_loose(request):
        text = (
            "Beside references the opening frame goes in as image 1. Say in the prompt that the clip opens on image 1."
        )
        found.append(Problem(field="opening", sentence=text, level=Level.WARNING))
    return found


def tokens(body: Body, model: Model, media: Probed) -> int | None:
    """width × height × 24 × seconds / 1024, rounded up; nothing where Ark states no size.

    An adaptive ratio counts as the largest of its resolution, a free duration as the longest. Ark gives the formula
    for the clip alone: that the seconds of input videos count too is taken from the gateways.
    """
    ratio, resolution = str(body.get("ratio", "adaptive")), str(body.get("resolution", "720p"))
    areas = [width * height for (_, name), (width, height) in model.pixels.items() if name == resolution]
    if not areas:
        return None
    width, height = model.pixels.get((ratio, resolution), (max(areas), 1))
    seconds = total_seconds(videos(body), media) + out_seconds(body)
    return int((width * height * FRAMES_A_SECOND * seconds / 1024).to_integral_value(ROUND_CEILING))


def videos(body: Body) -> list[str]:
    return [part.url for part in parts(body) if part.kind is Kind.VIDEO]


def out_seconds(body: Body) -> Decimal:
    asked = body.get("duration", 5)
    return Decimal(asked if is_whole(asked) and asked > 0 else LONGEST)


def price(body: Body, model: Model, media: Probed, rates: Mapping[str, Rate] | None = None) -> Quote:
    """Tokens times rate. `rates` are a team’s own, by resolution, per 1,000 tokens: `ref` is with a video as input."""
    known = all((found := media.get(url)) and found.seconds is not None for url in videos(body))
    if not known:
        return Quote(note="The price depends on the length of the reference videos, which is not known yet.")
    used = tokens(body, model, media)
    if used is None:
        return Quote(note="Ark states no picture size for this resolution, so the price is not known.")
    return charged(used, body, model, rates)


def charged(used: int, body: Body, model: Model, rates: Mapping[str, Rate] | None = None) -> Quote:
    """What so many tokens cost: foreseen, or as a finished task reports them."""
    with_video = bool(videos(body))
    own = (rates or {}).get(str(body.get("resolution", "720p")))
    rate = (own.ref if with_video else own.text) if own else None if with_video else FAL_LISTED.get(model.id)
    note = "" if own else "Ark’s own price is not known; this is fal’s listing. Enter your own in the connection."
    if rate is None:
        note = "Ark’s price for this model is not known. Enter your own in the connection."
        return Quote(seconds=out_seconds(body), basis=f"{used:,} tokens", note=note)
    usd = used * rate / 1000
    return Quote(
        micro_usd=int((usd * 1_000_000).to_integral_value(ROUND_CEILING)),
        seconds=out_seconds(body),
        rate=rate,
        basis=f"{used:,} tokens × ${rate} / 1,000",
        note=note,
    )


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
    code: str | int = "UnknownError"
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
    _, sentence, retryable = meaning(str(error.code))
    return TaskError(code=str(error.code), message=error.message or "", sentence=sentence, retryable=retryable)


def meaning(code: str) -> tuple[int, str, bool]:
    """A code has endings (.PolicyViolation, .PrivacyInformation); without a row of its own the part before counts."""
    return ERRORS.get(code) or ERRORS.get(code.split(".", maxsplit=1)[0]) or UNKNOWN
