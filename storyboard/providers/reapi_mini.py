"""reAPI’s low-cost model, seedance-2.0-mini: twelve fields of its own names, one error code, its own way to bill.

reapi.py hands requests and bodies for this model over to here.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Any

from storyboard.providers.base import Body, Kind, Level, Mode, Probed, Problem, ShotRequest
from storyboard.providers.catalog import RATIOS, MediaLimits, Model, Param
from storyboard.providers.params import said
from storyboard.providers.reapi_rows import UP_TO_720P, sizes
from storyboard.providers.rules import is_web, is_whole, no_length, outside, strings, total_seconds

MISSING_OR_INVALID, PROBE = "20002", "30002"
FIRST, LAST = "first_frame_url", "last_frame_url"
IMAGES, VIDEOS, AUDIOS = "reference_image_urls", "reference_video_urls", "reference_audio_urls"

PARAMS = (
    Param(name="prompt", type="string", carries="prompt"),
    Param(name=FIRST, type="string", carries="opening"),
    Param(name=LAST, type="string", carries="landing"),
    Param(name=IMAGES, type="strings", low=1, high=9, carries="references"),
    Param(name=VIDEOS, type="strings", high=3, carries="references"),
    Param(name=AUDIOS, type="strings", high=3, carries="references"),
    Param(name="generate_audio", type="boolean", default=False, carries="audio"),
    Param(name="resolution", type="string", default="720p", choices=UP_TO_720P, carries="resolution"),
    Param(name="aspect_ratio", type="string", default="16:9", choices=RATIOS, carries="ratio"),
    Param(name="duration", type="integer", default=5, low=4, high=15, carries="seconds"),
    Param(name="web_search", type="boolean", default=False, carries="search"),
    Param(name="nsfw_checker", type="boolean", default=True, carries="safety"),
)

MODEL = Model(
    id="seedance-2.0-mini",
    vendor="reapi",
    label="Seedance 2.0 Mini",
    modes=(Mode.TEXT, Mode.IMAGE, Mode.REFERENCE),
    params=(Param(name="model", type="string", required=True), *PARAMS),
    resolutions=UP_TO_720P,
    # No length is stated.
    prompt=(0, None),
    prompt_required=(Mode.TEXT,),
    # Only counts are stated.
    limits={Kind.IMAGE: MediaLimits(count=9), Kind.VIDEO: MediaLimits(count=3), Kind.AUDIO: MediaLimits(count=3)},
    takes_search=True,
    takes_safety=True,
    takes_exact_opening=True,
    takes_landing=True,
    takes_motion=True,
    pixels=sizes(UP_TO_720P),
    # No snapshot of its price is at hand: quotes say so until a connection has its own.
)


def body(request: ShotRequest) -> Body:
    sent: Body = {
        "model": MODEL.id,
        "generate_audio": request.audio,
        "resolution": request.resolution,
        "aspect_ratio": request.ratio,
        "duration": request.seconds,
    }
    optional = {
        "prompt": request.prompt,
        FIRST: request.opening,
        LAST: request.landing,
        IMAGES: request.urls(Kind.IMAGE),
        VIDEOS: request.urls(Kind.VIDEO),
        AUDIOS: request.urls(Kind.AUDIO),
        "web_search": request.search,
    }
    sent |= {name: value for name, value in optional.items() if value}
    return sent if request.safety else sent | {"nsfw_checker": False}


def hints(request: ShotRequest) -> Iterator[Problem]:
    if request.wants_last_frame:
        text = f"{MODEL.label} returns no last frame. It has to be taken from the finished clip."
        yield Problem(field="wants_last_frame", sentence=text, level=Level.WARNING)
    if request.urls(Kind.AUDIO) and not (request.urls(Kind.IMAGE) or request.urls(Kind.VIDEO)):
        text = "reAPI does not say whether a sound works here without a picture or a video. Better add one."
        yield Problem(field="references", sentence=text, level=Level.WARNING)


def refuse(field: str, message: str, sentence: str) -> Problem:
    """The page has one code for what is missing and what is wrong, and no words; these are ours."""
    return Problem(field=field, sentence=sentence, code=MISSING_OR_INVALID, status=400, message=message)


def problems(body: Body, media: Probed) -> Iterator[Problem]:
    """In the order of the page’s table of parameters, then what the probe said."""
    yield from prompt(body)
    for param in PARAMS:
        value = body.get(param.name)
        if value is not None and (why := misfit(value, param)):
            message = f"{param.name} must be {why}"
            yield refuse(param.name, message, f"Change this: {said(param)} has to be {why}.")
    yield from ways(body)
    yield from addresses(body)
    yield from unprobed(body, media)


def prompt(body: Body) -> Iterator[Problem]:
    if not (body.get("prompt") or body.get(FIRST) or body.get(IMAGES)):
        text = "Write a prompt: only a shot with an opening frame or reference pictures can do without."
        yield refuse("prompt", "prompt is required for text-to-video", text)


def misfit(value: Any, param: Param) -> str:
    """What the value should have been; nothing when it fits."""
    if param.type == "boolean":
        return "" if isinstance(value, bool) else "true or false"
    if param.type == "integer":
        fits = is_whole(value) and not outside(value, MODEL.seconds)
        return "" if fits else "an integer from 4 to 15"
    if param.choices:
        return "" if value in param.choices else "one of " + ", ".join(str(choice) for choice in param.choices)
    if param.type == "string":
        return "" if isinstance(value, str) else "a string"
    return list_misfit(value, param.low or 0, param.high or 0)


def list_misfit(value: object, low: int, high: int) -> str:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return "a list of addresses"
    return "" if low <= len(value) <= high else f"a list of {low}-{high} addresses, got {len(value)}"


def ways(body: Body) -> Iterator[Problem]:
    """The page leaves these open. One request is one mode, and the model behind it refuses them, so we do too."""
    if body.get(LAST) and not body.get(FIRST):
        text = "A last frame needs a first frame. Choose a picture to open on, or take the last frame out."
        yield refuse(LAST, "last_frame_url must be used together with first_frame_url", text)
    beside = [field for field in (IMAGES, VIDEOS, AUDIOS) if body.get(field)]
    if beside and (body.get(FIRST) or body.get(LAST)):
        message = f"{beside[0]} cannot be combined with first_frame_url or last_frame_url"
        text = "References cannot stand beside an opening or a last frame here. Take out the one or the other."
        yield refuse(beside[0], message, text)


def addresses(body: Body) -> Iterator[Problem]:
    for field in (FIRST, LAST, IMAGES, VIDEOS, AUDIOS):
        value = body.get(field)
        urls = [value] if isinstance(value, str) and value else strings(body, field)
        if not all(is_web(url) for url in urls):
            text = "reAPI fetches files from public http or https addresses only. Upload the file and link it."
            yield refuse(field, f"{field} must be a public http(s) URL; base64 data URIs are not accepted", text)


def unprobed(body: Body, media: Probed) -> Iterator[Problem]:
    for index, url in enumerate(strings(body, VIDEOS)):
        if url in media and no_length(media[url]):
            message = f"PRICING_UNAVAILABLE: could not determine the duration of {VIDEOS}[{index}]"
            text = f"reAPI could not read reference video {index + 1}. Nothing is charged. Use another file or address."
            # The page names it without a number; the family’s page has the number.
            yield Problem(field=VIDEOS, sentence=text, code=PROBE, status=400, message=message)


def billable(body: Body, media: Probed) -> Decimal:
    """The output’s seconds, and the source videos’ together rounded up."""
    source = total_seconds(strings(body, VIDEOS), media).to_integral_value(ROUND_CEILING)
    return Decimal(body.get("duration") or 5) + source
