"""An upload from the announcement to the library: what is taken, what is refused and in which words, and who may."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from storyboard.media import actions
from storyboard.media.actions.uploads import PATIENCE, Announced, tidy_name
from storyboard.media.models import File, Kind, Reference, Upload
from storyboard.media.queries import room
from storyboard.media.storage import store
from storyboard.teams.models import AuditEntry, Role, Team, User
from tests.drain import drain
from tests.media.library import Sender

pytestmark = pytest.mark.usefixtures("known_files")
Join = Callable[[User, Role], object]
State = Upload.State
TYPES = [
    ("png", "image/png", Kind.IMAGE),
    ("jpeg", "image/jpeg", Kind.IMAGE),
    ("webp", "image/webp", Kind.IMAGE),
    ("mp4", "video/mp4", Kind.VIDEO),
    ("mov", "video/quicktime", Kind.VIDEO),
    ("webm", "video/webm", Kind.VIDEO),
    ("wav", "audio/x-wav", Kind.AUDIO),
    ("mp3", "audio/mpeg", Kind.AUDIO),
]


@pytest.mark.parametrize(("name", "content_type", "kind"), TYPES)
def test_a_good_file_comes_into_the_library(
    alices: Sender, seeds: dict[str, bytes], name: str, content_type: str, kind: Kind
) -> None:
    reference = alices.reference(f"keeper.{name}", content_type, seeds[name])
    file = reference.file
    assert file is not None
    assert (reference.name, reference.kind, file.format) == (f"keeper.{name}", kind, name)
    assert all(store().head(key) for key in file.keys)
    assert bool(file.peaks) == (kind == Kind.AUDIO)
    assert bool(file.small_key) == (kind != Kind.AUDIO)


def test_what_is_kept_is_what_was_looked_at(alices: Sender, seeds: dict[str, bytes], tmp_path: Path) -> None:
    file = alices.reference("dolly.mp4", "video/mp4", seeds["mp4"]).file
    assert file is not None
    store().get(file.key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == seeds["mp4"]
    assert file.stored == sum(stored.size for stored in map(store().head, file.keys) if stored)


def test_a_picture_is_kept_without_what_the_camera_wrote(alices: Sender, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    Image.new("RGB", (40, 30), "navy").save(tmp_path / "in.jpg", exif=exif)
    file = alices.reference("in.jpg", "image/jpeg", (tmp_path / "in.jpg").read_bytes()).file
    assert file is not None
    store().get(file.key, tmp_path / "out.jpg")
    assert b"secret" in (tmp_path / "in.jpg").read_bytes()
    assert b"secret" not in (tmp_path / "out.jpg").read_bytes()


def test_quarantine_is_empty_afterwards(alices: Sender, seeds: dict[str, bytes]) -> None:
    upload = alices.bring("keeper.png", "image/png", seeds["png"])
    assert upload.state == State.DONE
    assert upload.cleared_at
    assert store().head(upload.key) is None


def test_the_same_file_twice_is_one_file_and_one_reference(alices: Sender, seeds: dict[str, bytes]) -> None:
    first = alices.bring("keeper.png", "image/png", seeds["png"])
    again = alices.bring("face.png", "image/png", seeds["png"])
    assert File.objects.count() == Reference.objects.count() == 1
    assert again.reference == first.reference
    assert again.sentence == "You have this file already, as keeper.png."


def test_another_team_has_its_own_copy(alices: Sender, charlie: User, seeds: dict[str, bytes]) -> None:
    client = Client()
    client.force_login(charlie)
    theirs = Sender(client, charlie.memberships.get().team)
    one = alices.reference("keeper.png", "image/png", seeds["png"]).file
    other = theirs.reference("keeper.png", "image/png", seeds["png"]).file
    assert one
    assert other
    assert one.sha256 == other.sha256
    assert one.key.split("/")[1] == alices.team.public_id != other.key.split("/")[1]


@pytest.mark.parametrize(
    ("name", "content_type", "size", "said"),
    [
        ("notes.txt", "text/plain", 10, "Pictures are taken as PNG, JPEG or WebP"),
        ("drawing.svg", "image/svg+xml", 10, "not taken"),
        ("nothing.png", "image/png", 0, "empty"),
        ("poster.png", "image/png", 65 * 1024 * 1024, "64.0\xa0MB are the most for a picture"),
        ("no-type-no-ending", "", 10, "not taken"),
    ],
)
def test_what_cannot_be_taken_is_not_even_sent(
    alices: Sender, name: str, content_type: str, size: int, said: str
) -> None:
    (told,) = alices.start((name, content_type, size))
    assert said in told["problem"]
    assert not Upload.objects.exists()


def test_a_file_without_a_type_is_known_by_its_ending(alices: Sender, seeds: dict[str, bytes]) -> None:
    (told,) = alices.start(("SEA.WAV", "", len(seeds["wav"])))
    assert told["link"]["headers"]["Content-Type"] == "audio/wav"


def test_the_name_of_a_file_does_not_say_what_it_is(alices: Sender, seeds: dict[str, bytes]) -> None:
    reference = alices.reference("keeper.png", "image/png", seeds["jpeg"])
    assert reference.file
    assert reference.file.content_type == "image/jpeg"


@pytest.mark.parametrize(
    "data", [b"<svg onload=alert(1)>", b"#EXTM3U\nhttp://127.0.0.1/", b"\x89PNG\r\n\x1a\n", b"x" * 99]
)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(alices: Sender, data: bytes) -> None:
    upload = alices.bring("keeper.png", "image/png", data)
    assert upload.state == State.REFUSED
    assert upload.sentence.endswith(".")
    assert not File.objects.exists()
    assert list(store().list("t/")) == []
    assert room(alices.team).reserved == 0


def test_another_length_than_announced_is_not_let_in(alices: Sender, seeds: dict[str, bytes]) -> None:
    (told,) = alices.start(("keeper.png", "image/png", len(seeds["png"])))
    assert alices.put(told["link"], seeds["png"] + b"!") == 403
    assert alices.put(told["link"], seeds["png"]) == 200


def test_an_upload_of_which_nothing_came_says_so(alices: Sender) -> None:
    (told,) = alices.start(("keeper.png", "image/png", 99))
    alices.post(f"uploads/{told['id']}/done/")
    drain()
    upload = Upload.objects.get()
    assert (upload.state, "Choose it again" in upload.sentence) == (State.REFUSED, True)


def test_a_large_file_comes_in_parts(alices: Sender, seeds: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    size = 5_000
    for module in ("actions.uploads", "views.uploads"):
        monkeypatch.setattr(f"storyboard.media.{module}.PART_BYTES", size)
    data = seeds["mp4"]
    (told,) = alices.start(("dolly.mp4", "video/mp4", len(data)))
    links = f"uploads/{told['id']}/links/"
    assert alices.post(links, parts="[1]").status_code == 202
    drain()
    # In any order, and one of them twice, as after a lost line.
    for number in [*range(-(-len(data) // size), 0, -1), 1]:
        link = alices.post(links, parts=f"[{number}]").json()["parts"][str(number)]
        assert alices.put(link, data[(number - 1) * size : number * size]) == 200
    alices.post(f"uploads/{told['id']}/done/")
    drain()
    assert Reference.objects.get().name == "dolly.mp4"


def test_a_part_that_is_missing_is_noticed(alices: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("actions.uploads", "views.uploads"):
        monkeypatch.setattr(f"storyboard.media.{module}.PART_BYTES", 10)
    (told,) = alices.start(("dolly.mp4", "video/mp4", 25))
    drain()
    link = alices.post(f"uploads/{told['id']}/links/", parts="[1]").json()["parts"]["1"]
    alices.put(link, b"0123456789")
    alices.post(f"uploads/{told['id']}/done/")
    drain()
    assert Upload.objects.get().sentence == "Not every part of the file arrived. Upload it again."


def test_a_part_beyond_the_end_has_no_link(alices: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storyboard.media.actions.uploads.PART_BYTES", 10)
    (told,) = alices.start(("dolly.mp4", "video/mp4", 25))
    drain()
    assert alices.post(f"uploads/{told['id']}/links/", parts="[2]").status_code == 400


def test_cancelling_frees_the_room_and_the_quarantine(alices: Sender, seeds: dict[str, bytes]) -> None:
    (told,) = alices.start(("keeper.png", "image/png", len(seeds["png"])))
    alices.put(told["link"], seeds["png"])
    assert room(alices.team).reserved == len(seeds["png"])
    alices.post(f"uploads/{told['id']}/cancel/")
    drain()
    assert room(alices.team).reserved == 0
    assert list(store().list("t/")) == []


def test_what_was_cancelled_while_it_was_looked_at_stays_out(alices: Sender, seeds: dict[str, bytes]) -> None:
    upload = alices.send("keeper.png", "image/png", seeds["png"])
    begun = actions.begin_check(upload.pk)
    actions.cancel(upload, by=upload.by)
    assert begun
    file = File.objects.create(team=alices.team, sha256="0" * 64, key="t/x", size=1, stored=1, kind="image")
    assert actions.finish(begun, file=file) is None
    assert not Reference.objects.exists()


def test_a_check_that_runs_twice_takes_the_file_once(alices: Sender, seeds: dict[str, bytes]) -> None:
    from storyboard.media.tasks import check

    upload = alices.bring("keeper.png", "image/png", seeds["png"])
    check(upload.pk)
    assert Reference.objects.count() == File.objects.count() == 1


def test_a_file_that_kills_its_worker_is_given_up(alices: Sender, seeds: dict[str, bytes]) -> None:
    upload = alices.send("keeper.png", "image/png", seeds["png"])
    Upload.objects.filter(pk=upload.pk).update(attempts=3)
    drain()
    upload.refresh_from_db()
    assert (upload.state, "three times" in upload.sentence) == (State.REFUSED, True)


def test_the_quota_is_reserved_before_anything_is_sent(alices: Sender, settings_gb: None) -> None:
    gb = 1024**3
    half = gb * 6 // 10
    first, second, third = alices.start(*[(f"{n}.mp4", "video/mp4", size) for n, size in enumerate((half, half, 99))])
    assert "id" in first
    assert "id" in third
    assert "There is no room for it" in second["problem"]


@pytest.fixture
def settings_gb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_QUOTA_GB", 1)


def test_a_viewer_cannot_send(alices: Sender, bob: User, join: Join) -> None:
    join(bob, Role.REVIEWER)
    alices.client.force_login(bob)
    answer = alices.post("uploads/", named='[{"name": "a.png", "type": "image/png", "size": 9}]')
    assert answer.status_code == 403
    assert "this needs an editor" in answer.json()["problem"]


@pytest.mark.parametrize(
    "named", ["", "{}", "[]", "[1]", '[{"name": 1}]', '[{"name": "a", "type": "b", "size": true}]']
)
def test_an_announcement_that_makes_no_sense_is_refused(alices: Sender, named: str) -> None:
    assert alices.post("uploads/", named=named).status_code == 400


def test_an_old_upload_gives_no_links(alices: Sender) -> None:
    (told,) = alices.start(("keeper.png", "image/png", 99))
    Upload.objects.update(expires_at=Upload.objects.get().created_at)
    assert alices.post(f"uploads/{told['id']}/links/").status_code == 409


def test_a_new_reference_is_in_the_audit_log(alices: Sender, seeds: dict[str, bytes]) -> None:
    alices.reference("keeper.png", "image/png", seeds["png"])
    entry = AuditEntry.objects.get(action="reference_added")
    assert (entry.subject, entry.detail) == ("keeper.png", {"origin": "upload"})


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("C:\\films\\keeper.png", "keeper.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "Untitled"),
        ("a" * 200 + ".png", "a" * 110 + ".png"),
    ],
)
def test_names_are_made_harmless(told: str, kept: str) -> None:
    assert tidy_name(told) == kept


def test_an_upload_waits_for_a_day(team: Team, alice: User) -> None:
    (upload,) = actions.start(team, files=[Announced("a.png", "image/png", 9)], by=alice)
    assert isinstance(upload, Upload)
    assert abs((upload.expires_at - upload.created_at) - PATIENCE).total_seconds() < 1
