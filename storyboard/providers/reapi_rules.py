"""What reAPI refuses in a body for the doubao-seedance-2.0 family, in the order of its table of validation errors.

reapi.problems uses it, for preflight and for the sandbox. Words that the table does not have follow its style.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from storyboard.providers.base import Body, Kind, Media, Probed, Problem
from storyboard.providers.catalog import RATIOS, Model
from storyboard.providers.reapi_rows import (
    AUDIOS,
    BY_ID,
    FAMILY,
    IMAGES,
    LIMITS,
    MEDIA_FIELDS,
    ROLES,
    UP_TO_4K,
    VIDEOS,
)
from storyboard.providers.rules import is_web, is_whole, misfit, no_length, objects, outside, strings, total_seconds

MISSING, CONSTRAINT, SIZE, PROBE = "20002", "20003", "20005", "30002"
SHORTEST, LONGEST = 3, 4000
LENGTHS = (4, 15)
MOST_SECONDS = 15
CLIP = LIMITS[Kind.VIDEO]
# A clip's length has a row of its own.
FRAME = replace(CLIP, seconds_each=None)
NOUNS = {IMAGES: "pictures", ROLES: "frames", VIDEOS: "reference videos", AUDIOS: "reference sounds"}
COUNTS = {IMAGES: 9, ROLES: 9, VIDEOS: 3, AUDIOS: 3}
TYPES = {
    "duration": "number",
    "generate_audio": "boolean",
    "return_last_frame": "boolean",
    "tools": "array",
    "nsfw_checker": "boolean",
    IMAGES: "array",
    ROLES: "array",
    VIDEOS: "array",
    AUDIOS: "array",
    "fallback": "object",
}


def refuse(field: str, message: str, sentence: str, code: str = CONSTRAINT) -> Problem:
    return Problem(field=field, sentence=sentence, code=code, status=400, message=message)


def problems(body: Body, media: Probed) -> Iterator[Problem]:
    """A URL without an entry in `media` was not probed: what only a probe can tell is then not judged."""
    yield from shape(body)
    yield from prompt(body)
    yield from together(body)
    yield from pictures(body)
    yield from videos(body, media)
    yield from sounds(body, media)
    yield from settings(body)
    yield from tools(body)
    yield from addresses(body)
    yield from unprobed(body, media)


def name_of(value: object) -> str:
    """The JSON type as the vendor’s messages call it."""
    if value is None:
        return "undefined"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "object")


def shape(body: Body) -> Iterator[Problem]:
    """The table starts where the types are right; these come before it. What is null counts as left out."""
    if str(body.get("model")) not in BY_ID:
        yield model_problem(body.get("model"))
    for field, wanted in TYPES.items():
        value = body.get(field)
        if value is not None and name_of(value) != wanted:
            message = f"{field}: Invalid input: expected {wanted}, received {name_of(value)}"
            yield refuse(field, message, f"“{field}” has to be of type {wanted}. Send it as one, or leave it out.")
    fallback = body.get("fallback")
    enabled = fallback.get("enabled", True) if isinstance(fallback, dict) else True
    if not isinstance(enabled, bool):
        message = f"fallback.enabled: Invalid input: expected boolean, received {name_of(enabled)}"
        yield refuse("fallback", message, "Say true or false to a fallback.")
    for field in (IMAGES, VIDEOS, AUDIOS):
        for index, value in enumerate(items(body, field)):
            if not isinstance(value, str):
                message = f"{field}[{index}]: Invalid input: expected string, received {name_of(value)}"
                yield refuse(field, message, f"Each entry of “{field}” has to be an address. Mend entry {index + 1}.")


def model_problem(value: object) -> Problem:
    if value is None:
        message = "model: Invalid input: expected string, received undefined"
        return refuse("model", message, "Choose a model.", MISSING)
    allowed = " / ".join(model.id for model in FAMILY)
    return refuse("model", f'invalid model "{value}" (allowed: {allowed})', "reAPI has no such model. Choose another.")


def items(body: Body, field: str) -> list[Any]:
    value = body.get(field)
    return value if isinstance(value, list) else []


def prompt(body: Body) -> Iterator[Problem]:
    value = body.get("prompt")
    if value is None or value == "":
        message = "prompt: Invalid input: expected string, received undefined"
        yield refuse("prompt", message, "Write a prompt: reAPI needs one for every shot.", MISSING)
    elif not isinstance(value, str):
        message = f"prompt: Invalid input: expected string, received {name_of(value)}"
        yield refuse("prompt", message, "The prompt has to be text.")
    elif len(value) < SHORTEST:
        message = "prompt: Too small: expected string to have >=3 characters"
        yield refuse("prompt", message, "The prompt is too short. Write at least 3 characters.")
    elif len(value) > LONGEST:
        message = "prompt: Too big: expected string to have <=4000 characters"
        yield refuse("prompt", message, f"The prompt has {len(value):,} characters. Shorten it to 4,000 at most.")


def together(body: Body) -> Iterator[Problem]:
    if items(body, IMAGES) and items(body, ROLES):
        message = "image_urls and image_with_roles cannot be used simultaneously"
        text = "Other pictures cannot stand beside exact first and last frames. Take out the one or the other."
        yield refuse(ROLES, message, text)
    if items(body, ROLES) and (items(body, VIDEOS) or items(body, AUDIOS)):
        message = "image_with_roles cannot be combined with video_urls or audio_urls"
        text = "Videos and sounds cannot stand beside exact first and last frames. Take out the one or the other."
        yield refuse(ROLES, message, text)
    if items(body, AUDIOS) and not (items(body, IMAGES) or items(body, VIDEOS)):
        message = "audio_urls must be used together with image_urls or video_urls"
        yield refuse(AUDIOS, message, "A reference sound needs a picture or a video beside it. Add one.")


def too_many(body: Body, field: str) -> Iterator[Problem]:
    count, most = len(items(body, field)), COUNTS[field]
    if count > most:
        text = f"reAPI takes at most {most} {NOUNS[field]}, and this shot has {count}. Take some out."
        yield refuse(field, f"at most {most} {field} allowed, got {count}", text)


def pictures(body: Body) -> Iterator[Problem]:
    yield from too_many(body, IMAGES)
    yield from too_many(body, ROLES)
    for index, entry in enumerate(items(body, ROLES)):
        role = entry.get("role", "undefined") if isinstance(entry, dict) else name_of(entry)
        if role not in ("first_frame", "last_frame"):
            message = f'image_with_roles[{index}].role must be first_frame or last_frame, got "{role}"'
            yield refuse(ROLES, message, "Say of each frame whether it is the first or the last.")


def videos(body: Body, media: Probed) -> Iterator[Problem]:
    yield from too_many(body, VIDEOS)
    urls = items(body, VIDEOS)
    for index, url in enumerate(urls):
        found = probed(media, url)
        if found and misfit(found, FRAME):
            message = f"video_urls[{index}] resolution {found.width}x{found.height} is out of range"
            text = (
                f"Reference video {index + 1} is {found.width}×{found.height}. Use one of 300 to 6000 px a side, "
                "0.41 to 8.3 megapixels, and not narrower than 2:5 or wider than 5:2."
            )
            yield refuse(VIDEOS, message, text)
    each = [found.seconds for url in urls if (found := probed(media, url))]
    total = total_seconds(strings(body, VIDEOS), media)
    # One message for both: the page gives none of its own to a clip that is too short or too long.
    if total > MOST_SECONDS or any(outside(seconds, CLIP.seconds_each) for seconds in each):
        message = f"video_urls total duration {total:.2f}s exceeds the 15s limit"
        text = "Reference videos have to be 2 to 15 s each and 15 s at most together. Trim them, or take some out."
        yield refuse(VIDEOS, message, text)


def probed(media: Probed, url: object) -> Media | None:
    return media.get(url) if isinstance(url, str) else None


def sounds(body: Body, media: Probed) -> Iterator[Problem]:
    yield from too_many(body, AUDIOS)
    total = total_seconds(strings(body, AUDIOS), media)
    if total > MOST_SECONDS:
        message = f"audio_urls total duration {total:.2f}s exceeds the 15s limit"
        yield refuse(AUDIOS, message, f"The reference sounds last {total:.2f} s together. Trim them to 15 s at most.")


def settings(body: Body) -> Iterator[Problem]:
    seconds, size, resolution = (body.get(name) for name in ("duration", "size", "resolution"))
    if name_of(seconds) == "number" and (not is_whole(seconds) or outside(seconds, LENGTHS)):
        message = f"duration must be 4-15 seconds, got {seconds}"
        yield refuse("duration", message, "Choose a length of 4 to 15 whole seconds.")
    if size is not None and size not in RATIOS:
        message = f'invalid size "{size}" (allowed: {" / ".join(RATIOS)})'
        yield refuse("size", message, f"reAPI has no shape “{size}”. Choose one of {', '.join(RATIOS)}.", SIZE)
    if resolution is None:
        return
    if resolution not in UP_TO_4K:
        message = f'invalid resolution "{resolution}" (allowed: {" / ".join(UP_TO_4K)})'
        yield refuse("resolution", message, f"reAPI has no size “{resolution}”. Choose {', '.join(UP_TO_4K)}.")
    elif (model := BY_ID.get(str(body.get("model")))) and resolution not in model.resolutions:
        yield gated(resolution, model)


def gated(resolution: object, model: Model) -> Problem:
    message = (
        f"resolution={resolution} is not supported by {model.id} (use doubao-seedance-2.0 or doubao-seedance-2.0-face)"
    )
    return refuse("resolution", message, f"{model.label} stops at 720p. Choose 720p, or a model that is not fast.")


def tools(body: Body) -> Iterator[Problem]:
    for index, tool in enumerate(items(body, "tools")):
        kind = tool.get("type", "undefined") if isinstance(tool, dict) else name_of(tool)
        if kind != "web_search":
            message = f'tools[{index}].type must be "web_search", got "{kind}"'
            yield refuse("tools", message, "Web search is the only tool that reAPI has. Take the others out.")


def addresses(body: Body) -> Iterator[Problem]:
    for field in MEDIA_FIELDS:
        for url in urls_of(body, field):
            if not is_web(url):
                message = f"{field} entries must be public URLs; base64 data URIs are not supported"
                text = "reAPI fetches files from public http or https addresses only. Upload the file and link it."
                yield refuse(field, message, text)
                break


def urls_of(body: Body, field: str) -> list[str]:
    if field == ROLES:
        return [str(entry.get("url", "")) for entry in objects(body, ROLES)]
    return strings(body, field)


def unprobed(body: Body, media: Probed) -> Iterator[Problem]:
    for index, url in enumerate(items(body, VIDEOS)):
        if isinstance(url, str) and url in media and no_length(media[url]):
            message = f"Could not determine source video duration for billing: video_urls[{index}]"
            text = f"reAPI could not read reference video {index + 1}. Nothing is charged. Use another file or address."
            yield refuse(VIDEOS, message, text, PROBE)
