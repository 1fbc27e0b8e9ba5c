"""EvoLink: requests and price. The catalog, preflight, the client and the sandbox use it.

Its models, rules and answers stand in evolink_rows, _rules and _answers.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from storyboard.providers.base import Body, Kind, Level, Probed, Problem, Quote, ShotRequest
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.evolink_answers import (
    ERRORS,
    NOT_ACCEPTED,
    envelope,
    parse_balance,
    parse_submit,
    parse_task,
    refusal,
)
from storyboard.providers.evolink_rows import ROWS, SEARCH_USD, sibling, way_of
from storyboard.providers.evolink_rules import RETRY_AFTER, TYPES, id_problem, problems
from storyboard.providers.rules import is_whole, strings, total_seconds

__all__ = [
    "BALANCE",
    "ERRORS",
    "FETCH",
    "NOT_ACCEPTED",
    "RETRY_AFTER",
    "ROWS",
    "SUBMIT",
    "TYPES",
    "body",
    "envelope",
    "id_problem",
    "parse_balance",
    "parse_submit",
    "parse_task",
    "price",
    "problems",
    "refusal",
    "unfit",
]

SUBMIT = "/v1/videos/generations"
FETCH = "/v1/tasks/{id}"
BALANCE = "/v1/credits"
RATE_UNIT = "US dollars a second"
FORMULA = "EvoLink’s newer formula: with a video, max(input, output) + output seconds."


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
