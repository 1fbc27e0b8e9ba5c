"""EvoLink: requests, price and answers. The catalog, preflight, the client and the sandbox use it.

Its models and rules stand in evolink_rows.py and evolink_rules.py.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from pydantic import BaseModel, ValidationError, WrapValidator

from storyboard.providers.answers import Created, Int, Number, Text, Texts, moment, or_none
from storyboard.providers.base import Body, Kind, Level, Probed, Problem, Quote, ShotRequest, Task, TaskError, TaskState
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.errors import Unreadable
from storyboard.providers.evolink_rows import ROWS, SEARCH_USD, sibling, way_of
from storyboard.providers.evolink_rules import RETRY_AFTER, TYPES, id_problem, problems
from storyboard.providers.rules import is_whole, strings, total_seconds

__all__ = ["RETRY_AFTER", "ROWS", "TYPES", "id_problem", "problems"]

SUBMIT = "/v1/videos/generations"
FETCH = "/v1/tasks/{id}"
BALANCE = "/v1/credits"
RATE_UNIT = "US dollars a second"
FORMULA = "EvoLink’s newer formula: with a video, max(input, output) + output seconds."

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


def body(request: ShotRequest, model: Model) -> Body:
    """Everything that was asked for, in EvoLink's words; what the model does not take, problems() refuses."""
    images = [url for url in (request.opening, request.landing) if url] + request.urls(Kind.IMAGE)
    sent: Body = {
        "model": model.id,
        "prompt": request.prompt,
        "duration": request.seconds,
        "quality": request.resolution,
        "aspect_ratio": request.ratio,
        "generate_audio": request.audio,
    }
    optional = {
        "image_urls": images,
        "video_urls": request.urls(Kind.VIDEO),
        "audio_urls": request.urls(Kind.AUDIO),
        "callback_url": request.callback_url,
        "model_params": {"web_search": True} if request.search else {},
    }
    sent |= {name: value for name, value in optional.items() if value}
    return sent if request.safety else sent | {"content_filter": False}


def suited(request: ShotRequest, model: Model) -> Model:
    """The sibling of the same tier for what the request carries: to offer, never to take unasked."""
    if request.references or request.motion_tail:
        return sibling(model, "reference")
    return sibling(model, "image" if request.opening or request.landing else "text")


def unfit(request: ShotRequest, model: Model) -> list[Problem]:
    """What the request asks and this model cannot do; counts and sizes are left to problems()."""
    other = suited(request, model).id
    at, way = f"Choose {other} for this shot.", way_of(model)
    asked: list[tuple[bool, str, str]] = [
        (request.seed is not None, "seed", "EvoLink takes no seed. Clear it, or choose another vendor."),
        (request.fallback, "fallback", "EvoLink has no second channel. Turn fallback off."),
        (
            request.search and not model.takes_search,
            "search",
            f"{model.id} cannot search the web. Turn web search off.",
        ),
        (way == "text" and bool(request.opening), "opening", f"{model.id} opens on no picture. {at}"),
        (way == "image" and not request.opening, "opening", f"{model.id} needs a picture to open on. {at}"),
        (way == "reference" and bool(request.opening) and request.exact, "exact", exactly(request, model)),
        (way != "image" and bool(request.landing), "landing", landing(request, model)),
        (way != "reference" and bool(request.references), "references", f"{model.id} takes no references. {at}"),
        (way != "reference" and bool(request.motion_tail), "motion_tail", f"{model.id} carries no movement over. {at}"),
    ]
    return [Problem(field=field, sentence=text) for is_so, field, text in asked if is_so] + hints(request, way)


def exactly(request: ShotRequest, model: Model) -> str:
    if request.references or request.motion_tail:
        return (
            "With references EvoLink does not open on exactly that picture. Turn exact off, or take the references out."
        )
    return f"{model.id} takes the picture as a reference only. Choose {sibling(model, 'image').id} for this shot."


def landing(request: ShotRequest, model: Model) -> str:
    if request.references or request.motion_tail:
        return "With references EvoLink cannot end on a picture. Take the references or the ending out."
    return f"{model.id} cannot end on a picture. Choose {sibling(model, 'image').id} for this shot."


def hints(request: ShotRequest, way: str) -> list[Problem]:
    found = []
    if way == "reference" and request.opening and not request.exact:
        text = "The opening frame goes in as image 1. Say in the prompt that the clip opens on image 1."
        found.append(Problem(field="opening", sentence=text, level=Level.WARNING))
    if request.wants_last_frame:
        text = "EvoLink returns no last frame. It has to be taken from the finished clip."
        found.append(Problem(field="wants_last_frame", sentence=text, level=Level.WARNING))
    return found


def price(body: Body, model: Model, media: Probed, rates: Mapping[str, Rate] | None = None) -> Quote:
    """Seconds times rate; with a video among the references the newer formula. No worth of a credit is published."""
    videos = strings(body, "video_urls")
    out = Decimal(body["duration"] if is_whole(body.get("duration")) else 5)
    into = total_seconds(videos, media)
    seconds = max(into, out) + out if videos else out
    row = (model.rates if rates is None else rates).get(str(body.get("quality", "720p")))
    if why := unpriced(body, media, row, rates):
        return Quote(seconds=seconds, note=why)
    rate = (row.ref if videos else row.text) if row else Decimal(0)
    search = SEARCH_USD if wants_search(body) else Decimal(0)
    parts = f"(max({into}, {out}) + {out}) s × ${rate}" if videos else f"{out} s × ${rate}"
    return Quote(
        micro_usd=micro(seconds * rate + search),
        seconds=seconds,
        rate=rate,
        basis=parts + (f" + ${search} for one search" if search else ""),
        as_of=model.rates_as_of,
        note=FORMULA if videos else "",
    )


def unpriced(body: Body, media: Probed, row: Rate | None, rates: Mapping[str, Rate] | None) -> str:
    """Why no price can be told; nothing when it can."""
    if row is None:
        return "EvoLink’s price for this model and quality is not known. Enter your own in the connection."
    if body.get("content_filter") is False and rates is None:
        return "EvoLink bills otherwise with the content filter off, and does not say how. Enter your own price."
    unmeasured = [
        url for url in strings(body, "video_urls") if (found := media.get(url)) is None or found.seconds is None
    ]
    return "The price depends on the length of the reference videos, which is not known yet." if unmeasured else ""


def wants_search(body: Body) -> bool:
    asked = body.get("model_params")
    return isinstance(asked, dict) and asked.get("web_search") is True


def micro(usd: Decimal) -> int:
    return int((usd * 1_000_000).to_integral_value(ROUND_CEILING))


def envelope(problem: Problem, request_id: str) -> Body:
    """EvoLink's error body, which has no place for the request's id."""
    error: Body = {"code": problem.status, "message": problem.message or problem.sentence}
    error["type"] = problem.code or TYPES.get(problem.status, TYPES[500])
    return {"error": error | ({"param": problem.field} if problem.field else {})}


class Usage(BaseModel):
    credits_reserved: Number = None


class Failure(BaseModel):
    code: str | int = "unknown_error"
    message: Text = None


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
    sentence, retryable = ERRORS.get(str(error.code), unknown)
    return TaskError(code=str(error.code), message=error.message or "", sentence=sentence, retryable=retryable)


def parse_balance(raw: object) -> Decimal | None:
    """The account's credits."""
    try:
        return Balance.model_validate(raw).data.user.remaining_credits
    except ValidationError:
        return None
