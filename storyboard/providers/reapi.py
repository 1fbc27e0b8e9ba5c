"""reAPI: requests, rules, price and answers. The catalog, preflight, the client and the sandbox use it.

The family’s rows, rules and answers stand in reapi_rows, _rules and _answers; the low-cost model in reapi_mini.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from storyboard.providers import reapi_mini as mini
from storyboard.providers import reapi_rules
from storyboard.providers.base import Body, Kind, Level, Probed, Problem, Quote, ShotRequest
from storyboard.providers.catalog import Model, Rate, Rows
from storyboard.providers.reapi_answers import (
    ERRORS,
    NOT_ACCEPTED,
    envelope,
    parse_balance,
    parse_submit,
    parse_task,
    refusal,
)
from storyboard.providers.reapi_rows import AUDIOS, FAMILY, IMAGES, MEDIA_FIELDS, ROLES, VENDOR, VIDEOS
from storyboard.providers.rules import is_whole, strings

__all__ = [
    "BALANCE",
    "ERRORS",
    "FETCH",
    "NOT_ACCEPTED",
    "ROWS",
    "SUBMIT",
    "body",
    "envelope",
    "parse_balance",
    "parse_submit",
    "parse_task",
    "price",
    "problems",
    "refusal",
    "unfit",
]

SUBMIT = "/videos/generations"
FETCH = "/tasks/{id}"
BALANCE = "/balance"
ROWS = Rows(VENDOR, (*FAMILY, mini.MODEL))


def body(request: ShotRequest, model: Model) -> Body:
    """Everything that was asked for, in reAPI’s words; what cannot stand together, problems() refuses."""
    if model.id == mini.MODEL.id:
        return mini.body(request)
    sent: Body = {
        "model": model.id,
        "prompt": request.prompt,
        "duration": request.seconds,
        "size": request.ratio,
        "resolution": request.resolution,
        "generate_audio": request.audio,
        # On when left out, and then more is reserved.
        "fallback": {"enabled": request.fallback and model.takes_fallback},
    }
    optional = {
        "return_last_frame": request.wants_last_frame,
        "tools": [{"type": "web_search"}] if request.search else [],
        **pictures(request),
        VIDEOS: request.urls(Kind.VIDEO),
        AUDIOS: request.urls(Kind.AUDIO),
    }
    sent |= {name: value for name, value in optional.items() if value}
    return sent | {"nsfw_checker": False} if not request.safety and model.takes_safety else sent


def pictures(request: ShotRequest) -> Body:
    """A hand-off frame goes in front of the other pictures, as in the page’s recipe; exact frames have their roles."""
    images = request.urls(Kind.IMAGE)
    if not (request.landing or (request.exact and request.opening)):
        return {IMAGES: [request.opening, *images] if request.opening else images}
    roles = (("first_frame", request.opening), ("last_frame", request.landing))
    return {ROLES: [{"url": url, "role": role} for role, url in roles if url], IMAGES: images}


def unfit(request: ShotRequest, model: Model) -> list[Problem]:
    """What the request asks and its body cannot say; what the body does say is left to problems()."""
    asked = [
        (request.seed is not None, "seed", "reAPI takes no seed. Clear it, or choose another vendor."),
        (
            bool(request.callback_url),
            "callback_url",
            "reAPI does not call back. Leave the address out: it is asked instead.",
        ),
        (
            not request.safety and not model.takes_safety,
            "safety",
            f"{model.label} cannot leave the safety check out. Turn it on, or choose a model that is not Official.",
        ),
        (
            request.fallback and not model.takes_fallback,
            "fallback",
            f"{model.label} has no fallback. Turn it off, or choose a model of the Standard channel.",
        ),
        (
            request.fallback and model.takes_fallback and not request.safety,
            "fallback",
            "Without the safety check reAPI attaches no fallback. Turn the fallback off, or the check on.",
        ),
        (
            bool(request.landing) and not request.opening and model.id != mini.MODEL.id,
            "landing",
            "A shot that ends on a picture has to open on one too. Choose an opening frame.",
        ),
    ]
    found = [Problem(field=field, sentence=text) for is_so, field, text in asked if is_so]
    return found + (list(mini.hints(request)) if model.id == mini.MODEL.id else hints(request, model))


def hints(request: ShotRequest, model: Model) -> list[Problem]:
    if request.safety or not model.takes_safety:
        return []
    text = "reAPI leaves the safety check out only where a channel for that is free; otherwise it still checks."
    return [Problem(field="safety", sentence=text, level=Level.WARNING)]


def problems(body: Body, media: Probed) -> list[Problem]:
    """What reAPI would refuse, first reason first."""
    rules = mini.problems if body.get("model") == mini.MODEL.id else reapi_rules.problems
    return list(rules(body, media))


def price(body: Body, model: Model, media: Probed, rates: Mapping[str, Rate] | None = None) -> Quote:
    """ceil(US dollars a second × seconds × 1000) credits, at the rate for text alone or the one with references.

    A fallback’s price is known only when it has run. Reserved is the larger attempt, so that no budget breaks: the
    dearest model of the family at this resolution counts as the fallback.
    """
    basis = "ref" if any(body.get(field) for field in ref_fields(model)) else "text"
    if why := unpriced(body, model, media, rates):
        return Quote(basis=basis, note=why)
    resolution = resolution_of(body)
    own = (rates if rates is not None else model.rates)[resolution]
    seconds, rate = billable(body, model, media), own.ref if basis == "ref" else own.text
    due = bill(rate, seconds)
    reserved = max([due, *(bill(other, seconds) for other in fallbacks(body, model, resolution, basis))])
    return Quote(
        credits=due,
        reserved_credits=reserved,
        micro_usd=due * 1000,
        seconds=seconds,
        rate=rate,
        basis=basis,
        as_of=model.rates_as_of if rates is None else None,
        note=f"Up to {reserved:,} credits are held in case a fallback renders it." if reserved > due else "",
    )


def ref_fields(model: Model) -> tuple[str, ...]:
    """What makes the cheaper rate: any reference; with the low-cost model only a video."""
    return (mini.VIDEOS,) if model.id == mini.MODEL.id else MEDIA_FIELDS


def video_urls(body: Body, model: Model) -> list[str]:
    return strings(body, mini.VIDEOS if model.id == mini.MODEL.id else VIDEOS)


def unpriced(body: Body, model: Model, media: Probed, rates: Mapping[str, Rate] | None) -> str:
    """Why no price can be told; nothing when it can."""
    if not is_whole(body.get("duration") or 5):
        return "The price depends on the length. Choose one in whole seconds."
    if resolution_of(body) not in (rates if rates is not None else model.rates):
        return f"The price of {model.label} at this size is not known. Enter your own in the connection."
    for url in video_urls(body, model):
        if (found := media.get(url)) is None or found.seconds is None:
            return "The price depends on the length of the reference videos, which is not known yet."
    return ""


def resolution_of(body: Body) -> str:
    return str(body.get("resolution") or "720p")


def billable(body: Body, model: Model, media: Probed) -> Decimal:
    if model.id == mini.MODEL.id:
        return mini.billable(body, media)
    into = [found.seconds for url in video_urls(body, model) if (found := media.get(url)) and found.seconds]
    return Decimal(body.get("duration") or 5) + sum(into, Decimal(0))


def bill(rate: Decimal, seconds: Decimal) -> int:
    return int((rate * seconds * 1000).to_integral_value(ROUND_CEILING))


def fallbacks(body: Body, model: Model, resolution: str, basis: str) -> list[Decimal]:
    """The rates that a second attempt may have; none where no fallback is attached."""
    asked = body.get("fallback")
    enabled = asked.get("enabled", True) if isinstance(asked, dict) else True
    if not (model.takes_fallback and enabled) or body.get("nsfw_checker") is False:
        return []
    rows = [other.rates[resolution] for other in FAMILY if resolution in other.rates]
    return [row.ref if basis == "ref" else row.text for row in rows]
