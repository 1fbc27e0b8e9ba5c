"""Results by their links: in pieces, until they run out, and wrong in the ways that were asked for."""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import cast

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone

from storyboard.sandbox.models import Task
from tests.sandbox.conftest import Take

Run = Callable[[], list[str]]
pytestmark = pytest.mark.usefixtures("no_painting")


def link(task: Task, name: str = "0.mp4") -> str:
    return f"/sandbox/files/{task.token}/{name}"


@pytest.fixture
def done(take: Take, run_jobs: Run) -> Callable[[str], Task]:
    def made(words: str = "") -> Task:
        task = take(f"A boat {words}", return_last_frame=True)
        run_jobs()
        return Task.objects.get(pk=task.pk)

    return made


def test_a_clip_is_sent_whole_and_in_pieces_without_a_key(client: Client, done: Callable[..., Task]) -> None:
    task = done()
    whole = client.get(link(task))
    clip = whole.getvalue()
    assert (whole.status_code, whole["Content-Type"], clip) == (200, "video/mp4", (task.folder / "0.mp4").read_bytes())
    piece = client.get(link(task), headers={"Range": "bytes=100-199"})
    assert (piece.status_code, piece.getvalue()) == (206, clip[100:200])
    frame = client.get(link(task, "0.png"))
    assert (frame["Content-Type"], frame.getvalue()) == ("image/png", b"png")


def test_the_links_run_out_as_the_vendor_says(client: Client, done: Callable[..., Task]) -> None:
    task = done()
    assert task.expires_at
    assert task.finished_at
    assert task.expires_at - task.finished_at == timedelta(hours=24)
    Task.objects.update(expires_at=timezone.now())
    answer = client.get(link(task))
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert b"This link has run out." in answer.content


@pytest.mark.parametrize(("words", "name", "status"), [("expired-link", "0.mp4", 403), ("no-last-frame", "0.png", 404)])
def test_a_result_is_missing_as_asked(
    client: Client, done: Callable[..., Task], words: str, name: str, status: int
) -> None:
    assert client.get(link(done(f"sandbox:{words}"), name)).status_code == status


def test_a_clip_can_be_sent_as_what_it_is_not(client: Client, done: Callable[..., Task]) -> None:
    task = done("sandbox:wrong-type")
    answer = client.get(link(task))
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer.getvalue() == (task.folder / "0.mp4").read_bytes()
    # Whoever opens it by hand gets no page of ours that could do anything.
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_huge_clip_has_no_end_that_anybody_waits_for(client: Client, done: Callable[..., Task]) -> None:
    task = done("sandbox:huge-file")
    answer = client.get(link(task))
    assert answer["Content-Length"] == "10000000000"
    pieces = list(islice(cast("StreamingHttpResponse", answer), 8))
    assert sum(map(len, pieces)) == 8 * 256 * 1024
    assert client.head(link(task))["Content-Length"] == "10000000000"


@pytest.mark.parametrize("words", ["sandbox:hang", "sandbox:fail", "sandbox:stay-queued"])
def test_what_has_not_succeeded_has_no_file(client: Client, done: Callable[..., Task], words: str) -> None:
    assert client.get(link(done(words))).status_code == 404
