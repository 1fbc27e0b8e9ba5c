"""What a request refers to, fetched and looked into before it is priced; the files wait in the task's folder.

The API's submit calls `gather`, and `drop` when the request is refused after all. Tasks delete what is over.
"""

import base64
import binascii
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from storyboard.addresses import Policy
from storyboard.media.fetch import FetchError, fetch
from storyboard.providers.base import Kind, Media, Probed
from storyboard.providers.rules import is_asset, is_data
from storyboard.rendering import probe
from storyboard.sandbox.models import folder
from storyboard.sandbox.queries import own_result
from storyboard.sandbox.reach import policy
from storyboard.sandbox.short import short

AT_ONCE = 4
SECONDS = 20.0
MEGABYTE = 1024 * 1024
# The largest that any of the vendors takes. A little more is fetched, so that they can say what is too large.
MORE = MEGABYTE
MOST = {Kind.IMAGE: 30 * MEGABYTE, Kind.VIDEO: 50 * MEGABYTE, Kind.AUDIO: 15 * MEGABYTE}
IN, WORK = "in", "work-"


@dataclass(frozen=True, slots=True)
class Wish:
    """One address, what should be there, and where it is to lie. `own` is a result of ours: nothing to fetch."""

    url: str
    kind: Kind
    to: Path
    own: Path | None
    policy: Policy
    until: float


def gather(media: Mapping[str, Kind], token: str) -> tuple[Probed, dict[str, str]]:
    """What each address holds, None where it cannot be had or read; and the name of each file that came."""
    place = folder(token) / IN
    until, allowed = time.monotonic() + SECONDS, policy()
    urls = [url for url in media if not is_asset(url)]
    wishes = [Wish(url, media[url], place / str(n), own_result(url), allowed, until) for n, url in enumerate(urls)]
    if wishes:
        place.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(urls, pool.map(looked_into, wishes), strict=True))
    return found, {short(wish.url): wish.to.name for wish in wishes if found[wish.url]}


def looked_into(wish: Wish) -> Media | None:
    try:
        bring(wish)
        facts = probe.probe(wish.to)
    except (FetchError, probe.Unreadable, binascii.Error, OSError):
        return None
    return Media(
        kind=Kind(facts.kind.value),
        seconds=facts.seconds,
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        size=facts.size,
        format=facts.format,
    )


def bring(wish: Wish) -> None:
    most = MOST[wish.kind] + MORE
    if wish.own:
        shutil.copyfile(wish.own, wish.to)
    elif is_data(wish.url):
        wish.to.write_bytes(written_out(wish.url)[: most + 1])
    else:
        fetch(
            wish.url, policy=wish.policy, to=wish.to, most_bytes=most, seconds=max(0.1, wish.until - time.monotonic())
        )
    if wish.to.stat().st_size > most:
        raise FetchError("The file is too large. Use a smaller one.")


def written_out(url: str) -> bytes:
    """The bytes of a data: URL; only base64, which is what Ark takes."""
    head, _, text = url.partition(",")
    if not head.strip().lower().endswith(";base64"):
        raise binascii.Error("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise binascii.Error from error


def drop(token: str) -> None:
    """All of a task's files."""
    shutil.rmtree(folder(token), ignore_errors=True)


def drop_leftovers(token: str) -> None:
    """What was needed for the painting only, and what a painting left that was killed."""
    place = folder(token)
    for path in (place / IN, *place.glob(f"{WORK}*")):
        shutil.rmtree(path, ignore_errors=True)
