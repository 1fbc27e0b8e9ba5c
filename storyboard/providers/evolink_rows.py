"""EvoLink’s nine models as data: the mode is part of the model’s id. evolink.py and its rules read them.

reference-to-video follows its own page to the letter; its siblings follow the later pages.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from storyboard.providers.base import Kind, Mode
from storyboard.providers.catalog import RATIOS, MediaLimits, Model, Param, Rate, Rows, Vendor
from storyboard.providers.pixels import table

MB = 1024 * 1024
FIFTEEN = (Decimal(0), Decimal(15))
EACH = (Decimal(2), Decimal(15))
ASPECT = (Decimal("0.4"), Decimal("2.5"))
SIDE = (300, 6000)
IMAGE = MediaLimits(count=9, aspect=ASPECT, side=SIDE, bytes=30 * MB, formats=("jpeg", "png", "webp"))
VIDEO = MediaLimits(
    count=3,
    seconds_each=EACH,
    seconds_total=FIFTEEN,
    aspect=ASPECT,
    side=SIDE,
    pixels=(409_600, 927_408),
    bytes=50 * MB,
    fps=(24, 60),
    formats=("mp4", "mov"),
)
AUDIO = MediaLimits(count=3, seconds_each=EACH, seconds_total=FIFTEEN, bytes=15 * MB, formats=("wav", "mp3"))

# US dollars a second: without, and with a video among the references. EvoLink's list bears no date, and no figure for
# mini or 1080p was found.
RATES: Mapping[str, Mapping[str, Rate]] = {
    "": {
        "480p": Rate(Decimal("0.0919"), Decimal("0.0560")),
        "720p": Rate(Decimal("0.1985"), Decimal("0.1209")),
    },
    "fast-": {
        "480p": Rate(Decimal("0.0745"), Decimal("0.0443")),
        "720p": Rate(Decimal("0.1608"), Decimal("0.0957")),
    },
    "mini-": {},
}
SEARCH_USD = Decimal("0.0006")
LABELS = {"": "Seedance 2.0", "fast-": "Seedance 2.0 Fast", "mini-": "Seedance 2.0 Mini"}
# 1080p came with the later pages, for Standard only.
RESOLUTIONS = {"": ("480p", "720p", "1080p"), "fast-": ("480p", "720p"), "mini-": ("480p", "720p")}
MODES = {
    "text": (Mode.TEXT,),
    "image": (Mode.IMAGE, Mode.FRAMES),
    # 0 images, 0 videos and 0 clips are allowed too: then the prompt stands alone.
    "reference": (Mode.TEXT, Mode.IMAGE, Mode.REFERENCE),
}
MEDIA = {
    "text": (),
    "image": (Param(name="image_urls", type="strings", required=True, carries="opening"),),
    "reference": tuple(
        Param(name=name, type="strings", carries="references") for name in ("image_urls", "video_urls", "audio_urls")
    ),
}


def params(tier: str, way: str, model_id: str) -> tuple[Param, ...]:
    """In the order of the seed's page, which is the order we check in; the later pages' fields stand last."""
    return (
        Param(name="model", type="string", required=True, choices=(model_id,)),
        Param(name="prompt", type="string", required=True, carries="prompt"),
        *MEDIA[way],
        Param(name="duration", type="integer", default=5, low=4, high=15, carries="seconds"),
        Param(name="quality", type="string", default="720p", choices=RESOLUTIONS[tier], carries="resolution"),
        Param(name="aspect_ratio", type="string", default="16:9", choices=RATIOS, carries="ratio"),
        Param(name="generate_audio", type="boolean", default=True, carries="audio"),
        Param(name="callback_url", type="string", carries="callback_url"),
        Param(name="content_filter", type="boolean", default=True, carries="safety"),
        *((Param(name="model_params", type="object", carries="search"),) if searches(tier, way) else ()),
    )


def searches(tier: str, way: str) -> bool:
    return way == "text" and tier != "mini-"


def limits(tier: str, way: str) -> Mapping[Kind, MediaLimits]:
    images = replace(IMAGE, formats=(*IMAGE.formats, "bmp", "tiff", "gif")) if tier == "fast-" else IMAGE
    if way == "image":
        return {Kind.IMAGE: replace(images, count=2)}
    return {Kind.IMAGE: images, Kind.VIDEO: VIDEO, Kind.AUDIO: AUDIO} if way == "reference" else {}


def model(tier: str, way: str) -> Model:
    model_id = f"seedance-2.0-{tier}{way}-to-video"
    return Model(
        id=model_id,
        vendor="evolink",
        label=f"{LABELS[tier]}, {way} to video",
        modes=MODES[way],
        params=params(tier, way, model_id),
        resolutions=RESOLUTIONS[tier],
        prompt=(1, None),
        prompt_required=MODES[way],
        limits=limits(tier, way),
        takes_search=searches(tier, way),
        takes_safety=True,
        takes_exact_opening=way == "image",
        takes_landing=way == "image",
        takes_motion=way == "reference",
        references_beside_opening=way == "reference",
        pixels=table(RESOLUTIONS[tier]),
        rates=RATES[tier],
        fast=tier == "fast-",
    )


ROWS = Rows(
    vendor=Vendor(
        id="evolink",
        label="EvoLink",
        base_url="https://api.evolink.ai",
        console_url="https://evolink.ai/dashboard/keys",
        callback_field="callback_url",
        callback_https_only=True,
    ),
    models=tuple(model(tier, way) for tier in LABELS for way in MODES),
)
BY_ID = {found.id: found for found in ROWS.models}


def way_of(found: Model) -> str:
    """text, image or reference."""
    return found.id.removesuffix("-to-video").rsplit("-", 1)[1]


def sibling(found: Model, way: str) -> Model:
    """The model of the same tier for another way of making a clip."""
    return BY_ID[f"{found.id.removesuffix('-to-video').rsplit('-', 1)[0]}-{way}-to-video"]
