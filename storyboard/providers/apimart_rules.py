"""APIMart’s rules for a request body, in the order of its page: what it refuses, and what it only advises against.

Used by apimart.py’s `problems`, which preflight and the sandbox ask.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urlsplit

from storyboard.addresses import could_be_public
from storyboard.providers.apimart_answers import wrong
from storyboard.providers.base import Body, Kind, Level, Probed, Problem
from storyboard.providers.catalog import Model
from storyboard.providers.rules import (
    is_asset,
    is_web,
    is_whole,
    known,
    misfit,
    objects,
    outside,
    strings,
    total_seconds,
    unread,
)

FRAMES = ("first_frame", "last_frame")
ROLES = (*FRAMES, "reference_image")
ADVISED_LETTERS, ADVISED_WORDS = 500, 1000
# Where the page’s parameter says 4 to 15 seconds, its table of differences says 5 to 15.
SHORTEST_IN_TABLE = 5
FIELDS = {Kind.IMAGE: "image_urls", Kind.VIDEO: "video_urls", Kind.AUDIO: "audio_urls"}
WORDS = {Kind.IMAGE: "reference images", Kind.VIDEO: "reference videos", Kind.AUDIO: "reference audio files"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def advice(field: str, sentence: str) -> Problem:
    return Problem(field=field, sentence=sentence, level=Level.WARNING)


def broken(model: Model, body: Body, media: Probed) -> list[Problem]:
    """Everything that is wrong, problems and warnings alike."""
    return [
        *prompt(model, body),
        *duration(model, body),
        *choices(model, body),
        *plain(body),
        *tools(body),
        *images(model, body, media),
        *roles(model, body, media),
        *videos(model, body, media),
        *audios(model, body, media),
        *webhook(body),
    ]


def urls(body: Body, kind: Kind) -> list[str]:
    return strings(body, FIELDS[kind])


def role_urls(body: Body) -> list[str]:
    return [url for item in objects(body, "image_with_roles") if isinstance(url := item.get("url"), str)]


def has_frames(body: Body) -> bool:
    return any(item.get("role") in FRAMES for item in objects(body, "image_with_roles"))


def is_text_only(body: Body) -> bool:
    """Audio makes no difference: it never stands alone."""
    return not any(body.get(name) for name in ("image_urls", "image_with_roles", "video_urls"))


def prompt(model: Model, body: Body) -> Iterator[Problem]:
    text = body.get("prompt")
    if text is not None and not isinstance(text, str):
        yield wrong("prompt", "Write the prompt as text.")
        return
    text = text or ""
    longest = model.prompt[1]
    if not text.strip() and is_text_only(body):
        yield wrong("prompt", "Write a prompt: without pictures or clips it is all the model has.")
    elif longest is not None and len(text) > longest:
        yield wrong("prompt", f"Shorten the prompt to {longest} characters; it has {len(text)} now.")
    elif is_wordy(text, limited=longest is not None):
        yield advice("prompt", "Consider a shorter prompt: in a long one the model may overlook details.")


def is_wordy(text: str, *, limited: bool) -> bool:
    """500 characters; where the length is free, 1000 words unless it is Chinese."""
    if limited or CHINESE.search(text):
        return len(text) > ADVISED_LETTERS
    return len(text.split()) > ADVISED_WORDS


def duration(model: Model, body: Body) -> Iterator[Problem]:
    seconds = body.get("duration")
    if seconds is None:
        return
    low, high = model.seconds
    if not is_whole(seconds) or not low <= seconds <= high:
        yield wrong("duration", f"Choose a length from {low} to {high} whole seconds.")
    elif seconds < SHORTEST_IN_TABLE:
        yield advice("duration", "Consider 5 seconds: APIMart’s page allows 4 in one place and starts at 5 in another.")


def choices(model: Model, body: Body) -> Iterator[Problem]:
    size, resolution = body.get("size"), body.get("resolution")
    if size is not None and size not in model.ratios:
        yield wrong("size", f"Choose one of these shapes: {', '.join(model.ratios)}.")
    if resolution is not None and resolution not in model.resolutions:
        yield wrong("resolution", f"Choose a size that {model.label} offers: {', '.join(model.resolutions)}.")


def plain(body: Body) -> Iterator[Problem]:
    if body.get("seed") is not None and not is_whole(body["seed"]):
        yield wrong("seed", "Give the seed as a whole number.")
    for name in ("generate_audio", "return_last_frame"):
        if body.get(name) is not None and not isinstance(body[name], bool):
            yield wrong(name, f"Set {name} to true or false.")


def tools(body: Body) -> Iterator[Problem]:
    given = body.get("tools")
    listed = objects(body, "tools")
    if given is None:
        return
    if not isinstance(given, list) or len(listed) < len(given) or any(t.get("type") != "web_search" for t in listed):
        yield wrong("tools", "Use web search or no tool: APIMart offers no other.")


def listed(body: Body, kind: Kind) -> Iterator[Problem]:
    given = body.get(FIELDS[kind])
    if given is not None and (not isinstance(given, list) or len(urls(body, kind)) < len(given)):
        yield wrong(FIELDS[kind], f"Give the {WORDS[kind]} as a list of addresses.")


def addresses(model: Model, kind: Kind, field: str, given: list[str]) -> Iterator[Problem]:
    """Count and form of addresses, which are alike for all three kinds."""
    limits = model.limits[kind]
    if len(given) > limits.count:
        yield wrong(field, f"Keep at most {limits.count} {WORDS[kind]}; there are {len(given)} now.")
    if any(not is_web(url) and not is_asset(url) for url in given):
        yield wrong(field, f"Give the {WORDS[kind]} as web addresses: APIMart takes no files inside the request.")
    if any(is_asset(url) for url in given) and not limits.asset_urls:
        yield wrong(
            field, f"{model.label} takes no asset:// addresses. Use a web address, or Seedance 2.0 or 2.0 fast."
        )


def readable(field: str, given: list[str], media: Probed, kind: Kind) -> Iterator[Problem]:
    if unread(given, media, kind):
        yield wrong(field, "One of the references cannot be read. Check that its address opens, or upload it again.")


def images(model: Model, body: Body, media: Probed) -> Iterator[Problem]:
    given = urls(body, Kind.IMAGE)
    yield from listed(body, Kind.IMAGE)
    if given and body.get("image_with_roles"):
        yield wrong("image_urls", "Use either an exact opening or closing picture or reference images, not both.")
    yield from pictures(model, "image_urls", given, media)


def pictures(model: Model, field: str, given: list[str], media: Probed) -> Iterator[Problem]:
    yield from addresses(model, Kind.IMAGE, field, given)
    yield from readable(field, given, media, Kind.IMAGE)
    # An asset:// portrait was approved before; any other picture may show somebody.
    if not model.real_people and any(is_web(url) for url in given):
        yield advice(field, "If a picture shows a real person, choose a face model: this one may refuse it.")


def roles(model: Model, body: Body, media: Probed) -> Iterator[Problem]:
    given, listed_roles = body.get("image_with_roles"), objects(body, "image_with_roles")
    if given is None:
        return
    if not isinstance(given, list) or len(listed_roles) < len(given):
        yield wrong("image_with_roles", "Give each picture as an object with its address and role.")
    if any(not item.get("url") or not isinstance(item["url"], str) for item in listed_roles):
        yield wrong("image_with_roles", "Give every picture its address.")
    if any(item.get("role") not in ROLES for item in listed_roles):
        yield wrong("image_with_roles", f"Give every picture one of these roles: {', '.join(ROLES)}.")
    yield from pictures(model, "image_with_roles", [url for url in role_urls(body) if url], media)
    portraits = [item.get("url") for item in listed_roles if item.get("role") == "reference_image"]
    if any(isinstance(url, str) and not is_asset(url) for url in portraits):
        yield advice("image_with_roles", "Use an asset:// address for the role reference_image: it is meant for those.")


def videos(model: Model, body: Body, media: Probed) -> Iterator[Problem]:
    given, limits = urls(body, Kind.VIDEO), model.limits[Kind.VIDEO]
    yield from listed(body, Kind.VIDEO)
    if not given:
        return
    if has_frames(body):
        yield wrong("video_urls", "Remove the reference videos, or do without the exact opening or closing picture.")
    yield from addresses(model, Kind.VIDEO, "video_urls", given)
    yield from readable("video_urls", given, media, Kind.VIDEO)
    if is_off_total(given, media, limits.seconds_total):
        yield wrong("video_urls", "Trim the reference videos: together they must last over 1.8 and under 15.2 seconds.")
    if any(misfit(found, limits) for found in known(given, media)):
        yield wrong("video_urls", "Use reference videos between 480p and 720p.")
    yield advice("video_urls", "Make sure that no reference video shows a real person: APIMart does not allow it.")


def is_off_total(given: list[str], media: Probed, bounds: tuple[Decimal, Decimal] | None) -> bool:
    """Both ends count as outside. Too short can only be said when every length is known."""
    if bounds is None:
        return False
    total = total_seconds(given, media)
    lengths = [found.seconds for found in known(given, media) if found.seconds is not None]
    return total >= bounds[1] or (len(lengths) == len(given) and total <= bounds[0])


def audios(model: Model, body: Body, media: Probed) -> Iterator[Problem]:
    given, limits = urls(body, Kind.AUDIO), model.limits[Kind.AUDIO]
    yield from listed(body, Kind.AUDIO)
    if not given:
        return
    if has_frames(body):
        yield wrong("audio_urls", "Remove the reference audio, or do without the exact opening or closing picture.")
    yield from addresses(model, Kind.AUDIO, "audio_urls", given)
    yield from readable("audio_urls", given, media, Kind.AUDIO)
    if outside(total_seconds(given, media), limits.seconds_total):
        yield wrong("audio_urls", "Trim the reference audio: together it may last 15 seconds.")
    if not (urls(body, Kind.IMAGE) or role_urls(body) or urls(body, Kind.VIDEO)):
        yield wrong("audio_urls", "Add a reference image or video: audio cannot be used alone.")


def webhook(body: Body) -> Iterator[Problem]:
    given = body.get("webhook")
    if given is not None and not isinstance(given, str):
        yield wrong("webhook", "Give the webhook as a web address.")
    elif given and not is_called(given):
        # APIMart says nothing and never calls; results still arrive because we ask.
        yield advice("webhook", "APIMart cannot call this app at its address. Results still arrive, a little later.")


def is_called(url: str) -> bool:
    """Whether APIMart calls a webhook: public, http or https, port 80 or 443, and not its own domain."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    own = host == "apimart.ai" or host.endswith(".apimart.ai")
    return parts.scheme in {"http", "https"} and port in {None, 80, 443} and could_be_public(host) and not own


def callback_target(url: str) -> str:
    """Where APIMart really posts: /callback behind the given path, one slash between."""
    return f"{url.rstrip('/')}/callback"
