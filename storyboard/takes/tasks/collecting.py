"""Bring a finished clip here, check it and keep it; take the frame and the last seconds out of it that followers need.

settings.JOB_TASKS runs collect and prepare on the media cluster; the sweep calls due. Each may run twice or be killed.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connections

from storyboard.addresses import Policy
from storyboard.connections import addresses
from storyboard.connections.clients import client
from storyboard.errors import DomainError
from storyboard.media.examine import Unfit, jailed
from storyboard.media.fetch import TOO_SLOW, FetchError, fetch, our_policy
from storyboard.media.formats import MOST_BYTES
from storyboard.media.keep import keep
from storyboard.media.models import File, Kind, Origin
from storyboard.media.storage import store
from storyboard.media.storage.errors import Lost
from storyboard.providers.base import TaskState
from storyboard.providers.errors import ProviderError
from storyboard.takes import handoff
from storyboard.takes.actions import collecting, preparing, results
from storyboard.takes.actions.preparing import Prepared
from storyboard.takes.actions.results import Brought, Setback
from storyboard.takes.faults import point
from storyboard.takes.models import Take

logger = logging.getLogger(__name__)
# Of the ten minutes that a job has. A clip has a few megabytes. Whoever sends it a byte at a time must not keep the
# others from coming: fewer bytes than this in a second are too few for a first try. Later ones get all the time.
FETCH_SECONDS, FRAME_SECONDS = 120, 20
SLOWEST = 50_000
# Well within the lease, so that a busy machine may be late once or twice.
RENEW_SECONDS = 2.0
# Whoever answers so has nothing for this link any more; the vendor may make another one.
OVER = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
# What is wrong with a file or a link will hardly change; it may have been cut short on its way.
FEW, SOME = 3, 5
NO_CLIP = "What the vendor’s link leads to is no clip."
STUMBLED = "Something went wrong here while its clip was looked at."
due = collecting.due


def collect(take_id: int) -> None:
    """All of it, or a setback and another try later."""
    take = collecting.begin(take_id)
    if take is None:
        return
    point("after collect claim")
    if take.attempts > results.MOST_TRIES:
        # No try has come to an end that could be written down.
        results.uncollected(take, Setback(STUMBLED))
        return
    try:
        with keeping_at_it(take), TemporaryDirectory(prefix="lastframe-") as folder:
            found = brought(take, Path(folder))
    except Setback as setback:
        results.uncollected(take, setback)
    except Exception as error:
        logger.exception("The clip of take %s could not be collected", take.pk)
        results.uncollected(take, setback_of(error))
    else:
        point("before done")
        results.collected(take, found)
        collecting.came_quickly(take)


def brought(take: Take, folder: Path) -> Brought:
    try:
        links_that_live(take)
        path = folder / "clip"
        policy = policy_for(take)
        slowest = SLOWEST if take.attempts <= 1 else 0
        most = MOST_BYTES[Kind.VIDEO]
        fetch(take.clip_url, policy=policy, to=path, most_bytes=most, seconds=FETCH_SECONDS, slowest=slowest)
        clip = kept(take, path, Kind.VIDEO)
        frame = vendors_frame(take, folder, policy)
    except (DomainError, ProviderError, OSError) as error:
        raise setback_of(error) from error
    return made_for_followers(take, path, clip, frame)


def setback_of(error: Exception) -> Setback:
    """How often what went wrong is worth another try."""
    if isinstance(error, ProviderError):
        return Setback(error.sentence)
    if not isinstance(error, DomainError):
        return Setback(STUMBLED)
    # What follows the first sentence tells somebody who uploads a file what to do.
    why = error.message.partition(". ")[0].rstrip(".") + "."
    if isinstance(error, FetchError) and error.answered in OVER:
        return Setback(why, tries=SOME, anew=True)
    hopeless = isinstance(error, Unfit) or (isinstance(error, FetchError) and not error.later)
    return Setback(why, tries=FEW, anew=True) if hopeless else Setback(why, slow=error.message == TOO_SLOW)


def links_that_live(take: Take) -> None:
    """The vendor's links run out; while it keeps the result it makes new ones for whoever asks."""
    if not collecting.is_expired(take) or take.connection is None:
        return
    task = client(take.connection).fetch(take.remote_id)
    if task.state is not TaskState.SUCCEEDED or not task.video_url:
        raise Setback(results.NO_LINK.format(vendor=results.label(take)), tries=SOME, anew=True)
    collecting.linked_anew(take, task)
    take.clip_url, take.last_frame_url = task.video_url, task.last_frame_url


def policy_for(take: Take) -> Policy:
    """Public addresses, as nobody knows where a vendor puts its results; and a vendor that an operator named.

    Only the sandbox's results lie with this very program: no other vendor can make it ask itself for anything.
    """
    hosts = settings.FETCH_HOSTS
    if take.connection is not None:
        vendor = addresses.host_port(urlsplit(take.connection.base_url))
        hosts |= {vendor} & (addresses.policy().hosts | our_policy().hosts)
    return Policy(hosts=hosts)


def kept(take: Take, path: Path, kind: Kind) -> File:
    """The checked file; what a link says of its type counts for nothing."""
    file = keep(take.shot.board.team, path, origin=Origin.TAKE)
    if file.kind != kind:
        raise Unfit(NO_CLIP)
    return file


def vendors_frame(take: Take, folder: Path, policy: Policy) -> File | None:
    """The last frame as the vendor gives it; without it the take is as good, and ours is made when it is needed."""
    if not take.last_frame_url:
        return None
    path = folder / "vendors-frame"
    try:
        fetch(take.last_frame_url, policy=policy, to=path, most_bytes=MOST_BYTES[Kind.IMAGE], seconds=FRAME_SECONDS)
        return kept(take, path, Kind.IMAGE)
    except (FetchError, Unfit) as error:
        logger.info("Take %s goes without the vendor’s last frame: %s", take.pk, error)
        take.last_frame_url = ""
        return None


def made_for_followers(take: Take, path: Path, clip: File, frame: File | None) -> Brought:
    """While the clip is at hand; whatever cannot be made now is tried again once a follower asks for it."""
    if take.run is not None and take.run.takes_each > 1:
        return Brought(clip=clip, last_frame=frame)
    take.clip, take.last_frame = clip, frame
    wanted = preparing.needs(take)
    try:
        made = made_of(take, path, wanted)
    except Unfit as error:
        logger.info("Nothing was made of the clip of take %s: %s", take.pk, error)
        made = Prepared(hand_off_ms=None)
    return Brought(clip=clip, last_frame=frame or made.frame, tail=made.tail)


def prepare(take_id: int) -> None:
    """What followers wait for, made of a clip that is here already."""
    take = preparing.begin(take_id)
    if take is None or take.clip is None:
        return
    wanted = preparing.needs(take)
    try:
        with keeping_at_it(take), TemporaryDirectory(prefix="lastframe-") as folder:
            path = Path(folder) / "clip"
            if wanted:
                store().get(take.clip.key, path)
            made = made_of(take, path, wanted)
    except Lost:
        preparing.gone(take)
    except (DomainError, OSError) as error:
        logger.info("Nothing was made of the clip of take %s: %s", take.pk, error)
        preparing.unprepared(take, error.message if isinstance(error, DomainError) else STUMBLED)
    else:
        preparing.prepared(take, made)


def made_of(take: Take, path: Path, wanted: set[str]) -> Prepared:
    made = {}
    if "frame" in wanted:
        made["frame"] = frame_at(take, path)
    if "tail" in wanted:
        made["tail"] = tail_of(take, path)
    return Prepared(hand_off_ms=take.hand_off_ms, **made)


def frame_at(take: Take, path: Path) -> File:
    with TemporaryDirectory(prefix="lastframe-") as folder:
        report = jailed("frame", path, Path(folder), at_ms=take.hand_off_ms)
        return kept(take, report.files[0], Kind.IMAGE)


def tail_of(take: Take, path: Path) -> File:
    """The last seconds before the hand-off, exact to the frame."""
    begins, ends = handoff.tail_span(take)
    with TemporaryDirectory(prefix="lastframe-") as folder:
        report = jailed("trim", path, Path(folder), in_ms=begins, out_ms=ends)
        return kept(take, report.files[0], Kind.VIDEO)


@contextmanager
def keeping_at_it(take: Take) -> Iterator[None]:
    """Make the lease longer all the while, so that it can be short: nobody waits long for a worker that was killed."""
    over = threading.Event()
    thread = threading.Thread(target=renew, args=(take, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        # It may be waiting for the database, and ends by itself.
        thread.join(5)


def renew(take: Take, over: threading.Event) -> None:
    """In a thread of its own, which has a database connection of its own."""
    while not over.wait(RENEW_SECONDS):
        try:
            collecting.keep_at_it(take)
        except DatabaseError as error:
            # Without it the lease runs out and another job does the same again, which does no harm.
            logger.info("The lease of take %s was not made longer: %s", take.pk, type(error).__name__)
    connections.close_all()
