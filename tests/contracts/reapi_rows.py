"""reAPI’s documentation as rows: each line of its tables, its parameters and its recipes, as bodies with their answers.

tests/contracts/test_reapi.py holds our rules to them; they can be posted to the sandbox as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from storyboard.providers.base import Body, Kind, Media, Reference, ShotRequest
from tests.contracts.rows import Row, under

HOST = "https://your-cdn.com"
REF, SPEECH = f"{HOST}/reference.mp4", f"{HOST}/speech.wav"
DAY, NIGHT = f"{HOST}/day.jpg", f"{HOST}/night.jpg"
CAT = f"{HOST}/cat.jpg"
FRAMES = [{"url": DAY, "role": "first_frame"}, {"url": NIGHT, "role": "last_frame"}]
FACE, FAST_FACE, MINI = "doubao-seedance-2.0-face", "doubao-seedance-2.0-fast-face", "seedance-2.0-mini"
SIZES = "16:9 / 9:16 / 1:1 / 4:3 / 3:4 / 21:9 / adaptive"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A body of the page, and how a shot asks for it."""

    name: str
    body: Body
    model: str
    request: ShotRequest


def clip(seconds: str, width: int = 1280, height: int = 720) -> Media:
    return Media(kind=Kind.VIDEO, seconds=Decimal(seconds), width=width, height=height)


def sound(seconds: str) -> Media:
    return Media(kind=Kind.AUDIO, seconds=Decimal(seconds))


def urls(count: int, ending: str = "jpg") -> list[str]:
    return [f"{HOST}/{number}.{ending}" for number in range(1, count + 1)]


def sent(model: str = FACE, **fields: Any) -> Body:
    """A good body, with these fields in it; None takes a field out."""
    whole = {"model": model, "prompt": "A kitten yawning at the camera"} | fields
    return {name: value for name, value in whole.items() if value is not None}


def refused(
    name: str, message: str, code: str = "20003", media: Mapping[str, Media | None] | None = None, **fields: Any
) -> Row:
    return Row(name, sent(**fields), media or {}, 400, code, message)


def accepted(name: str, media: Mapping[str, Media | None] | None = None, **fields: Any) -> Row:
    return Row(name, sent(**fields), media or {})


GATED = "resolution={} is not supported by {} (use doubao-seedance-2.0 or doubao-seedance-2.0-face)"
NOT_PUBLIC = "{} entries must be public URLs; base64 data URIs are not supported"
DATA = "data:image/png;base64,iVBORw0KGgo="
TOO_SMALL = "prompt: Too small: expected string to have >=3 characters"
TOO_BIG = "prompt: Too big: expected string to have <=4000 characters"
NO_PROMPT = "prompt: Invalid input: expected string, received undefined"
ONE, TWO = f"{HOST}/1.mp4", f"{HOST}/2.mp4"
S1, S2 = f"{HOST}/1.wav", f"{HOST}/2.wav"

# The table “Validation errors”, line by line.
VALIDATION = [
    refused("missing prompt", NO_PROMPT, "20002", prompt=None),
    refused("prompt shorter than 3 chars", TOO_SMALL, prompt="ab"),
    refused("prompt longer than 4,000 chars", TOO_BIG, prompt="a" * 4001),
    refused(
        "image_urls and image_with_roles together",
        "image_urls and image_with_roles cannot be used simultaneously",
        image_urls=[CAT],
        image_with_roles=FRAMES,
    ),
    refused(
        "image_with_roles + video_urls",
        "image_with_roles cannot be combined with video_urls or audio_urls",
        image_with_roles=FRAMES,
        video_urls=[REF],
    ),
    refused(
        "image_with_roles + audio_urls",
        "image_with_roles cannot be combined with video_urls or audio_urls",
        image_with_roles=FRAMES,
        audio_urls=[SPEECH],
    ),
    refused(
        "audio_urls without visual reference",
        "audio_urls must be used together with image_urls or video_urls",
        audio_urls=[SPEECH],
    ),
    refused("image_urls > 9", "at most 9 image_urls allowed, got 10", image_urls=urls(10)),
    refused(
        "image_with_roles > 9",
        "at most 9 image_with_roles allowed, got 10",
        image_with_roles=[{"url": url, "role": "first_frame"} for url in urls(10)],
    ),
    refused(
        "image_with_roles[i].role invalid",
        'image_with_roles[1].role must be first_frame or last_frame, got "reference_image"',
        image_with_roles=[FRAMES[0], {"url": NIGHT, "role": "reference_image"}],
    ),
    refused("video_urls > 3", "at most 3 video_urls allowed, got 4", video_urls=urls(4, "mp4")),
    refused(
        "video_urls frame below 300 px a side",
        "video_urls[0] resolution 1500x299 is out of range",
        media={REF: clip("5", 1500, 299)},
        video_urls=[REF],
    ),
    refused(
        "video_urls frame above 6000 px a side",
        "video_urls[1] resolution 6001x1000 is out of range",
        media={ONE: clip("5"), TWO: clip("5", 6001, 1000)},
        video_urls=[ONE, TWO],
    ),
    refused(
        "video_urls frame below 0.41 MP",
        "video_urls[0] resolution 640x480 is out of range",
        media={REF: clip("5", 640, 480)},
        video_urls=[REF],
    ),
    refused(
        "video_urls frame above 8.3 MP",
        "video_urls[0] resolution 4096x2160 is out of range",
        media={REF: clip("5", 4096, 2160)},
        video_urls=[REF],
    ),
    refused(
        "video_urls frame aspect below 0.4",
        "video_urls[0] resolution 600x1510 is out of range",
        media={REF: clip("5", 600, 1510)},
        video_urls=[REF],
    ),
    refused(
        "video_urls frame aspect above 2.5",
        "video_urls[0] resolution 1510x600 is out of range",
        media={REF: clip("5", 1510, 600)},
        video_urls=[REF],
    ),
    refused(
        "video_urls combined > 15s",
        "video_urls total duration 15.04s exceeds the 15s limit",
        media={ONE: clip("8"), TWO: clip("7.04")},
        video_urls=[ONE, TWO],
    ),
    refused("audio_urls > 3", "at most 3 audio_urls allowed, got 4", image_urls=[CAT], audio_urls=urls(4, "wav")),
    refused(
        "audio_urls combined > 15s",
        "audio_urls total duration 16.50s exceeds the 15s limit",
        media={S1: sound("9.5"), S2: sound("7")},
        image_urls=[CAT],
        audio_urls=[S1, S2],
    ),
    refused("duration below 4", "duration must be 4-15 seconds, got 3", duration=3),
    refused("duration above 15", "duration must be 4-15 seconds, got 16", duration=16),
    refused("invalid size value", f'invalid size "2:1" (allowed: {SIZES})', "20005", size="2:1"),
    refused(
        "invalid resolution value",
        'invalid resolution "540p" (allowed: 480p / 720p / 1080p / 4k)',
        resolution="540p",
    ),
    refused("1080p on fast variant", GATED.format("1080p", FAST_FACE), model=FAST_FACE, resolution="1080p"),
    refused("tools[i].type not web_search", 'tools[0].type must be "web_search", got "code"', tools=[{"type": "code"}]),
    refused("image_urls carrying a data: URI", NOT_PUBLIC.format("image_urls"), image_urls=[CAT, DATA]),
    refused(
        "image_with_roles carrying a data: URI",
        NOT_PUBLIC.format("image_with_roles"),
        image_with_roles=[{"url": DATA, "role": "first_frame"}],
    ),
    refused(
        "video_urls carrying a data: URI", NOT_PUBLIC.format("video_urls"), video_urls=["data:video/mp4;base64,AA"]
    ),
    refused(
        "audio_urls carrying a data: URI",
        NOT_PUBLIC.format("audio_urls"),
        image_urls=[CAT],
        audio_urls=["DATA:audio/wav;base64,AA"],
    ),
    refused(
        "reference video probe fails",
        "Could not determine source video duration for billing: video_urls[0]",
        "30002",
        media={REF: None},
        video_urls=[REF],
    ),
]

# What the sections “Request body”, “Variants” and “Mode routing” say beyond that table.
PARAMETERS = [
    refused("model: required", "model: Invalid input: expected string, received undefined", "20002", model=None),
    refused("prompt: empty", NO_PROMPT, "20002", prompt=""),
    refused("prompt: required in I2V", NO_PROMPT, "20002", prompt=None, image_urls=[CAT]),
    refused("prompt: required in FRAMES", NO_PROMPT, "20002", prompt=None, image_with_roles=FRAMES),
    refused("prompt: required in REF", NO_PROMPT, "20002", prompt=None, video_urls=[REF]),
    accepted("prompt: 3 characters", prompt="cat"),
    accepted("prompt: 4,000 characters", prompt="a" * 4000),
    accepted("duration: 4", duration=4),
    accepted("duration: 15", duration=15),
    refused("duration: no whole number", "duration must be 4-15 seconds, got 5.5", duration=5.5),
    refused("duration: no number", "duration: Invalid input: expected number, received string", duration="5"),
    *[accepted(f"size: {size}", size=size) for size in SIZES.split(" / ")],
    *[accepted(f"resolution: {value}", resolution=value) for value in ("480p", "720p", "1080p", "4k")],
    refused(
        "resolution: lowercase only",
        'invalid resolution "1080P" (allowed: 480p / 720p / 1080p / 4k)',
        resolution="1080P",
    ),
    refused("resolution: 4k on fast variant", GATED.format("4k", FAST_FACE), model=FAST_FACE, resolution="4k"),
    refused(
        "resolution: 1080p on -fast",
        GATED.format("1080p", "doubao-seedance-2.0-fast"),
        model="doubao-seedance-2.0-fast",
        resolution="1080p",
    ),
    refused(
        "resolution: 1080p on -fast-official",
        GATED.format("1080p", "doubao-seedance-2.0-fast-official"),
        model="doubao-seedance-2.0-fast-official",
        resolution="1080p",
    ),
    accepted("resolution: 4k on 2.0", model="doubao-seedance-2.0", resolution="4k"),
    accepted("resolution: 720p on fast variant", model=FAST_FACE, resolution="720p"),
    accepted("generate_audio: false", generate_audio=False),
    refused(
        "generate_audio: no boolean",
        "generate_audio: Invalid input: expected boolean, received string",
        generate_audio="yes",
    ),
    accepted("return_last_frame: true", return_last_frame=True),
    accepted("tools: web_search", tools=[{"type": "web_search"}]),
    accepted("nsfw_checker: false", nsfw_checker=False),
    accepted("image_urls: 9", image_urls=urls(9)),
    accepted("image_with_roles: first frame alone", image_with_roles=FRAMES[:1]),
    accepted("image_with_roles: 9", image_with_roles=[{"url": url, "role": "last_frame"} for url in urls(9)]),
    accepted("video_urls: 3, 15 s together", media=dict.fromkeys(urls(3, "mp4"), clip("5")), video_urls=urls(3, "mp4")),
    accepted("video_urls: 2 s, 300 px a side", media={REF: clip("2", 1366, 300 * 2)}, video_urls=[REF]),
    accepted("video_urls: aspect 2.5", media={REF: clip("5", 1500, 600)}, video_urls=[REF]),
    accepted("video_urls: aspect 0.4", media={REF: clip("5", 600, 1500)}, video_urls=[REF]),
    accepted("video_urls: 640x640 is the 0.41 MP", media={REF: clip("5", 640, 640)}, video_urls=[REF]),
    accepted("video_urls: 3840x2160 is below 8.3 MP", media={REF: clip("5", 3840, 2160)}, video_urls=[REF]),
    refused(
        "video_urls: a clip below 2 s",
        "video_urls total duration 1.99s exceeds the 15s limit",
        media={REF: clip("1.99")},
        video_urls=[REF],
    ),
    refused(
        "video_urls: a clip above 15 s",
        "video_urls total duration 15.01s exceeds the 15s limit",
        media={REF: clip("15.01")},
        video_urls=[REF],
    ),
    refused(
        "video_urls: no length to bill",
        "Could not determine source video duration for billing: video_urls[0]",
        "30002",
        media={REF: Media(kind=Kind.VIDEO)},
        video_urls=[REF],
    ),
    refused("video_urls: HTTP(S) only", NOT_PUBLIC.format("video_urls"), video_urls=["ftp://your-cdn.com/a.mp4"]),
    refused("image_urls: no asset:// ids", NOT_PUBLIC.format("image_urls"), image_urls=["asset://a1"]),
    accepted(
        "audio_urls: 3, 15 s together",
        media=dict.fromkeys(urls(3, "wav"), sound("5")),
        image_urls=[CAT],
        audio_urls=urls(3, "wav"),
    ),
    accepted("audio_urls: with video_urls", video_urls=[REF], audio_urls=[SPEECH]),
    accepted("mutex: images, videos and sounds together", image_urls=[CAT], video_urls=[REF], audio_urls=[SPEECH]),
    accepted("mutex: images and videos together", image_urls=[CAT], video_urls=[REF]),
]

# Every variant and channel takes a plain request.
VARIANTS = [
    accepted(f"variant: {name}", model=f"doubao-seedance-2.0{name}")
    for name in ("", "-fast", "-face", "-fast-face", "-official", "-fast-official")
]


def asks(prompt: str, **fields: Any) -> ShotRequest:
    """A shot with the page’s own defaults where a recipe is silent."""
    return replace(ShotRequest(prompt=prompt, ratio="adaptive", audio=True, fallback=True), **fields)


def refs(kind: Kind, *addresses: str) -> tuple[Reference, ...]:
    return tuple(Reference(url, kind) for url in addresses)


def recipe(name: str, prompt: str, body: Body, model: str = FACE, **fields: Any) -> Recipe:
    return Recipe(name, {"model": model, "prompt": prompt} | body, model, asks(prompt, **fields))


PRODUCTS = (f"{HOST}/product-1.jpg", f"{HOST}/product-2.jpg")
STYLE, MUSIC, START = f"{HOST}/style-ref.mp4", f"{HOST}/bgm.mp3", f"{HOST}/kitten-start.png"
HANDED = "https://cdn.reapi.ai/media/tasks/018f5a3a1b6e7d9f8c2b4d6e8f0a2c4e/0.png"

# The nine recipes; the chain has two steps.
RECIPES = [
    recipe(
        "T2V text-to-video",
        "A kitten yawning at the camera, slow push-in, warm tones",
        {"resolution": "720p", "size": "16:9", "duration": 5, "fallback": {"enabled": False}},
        ratio="16:9",
        fallback=False,
    ),
    recipe(
        "I2V single reference image",
        "The kitten stands up and walks toward the camera",
        {"image_urls": [CAT], "duration": 5},
        references=refs(Kind.IMAGE, CAT),
    ),
    recipe(
        "FRAMES first / last frame transition",
        "Smooth transition from day to night",
        {"image_with_roles": FRAMES, "duration": 5},
        opening=DAY,
        landing=NIGHT,
    ),
    recipe(
        "REF reference video (style transfer)",
        "Restylize the reference clip into anime aesthetics",
        {"video_urls": [REF]},
        references=refs(Kind.VIDEO, REF),
    ),
    recipe(
        "REF reference video + reference audio",
        "A scene of a person speaking",
        {"video_urls": [REF], "audio_urls": [SPEECH], "size": "16:9", "duration": 11},
        references=refs(Kind.VIDEO, REF) + refs(Kind.AUDIO, SPEECH),
        ratio="16:9",
        seconds=11,
    ),
    recipe(
        "voiced video (synthesized audio)",
        'A man calls out to a woman: "Remember — never point at the moon with your finger."',
        {"generate_audio": True},
    ),
    recipe(
        "continuous video chain, step 1",
        "The kitten approaches the camera",
        {"image_urls": [START], "return_last_frame": True},
        references=refs(Kind.IMAGE, START),
        wants_last_frame=True,
    ),
    recipe(
        "continuous video chain, step 2",
        "The kitten turns and walks away",
        {"image_urls": [HANDED]},
        opening=HANDED,
    ),
    recipe(
        "fast variant quick timelapse",
        "City nightscape timelapse",
        {"size": "21:9", "duration": 8},
        FAST_FACE,
        ratio="21:9",
        seconds=8,
    ),
    recipe(
        "multi-modal images + reference video + reference audio",
        "First-person POV product ad with dynamic camera moves",
        {
            "image_urls": list(PRODUCTS),
            "video_urls": [STYLE],
            "audio_urls": [MUSIC],
            "generate_audio": True,
            "size": "16:9",
            "duration": 11,
        },
        references=refs(Kind.IMAGE, *PRODUCTS) + refs(Kind.VIDEO, STYLE) + refs(Kind.AUDIO, MUSIC),
        ratio="16:9",
        seconds=11,
    ),
]

ALL = [*VALIDATION, *PARAMETERS, *VARIANTS, *under("recipe", [Row(one.name, one.body) for one in RECIPES])]

# name, type, required, default, choices, range: the sections of “Request body”.
PARAM_ROWS: list[tuple[str, str, bool, object, tuple[object, ...], tuple[int | None, int | None]]] = [
    ("model", "string", True, None, (), (None, None)),
    ("prompt", "string", True, None, (), (3, 4000)),
    ("duration", "integer", False, 5, (), (4, 15)),
    ("size", "string", False, "adaptive", tuple(SIZES.split(" / ")), (None, None)),
    ("resolution", "string", False, "720p", ("480p", "720p", "1080p", "4k"), (None, None)),
    ("generate_audio", "boolean", False, True, (), (None, None)),
    ("return_last_frame", "boolean", False, False, (), (None, None)),
    ("tools", "objects", False, None, (), (None, None)),
    ("nsfw_checker", "boolean", False, True, (), (None, None)),
    ("image_urls", "strings", False, None, (), (None, 9)),
    ("image_with_roles", "objects", False, None, (), (None, 9)),
    ("video_urls", "strings", False, None, (), (None, 3)),
    ("audio_urls", "strings", False, None, (), (None, 3)),
]
