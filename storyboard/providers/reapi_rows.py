"""reAPI’s models as data: the doubao-seedance-2.0 family. The low-cost model’s row stands in reapi_mini.py.

reapi.py hands the rows to the catalog; reapi_rules.py reads the limits.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from storyboard.providers import pixels
from storyboard.providers.base import Kind, Mode
from storyboard.providers.catalog import RATIOS, MediaLimits, Model, Param, Rate, Vendor

UP_TO_720P = ("480p", "720p")
UP_TO_4K = ("480p", "720p", "1080p", "4k")
IMAGES, ROLES, VIDEOS, AUDIOS = "image_urls", "image_with_roles", "video_urls", "audio_urls"
MEDIA_FIELDS = (IMAGES, ROLES, VIDEOS, AUDIOS)

VENDOR = Vendor(
    id="reapi",
    label="reAPI",
    base_url="https://reapi.ai/api/v1",
    console_url="https://reapi.ai/settings/apikeys",
    result_life=timedelta(days=7),
    longest_run=timedelta(hours=48),
    # Two attempts, one after the other.
    longest_run_with_fallback=timedelta(hours=96),
    credit_micro_usd=1000,
)

PARAMS = (
    Param(name="model", type="string", required=True),
    Param(name="prompt", type="string", required=True, low=3, high=4000, carries="prompt"),
    Param(name="duration", type="integer", default=5, low=4, high=15, carries="seconds"),
    Param(name="size", type="string", default="adaptive", choices=RATIOS, carries="ratio"),
    Param(name="resolution", type="string", default="720p", choices=UP_TO_4K, carries="resolution"),
    Param(name="generate_audio", type="boolean", default=True, carries="audio"),
    Param(name="return_last_frame", type="boolean", default=False, carries="wants_last_frame"),
    Param(name="tools", type="objects", carries="search"),
    Param(name="nsfw_checker", type="boolean", default=True, carries="safety"),
    Param(name=IMAGES, type="strings", high=9, carries="references"),
    Param(name=ROLES, type="objects", high=9, carries="opening"),
    Param(name=VIDEOS, type="strings", high=3, carries="references"),
    Param(name=AUDIOS, type="strings", high=3, carries="references"),
    # Its section is missing from the page; a recipe turns it off, so it is on when left out.
    Param(name="fallback", type="object", default={"enabled": True}, carries="fallback"),
)

LIMITS = {
    Kind.IMAGE: MediaLimits(count=9),
    Kind.VIDEO: MediaLimits(
        count=3,
        seconds_each=(Decimal(2), Decimal(15)),
        seconds_total=(Decimal(0), Decimal(15)),
        side=(300, 6000),
        # The page rounds: “0.41 MP” is 640×640 (a 480p square clip), which EvoLink’s page gives in full.
        pixels=(409_600, 8_300_000),
        aspect=(Decimal("0.4"), Decimal("2.5")),
    ),
    Kind.AUDIO: MediaLimits(count=3, seconds_total=(Decimal(0), Decimal(15))),
}


def sizes(resolutions: tuple[str, ...]) -> dict[tuple[str, str], tuple[int, int]]:
    """Borrowed: reAPI states no pixel sizes. 4k is taken as twice 1080p each way."""
    table = dict(pixels.table(resolutions))
    if "4k" in resolutions:
        table |= {(ratio, "4k"): (2 * w, 2 * h) for (ratio, name), (w, h) in list(table.items()) if name == "1080p"}
    return table


def rates(cells: str) -> dict[str, Rate]:
    """“text/ref text/ref …” in US dollars a second, from 480p upwards."""
    pairs = [cell.split("/") for cell in cells.split()]
    return {name: Rate(Decimal(text), Decimal(ref)) for name, (text, ref) in zip(UP_TO_4K, pairs, strict=False)}


STANDARD = Model(
    id="doubao-seedance-2.0",
    vendor="reapi",
    label="Seedance 2.0",
    modes=(Mode.TEXT, Mode.IMAGE, Mode.FRAMES, Mode.REFERENCE),
    params=PARAMS,
    resolutions=UP_TO_4K,
    prompt=(3, 4000),
    prompt_required=(Mode.TEXT, Mode.IMAGE, Mode.FRAMES, Mode.REFERENCE),
    limits=LIMITS,
    real_people=False,
    returns_last_frame=True,
    takes_search=True,
    takes_safety=True,
    takes_fallback=True,
    takes_exact_opening=True,
    takes_landing=True,
    takes_motion=True,
    references_beside_opening=True,
    pixels=sizes(UP_TO_4K),
    # reAPI’s price table changes; this is how it stood on that day.
    rates=rates(".079816/.0484 .171776/.10384 .3872/.23496 .817559/.503112"),
    rates_as_of=date(2026, 7, 23),
)
FACE = replace(
    STANDARD,
    id="doubao-seedance-2.0-face",
    label="Seedance 2.0 Face",
    real_people=True,
    rates=rates(".10912/.066 .23496/.14168 .55/.33 .817559/.503112"),
)
FAST = replace(
    STANDARD,
    id="doubao-seedance-2.0-fast",
    label="Seedance 2.0 Fast",
    fast=True,
    resolutions=UP_TO_720P,
    pixels=sizes(UP_TO_720P),
    rates=rates(".06424/.03828 .13816/.08272"),
)
FAST_FACE = replace(
    FAST,
    id="doubao-seedance-2.0-fast-face",
    label="Seedance 2.0 Fast Face",
    real_people=True,
    rates=rates(".088/.0528 .1892/.11352"),
)
# The page offers the safety switch and the fallback on the Standard channel’s ids only.
OFFICIAL = replace(
    STANDARD,
    id="doubao-seedance-2.0-official",
    label="Seedance 2.0 Official",
    takes_safety=False,
    takes_fallback=False,
    rates=rates(".0792/.048209 .1704/.103722 .4248/.258211 .85472/.525981"),
)
FAST_OFFICIAL = replace(
    FAST,
    id="doubao-seedance-2.0-fast-official",
    label="Seedance 2.0 Fast Official",
    takes_safety=False,
    takes_fallback=False,
    rates=rates(".065647/.039034 .141176/.083942"),
)
FAMILY = (STANDARD, FAST, FACE, FAST_FACE, OFFICIAL, FAST_OFFICIAL)
BY_ID = {model.id: model for model in FAMILY}
