"""What EvoLink refuses in a request body, field by field in the order of its page.

problems() serves preflight and the sandbox. EvoLink prints no words for most refusals; where its page has a sentence
for a rule, the message is that sentence.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from storyboard.addresses import could_be_public
from storyboard.providers.base import Body, Kind, Level, Media, Probed, Problem
from storyboard.providers.catalog import MediaLimits, Model
from storyboard.providers.evolink_rows import BY_ID, MB, sibling, way_of
from storyboard.providers.params import faults, said, size
from storyboard.providers.rules import is_web, misfit, outside, strings, total_seconds

# The type of the HTTP error by status; Retry-After in seconds where EvoLink names a wait.
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_quota_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large_error",
    429: "rate_limit_error",
    500: "internal_server_error",
    502: "upstream_error",
    503: "service_unavailable_error",
}
RETRY_AFTER = {429: 60, 503: 30}
ID_PREFIX = "task-unified-"
FIELDS = {Kind.IMAGE: "image_urls", Kind.VIDEO: "video_urls", Kind.AUDIO: "audio_urls"}
NOUNS = {Kind.IMAGE: "picture", Kind.VIDEO: "video", Kind.AUDIO: "sound"}
BODY_LIMIT = 64 * MB
CALLBACK_LIMIT = 2048
ADVISED_CHINESE = 500
ADVISED_WORDS = 1000
ALONE = "You cannot provide only audio_urls; at least 1 image (image_urls) or 1 video (video_urls) must be included"


def bad(field: str, message: str, sentence: str, *, status: int = 400) -> Problem:
    return Problem(field=field, sentence=sentence, code=TYPES[status], status=status, message=message)


def problems(body: Body, media: Probed, *, hosts: frozenset[str] = frozenset()) -> list[Problem]:
    """What EvoLink would refuse (its advice as warnings). `hosts`: host:port that callbacks may name anyway."""
    if size(body) > BODY_LIMIT:
        return [
            bad(
                "",
                "Request body must not exceed 64MB",
                "This request is over 64 MB. Link files, never embed them.",
                status=413,
            )
        ]
    model = BY_ID.get(str(body.get("model", "")))
    if model is None:
        return [
            bad(
                "model",
                f"model must be one of {', '.join(BY_ID)}",
                "EvoLink has no model of this name. Choose another.",
            )
        ]
    found = [*plain(body, model), *foreign(body, model)]
    broken = {problem.field for problem in found}
    for kind, limits in model.limits.items():
        if FIELDS[kind] not in broken:
            found += references(body, media, kind, limits)
    if way_of(model) == "reference" and strings(body, "audio_urls") and not lists(body, "image_urls", "video_urls"):
        found.append(bad("audio_urls", ALONE, "Sound cannot stand alone. Add a picture or a video as a reference."))
    if "callback_url" not in broken:
        found += callback(body.get("callback_url"), hosts)
    return sorted([*found, *advice(body, model)], key=lambda problem: place(problem, model))


def place(problem: Problem, model: Model) -> int:
    names = [param.name for param in model.params]
    return names.index(problem.field) if problem.field in names else len(names)


def lists(body: Body, *names: str) -> list[str]:
    return [url for name in names for url in strings(body, name)]


def plain(body: Body, model: Model) -> Iterator[Problem]:
    for param, message in faults(body, model.params):
        yield bad(param.name, message, f"Change this: {said(param)}{message.removeprefix(param.name)}.")
    search = body.get("model_params")
    if isinstance(search, dict) and not isinstance(search.get("web_search", False), bool):
        yield bad("model_params", "model_params.web_search must be true or false", "Turn web search on or off.")


def foreign(body: Body, model: Model) -> Iterator[Problem]:
    """Fields of a sibling are refused: sent in silence they would be paid for and not seen."""
    names = {param.name for param in model.params}
    for name in body.keys() - names:
        if name in FIELDS.values():
            other = sibling(model, "reference").id
            yield bad(name, f"{name} is not supported by {model.id}", f"{model.id} takes no {name}. Choose {other}.")
        elif name == "model_params":
            message = "model_params.web_search is supported by text-to-video Standard and Fast only"
            yield bad(name, message, "This model cannot search the web. Turn web search off.")
        else:
            sentence = f"EvoLink’s pages know no “{name}”, so it would have no effect. Leave it out."
            yield Problem(field=name, sentence=sentence, level=Level.WARNING)


def references(body: Body, media: Probed, kind: Kind, limits: MediaLimits) -> Iterator[Problem]:
    name, noun = FIELDS[kind], NOUNS[kind]
    urls = strings(body, name)
    if len(urls) > limits.count:
        yield bad(
            name,
            f"{name} must contain at most {limits.count} items",
            f"Use {limits.count} {noun}s at most; there are {len(urls)}.",
        )
    for at, url in enumerate(urls):
        if why := unusable(url, kind, media, limits):
            yield bad(name, f"{name}[{at}]: {why}", f"EvoLink cannot use {noun} {at + 1}: {why}.")
    if len(urls) > 1 and outside(total_seconds(urls, media), limits.seconds_total):
        yield bad(
            name, f"{name}: total duration must be ≤ 15 seconds", f"All {noun}s together may last 15 s. Trim them."
        )


def unusable(url: str, kind: Kind, media: Probed, limits: MediaLimits) -> str:
    if not is_web(url):
        return "must be an http or https URL, do not use Base64 encoding"
    found = media.get(url)
    if found is None:
        return "the file could not be read" if url in media else ""
    if found.kind is not kind:
        return f"must be {kind.value}, not {found.kind.value}"
    return words(found, limits)


def words(found: Media, limits: MediaLimits) -> str:
    """The page’s words for the first limit that the file breaks."""
    return {
        "": "",
        "format": "format must be one of " + ", ".join(f".{name}" for name in limits.formats),
        "bytes": f"must not exceed {(limits.bytes or 0) // MB}MB",
        "seconds": "duration must be 2 ~ 15 seconds",
        "side": "width and height must be 300 ~ 6000 px",
        "pixels": "total pixels must be 409,600 ~ 927,408",
        "aspect": "aspect ratio must be 0.4 ~ 2.5",
        "fps": "frame rate must be 24 ~ 60 FPS",
    }[misfit(found, limits)]


def callback(url: object, hosts: frozenset[str]) -> Iterator[Problem]:
    """HTTPS only, no address of a private network, 2048 characters."""
    if not isinstance(url, str) or not url:
        return
    if len(url) > CALLBACK_LIMIT:
        yield bad(
            "callback_url",
            "callback_url must not exceed 2048 characters",
            "The callback address is too long for EvoLink.",
        )
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname}:{parts.port}"
    except ValueError:
        yield bad("callback_url", "callback_url must be a valid URL", "The callback address cannot be read.")
        return
    if place in hosts and parts.scheme in {"http", "https"}:
        return
    if parts.scheme != "https" or not parts.hostname:
        yield bad(
            "callback_url",
            "callback_url must use HTTPS",
            "EvoLink calls back over HTTPS only. Set this app’s public address.",
        )
    elif not could_be_public(parts.hostname):
        message = "callback_url must not point to a private or loopback address"
        yield bad("callback_url", message, "EvoLink cannot reach a private address. Set this app’s public address.")


def advice(body: Body, model: Model) -> Iterator[Problem]:
    if way_of(model) == "reference" and not lists(body, *FIELDS.values()):
        # The page counts from 0; a later guide of EvoLink’s wants one picture or video at least.
        text = f"EvoLink may want a reference for this model. Add one, or choose {sibling(model, 'text').id}."
        yield Problem(field="image_urls", sentence=text, level=Level.WARNING)
    prompt = str(body.get("prompt", ""))
    chinese, words_used = len(re.findall(r"[\u3400-\u9fff]", prompt)), len(prompt.split())
    if chinese > ADVISED_CHINESE:
        text = "EvoLink advises 500 Chinese characters at most. Shorten the prompt."
        yield Problem(field="prompt", sentence=text, level=Level.WARNING)
    elif words_used > ADVISED_WORDS:
        text = "EvoLink advises 1,000 words at most. Shorten the prompt."
        yield Problem(field="prompt", sentence=text, level=Level.WARNING)


def id_problem(task_id: str) -> Problem | None:
    """What asking for a task of this id is answered with before anything is looked up."""
    if task_id.startswith(ID_PREFIX):
        return None
    return bad("task_id", f"task_id must start with {ID_PREFIX}", "This is not an id of an EvoLink task.")
