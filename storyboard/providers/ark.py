"""Ark and ModelArk: requests and price. The catalog, preflight, the client and the sandbox use it.

Its models, rules and answers stand in ark_rows, _rules and _answers.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from storyboard.providers.ark_answers import (
    ERRORS,
    NOT_ACCEPTED,
    envelope,
    list_query,
    parse_balance,
    parse_list,
    parse_submit,
    parse_task,
    refusal,
    used_tokens,
)
from storyboard.providers.ark_rows import CHINA_URL, FAL_LISTED, ROWS
from storyboard.providers.ark_rules import cancel_problem, list_problems, parts, problems
from storyboard.providers.base import Body, Kind, Level, Probed, Problem, Quote, ShotRequest, Task
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.rules import is_whole, total_seconds

__all__ = [
    "BALANCE",
    "CANCEL",
    "CHINA_URL",
    "ERRORS",
    "FETCH",
    "LIST",
    "NOT_ACCEPTED",
    "ROWS",
    "SUBMIT",
    "billed",
    "body",
    "cancel_problem",
    "envelope",
    "list_problems",
    "list_query",
    "parse_balance",
    "parse_list",
    "parse_submit",
    "parse_task",
    "price",
    "problems",
    "refusal",
    "unfit",
    "used_tokens",
]

SUBMIT = "/contents/generations/tasks"
FETCH = "/contents/generations/tasks/{id}"
LIST = SUBMIT
CANCEL = FETCH  # by DELETE
BALANCE = ""  # none is documented
RATE_UNIT = "US dollars per 1,000 tokens"
FRAMES_A_SECOND = 24
LONGEST = 15


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
        return Quote(note="Ark states no pixels for this size, so the price is not known.")
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


def billed(task: Task, body: Body, model: Model, rates: Mapping[str, Rate] | None = None) -> int | None:
    """What a finished task came to in micro-dollars, by the tokens that it reports; None where no rate is known."""
    used = used_tokens(task)
    return None if used is None else charged(used, body, model, rates).micro_usd
