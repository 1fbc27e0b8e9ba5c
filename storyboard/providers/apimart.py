"""APIMart: five Seedance 2.0 models over one endpoint. Its documents: seeds 003 and 004.

The catalog reads ROWS; preflight, the client and the sandbox use the functions.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from storyboard.providers import apimart_rules
from storyboard.providers.apimart_answers import (
    CREDIT_MICRO_USD,
    NOT_ACCEPTED,
    envelope,
    parse_balance,
    parse_submit,
    parse_task,
    refusal,
    wrong,
)
from storyboard.providers.apimart_rules import callback_target, is_called
from storyboard.providers.base import Body, Kind, Mode, Probed, Problem, Quote, ShotRequest
from storyboard.providers.catalog import RATIOS, MediaLimits, Model, Param, Rate, Rows, Vendor
from storyboard.providers.pixels import table
from storyboard.providers.rules import is_whole, known, strings, total_seconds

__all__ = [
    "BALANCE",
    "FETCH",
    "NOT_ACCEPTED",
    "ROWS",
    "SUBMIT",
    "body",
    "callback_target",
    "envelope",
    "is_called",
    "parse_balance",
    "parse_submit",
    "parse_task",
    "price",
    "problems",
    "refusal",
    "unfit",
    "wrong",
]

SUBMIT = "/v1/videos/generations"
FETCH = "/v1/tasks/{id}"
# The account’s; /v1/balance is the key’s, which says -1 where the key has no limit of its own.
BALANCE = "/v1/user/balance"

VENDOR = Vendor(
    id="apimart",
    label="APIMart",
    base_url="https://api.apimart.ai",
    console_url="https://apimart.ai/keys",
    callback_field="webhook",
    callback_suffix="/callback",
    callback_ports=(80, 443),
    result_life=timedelta(hours=24),
    credit_micro_usd=CREDIT_MICRO_USD,
)


def _params(resolutions: tuple[str, ...]) -> tuple[Param, ...]:
    return (
        Param(name="model", type="string", required=True),
        Param(name="prompt", type="string", carries="prompt"),
        Param(name="duration", type="integer", default=5, low=4, high=15, carries="seconds"),
        Param(name="size", type="string", default="16:9", choices=RATIOS, carries="ratio"),
        Param(name="resolution", type="string", default="720p", choices=resolutions, carries="resolution"),
        Param(name="seed", type="integer", carries="seed"),
        Param(name="generate_audio", type="boolean", default=False, carries="audio"),
        Param(name="return_last_frame", type="boolean", default=False, carries="wants_last_frame"),
        Param(name="tools", type="objects", choices=("web_search",), carries="search"),
        Param(name="image_urls", type="strings", carries="references"),
        Param(name="image_with_roles", type="objects", choices=apimart_rules.ROLES, carries="opening"),
        Param(name="video_urls", type="strings", carries="references"),
        Param(name="audio_urls", type="strings", carries="references"),
        Param(name="webhook", type="string", carries="callback_url"),
    )


def _limits(assets: bool) -> dict[Kind, MediaLimits]:
    return {
        Kind.IMAGE: MediaLimits(count=9, asset_urls=assets),
        Kind.VIDEO: MediaLimits(
            count=3,
            seconds_total=(Decimal("1.8"), Decimal("15.2")),
            open_total=True,
            # “Between 480P and 720P”: the smallest and the largest picture of those two rows of the table.
            pixels=(640 * 640, 1112 * 834),
            asset_urls=assets,
        ),
        Kind.AUDIO: MediaLimits(count=3, seconds_total=(Decimal(0), Decimal(15)), asset_urls=assets),
    }


def _model(
    name: str, label: str, resolutions: tuple[str, ...], *, assets: bool = False, real_people: bool | None = False
) -> Model:
    return Model(
        id=name,
        vendor=VENDOR.id,
        label=label,
        modes=tuple(Mode),
        params=_params(resolutions),
        resolutions=resolutions,
        prompt=(0, None if name.endswith("-mini") else 4000),
        limits=_limits(assets),
        real_people=real_people,
        returns_last_frame=True,
        takes_seed=True,
        takes_search=True,
        takes_exact_opening=True,
        takes_landing=True,
        takes_motion=True,
        references_beside_opening=True,
        # Borrowed: APIMart states none.
        pixels=table(resolutions),
        fast="-fast" in name,
    )


LOW = ("480p", "720p")
ROWS = Rows(
    VENDOR,
    (
        _model("doubao-seedance-2.0", "Seedance 2.0", (*LOW, "1080p", "4k"), assets=True),
        _model("doubao-seedance-2.0-fast", "Seedance 2.0 fast", LOW, assets=True),
        _model("doubao-seedance-2.0-face", "Seedance 2.0 face", (*LOW, "1080p"), real_people=True),
        _model("doubao-seedance-2.0-fast-face", "Seedance 2.0 fast face", LOW, real_people=True),
        _model("doubao-seedance-2.0-mini", "Seedance 2.0 mini", LOW, real_people=None),
    ),
)


def body(request: ShotRequest, model: Model) -> Body:
    """The request in APIMart’s words. What does not go together is sent as asked: `problems` names it."""
    optional = {
        "prompt": request.prompt,
        "seed": request.seed,
        "return_last_frame": request.wants_last_frame or None,
        "tools": [{"type": "web_search"}] if request.search else None,
        **_pictures(request),
        "video_urls": request.urls(Kind.VIDEO),
        "audio_urls": request.urls(Kind.AUDIO),
        "webhook": request.callback_url,
    }
    return {
        "model": model.id,
        "duration": request.seconds,
        "size": request.ratio,
        "resolution": request.resolution,
        "generate_audio": request.audio,
    } | {name: value for name, value in optional.items() if value not in (None, "", [])}


def _pictures(request: ShotRequest) -> Body:
    # APIMart’s own recipe for a continuing shot puts the frame first among image_urls (its cases 2 and 7).
    images = request.urls(Kind.IMAGE)
    if not _is_framed(request):
        return {"image_urls": [request.opening, *images] if request.opening else images}
    frames = (("first_frame", request.opening), ("last_frame", request.landing))
    return {"image_urls": images, "image_with_roles": [{"url": url, "role": role} for role, url in frames if url]}


def _is_framed(request: ShotRequest) -> bool:
    return bool(request.landing or (request.exact and request.opening))


def unfit(request: ShotRequest, model: Model) -> list[Problem]:
    """What the shot asks for and APIMart has no words for; everything else is `problems`’ to judge."""
    framed = _is_framed(request)
    checks = {
        "safety": (not request.safety, "Leave the safety check on: APIMart has no switch for it."),
        "fallback": (request.fallback, "Turn the fallback off: APIMart tries a request once only."),
        "references": (
            framed and bool(request.references),
            "Remove the references, or do without the exact opening or closing picture.",
        ),
        "motion_tail": (
            framed and bool(request.motion_tail),
            "Carry the motion over, or open or close on an exact picture: APIMart cannot do both.",
        ),
    }
    return [Problem(field=name, sentence=sentence) for name, (found, sentence) in checks.items() if found]


def problems(body: Body, media: Probed) -> list[Problem]:
    """Problems and warnings in the order of APIMart’s page; only those of level PROBLEM are refused."""
    model = next((model for model in ROWS.models if model.id == body.get("model")), None)
    if model is None:
        names = ", ".join(model.id for model in ROWS.models)
        return [wrong("model", f"Choose one of APIMart’s models: {names}.")]
    return apimart_rules.broken(model, body, media)


def price(body: Body, model: Model, media: Probed, rates: Mapping[str, Rate] | None = None) -> Quote:
    """Rate times seconds: APIMart prices by second and resolution; its pages show neither rates nor a formula."""
    clips = strings(body, "video_urls")
    length = body.get("duration", 5)
    # Whether clips that go in are billed is not said; counted, so that the sum set aside is never too small.
    seconds = (Decimal(length) if is_whole(length) else Decimal(0)) + total_seconds(clips, media)
    found = (model.rates if rates is None else rates).get(str(body.get("resolution", "720p")))
    if found is None:
        note = (
            "APIMart’s price for this is not known here. Enter your rates in the connection; the cost is shown after."
        )
        return Quote(seconds=seconds, note=note)
    carried = any(body.get(name) for name in ("image_urls", "image_with_roles", "video_urls", "audio_urls"))
    rate = found.ref if carried else found.text
    micro = _up(rate * seconds * 1_000_000)
    credit = _up(Decimal(micro) / CREDIT_MICRO_USD)
    return Quote(
        credits=credit,
        reserved_credits=credit,
        micro_usd=micro,
        seconds=seconds,
        rate=rate,
        basis=f"{rate} USD a second × {seconds} seconds, reference videos counted",
        as_of=model.rates_as_of if rates is None else None,
        note=_doubt(clips, media),
    )


def _up(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))


def _doubt(clips: list[str], media: Probed) -> str:
    unknown = len(clips) - len([clip for clip in known(clips, media) if clip.seconds is not None])
    return "A reference video’s length is not known yet, so the price may be higher." if unknown else ""
