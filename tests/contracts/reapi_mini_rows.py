"""The documentation of reAPI’s low-cost model as rows, like reapi_rows.py."""

from collections.abc import Mapping
from typing import Any

from storyboard.providers.base import Kind, Media, ShotRequest
from tests.contracts.reapi_rows import MINI, REF, SPEECH, Recipe, refs, urls
from tests.contracts.rows import Row, under

FRAME, LAST, A, B = (f"https://example.com/{name}.jpg" for name in ("frame", "last", "a", "b"))
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")
PUBLIC = "{} must be a public http(s) URL; base64 data URIs are not accepted"
DATA = "data:image/png;base64,iVBORw0KGgo="


def good(name: str, media: Mapping[str, Media | None] | None = None, **fields: Any) -> Row:
    whole = {"model": MINI, "prompt": "A kitten yawning"} | fields
    return Row(name, {key: value for key, value in whole.items() if value is not None}, media or {})


def bad(
    name: str, message: str, code: str = "20002", media: Mapping[str, Media | None] | None = None, **fields: Any
) -> Row:
    row = good(name, media, **fields)
    return Row(row.name, row.body, row.media, 400, code, message)


# The twelve fields. The page prints a code (20002) and no words: the messages are ours.
PARAMETERS = [
    bad("prompt: required for T2V", "prompt is required for text-to-video", prompt=None),
    bad("prompt: no text", "prompt must be a string", prompt=5),
    bad("first_frame_url: no data: URI", PUBLIC.format("first_frame_url"), first_frame_url=DATA),
    bad("first_frame_url: a single URL", "first_frame_url must be a string", first_frame_url=[FRAME]),
    bad("last_frame_url: no data: URI", PUBLIC.format("last_frame_url"), first_frame_url=FRAME, last_frame_url=DATA),
    bad(
        "last_frame_url: not alone",
        "last_frame_url must be used together with first_frame_url",
        last_frame_url=LAST,
    ),
    good("reference_image_urls: 1", reference_image_urls=[A]),
    good("reference_image_urls: 9", reference_image_urls=urls(9)),
    bad(
        "reference_image_urls: 0",
        "reference_image_urls must be a list of 1-9 addresses, got 0",
        reference_image_urls=[],
    ),
    bad(
        "reference_image_urls: 10",
        "reference_image_urls must be a list of 1-9 addresses, got 10",
        reference_image_urls=urls(10),
    ),
    bad("reference_image_urls: no data: URI", PUBLIC.format("reference_image_urls"), reference_image_urls=[A, DATA]),
    good("reference_video_urls: 3", reference_video_urls=urls(3, "mp4")),
    bad(
        "reference_video_urls: 4",
        "reference_video_urls must be a list of 0-3 addresses, got 4",
        reference_video_urls=urls(4, "mp4"),
    ),
    bad(
        "reference_video_urls: no data: URI",
        PUBLIC.format("reference_video_urls"),
        reference_video_urls=["data:video/mp4;base64,AA"],
    ),
    good("reference_audio_urls: 3", reference_image_urls=[A], reference_audio_urls=urls(3, "wav")),
    bad(
        "reference_audio_urls: 4",
        "reference_audio_urls must be a list of 0-3 addresses, got 4",
        reference_image_urls=[A],
        reference_audio_urls=urls(4, "wav"),
    ),
    bad(
        "reference_audio_urls: no data: URI",
        PUBLIC.format("reference_audio_urls"),
        reference_image_urls=[A],
        reference_audio_urls=["data:audio/wav;base64,AA"],
    ),
    good("generate_audio: true", generate_audio=True),
    bad("generate_audio: no boolean", "generate_audio must be true or false", generate_audio="on"),
    good("resolution: 480p", resolution="480p"),
    good("resolution: 720p", resolution="720p"),
    bad("resolution: no 1080p", "resolution must be one of 480p, 720p", resolution="1080p"),
    bad("resolution: no 4k", "resolution must be one of 480p, 720p", resolution="4k"),
    *[good(f"aspect_ratio: {ratio}", aspect_ratio=ratio) for ratio in RATIOS],
    bad("aspect_ratio: no 2:1", f"aspect_ratio must be one of {', '.join(RATIOS)}", aspect_ratio="2:1"),
    good("duration: 4", duration=4),
    good("duration: 15", duration=15),
    bad("duration: 3", "duration must be an integer from 4 to 15", duration=3),
    bad("duration: 16", "duration must be an integer from 4 to 15", duration=16),
    good("web_search: true", web_search=True),
    bad("web_search: no boolean", "web_search must be true or false", web_search=1),
    good("nsfw_checker: false", nsfw_checker=False),
    bad("nsfw_checker: no boolean", "nsfw_checker must be true or false", nsfw_checker="off"),
]

# The modes, and what the price section says of a failed probe.
MODES = [
    good("mode: T2V, no media"),
    good("mode: I2V, prompt optional", prompt=None, first_frame_url=FRAME),
    good("mode: I2V, with a last frame", prompt=None, first_frame_url=FRAME, last_frame_url=LAST),
    good("mode: R2V, prompt optional", prompt=None, reference_image_urls=[A, B]),
    bad(
        "mode: a video alone needs a prompt",
        "prompt is required for text-to-video",
        prompt=None,
        reference_video_urls=[REF],
    ),
    bad(
        "mode: one at a time",
        "reference_image_urls cannot be combined with first_frame_url or last_frame_url",
        first_frame_url=FRAME,
        reference_image_urls=[A],
    ),
    bad(
        "price: failed probe",
        "PRICING_UNAVAILABLE: could not determine the duration of reference_video_urls[0]",
        "30002",
        media={REF: None},
        reference_video_urls=[REF],
    ),
    good(
        "mode: R2V with everything", reference_image_urls=[A], reference_video_urls=[REF], reference_audio_urls=[SPEECH]
    ),
]

# The quick example and the page’s recipes.
RECIPES = [
    Recipe(
        "quick example",
        {
            "model": MINI,
            "prompt": "A kitten yawning at the camera, soft morning light",
            "resolution": "720p",
            "aspect_ratio": "16:9",
            "duration": 5,
        },
        MINI,
        ShotRequest(prompt="A kitten yawning at the camera, soft morning light"),
    ),
    Recipe(
        "I2V animate a first frame",
        {"model": MINI, "first_frame_url": FRAME, "resolution": "720p", "duration": 5},
        MINI,
        ShotRequest(opening=FRAME),
    ),
    Recipe(
        "R2V keep subjects consistent",
        {
            "model": MINI,
            "prompt": "the subject walks through a neon-lit street at night",
            "reference_image_urls": [A, B],
            "resolution": "720p",
            "duration": 5,
        },
        MINI,
        ShotRequest(prompt="the subject walks through a neon-lit street at night", references=refs(Kind.IMAGE, A, B)),
    ),
]

ALL = under("mini", [*PARAMETERS, *MODES, *under("recipe", [Row(one.name, one.body) for one in RECIPES])])

PARAM_ROWS: list[tuple[str, str, object]] = [
    ("prompt", "string", None),
    ("first_frame_url", "string", None),
    ("last_frame_url", "string", None),
    ("reference_image_urls", "strings", None),
    ("reference_video_urls", "strings", None),
    ("reference_audio_urls", "strings", None),
    ("generate_audio", "boolean", False),
    ("resolution", "string", "720p"),
    ("aspect_ratio", "string", "16:9"),
    ("duration", "integer", 5),
    ("web_search", "boolean", False),
    ("nsfw_checker", "boolean", True),
]
