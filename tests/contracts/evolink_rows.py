"""One row per line of EvoLink’s tables: a body, what its files are, and the answer.

Tried against the rules here, and against the sandbox over HTTP.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from storyboard.providers.base import Kind, Media
from tests.contracts.rows import Row

R2V = "seedance-2.0-reference-to-video"
T2V = "seedance-2.0-text-to-video"
I2V = "seedance-2.0-image-to-video"
PICTURE, CLIP, SOUND = (
    "https://example.com/ref1.jpg",
    "https://example.com/reference.mp4",
    "https://example.com/bgm.mp3",
)
MB = 1024 * 1024
ALONE = "You cannot provide only audio_urls; at least 1 image (image_urls) or 1 video (video_urls) must be included"


def body(**changes: Any) -> dict[str, Any]:
    """The smallest body of reference-to-video with the changes; None takes a field out."""
    whole = {"model": R2V, "prompt": "Use the framing of video 1."} | changes
    return {name: value for name, value in whole.items() if value is not None}


def picture(**changes: Any) -> Media:
    return replace(Media(kind=Kind.IMAGE, width=1280, height=720, size=MB, format="png"), **changes)


def clip(seconds: str = "5", **changes: Any) -> Media:
    whole = Media(kind=Kind.VIDEO, seconds=Decimal(seconds), width=1280, height=720, fps=Decimal(24), format="mp4")
    return replace(whole, **{"size": MB} | changes)


def sound(seconds: str = "5", **changes: Any) -> Media:
    return replace(Media(kind=Kind.AUDIO, seconds=Decimal(seconds), size=MB, format="mp3"), **changes)


def many(url: str, count: int) -> list[str]:
    return [f"{url}?{number}" for number in range(count)]


def bad(name: str, sent: dict[str, Any], message: str, media: dict[str, Media | None] | None = None) -> Row:
    return Row(name, sent, media or {}, 400, "invalid_request_error", message)


def of_picture(name: str, message: str, file: Media | None) -> Row:
    sent = body(image_urls=[PICTURE])
    return (
        bad(name, sent, f"image_urls[0]: {message}", {PICTURE: file}) if message else Row(name, sent, {PICTURE: file})
    )


def of_clip(name: str, message: str, file: Media | None) -> Row:
    sent = body(video_urls=[CLIP])
    return bad(name, sent, f"video_urls[0]: {message}", {CLIP: file}) if message else Row(name, sent, {CLIP: file})


def of_sound(name: str, message: str, file: Media | None) -> Row:
    sent, media = body(image_urls=[PICTURE], audio_urls=[SOUND]), {PICTURE: picture(), SOUND: file}
    return bad(name, sent, f"audio_urls[0]: {message}", media) if message else Row(name, sent, media)


def together(name: str, field_name: str, files: list[Media], message: str = "") -> Row:
    urls = many(CLIP if field_name == "video_urls" else SOUND, len(files))
    sent = body(**{"image_urls": [PICTURE], field_name: urls})
    media: dict[str, Media | None] = {PICTURE: picture(), **dict(zip(urls, files, strict=True))}
    return bad(name, sent, message, media) if message else Row(name, sent, media)


NO_BASE64 = "must be an http or https URL, do not use Base64 encoding"
PLAIN = [
    bad("model is required", body(model=None), ""),
    bad("model is one of the nine", body(model="seedance-2.0"), ""),
    bad("prompt is required", body(prompt=None), "prompt is required"),
    bad("prompt is not empty", body(prompt=""), "prompt is required"),
    bad("prompt is a string", body(prompt=7), "prompt must be a string"),
    Row("prompt in Chinese", body(prompt="一只猫在弹钢琴")),
    Row("duration 4", body(duration=4)),
    Row("duration 15", body(duration=15)),
    bad("duration 3", body(duration=3), "duration must be between 4 and 15"),
    bad("duration 16", body(duration=16), "duration must be between 4 and 15"),
    bad("duration -1 of an old page", body(duration=-1), "duration must be between 4 and 15"),
    bad("duration is an integer", body(duration="5"), "duration must be an integer"),
    bad("duration is no boolean", body(duration=True), "duration must be an integer"),
    Row("quality 480p", body(quality="480p")),
    Row("quality 720p", body(quality="720p")),
    Row("quality 1080p on Standard", body(quality="1080p")),
    bad("quality 4k", body(quality="4k"), "quality must be one of 480p, 720p, 1080p"),
    bad("quality 720P", body(quality="720P"), "quality must be one of 480p, 720p, 1080p"),
    *(
        bad(
            f"quality 1080p on {tier}",
            body(model=f"seedance-2.0-{tier}-reference-to-video", quality="1080p"),
            "quality must be one of 480p, 720p",
        )
        for tier in ("fast", "mini")
    ),
    *(
        Row(f"aspect_ratio {ratio}", body(aspect_ratio=ratio))
        for ratio in ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
    ),
    Row("aspect_ratio adaptive", body(aspect_ratio="adaptive")),
    bad(
        "aspect_ratio 2:1",
        body(aspect_ratio="2:1"),
        "aspect_ratio must be one of 16:9, 9:16, 1:1, 4:3, 3:4, 21:9, adaptive",
    ),
    Row("generate_audio true", body(generate_audio=True)),
    Row("generate_audio false", body(generate_audio=False)),
    bad("generate_audio is a boolean", body(generate_audio="yes"), "generate_audio must be true or false"),
    Row("content_filter false", body(content_filter=False)),
]
COUNTS = [
    Row("0 references", body()),
    Row("9 images", body(image_urls=many(PICTURE, 9))),
    bad("10 images", body(image_urls=many(PICTURE, 10)), "image_urls must contain at most 9 items"),
    Row("3 videos", body(video_urls=many(CLIP, 3))),
    bad("4 videos", body(video_urls=many(CLIP, 4)), "video_urls must contain at most 3 items"),
    Row("3 sounds and a picture", body(image_urls=[PICTURE], audio_urls=many(SOUND, 3))),
    bad("4 sounds", body(image_urls=[PICTURE], audio_urls=many(SOUND, 4)), "audio_urls must contain at most 3 items"),
    bad("audio_urls alone", body(audio_urls=[SOUND]), ALONE),
    Row("audio_urls with an image", body(image_urls=[PICTURE], audio_urls=[SOUND])),
    Row("audio_urls with a video", body(video_urls=[CLIP], audio_urls=[SOUND])),
    bad("image_urls is an array", body(image_urls=PICTURE), "image_urls must be an array of strings"),
    bad("image in Base64", body(image_urls=["data:image/png;base64,AA=="]), f"image_urls[0]: {NO_BASE64}"),
    bad("video in Base64", body(video_urls=["data:video/mp4;base64,AA=="]), f"video_urls[0]: {NO_BASE64}"),
    bad(
        "audio in Base64",
        body(image_urls=[PICTURE], audio_urls=["data:audio/mp3;base64,AA=="]),
        f"audio_urls[0]: {NO_BASE64}",
    ),
    bad("image as asset", body(image_urls=["asset://1"]), f"image_urls[0]: {NO_BASE64}"),
    Row("body over 64MB", body(prompt="x" * (64 * MB)), {}, 413, "request_too_large_error"),
]
ASPECT, SIDE = "aspect ratio must be 0.4 ~ 2.5", "width and height must be 300 ~ 6000 px"
IMAGES = [
    *(of_picture(f"image .{name}", "", picture(format=name)) for name in ("jpeg", "png", "webp")),
    of_picture("image .gif", "format must be one of .jpeg, .png, .webp", picture(format="gif")),
    of_picture("image aspect 0.4", "", picture(width=400, height=1000)),
    of_picture("image aspect 2.5", "", picture(width=1000, height=400)),
    of_picture("image aspect below 0.4", ASPECT, picture(width=399, height=1000)),
    of_picture("image aspect above 2.5", ASPECT, picture(width=1001, height=400)),
    of_picture("image side 300", "", picture(width=300, height=300)),
    of_picture("image side 6000", "", picture(width=6000, height=6000)),
    of_picture("image side 299", SIDE, picture(width=299, height=300)),
    of_picture("image side 6001", SIDE, picture(width=6001, height=6000)),
    of_picture("image 30MB", "", picture(size=30 * MB)),
    of_picture("image over 30MB", "must not exceed 30MB", picture(size=30 * MB + 1)),
    of_picture("image that is a video", "must be image, not video", clip()),
    of_picture("image unreadable", "the file could not be read", None),
]
PIXELS = "total pixels must be 409,600 ~ 927,408"
VIDEOS = [
    *(of_clip(f"video .{name}", "", clip(format=name)) for name in ("mp4", "mov")),
    of_clip("video .webm", "format must be one of .mp4, .mov", clip(format="webm")),
    of_clip("video 2 s", "", clip("2")),
    of_clip("video 15 s", "", clip("15")),
    of_clip("video below 2 s", "duration must be 2 ~ 15 seconds", clip("1.99")),
    of_clip("video over 15 s", "duration must be 2 ~ 15 seconds", clip("15.01")),
    together("videos 15 s together", "video_urls", [clip("7.5"), clip("7.5")]),
    together(
        "videos over 15 s together",
        "video_urls",
        [clip("7.5"), clip("7.6")],
        "video_urls: total duration must be ≤ 15 seconds",
    ),
    of_clip("video aspect 2.5", "", clip(width=1500, height=600)),
    of_clip("video aspect below 0.4", ASPECT, clip(width=480, height=1201)),
    of_clip("video aspect above 2.5", ASPECT, clip(width=1501, height=600)),
    of_clip("video side 299", SIDE, clip(width=299, height=1400)),
    of_clip("video side 6001", SIDE, clip(width=6001, height=300)),
    of_clip("video 640×640", "", clip(width=640, height=640)),
    of_clip("video 834×1112", "", clip(width=834, height=1112)),
    of_clip("video 640×639", PIXELS, clip(width=640, height=639)),
    of_clip("video 835×1112", PIXELS, clip(width=835, height=1112)),
    of_clip("video 1920×1080", PIXELS, clip(width=1920, height=1080)),
    of_clip("video 50MB", "", clip(size=50 * MB)),
    of_clip("video over 50MB", "must not exceed 50MB", clip(size=50 * MB + 1)),
    of_clip("video 24 FPS", "", clip(fps=Decimal(24))),
    of_clip("video 60 FPS", "", clip(fps=Decimal(60))),
    of_clip("video below 24 FPS", "frame rate must be 24 ~ 60 FPS", clip(fps=Decimal("23.976"))),
    of_clip("video above 60 FPS", "frame rate must be 24 ~ 60 FPS", clip(fps=Decimal(61))),
    of_clip("video unreadable", "the file could not be read", None),
]
SOUNDS = [
    *(of_sound(f"audio .{name}", "", sound(format=name)) for name in ("wav", "mp3")),
    of_sound("audio .ogg", "format must be one of .wav, .mp3", sound(format="ogg")),
    of_sound("audio 2 s", "", sound("2")),
    of_sound("audio 15 s", "", sound("15")),
    of_sound("audio below 2 s", "duration must be 2 ~ 15 seconds", sound("1.9")),
    of_sound("audio over 15 s", "duration must be 2 ~ 15 seconds", sound("15.1")),
    together("audio 15 s together", "audio_urls", [sound("5")] * 3),
    together(
        "audio over 15 s together",
        "audio_urls",
        [sound("5"), sound("5"), sound("5.1")],
        "audio_urls: total duration must be ≤ 15 seconds",
    ),
    of_sound("audio 15MB", "", sound(size=15 * MB)),
    of_sound("audio over 15MB", "must not exceed 15MB", sound(size=15 * MB + 1)),
]
HTTPS, PRIVATE = "callback_url must use HTTPS", "callback_url must not point to a private or loopback address"
HOOK = "https://your-domain.com/webhooks/video-task-completed"
CALLBACKS = [
    Row("callback HTTPS", body(callback_url=HOOK)),
    bad("callback HTTP", body(callback_url="http://your-domain.com/hook"), HTTPS),
    bad("callback without a host", body(callback_url="https:///hook"), HTTPS),
    *(
        bad(f"callback to {host}", body(callback_url=f"https://{host}/hook"), PRIVATE)
        for host in (
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "localhost",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "2130706433",
            "0x7f.1",
        )
    ),
    Row("callback to 172.32.0.1", body(callback_url="https://172.32.0.1/hook")),
    Row("callback of 2048 characters", body(callback_url=HOOK + "/" * (2048 - len(HOOK)))),
    bad(
        "callback of 2049 characters",
        body(callback_url=HOOK + "/" * (2049 - len(HOOK))),
        "callback_url must not exceed 2048 characters",
    ),
    bad("callback is a string", body(callback_url=1), "callback_url must be a string"),
]
SEARCH = {"web_search": True}
NO_SEARCH = "model_params.web_search is supported by text-to-video Standard and Fast only"
SIBLINGS = [
    *(
        Row(f"{tier}{way}-to-video exists", body(model=f"seedance-2.0-{tier}{way}-to-video", image_urls=urls))
        for tier in ("", "fast-", "mini-")
        for way, urls in (("text", None), ("image", [PICTURE]), ("reference", [PICTURE]))
    ),
    bad(
        "text-to-video takes no images", body(model=T2V, image_urls=[PICTURE]), f"image_urls is not supported by {T2V}"
    ),
    bad("text-to-video takes no videos", body(model=T2V, video_urls=[CLIP]), f"video_urls is not supported by {T2V}"),
    bad("text-to-video takes no audio", body(model=T2V, audio_urls=[SOUND]), f"audio_urls is not supported by {T2V}"),
    bad("image-to-video needs an image", body(model=I2V), "image_urls is required"),
    bad("image-to-video needs an image, not none", body(model=I2V, image_urls=[]), "image_urls is required"),
    Row("image-to-video takes first and last", body(model=I2V, image_urls=many(PICTURE, 2))),
    bad(
        "image-to-video takes 2 images",
        body(model=I2V, image_urls=many(PICTURE, 3)),
        "image_urls must contain at most 2 items",
    ),
    bad(
        "image-to-video takes no videos",
        body(model=I2V, image_urls=[PICTURE], video_urls=[CLIP]),
        f"video_urls is not supported by {I2V}",
    ),
    Row(
        "fast takes .gif",
        body(model=f"{R2V.replace('2.0', '2.0-fast')}", image_urls=[PICTURE]),
        {PICTURE: picture(format="gif")},
    ),
    Row("search in text-to-video", body(model=T2V, model_params=SEARCH)),
    Row("search in fast text-to-video", body(model="seedance-2.0-fast-text-to-video", model_params=SEARCH)),
    bad("search in mini", body(model="seedance-2.0-mini-text-to-video", model_params=SEARCH), NO_SEARCH),
    bad("search in reference-to-video", body(model_params=SEARCH), NO_SEARCH),
    bad(
        "search is a boolean",
        body(model=T2V, model_params={"web_search": "yes"}),
        "model_params.web_search must be true or false",
    ),
]
ROWS = ALL = [*PLAIN, *COUNTS, *IMAGES, *VIDEOS, *SOUNDS, *CALLBACKS, *SIBLINGS]
# The page’s table of pixel values.
PIXEL_TABLE = [
    ("16:9", "480p", 864, 496),
    ("16:9", "720p", 1280, 720),
    ("4:3", "480p", 752, 560),
    ("4:3", "720p", 1112, 834),
    ("1:1", "480p", 640, 640),
    ("1:1", "720p", 960, 960),
    ("3:4", "480p", 560, 752),
    ("3:4", "720p", 834, 1112),
    ("9:16", "480p", 496, 864),
    ("9:16", "720p", 720, 1280),
    ("21:9", "480p", 992, 432),
    ("21:9", "720p", 1470, 630),
    ("16:9", "1080p", 1920, 1080),
    ("4:3", "1080p", 1664, 1248),
    ("1:1", "1080p", 1440, 1440),
    ("3:4", "1080p", 1248, 1664),
    ("9:16", "1080p", 1080, 1920),
    ("21:9", "1080p", 2206, 946),
]
# Parameter, default.
DEFAULTS = [
    ("duration", 5),
    ("quality", "720p"),
    ("aspect_ratio", "16:9"),
    ("generate_audio", True),
    ("content_filter", True),
]
# Name, changes to the body, seconds of the input videos, micro-dollars (None: no price is known).
PRICES: list[tuple[str, dict[str, Any], list[str], int | None]] = [
    ("standard 480p", {"quality": "480p"}, [], 459_500),
    ("standard 720p by default, 5 s by default", {}, [], 992_500),
    ("an image is no video", {"image_urls": [PICTURE]}, [], 992_500),
    ("standard 480p with a video", {"quality": "480p"}, ["2"], 560_000),
    ("input shorter than output counts as the output", {}, ["2"], 1_209_000),
    ("input longer than output counts as it is", {}, ["5", "3.5"], 1_632_150),
    ("fast 480p", {"model": "seedance-2.0-fast-text-to-video", "quality": "480p", "duration": 10}, [], 745_000),
    ("fast 720p", {"model": "seedance-2.0-fast-text-to-video", "duration": 4}, [], 643_200),
    ("fast 480p with a video", {"model": "seedance-2.0-fast-reference-to-video", "quality": "480p"}, ["6"], 487_300),
    ("fast 720p with a video", {"model": "seedance-2.0-fast-reference-to-video"}, ["6"], 1_052_700),
    ("one search", {"model": T2V, "model_params": SEARCH}, [], 993_100),
    ("audio is free", {"generate_audio": False}, [], 992_500),
    ("standard 1080p is not known", {"quality": "1080p"}, [], None),
    ("mini is not known", {"model": "seedance-2.0-mini-text-to-video"}, [], None),
    ("without the content filter it is not known", {"content_filter": False}, [], None),
]
# Error code of a failed task, whether the same request may well succeed.
TASK_ERRORS = [
    ("content_policy_violation", False),
    ("invalid_parameters", False),
    ("image_processing_error", False),
    ("image_dimension_mismatch", False),
    ("request_cancelled", False),
    ("generation_failed_no_content", True),
    ("service_error", True),
    ("generation_timeout", True),
    ("resource_exhausted", True),
    ("quota_exceeded", True),
    ("service_unavailable", True),
    ("resource_not_found", False),
    ("unknown_error", True),
    ("model_unavailable", False),
    ("upstream_error", True),
]
# Status and type of the HTTP error, and the wait EvoLink names.
HTTP_ERRORS = [
    (400, "invalid_request_error", None),
    (401, "authentication_error", None),
    (402, "insufficient_quota_error", None),
    (403, "permission_error", None),
    (404, "not_found_error", None),
    (413, "request_too_large_error", None),
    (429, "rate_limit_error", 60),
    (500, "internal_server_error", None),
    (502, "upstream_error", None),
    (503, "service_unavailable_error", 30),
]
# Status word, state.
STATUS_WORDS = [("pending", "queued"), ("processing", "running"), ("completed", "succeeded"), ("failed", "failed")]
