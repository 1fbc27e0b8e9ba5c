"""Ark’s models as data: BytePlus ModelArk (dreamina-…) and Volcengine Ark (doubao-…), the service behind the gateways.

The two have their own hosts, and neither knows the other’s ids. ark.py and its rules read these rows.
"""

from collections.abc import Mapping
from decimal import Decimal

from storyboard.providers.base import Kind, Mode
from storyboard.providers.catalog import RATIOS, MediaLimits, Model, Param, Rows, Vendor
from storyboard.providers.pixels import table

MB = 1024 * 1024
FIFTEEN = (Decimal(0), Decimal(15))
EACH = (Decimal(2), Decimal(15))
ASPECT = (Decimal("0.4"), Decimal("2.5"))
SIDE = (300, 6000)
CHINA_URL = "https://ark.cn-beijing.volces.com/api/v3"
# What Ark states of pictures; how many there may be, and all of video and sound, is borrowed from EvoLink’s page,
# which resells the same models.
LIMITS = {
    Kind.IMAGE: MediaLimits(
        count=9,
        aspect=ASPECT,  # both ends are outside: ark_rules.py
        side=SIDE,
        bytes=30 * MB - 1,
        formats=("jpeg", "png", "webp", "bmp", "tiff", "gif"),
        asset_urls=True,
    ),
    Kind.VIDEO: MediaLimits(
        count=3,
        seconds_each=EACH,
        seconds_total=FIFTEEN,
        aspect=ASPECT,
        side=SIDE,
        pixels=(409_600, 927_408),
        bytes=50 * MB,
        fps=(24, 60),
        formats=("mp4", "mov"),
        asset_urls=True,
    ),
    Kind.AUDIO: MediaLimits(
        count=3,
        seconds_each=EACH,
        seconds_total=FIFTEEN,
        bytes=15 * MB,
        formats=("wav", "mp3"),
        asset_urls=True,
    ),
}
# 4k is in the later pages, for the standard model only; mini’s cap is what every gateway states of it.
RESOLUTIONS = {
    "": ("480p", "720p", "1080p", "4k"),
    "-fast": ("480p", "720p"),
    "-mini": ("480p", "720p"),
}
LABELS = {"": "Seedance 2.0", "-fast": "Seedance 2.0 Fast", "-mini": "Seedance 2.0 Mini"}
DATES = {"": "260128", "-fast": "260128", "-mini": "260615"}
HOSTS = {"dreamina": "ModelArk", "doubao": "Volcengine"}
# US dollars per 1,000 tokens for a request without a video. Ark’s own price is not known: this is what fal lists.
FAL_LISTED: Mapping[str, Decimal] = {"dreamina-seedance-2-0-260128": Decimal("0.014")}


def params(tier: str, model_id: str) -> tuple[Param, ...]:
    """In the order of the documentation. A default of None is the model’s own or nothing."""
    return (
        Param(name="model", type="string", required=True, choices=(model_id,)),
        Param(name="content", type="objects", required=True, carries="prompt"),
        Param(name="callback_url", type="string", carries="callback_url"),
        Param(name="return_last_frame", type="boolean", default=False, carries="wants_last_frame"),
        Param(
            name="service_tier",
            type="string",
            default="default",
            choices=("default", "flex") if tier == "-mini" else ("default",),
        ),
        Param(name="execution_expires_after", type="integer", default=172_800, low=3_600, high=259_200),
        Param(name="generate_audio", type="boolean", default=True, carries="audio"),
        *((Param(name="tools", type="objects", carries="search"),) if tier != "-mini" else ()),
        Param(name="safety_identifier", type="string"),
        Param(name="resolution", type="string", choices=RESOLUTIONS[tier], carries="resolution"),
        Param(name="ratio", type="string", choices=RATIOS, carries="ratio"),
        # -1 lets the model decide: ark_rules.py
        Param(name="duration", type="integer", default=5, low=4, high=15, carries="seconds"),
        Param(name="seed", type="integer", default=-1, low=-1, high=2**32 - 1, carries="seed"),
        Param(name="watermark", type="boolean", default=False),
        Param(name="priority", type="integer", default=0),
    )


def model(host: str, tier: str) -> Model:
    model_id = f"{host}-seedance-2-0{tier}-{DATES[tier]}"
    return Model(
        id=model_id,
        vendor="ark",
        label=f"{LABELS[tier]} ({HOSTS[host]})",
        modes=tuple(Mode),
        params=params(tier, model_id),
        resolutions=RESOLUTIONS[tier],
        prompt=(0, None),
        limits=LIMITS,
        real_people=False,
        returns_last_frame=True,
        takes_seed=True,
        takes_search=tier != "-mini",
        takes_exact_opening=True,
        takes_landing=True,
        takes_motion=True,
        references_beside_opening=True,
        pixels=table(RESOLUTIONS[tier]),  # borrowed
        fast=tier == "-fast",
    )


ROWS = Rows(
    vendor=Vendor(
        id="ark",
        label="Ark / ModelArk",
        base_url="https://ark.ap-southeast.bytepluses.com/api/v3",
        console_url="https://console.byteplus.com/ark",
        callback_field="callback_url",
        can_list=True,
        can_cancel=True,
    ),
    models=tuple(model(host, tier) for host in HOSTS for tier in LABELS),
)
BY_ID = {found.id: found for found in ROWS.models}
