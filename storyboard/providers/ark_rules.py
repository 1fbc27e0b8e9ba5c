"""What Ark refuses: in a request body, in the filters of a list, and when a task is cancelled.

problems() serves preflight and the sandbox. The codes are Ark’s; its documentation gives no words, so these are ours.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from storyboard.providers.ark_rows import ASPECT, BY_ID, MB
from storyboard.providers.base import Body, Kind, Level, Media, Probed, Problem, TaskState
from storyboard.providers.catalog import MediaLimits, Model
from storyboard.providers.params import faults, said, size
from storyboard.providers.rules import aspect, is_asset, is_data, is_web, misfit, objects, outside, total_seconds

BODY_LIMIT = 64 * MB
PAGE_LIMIT = 500
KINDS = {"image_url": Kind.IMAGE, "video_url": Kind.VIDEO, "audio_url": Kind.AUDIO}
ROLES = {
    Kind.IMAGE: ("first_frame", "last_frame", "reference_image"),
    Kind.VIDEO: ("reference_video",),
    Kind.AUDIO: ("reference_audio",),
}
NOUNS = {Kind.IMAGE: "picture", Kind.VIDEO: "video", Kind.AUDIO: "sound"}
FRAMES = ("first_frame", "last_frame")
# Fields of the older models; false or absent is no request for them.
OLDER = ("draft", "frames", "camera_fixed")
SCENES = "first frame, first and last frame, and references are mutually exclusive"
STATES = {
    "queued": TaskState.QUEUED,
    "running": TaskState.RUNNING,
    "cancelled": TaskState.CANCELLED,
    "succeeded": TaskState.SUCCEEDED,
    "failed": TaskState.FAILED,
    "expired": TaskState.EXPIRED,
}


class Part:
    """One picture, video or sound of content[]."""

    def __init__(self, item: Mapping[str, object], number: int) -> None:
        name = str(item.get("type"))
        inner = item.get(name)
        self.kind = KINDS[name]
        self.url = str(inner.get("url") or "") if isinstance(inner, dict) else ""
        # A picture without a role opens the clip.
        default = ROLES[self.kind][0]
        self.role = str(item.get("role") or default)
        self.number = number


def bad(field: str, why: str, sentence: str) -> Problem:
    message = f"The parameter `{field}` specified in the request is not valid: {why}."
    return Problem(field=field, sentence=sentence, code="InvalidParameter", message=message)


def problems(body: Body, media: Probed) -> list[Problem]:
    """What Ark would refuse, in the order of its documentation; as warnings what would have no effect."""
    if size(body) > BODY_LIMIT:
        return [bad("content", "the request body exceeds 64 MB", "This request is over 64 MB. Link large files.")]
    model = BY_ID.get(str(body.get("model", "")))
    if model is None:
        return [bad("model", f"must be one of {', '.join(BY_ID)}", "Ark has no model of this name. Choose another.")]
    # The one duration outside of its range that means something: the model decides.
    ranged = {name: value for name, value in body.items() if name != "duration" or value != -1}
    found = [
        bad(param.name, why, f"Change this: {said(param)}{why.removeprefix(param.name)}.")
        for param, why in faults(ranged, model.params)
    ]
    if "content" not in {problem.field for problem in found}:
        found += content(body, model, media)
    found += [*others(body, model), *foreign(body, model)]
    names = [param.name for param in model.params]
    return sorted(found, key=lambda one: names.index(one.field) if one.field in names else len(names))


def parts(body: Body) -> list[Part]:
    media = [item for item in objects(body, "content") if str(item.get("type")) in KINDS]
    return [Part(item, number) for number, item in enumerate(media, 1)]


def content(body: Body, model: Model, media: Probed) -> Iterator[Problem]:
    for at, item in enumerate(objects(body, "content")):
        if str(item.get("type")) not in {*KINDS, "text"}:
            yield bad("content", f"content[{at}].type", "Ark’s 2.0 models take text, pictures, videos and sounds only.")
        elif item["type"] == "text" and not isinstance(item.get("text"), str):
            yield bad("content", f"content[{at}].text must be a string", "Write the prompt as text.")
    found = parts(body)
    if not found and not prompt(body):
        yield bad("content", "a text is required", "Write a prompt, or add a picture.")
    yield from scenes(found)
    for part in found:
        if why := unusable(part, media, model.limits[part.kind]):
            yield bad("content", f"{NOUNS[part.kind]} {why}", f"Ark cannot use file {part.number}: {why}.")
    yield from counts(found, media, model)


def prompt(body: Body) -> str:
    return "".join(
        str(item.get("text") or "") for item in objects(body, "content") if item.get("type") == "text"
    ).strip()


def scenes(found: list[Part]) -> Iterator[Problem]:
    roles = [part.role for part in found]
    if wrong := next((part for part in found if part.role not in ROLES[part.kind]), None):
        why = f"role {wrong.role} does not suit a {NOUNS[wrong.kind]}"
        yield bad("content", why, f"File {wrong.number} cannot be used this way.")
    frames = [role for role in roles if role in FRAMES]
    if frames and len(frames) < len(roles):
        yield bad("content", SCENES, "Ark takes an opening frame or references, not both. Take one of them out.")
    if any(roles.count(role) > 1 for role in FRAMES):
        yield bad("content", "one first frame and one last frame at most", "A clip opens and ends on one picture each.")
    if "last_frame" in roles and "first_frame" not in roles:
        yield bad("content", "last_frame needs first_frame", "Add a picture to open on, or take the ending out.")
    if roles and set(roles) == {"reference_audio"}:
        why = "reference_audio needs a reference_image or reference_video"
        yield bad("content", why, "Sound cannot stand alone. Add a picture or a video as a reference.")


def unusable(part: Part, media: Probed, limits: MediaLimits) -> str:
    embedded = is_data(part.url) and part.kind is not Kind.VIDEO
    if not (is_web(part.url) or is_asset(part.url) or embedded):
        return "must be an http or https URL" + ("" if part.kind is Kind.VIDEO else ", base64") + " or asset://"
    found = media.get(part.url)
    if found is None:
        return "could not be read" if part.url in media else ""
    if found.kind is not part.kind:
        return f"must be {part.kind.value}, not {found.kind.value}"
    return words(found, limits)


def words(found: Media, limits: MediaLimits) -> str:
    broken = misfit(found, limits)
    # Of a picture’s aspect the ends themselves are refused.
    if not broken and found.kind is Kind.IMAGE and aspect(found) in ASPECT:
        broken = "aspect"
    under = f"must be under {((limits.bytes or 0) + 1) // MB} MB" if found.kind is Kind.IMAGE else ""
    return {
        "": "",
        "format": "must be one of " + ", ".join(limits.formats),
        "bytes": under or f"must not exceed {(limits.bytes or 0) // MB} MB",
        "seconds": "must last 2 to 15 seconds",
        "side": "must be 300 to 6000 px wide and high",
        "pixels": "must have 409,600 to 927,408 pixels",
        "aspect": "must have an aspect ratio between 0.4 and 2.5",
        "fps": "must have 24 to 60 frames a second",
    }[broken]


def counts(found: list[Part], media: Probed, model: Model) -> Iterator[Problem]:
    for kind, limits in model.limits.items():
        urls = [part.url for part in found if part.kind is kind]
        if len(urls) > limits.count:
            why = f"at most {limits.count} {NOUNS[kind]}s"
            yield bad("content", why, f"Use {why}; there are {len(urls)}.")
        if len(urls) > 1 and outside(total_seconds(urls, media), limits.seconds_total):
            why = f"all {NOUNS[kind]}s together must last 15 seconds at most"
            yield bad("content", why, f"Trim them: {why}.")


def others(body: Body, model: Model) -> Iterator[Problem]:
    callback = body.get("callback_url")
    if isinstance(callback, str) and callback and not is_web(callback):
        yield bad("callback_url", "must be an http or https URL", "The callback address cannot be read.")
    tools = objects(body, "tools") if model.takes_search else []
    if any(tool.get("type") != "web_search" for tool in tools):
        yield bad("tools", "only web_search is supported", "The only tool is web search.")


def foreign(body: Body, model: Model) -> Iterator[Problem]:
    names = {param.name for param in model.params}
    for name in sorted(body.keys() - names):
        if name == "tools":
            yield bad(name, f"not supported by {model.id}", "This model cannot search the web. Turn web search off.")
        elif name not in OLDER:
            sentence = f"Ark’s documentation knows no “{name}”, so it would have no effect. Leave it out."
            yield Problem(field=name, sentence=sentence, level=Level.WARNING)
        elif body[name] not in (None, False):
            yield bad(name, f"not supported by {model.id}", f"Seedance 2.0 takes no {name}. Leave it out.")


def list_problems(query: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the query of a list: pages from 1 to 500, of 1 to 500 tasks, and a status Ark knows."""
    found = []
    for name in ("page_num", "page_size"):
        value = query.get(name, "1")
        if not (value.isascii() and value.isdigit() and 1 <= Decimal(value) <= PAGE_LIMIT):
            found.append(bad(name, "must be between 1 and 500", "Ask for pages 1 to 500, of 1 to 500 tasks."))
    if (status := query.get("filter.status", "")) and status not in STATES:
        found.append(bad("filter.status", f"must be one of {', '.join(STATES)}", "Ark knows no such status."))
    return found


def cancel_problem(state: TaskState) -> Problem | None:
    """What DELETE is answered with: queued is cancelled, a finished task’s record deleted, the rest refused."""
    if state is TaskState.RUNNING:
        message = "The task is running and cannot be deleted."
        sentence = "Ark is already making this clip, so it cannot be cancelled. Wait for it."
        return Problem(
            field="id", sentence=sentence, code="InvalidAction.RunningTaskDeletion", status=409, message=message
        )
    if state is TaskState.CANCELLED:
        # The documentation refuses this too, without a code of its own.
        message = "The task is cancelled already."
        return Problem(
            field="id", sentence="This task is cancelled already.", code="InvalidAction", status=409, message=message
        )
    return None
