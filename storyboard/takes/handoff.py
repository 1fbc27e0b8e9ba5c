"""What a take hands to the shot that follows it: its frame or its last seconds, and the link a vendor gets to them.

waits.py asks what is missing before a follower may go, tasks.sending asks for the links when one is sent.
"""

import json
from collections.abc import Collection
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from storyboard.boards.asks import TAIL as TAIL_SECONDS
from storyboard.connections import addresses
from storyboard.errors import DomainError
from storyboard.media import links as media_links
from storyboard.media.models import File, Grant
from storyboard.providers.base import Kind, Media
from storyboard.takes.models import Take
from storyboard.takes.placeholders import OPENING, TAIL, strings
from storyboard.takes.timing import timing_of, whole

TAIL_MS = int(TAIL_SECONDS * 1000)
# How long a vendor may need until it has fetched what a body points to.
LINK_SECONDS = 24 * 3600
# A vendor's own link must live on for so long, because the vendor may begin late.
WHILE = timedelta(hours=2)
# How far the database's clock and ours may be apart, with the time that sending takes.
CLOCKS = timedelta(minutes=10)
GONE = "What shot {number} hands over is not there. Select its take again."
# What a take says whose clip somebody looked for in vain. There is nothing that a frame could be made of.
LOST = "The file of this clip is gone from the storage."


def is_lost(take: Take) -> bool:
    return take.sentence == LOST


def wanted(take: Take) -> Collection[str]:
    """Which of the made-up links stand in what was approved."""
    found = strings(json.loads(take.asked)) if take.asked else []
    return {OPENING, TAIL} & set(found)


def missing(take: Take, upstream: Take) -> str:
    """What has to be made of the predecessor's clip before this take can be sent: '', 'frame' or 'tail'."""
    needs = wanted(take)
    made = upstream.last_frame_id if upstream.hand_off_ms is None else upstream.hand_off_frame_id
    if OPENING in needs and made is None:
        return "frame"
    return "tail" if TAIL in needs and upstream.tail_id is None else ""


def links(take: Take, upstream: Take) -> dict[str, str]:
    """Real links in the place of the made-up ones; LookupError when what they lead to is not there."""
    found = {}
    for made_up in wanted(take):
        own = vendors_own(take, upstream) if made_up == OPENING else ""
        found[made_up] = own or lent(take, upstream, made_up)
    return found


def lent(take: Take, upstream: Take, made_up: str) -> str:
    """A link to our own copy; who got it is written down."""
    file = frame_of(upstream) if made_up == OPENING else upstream.tail
    if file is None or take.connection is None:
        raise LookupError(GONE.format(number=upstream.shot.position))
    if not is_reachable(take):
        # The vendor's own link is over, and ours leads nowhere from outside.
        raise DomainError(media_links.reachable())
    purpose = purpose_of(take, upstream)
    return media_links.for_vendor(file, vendor=take.connection.vendor, seconds=LINK_SECONDS, purpose=purpose)


def purpose_of(take: Take, upstream: Take) -> str:
    return f"take {take.public_id} opens on take {upstream.public_id}"


def given(take: Take) -> list[tuple[str, File | None]]:
    """What it was sent with of the take before it, by made-up link; None where that file is not kept any more."""
    if take.upstream is None:
        return []
    return [(made_up, file_given(take, take.upstream, made_up)) for made_up in sorted(wanted(take))]


def file_given(take: Take, upstream: Take, made_up: str) -> File | None:
    if made_up == OPENING and take.upstream_ms is None:
        # It stays the same; a vendor that was given its own link has what we fetched from there.
        return upstream.last_frame
    kind = Kind.IMAGE if made_up == OPENING else Kind.VIDEO
    lent_then = grants(take, upstream).filter(file__kind=kind).last()
    if lent_then is not None:
        return lent_then.file
    if upstream.hand_off_ms != take.upstream_ms:
        return None
    return upstream.hand_off_frame if made_up == OPENING else upstream.tail


def grants(take: Take, upstream: Take) -> QuerySet[Grant]:
    """The links to copies of ours when it was last sent, the newest last; by their end, for that has an index."""
    ends = (take.sent_at or take.created_at) + timedelta(seconds=LINK_SECONDS)
    rows = Grant.objects.filter(expires_at__range=(ends - CLOCKS, ends + CLOCKS), purpose=purpose_of(take, upstream))
    return rows.select_related("file").order_by("pk")


def frame_of(upstream: Take) -> File | None:
    """The picture at the moment that was chosen, by default the last one."""
    return upstream.last_frame if upstream.hand_off_ms is None else upstream.hand_off_frame


def vendors_own(take: Take, upstream: Take) -> str:
    """The vendor's own link to the last frame: at the account that made it some vendors trust it and refuse a copy."""
    if upstream.hand_off_ms is not None or not upstream.last_frame_url:
        return ""
    if take.connection is None or take.connection_id != upstream.connection_id:
        return ""
    # Where nobody outside can fetch our copy, the vendor's own is better as long as it lives at all.
    least = WHILE if is_reachable(take) else timedelta(minutes=5)
    lives = Take.objects.filter(pk=upstream.pk, links_until__gt=Now() + least).exists()
    return upstream.last_frame_url if lives else ""


def tail_span(take: Take) -> tuple[int, int]:
    """From which millisecond of its clip to which its last seconds go: up to the hand-off, within its picture."""
    timing = timing_of(take.clip)
    begins, ends = (whole(timing.begins), whole(timing.ends)) if timing else (0, 0)
    if take.hand_off_ms is not None:
        ends = take.hand_off_ms
    return min(ends, max(begins, ends - TAIL_MS)), ends


def tail_media(take: Take) -> Media | None:
    """What a vendor will find in its last seconds: the clip's own picture, coded afresh by rendering.trim."""
    clip = take.clip
    if clip is None or not clip.width or not clip.height:
        return None
    even = {"width": clip.width - clip.width % 2, "height": clip.height - clip.height % 2}
    return Media(kind=Kind.VIDEO, seconds=TAIL_SECONDS, fps=clip.fps, format="mp4", **even)


def is_early(take: Take, ms: int | None) -> bool:
    """Whether less of its picture lies before this moment than movement is carried over; None is its end."""
    timing = timing_of(take.clip)
    if timing is None:
        return ms is not None and ms < TAIL_MS
    return whole((timing.ends if ms is None else ms) - timing.begins) < TAIL_MS


def is_reachable(take: Take) -> bool:
    if take.connection is not None and addresses.is_near(take.connection.base_url):
        return True
    return not media_links.reachable()
