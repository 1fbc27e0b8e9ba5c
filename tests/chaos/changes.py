"""What the kill tests change in the processes that they start: less waiting, no media work, jobs that come twice.

tests.chaos.apps calls these once the program is loaded. None of it is in the product.
"""

import random
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django_q.signing import SignedPackage

from storyboard.jobs.broker import DatabaseBroker
from storyboard.media.models import File
from storyboard.providers import gathering, waits
from storyboard.providers.http import Client
from storyboard.takes.faults import point
from storyboard.takes.models import Take
from storyboard.teams.models import Team

OURS = "storyboard.takes."
paid: ContextVar[bool] = ContextVar("paid", default=False)


def repeat(fewest: int, most: int) -> None:
    """Every job of takes is queued several times, a little apart: so several processes run it at once or again."""
    put: Callable[..., None] = DatabaseBroker.put

    def often(self: DatabaseBroker, payload: str, at: datetime | None = None) -> None:
        task = SignedPackage.loads(payload)["args"][0]
        for _ in range(random.randint(fewest, most) if str(task).startswith(OURS) else 1):
            put(self, payload, at)

    DatabaseBroker.put = often  # type: ignore[method-assign]


def die_in_the_middle() -> None:
    """Two points that lie in what knows no Django: when a paid request has left, and when its answer is here."""
    submit, watch, end = Client.submit, waits.Deadline.watch, gathering.Gathering.end

    def submitting(self: Client, body: Any) -> str:
        mark = paid.set(True)
        try:
            return submit(self, body)
        finally:
            paid.reset(mark)

    def watching(self: waits.Deadline, event: str, info: Mapping[str, Any]) -> None:
        watch(self, event, info)
        if event == "http11.send_request_body.complete" and paid.get():
            point("after request bytes")

    def ending(self: gathering.Gathering) -> None:
        end(self)
        if paid.get():
            point("after answer bytes")

    Client.submit = submitting  # type: ignore[method-assign]
    waits.Deadline.watch = watching  # type: ignore[method-assign]
    gathering.Gathering.end = ending  # type: ignore[method-assign]


def hurry() -> None:
    """Beside a vendor that answers within a second, waits that are minutes in production are seconds."""
    from storyboard.takes.actions import searching, sending
    from storyboard.takes.tasks import reconciling

    waits.Timeouts.paid = classmethod(lambda cls: cls(connect=2, write=2, read=3, pool=1, total=3, question=3))  # type: ignore[method-assign, assignment]
    sending.LEASE = timedelta(seconds=7)
    sending.FIRST_POLL = timedelta(seconds=1)
    sending.FIRST_LOOK = timedelta(seconds=1)
    reconciling.FOR_THE_BELL = reconciling.FOR_THE_LIST = timedelta(seconds=20)
    reconciling.FOR_OTHERS = timedelta(seconds=8)
    searching.POST = timedelta(seconds=3)
    searching.PAUSES = tuple((age, timedelta(seconds=1)) for age, _ in searching.PAUSES)  # type: ignore[assignment]


def no_media() -> None:
    """A clip is there as soon as the vendor says so: what is left is the chain itself."""
    from storyboard.takes.actions import collecting, results
    from storyboard.takes.tasks import collecting as tasks

    def collect(take_id: int) -> None:
        take = collecting.begin(take_id)
        if take is not None:
            team = take.shot.board.team
            brought = results.Brought(clip=one_file(team, "video"), last_frame=one_file(team, "image"))
            results.collected(take, brought)

    tasks.collect = collect


def light_media() -> None:
    """Clips and frames are fetched as ever, and not decoded: that alone would be most of what a machine does."""
    from storyboard.takes.tasks import collecting

    def kept(take: Take, path: Path, kind: str) -> File:
        if not path.stat().st_size:
            raise ValueError("nothing was fetched")
        return one_file(take.shot.board.team, kind)

    collecting.kept = kept
    collecting.frame_at = lambda take, path: kept(take, path, "image")
    collecting.tail_of = lambda take, path: kept(take, path, "video")


def one_file(team: Team, kind: str) -> File:
    """A row for a team's every clip, or frame; nobody looks at its bytes."""
    content_type, form = ("video/mp4", "mp4") if kind == "video" else ("image/png", "png")
    own = {"key": f"t/{team.pk}/{kind}", "size": 1, "stored": 1, "content_type": content_type, "kind": kind}
    facts = {"format": form, "width": 320, "height": 320, "origin": "take"}
    facts |= {"seconds": 5, "fps": 24} if kind == "video" else {}
    return File.objects.get_or_create(team=team, sha256=f"{kind:0>64}", defaults=own | facts)[0]
