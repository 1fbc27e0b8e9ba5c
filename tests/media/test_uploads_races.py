"""Two at the same moment: a client that overwrites what it sent while it is looked at, and a crowd at the quota.

RACES=1000 for the long form of the swap.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from django.conf import settings
from django.db import connection

from storyboard.media import actions, examine, keep, tasks
from storyboard.media.actions.uploads import Announced
from storyboard.media.examine import Examined
from storyboard.media.models import File, Upload
from storyboard.media.queries import room
from storyboard.media.storage import store
from storyboard.rendering.probe import Facts, Kind
from storyboard.teams.models import Team, User
from tests.media.library import Sender
from tests.media.seeds import drawing, picture

TRIES = int(os.environ.get("RACES", "100"))
SIZE = 300_000
GOOD, EVIL = b"good" * (SIZE // 4), b"evil" * (SIZE // 4)


@contextmanager
def overwriting(key: str, *contents: bytes) -> Iterator[None]:
    """Somebody puts one content after the other there, as fast as the store takes them."""
    over = Event()

    def run() -> None:
        while not over.is_set():
            for content in contents:
                store_bytes(key, content)

    attacker = Thread(target=run)
    attacker.start()
    try:
        yield
    finally:
        over.set()
        attacker.join()


def store_bytes(key: str, content: bytes) -> None:
    folder = Path(settings.MEDIA_ROOT)
    target = folder / key
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}")
    fresh.write_bytes(content)
    fresh.replace(target)


def look(path: Path, folder: Path, *, painted: bool) -> Examined:
    """In the jail's place, which takes a second: only what is good passes, and there is time to swap it."""
    content = path.read_bytes()
    if content != GOOD:
        raise examine.Unfit("Not this one.")
    time.sleep(0.001)
    facts = Facts(kind=Kind.AUDIO, format="wav", size=len(content))
    return Examined(path=path, facts=facts, content_type="audio/wav", sha256=hashlib.sha256(content).hexdigest())


def swap_races(team: Team, alice: User, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was kept in each of the tries."""
    monkeypatch.setattr(keep, "examine", look)
    kept = []
    (upload,) = actions.start(team, files=[Announced("a.wav", "audio/wav", SIZE)], by=alice)
    assert isinstance(upload, Upload)
    with overwriting(upload.key, GOOD, EVIL):
        for _ in range(TRIES):
            Upload.objects.filter(pk=upload.pk).update(state=Upload.State.CHECKING, attempts=0)
            tasks.check(upload.pk)
            kept += [
                (Path(settings.MEDIA_ROOT) / key).read_bytes() for key in File.objects.values_list("key", flat=True)
            ]
            Upload.objects.filter(pk=upload.pk).update(reference=None)
            team.references.all().delete()
            File.objects.all().delete()
    return kept


def test_what_is_kept_is_what_was_looked_at_however_fast_it_is_swapped(
    folder: Path, team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = swap_races(team, alice, monkeypatch)
    assert len(kept) > TRIES // 20
    assert all(content == GOOD for content in kept)


def test_the_swap_would_be_seen_if_quarantine_were_read_again(
    folder: Path, team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keep.stored

    def careless(team: Team, found: Examined, origin: object) -> File:
        upload = Upload.objects.get()
        found.path.write_bytes((Path(settings.MEDIA_ROOT) / upload.key).read_bytes())
        return real(team, found, origin)  # type: ignore[arg-type]

    monkeypatch.setattr(keep, "stored", careless)
    assert EVIL in swap_races(team, alice, monkeypatch)


def test_a_swap_through_the_jail(alices: Sender) -> None:
    one, other = (picture("png", drawing(size)) for size in ((60, 60), (90, 30)))
    upload = alices.send("a.png", "image/png", one)
    # The same length, so that only the content could give it away.
    with overwriting(upload.key, one, other.ljust(len(one), b"\0")[: len(one)]):
        tasks.check(upload.pk)
    for file in File.objects.all():
        content = (Path(settings.MEDIA_ROOT) / file.key).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert (file.width, file.height) in {(60, 60), (90, 30)}


def at_once(calls: list[Callable[[], object]]) -> None:
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_do_not_get_more_than_there_is_room_for(
    folder: Path, team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MEDIA_QUOTA_GB", 1)
    tenth = 1024**3 // 10
    answers: list[Upload | str] = []

    def announce() -> None:
        for _ in range(10):
            answers.extend(actions.start(team, files=[Announced("a.mp4", "video/mp4", tenth)], by=alice))

    at_once([announce] * 10)
    assert len(answers) == 100
    assert sum(isinstance(answer, Upload) for answer in answers) == 10
    assert room(team).reserved <= 1024**3


@pytest.mark.django_db(transaction=True)
def test_two_jobs_with_one_upload_make_one_reference(alices: Sender, seeds: dict[str, bytes]) -> None:
    upload = alices.send("keeper.png", "image/png", seeds["png"])
    at_once([lambda: tasks.check(upload.pk)] * 2)
    assert File.objects.count() == alices.team.references.count() == 1
    assert {listed.key for listed in store().list("t/") if "/a/" in listed.key} == set(File.objects.get().keys)
