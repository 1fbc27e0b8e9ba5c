"""One row per line of Ark’s tables: a body, what its files are, and the answer.

Tried against the rules here, and against the sandbox over HTTP.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from storyboard.providers.base import Kind, Media
from tests.contracts.rows import Row

STANDARD, FAST, MINI = (f"dreamina-seedance-2-0{tier}" for tier in ("-260128", "-fast-260128", "-mini-260615"))
PICTURE, CLIP, SOUND = (
    "https://example.com/ref1.jpg",
    "https://example.com/reference.mp4",
    "https://example.com/bgm.mp3",
)
MB = 1024 * 1024
TEXT = {"type": "text", "text": "A cat plays the piano."}


def body(*content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A text and what is given beside it; None takes a field out."""
    whole = {"model": STANDARD, "content": [TEXT, *content]} | changes
    return {name: value for name, value in whole.items() if value is not None}


def image(role: str = "reference_image", url: str = PICTURE) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "role": role}


def video(url: str = CLIP) -> dict[str, Any]:
    return {"type": "video_url", "video_url": {"url": url}, "role": "reference_video"}


def audio(url: str = SOUND) -> dict[str, Any]:
    return {"type": "audio_url", "audio_url": {"url": url}, "role": "reference_audio"}


FIRST, LAST = image("first_frame"), image("last_frame")


def picture(**changes: Any) -> Media:
    return replace(Media(kind=Kind.IMAGE, width=1280, height=720, size=MB, format="png"), **changes)


def clip(seconds: str = "5", **changes: Any) -> Media:
    whole = Media(kind=Kind.VIDEO, seconds=Decimal(seconds), width=1280, height=720, fps=Decimal(24), format="mp4")
    return replace(whole, **{"size": MB} | changes)


def sound(seconds: str = "5", **changes: Any) -> Media:
    return replace(Media(kind=Kind.AUDIO, seconds=Decimal(seconds), size=MB, format="mp3"), **changes)


def bad(
    name: str, sent: dict[str, Any], field_name: str, why: str, media: dict[str, Media | None] | None = None
) -> Row:
    message = f"The parameter `{field_name}` specified in the request is not valid: {why}."
    return Row(name, sent, media or {}, 400, "InvalidParameter", message)


def of(name: str, why: str, file: Media | None, item: dict[str, Any], *beside: dict[str, Any]) -> Row:
    media: dict[str, Media | None] = {item[item["type"]]["url"]: file}
    return bad(name, body(item, *beside), "content", why, media) if why else Row(name, body(item, *beside), media)


SCENES = "first frame, first and last frame, and references are mutually exclusive"
PLAIN = [
    bad("content is required", body(content=None), "content", "content is required"),
    bad("content is not empty", body(content=[]), "content", "content is required"),
    bad("content is an array", body(content="a cat"), "content", "content must be an array of objects"),
    Row("model is required", body(model=None), {}, 400, "InvalidParameter"),
    Row("model is one of Ark’s", body(model="seedance-2.0"), {}, 400, "InvalidParameter"),
    *(Row(f"model {name}", body(model=name)) for name in (STANDARD, FAST, MINI)),
    *(
        Row(f"model {name}", body(model=name))
        for name in ("doubao-seedance-2-0-260128", "doubao-seedance-2-0-fast-260128", "doubao-seedance-2-0-mini-260615")
    ),
    Row("callback_url", body(callback_url="https://example.com/hook")),
    bad("callback_url is an address", body(callback_url="hook"), "callback_url", "must be an http or https URL"),
    Row("return_last_frame", body(return_last_frame=True)),
    bad(
        "return_last_frame is a boolean",
        body(return_last_frame="yes"),
        "return_last_frame",
        "return_last_frame must be true or false",
    ),
    Row("service_tier default", body(service_tier="default")),
    *(
        bad(
            f"service_tier flex on {name}",
            body(model=name, service_tier="flex"),
            "service_tier",
            "service_tier must be one of default",
        )
        for name in (STANDARD, FAST)
    ),
    *(Row(f"execution_expires_after {value}", body(execution_expires_after=value)) for value in (3600, 259_200)),
    *(
        bad(
            f"execution_expires_after {value}",
            body(execution_expires_after=value),
            "execution_expires_after",
            "execution_expires_after must be between 3600 and 259200",
        )
        for value in (3599, 259_201)
    ),
    Row("generate_audio false", body(generate_audio=False)),
    bad("draft", body(draft=True), "draft", f"not supported by {STANDARD}"),
    bad("draft_task", body({"type": "draft_task", "draft_task": {"id": "cgt-1"}}), "content", "content[1].type"),
    bad("frames", body(frames=29), "frames", f"not supported by {STANDARD}"),
    bad("camera_fixed", body(camera_fixed=True), "camera_fixed", f"not supported by {STANDARD}"),
    *(Row(f"tools on {name}", body(model=name, tools=[{"type": "web_search"}])) for name in (STANDARD, FAST)),
    bad("tools on mini", body(model=MINI, tools=[{"type": "web_search"}]), "tools", f"not supported by {MINI}"),
    bad("another tool", body(tools=[{"type": "function"}]), "tools", "only web_search is supported"),
    Row("safety_identifier", body(safety_identifier="5f4dcc")),
    *(Row(f"resolution {name}", body(resolution=name)) for name in ("480p", "720p", "1080p", "4k")),
    *(
        bad(
            f"resolution 1080p on {name}",
            body(model=name, resolution="1080p"),
            "resolution",
            "resolution must be one of 480p, 720p",
        )
        for name in (FAST, MINI)
    ),
    *(Row(f"ratio {name}", body(ratio=name)) for name in ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive")),
    bad("ratio 2:1", body(ratio="2:1"), "ratio", "ratio must be one of 16:9, 9:16, 1:1, 4:3, 3:4, 21:9, adaptive"),
    *(Row(f"duration {value}", body(duration=value)) for value in (4, 15, -1)),
    *(
        bad(f"duration {value}", body(duration=value), "duration", "duration must be between 4 and 15")
        for value in (3, 16, 0)
    ),
    *(Row(f"seed {value}", body(seed=value)) for value in (-1, 0, 2**32 - 1)),
    *(
        bad(f"seed {value}", body(seed=value), "seed", "seed must be between -1 and 4294967295")
        for value in (-2, 2**32)
    ),
    Row("watermark", body(watermark=True)),
    Row("priority", body(priority=1)),
    bad(
        "body over 64 MB", body({"type": "text", "text": "x" * (64 * MB)}), "content", "the request body exceeds 64 MB"
    ),
]
NO_TEXT = "a text is required"
CONTENT = [
    bad("no text and nothing else", body(content=[{"type": "text", "text": " "}]), "content", NO_TEXT),
    Row("a first frame without a text", body(content=[FIRST])),
    Row("scene: first frame", body(FIRST)),
    Row("scene: a picture without a role opens the clip", body({"type": "image_url", "image_url": {"url": PICTURE}})),
    Row("scene: first and last frame", body(FIRST, LAST)),
    Row("scene: references", body(image(), video(), audio())),
    bad("first frame and a reference image", body(FIRST, image()), "content", SCENES),
    bad("first frame and a reference video", body(FIRST, video()), "content", SCENES),
    bad("first frame and a reference audio", body(FIRST, audio()), "content", SCENES),
    bad("first and last frame and a reference", body(FIRST, LAST, image()), "content", SCENES),
    bad("last frame alone", body(LAST), "content", "last_frame needs first_frame"),
    bad("two first frames", body(FIRST, FIRST), "content", "one first frame and one last frame at most"),
    bad(
        "audio alone",
        body(audio()),
        "content",
        "reference_audio needs a reference_image or reference_video",
    ),
    bad(
        "a video cannot be the first frame",
        body(video() | {"role": "first_frame"}, image()),
        "content",
        "role first_frame does not suit a video",
    ),
    bad("an unknown type", body({"type": "model_url"}), "content", "content[1].type"),
    bad("a text is a string", body({"type": "text", "text": 7}), "content", "content[1].text must be a string"),
    Row("image in base64", body(image(url="data:image/png;base64,AA=="))),
    Row("audio in base64", body(image(), audio("data:audio/mp3;base64,AA=="))),
    bad(
        "video in base64",
        body(video("data:video/mp4;base64,AA==")),
        "content",
        "video must be an http or https URL or asset://",
    ),
    *(Row(f"asset as {item['role']}", body(item, image())) for item in (image(url="asset://1"), video("asset://1"))),
    bad(
        "image without an address",
        body(image(url="")),
        "content",
        "picture must be an http or https URL, base64 or asset://",
    ),
]
MEDIA = [
    *(of(f"image {name}", "", picture(format=name), image()) for name in ("jpeg", "png", "webp", "bmp", "tiff", "gif")),
    of("image heic", "picture must be one of jpeg, png, webp, bmp, tiff, gif", picture(format="heic"), image()),
    of("image aspect 0.41", "", picture(width=410, height=1000), image()),
    *(
        of(f"image {width}×{height}", "picture must have an aspect ratio between 0.4 and 2.5", file, image())
        for width, height in ((400, 1000), (1000, 400))
        for file in [picture(width=width, height=height)]
    ),
    of("image side 300", "", picture(width=300, height=300), image()),
    of("image side 6000", "", picture(width=6000, height=6000), image()),
    of("image side 299", "picture must be 300 to 6000 px wide and high", picture(width=299, height=300), image()),
    of("image side 6001", "picture must be 300 to 6000 px wide and high", picture(width=6001, height=6000), image()),
    of("image just under 30 MB", "", picture(size=30 * MB - 1), image()),
    of("image of 30 MB", "picture must be under 30 MB", picture(size=30 * MB), image()),
    of("image unreadable", "picture could not be read", None, image()),
    of("image that is a video", "picture must be image, not video", clip(), image()),
    # Borrowed from EvoLink’s page from here on.
    Row("9 images", body(*[image(url=f"{PICTURE}?{n}") for n in range(9)])),
    bad("10 images", body(*[image(url=f"{PICTURE}?{n}") for n in range(10)]), "content", "at most 9 pictures"),
    bad("4 videos", body(*[video(f"{CLIP}?{n}") for n in range(4)]), "content", "at most 3 videos"),
    bad("4 sounds", body(image(), *[audio(f"{SOUND}?{n}") for n in range(4)]), "content", "at most 3 sounds"),
    of("video 1.9 s", "video must last 2 to 15 seconds", clip("1.9"), video()),
    of("video 1920×1080", "video must have 409,600 to 927,408 pixels", clip(width=1920, height=1080), video()),
    of("video 23 fps", "video must have 24 to 60 frames a second", clip(fps=Decimal(23)), video()),
    of("video over 50 MB", "video must not exceed 50 MB", clip(size=50 * MB + 1), video()),
    of("audio ogg", "sound must be one of wav, mp3", sound(format="ogg"), audio(), image()),
    bad(
        "videos over 15 s together",
        body(video(CLIP), video(f"{CLIP}?2")),
        "content",
        "all videos together must last 15 seconds at most",
        {CLIP: clip("8"), f"{CLIP}?2": clip("8")},
    ),
]
ROWS = ALL = [*PLAIN, *CONTENT, *MEDIA]
DEFAULTS = [
    ("return_last_frame", False),
    ("service_tier", "default"),
    ("execution_expires_after", 172_800),
    ("generate_audio", True),
    ("duration", 5),
    ("seed", -1),
    ("watermark", False),
    ("priority", 0),
    ("resolution", None),
    ("ratio", None),
]
STATUS_WORDS = ["queued", "running", "cancelled", "succeeded", "failed", "expired"]
# Error code, whether the same request may well succeed.
ERRORS = [
    ("RateLimitExceeded", True),
    ("ServerOverloaded", True),
    ("RequestBurstTooFast", True),
    ("InternalServiceError", True),
    ("InflightBatchsizeExceeded", True),
    ("QuotaExceeded", True),
    ("SetLimitExceeded", False),
    ("InvalidParameter", False),
    ("InvalidParameter.DataInvalid", False),
    ("InputTextSensitiveContentDetected", False),
    ("InputImageSensitiveContentDetected", False),
    ("InputImageSensitiveContentDetected.PrivacyInformation", False),
    ("InputVideoSensitiveContentDetected.PolicyViolation", False),
    ("OutputVideoSensitiveContentDetected", False),
    ("OutputAudioSensitiveContentDetected.PolicyViolation", False),
    ("AuthenticationError", False),
    ("AccessDenied", False),
    ("ModelNotOpen", False),
    ("AccountOverdueError", False),
]
# State, and what DELETE says: nothing, or status and code.
CANCELS: list[tuple[str, tuple[int, str] | None]] = [
    ("queued", None),
    ("running", (409, "InvalidAction.RunningTaskDeletion")),
    ("succeeded", None),
    ("failed", None),
    ("expired", None),
    ("cancelled", (409, "InvalidAction")),
]
# Query of a list, and the field that is wrong.
LISTS: list[tuple[dict[str, str], str]] = [
    ({}, ""),
    ({"page_num": "1", "page_size": "500"}, ""),
    ({"page_num": "500", "filter.status": "queued", "filter.task_ids": "cgt-1"}, ""),
    ({"page_num": "0"}, "page_num"),
    ({"page_num": "501"}, "page_num"),
    ({"page_size": "501"}, "page_size"),
    ({"page_size": "ten"}, "page_size"),
    ({"filter.status": "done"}, "filter.status"),
]
# Name, changes to the body, tokens, micro-dollars (None: no price is known).
PRICES: list[tuple[str, dict[str, Any], int | None, int | None]] = [
    ("720p 16:9 5 s", {"ratio": "16:9", "resolution": "720p"}, 108_000, 1_512_000),
    ("480p 16:9 5 s", {"ratio": "16:9", "resolution": "480p"}, 50_220, 703_080),
    ("1080p 16:9 10 s", {"ratio": "16:9", "resolution": "1080p", "duration": 10}, 486_000, 6_804_000),
    ("adaptive counts as the largest", {"ratio": "adaptive", "resolution": "720p"}, 108_681, 1_521_534),
    ("a free duration counts as 15 s", {"ratio": "16:9", "resolution": "720p", "duration": -1}, 324_000, 4_536_000),
    ("4k has no size", {"ratio": "16:9", "resolution": "4k"}, None, None),
    ("fast is not listed", {"model": FAST, "ratio": "16:9", "resolution": "720p"}, 108_000, None),
    ("mini is not listed", {"model": MINI, "ratio": "16:9", "resolution": "720p"}, 108_000, None),
]
