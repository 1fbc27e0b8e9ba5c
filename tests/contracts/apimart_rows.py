"""APIMart’s page, line by line, as requests and what is said to them; preflight and the sandbox are held to it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from storyboard.providers.base import Body, Kind, Media
from tests.contracts.apimart_cases import CASES
from tests.contracts.rows import Row, under

PLAIN = "doubao-seedance-2.0"
FAST = "doubao-seedance-2.0-fast"
FACE = "doubao-seedance-2.0-face"
FAST_FACE = "doubao-seedance-2.0-fast-face"
MINI = "doubao-seedance-2.0-mini"
MODELS = (PLAIN, FAST, FACE, FAST_FACE, MINI)
PICTURE = "https://example.com/cat.jpg"
CLIP = "https://example.com/reference.mp4"
SPEECH = "https://example.com/speech.wav"
ASSET = "asset://asset_a"
DAY = {"url": "https://example.com/day.jpg", "role": "first_frame"}
NIGHT = {"url": "https://example.com/night.jpg", "role": "last_frame"}


def ask(model: Any = PLAIN, **changes: Any) -> Body:
    """A plain request with changes; None takes a field out."""
    body: Body = {"model": model, "prompt": "A kitten yawning at the camera"} | changes
    return {name: value for name, value in body.items() if value is not None}


def refused(name: str, names: str, body: Body, media: Mapping[str, Media | None] | None = None) -> Row:
    return Row(name, body, media or {}, 400, "400", "Invalid request parameters", names)


def clip(seconds: str, width: int = 1280, height: int = 720) -> Media:
    return Media(kind=Kind.VIDEO, seconds=Decimal(seconds), width=width, height=height)


def sound(seconds: str) -> Media:
    return Media(kind=Kind.AUDIO, seconds=Decimal(seconds))


def many(count: int, ending: str) -> list[str]:
    return [f"https://example.com/{number}.{ending}" for number in range(count)]


BASIC = [
    refused("model: required", "model", ask(model=None)),
    refused("model: unknown", "model", ask("doubao-seedance-9")),
    refused("model: not a text", "model", ask(model=["doubao-seedance-2.0"])),
    *(Row(f"model: {model}", ask(model)) for model in MODELS),
    refused("prompt: required for text-to-video", "prompt", ask(prompt=None)),
    refused("prompt: blank for text-to-video", "prompt", ask(prompt="  \n")),
    refused("prompt: not a text", "prompt", ask(prompt=5)),
    Row("prompt: optional with image_urls", ask(prompt=None, image_urls=[PICTURE])),
    Row("prompt: optional with image_with_roles", ask(prompt=None, image_with_roles=[DAY])),
    Row("prompt: optional with video_urls", ask(prompt=None, video_urls=[CLIP])),
    Row("prompt: 4000 characters", ask(prompt="a" * 4000)),
    refused("prompt: 4001 characters", "prompt", ask(prompt="a" * 4001)),
    *(refused(f"prompt: 4001 characters, {model}", "prompt", ask(model, prompt="a" * 4001)) for model in MODELS[1:4]),
    Row("prompt: no limit for mini", ask(MINI, prompt="a" * 4001)),
    *(Row(f"duration: {seconds}", ask(duration=seconds)) for seconds in (4, 5, 15)),
    *(
        refused(f"duration: {seconds!r}", "duration", ask(duration=seconds))
        for seconds in (3, 16, 0, -1, 5.5, "5", True)
    ),
    *(Row(f"size: {size}", ask(size=size)) for size in ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")),
    *(refused(f"size: {size!r}", "size", ask(size=size)) for size in ("2:1", "Adaptive", "", 16, ["16:9"])),
    refused("resolution: 2k", "resolution", ask(resolution="2k")),
    refused("resolution: 4K is written small", "resolution", ask(resolution="4K")),
    refused("resolution: a number", "resolution", ask(resolution=720)),
    *(Row(f"seed: {seed}", ask(seed=seed)) for seed in (0, 42, -1)),
    *(refused(f"seed: {seed!r}", "seed", ask(seed=seed)) for seed in ("42", 4.2, True)),
    *(
        Row(f"{name}: {value}", ask(**{name: value}))
        for name in ("generate_audio", "return_last_frame")
        for value in (True, False)
    ),
    *(refused(f"{name}: text", name, ask(**{name: "true"})) for name in ("generate_audio", "return_last_frame")),
    Row("tools: web_search", ask(tools=[{"type": "web_search"}])),
    refused("tools: another type", "tools", ask(tools=[{"type": "image_search"}])),
    refused("tools: type required", "tools", ask(tools=[{}])),
    refused("tools: a list of texts", "tools", ask(tools=["web_search"])),
    refused("tools: not a list", "tools", ask(tools={"type": "web_search"})),
]

# Which resolution which model offers: 1080p the plain and the face model, 4k the plain model only.
OFFERED = {
    "480p": MODELS,
    "720p": MODELS,
    "1080p": (PLAIN, FACE),
    "4k": (PLAIN,),
}
RESOLUTIONS = [
    Row(f"resolution: {resolution} on {model}", ask(model, resolution=resolution))
    if model in models
    else refused(f"resolution: {resolution} on {model}", "resolution", ask(model, resolution=resolution))
    for resolution, models in OFFERED.items()
    for model in MODELS
]

IMAGES = [
    Row("image_urls: 9", ask(image_urls=many(9, "png"))),
    refused("image_urls: 10", "image_urls", ask(image_urls=many(10, "png"))),
    refused("image_urls: not a list", "image_urls", ask(image_urls=PICTURE)),
    refused("image_urls: an object in it", "image_urls", ask(image_urls=[{"url": PICTURE}])),
    refused("image_urls: data", "image_urls", ask(image_urls=["data:image/png;base64,AAAA"])),
    refused("image_urls: neither web nor asset", "image_urls", ask(image_urls=["ftp://example.com/cat.jpg"])),
    refused("image_urls: cannot be read", "image_urls", ask(image_urls=[PICTURE]), {PICTURE: None}),
    refused("image_urls: with image_with_roles", "image_urls", ask(image_urls=[PICTURE], image_with_roles=[DAY])),
    Row("image_with_roles: first frame", ask(image_with_roles=[DAY])),
    Row("image_with_roles: last frame", ask(image_with_roles=[NIGHT])),
    Row("image_with_roles: both frames", ask(image_with_roles=[DAY, NIGHT])),
    Row("image_with_roles: reference_image", ask(image_with_roles=[{"url": ASSET, "role": "reference_image"}])),
    refused("image_with_roles: url required", "image_with_roles", ask(image_with_roles=[{"role": "first_frame"}])),
    refused("image_with_roles: role required", "image_with_roles", ask(image_with_roles=[{"url": PICTURE}])),
    refused(
        "image_with_roles: unknown role",
        "image_with_roles",
        ask(image_with_roles=[{"url": PICTURE, "role": "middle_frame"}]),
    ),
    refused(
        "image_with_roles: a role that is a list",
        "image_with_roles",
        ask(image_with_roles=[{"url": PICTURE, "role": ["first_frame"]}]),
    ),
    refused("image_with_roles: texts", "image_with_roles", ask(image_with_roles=[PICTURE])),
    refused("image_with_roles: not a list", "image_with_roles", ask(image_with_roles=DAY)),
    refused(
        "image_with_roles: 10",
        "image_with_roles",
        ask(image_with_roles=[{"url": ASSET, "role": "reference_image"}] * 10),
    ),
    refused("video_urls: with a first frame", "video_urls", ask(image_with_roles=[DAY], video_urls=[CLIP])),
    refused("video_urls: with a last frame", "video_urls", ask(image_with_roles=[NIGHT], video_urls=[CLIP])),
    refused("audio_urls: with a first frame", "audio_urls", ask(image_with_roles=[DAY], audio_urls=[SPEECH])),
    refused("audio_urls: with a last frame", "audio_urls", ask(image_with_roles=[NIGHT], audio_urls=[SPEECH])),
    Row(
        "video_urls: with a reference_image",
        ask(image_with_roles=[{"url": ASSET, "role": "reference_image"}], video_urls=[CLIP]),
    ),
]

ASSETS = [
    Row(f"asset in {name} on {model}", body)
    if model in {PLAIN, FAST}
    else refused(f"asset in {name} on {model}", name, body)
    for model in MODELS
    for name, body in (
        ("image_urls", ask(model, image_urls=[ASSET])),
        ("image_with_roles", ask(model, image_with_roles=[{"url": ASSET, "role": "reference_image"}])),
        ("video_urls", ask(model, video_urls=[ASSET])),
        ("audio_urls", ask(model, image_urls=[PICTURE], audio_urls=[ASSET])),
    )
]

TWO = ["https://example.com/0.mp4", "https://example.com/1.mp4"]
VIDEOS = [
    Row("video_urls: 3", ask(video_urls=many(3, "mp4"))),
    refused("video_urls: 4", "video_urls", ask(video_urls=many(4, "mp4"))),
    refused("video_urls: not a list", "video_urls", ask(video_urls=CLIP)),
    refused("video_urls: data", "video_urls", ask(video_urls=["data:video/mp4;base64,AAAA"])),
    refused("video_urls: cannot be read", "video_urls", ask(video_urls=[CLIP]), {CLIP: None}),
    refused("video_urls: 1.8 s in all", "video_urls", ask(video_urls=[CLIP]), {CLIP: clip("1.8")}),
    Row("video_urls: 1.9 s in all", ask(video_urls=[CLIP]), media={CLIP: clip("1.9")}),
    Row("video_urls: 15.1 s in all", ask(video_urls=TWO), media={TWO[0]: clip("7.1"), TWO[1]: clip("8")}),
    refused("video_urls: 15.2 s in all", "video_urls", ask(video_urls=TWO), {TWO[0]: clip("7.2"), TWO[1]: clip("8")}),
    Row("video_urls: short, the other not known", ask(video_urls=TWO), media={TWO[0]: clip("1")}),
    Row("video_urls: 480p", ask(video_urls=[CLIP]), media={CLIP: clip("5", 864, 496)}),
    Row("video_urls: 480p square", ask(video_urls=[CLIP]), media={CLIP: clip("5", 640, 640)}),
    Row("video_urls: 720p, 4:3", ask(video_urls=[CLIP]), media={CLIP: clip("5", 1112, 834)}),
    refused("video_urls: 360p", "video_urls", ask(video_urls=[CLIP]), {CLIP: clip("5", 640, 360)}),
    refused("video_urls: 1080p", "video_urls", ask(video_urls=[CLIP]), {CLIP: clip("5", 1920, 1080)}),
]

AUDIOS = [
    Row("audio_urls: 3", ask(image_urls=[PICTURE], audio_urls=many(3, "mp3"))),
    refused("audio_urls: 4", "audio_urls", ask(image_urls=[PICTURE], audio_urls=many(4, "mp3"))),
    refused("audio_urls: not a list", "audio_urls", ask(image_urls=[PICTURE], audio_urls=SPEECH)),
    refused("audio_urls: cannot be read", "audio_urls", ask(image_urls=[PICTURE], audio_urls=[SPEECH]), {SPEECH: None}),
    Row("audio_urls: 15 s in all", ask(image_urls=[PICTURE], audio_urls=[SPEECH]), media={SPEECH: sound("15")}),
    refused(
        "audio_urls: 15.1 s in all",
        "audio_urls",
        ask(image_urls=[PICTURE], audio_urls=[SPEECH]),
        {SPEECH: sound("15.1")},
    ),
    refused("audio_urls: alone", "audio_urls", ask(audio_urls=[SPEECH])),
    refused("audio_urls: alone, and no prompt", "prompt", ask(prompt=None, audio_urls=[SPEECH])),
    Row("audio_urls: with a video", ask(video_urls=[CLIP], audio_urls=[SPEECH])),
    Row(
        "audio_urls: with a reference_image",
        ask(image_with_roles=[{"url": ASSET, "role": "reference_image"}], audio_urls=[SPEECH]),
    ),
    Row("webhook: public", ask(webhook="https://example.com/hooks/apimart")),
    refused("webhook: not a text", "webhook", ask(webhook=["https://example.com"])),
]

# Taken, but not without a word.
ADVISED = [
    Row("prompt: 501 characters", ask(prompt="a" * 501), names="prompt"),
    Row("prompt: 501 Chinese characters on mini", ask(MINI, prompt="猫" * 501), names="prompt"),
    Row("prompt: 1001 words on mini", ask(MINI, prompt="cat " * 1001), names="prompt"),
    Row("duration: 4, where the table says 5 to 15", ask(duration=4), names="duration"),
    Row("video_urls: no real people", ask(FACE, video_urls=[CLIP]), names="video_urls"),
    *(
        Row(f"image_urls: real people on {model}", ask(model, image_urls=[PICTURE]), names="image_urls")
        for model in (PLAIN, FAST, MINI)
    ),
    Row("image_with_roles: real people", ask(image_with_roles=[DAY]), names="image_with_roles"),
    Row(
        "image_with_roles: reference_image is for assets",
        ask(FACE, image_with_roles=[{"url": PICTURE, "role": "reference_image"}]),
        names="image_with_roles",
    ),
    *(
        Row(f"webhook: {url} is dropped", ask(webhook=url), names="webhook")
        for url in (
            "http://127.0.0.1/hook",
            "http://[::1]/hook",
            "https://10.1.2.3/hook",
            "http://localhost/hook",
            "https://example.com:8443/hook",
            "ftp://example.com/hook",
            "https://api.apimart.ai/hook",
            "https://example.com:port/hook",
        )
    ),
]
# Taken without a word.
SILENT = [
    Row("prompt: 500 characters", ask(prompt="a" * 500)),
    Row("prompt: 1000 words on mini", ask(MINI, prompt="cat " * 1000)),
    Row("duration: 5, as in the table", ask(duration=5)),
    Row("image_urls: real people on face", ask(FACE, image_urls=[PICTURE])),
    Row("image_urls: real people on fast face", ask(FAST_FACE, image_urls=[PICTURE])),
    Row("image_urls: an approved asset", ask(image_urls=[ASSET])),
    Row("webhook: http on port 80", ask(webhook="http://example.com:80/hook")),
    Row("webhook: https on port 443", ask(webhook="https://example.com:443/hook/")),
    Row("webhook: a public address", ask(webhook="https://93.184.216.34/hook")),
]
ROWS = BASIC + RESOLUTIONS + IMAGES + ASSETS + VIDEOS + AUDIOS
# What may be posted; a case’s files were not probed.
ALL = [*ROWS, *under("advised", ADVISED), *under("silent", SILENT)]
ALL += under("case", [Row(case.name, case.body) for case in CASES])
