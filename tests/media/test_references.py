"""References and what is done with them: name, tag, replace, trim, delete, bring back, assets, imports."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from storyboard.errors import Conflict, DomainError
from storyboard.media import actions, keep
from storyboard.media.examine import Unfit
from storyboard.media.fetch import FetchError
from storyboard.media.models import File, Kind, Origin, Reference, Upload
from storyboard.media.storage import store
from storyboard.media.templatetags import library as tags
from storyboard.teams.models import Role, Team, User
from tests.drain import drain
from tests.media.library import Sender
from tests.media.seeds import clip, drawing, picture

pytestmark = pytest.mark.usefixtures("known_files")
Join = Callable[[User, Role], object]


@pytest.fixture
def keeper(alices: Sender, seeds: dict[str, bytes]) -> Reference:
    return alices.reference("keeper.png", "image/png", seeds["png"])


@pytest.fixture
def dolly(alices: Sender) -> Reference:
    return alices.reference("dolly.mp4", "video/mp4", clip("mp4", seconds=3))


def page(alices: Sender, reference: Reference, door: str = "") -> str:
    return f"{alices.address}{reference.public_id}/{door}"


def test_a_name_and_tags_are_kept_tidy(alices: Sender, keeper: Reference) -> None:
    alices.client.post(page(alices, keeper), {"name": " The  keeper\u202e ", "tags": "Face, #night,face, "})
    keeper.refresh_from_db()
    assert keeper.name == "The keeper"
    assert [tag.name for tag in keeper.tags.all()] == ["face", "night"]
    alices.client.post(page(alices, keeper), {"name": "The keeper", "tags": "day"})
    assert [tag.name for tag in keeper.tags.all()] == ["day"]


@pytest.mark.parametrize(
    "data",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a", "tags": "b" * 31},
        {"name": "a", "tags": ",".join("abcdefghijklmn")},
    ],
)
def test_a_mistake_in_a_name_or_a_tag_is_told(alices: Sender, keeper: Reference, data: dict[str, str]) -> None:
    answer = alices.client.post(page(alices, keeper), data)
    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content


def test_another_file_takes_its_place_and_the_old_one_is_remembered(alices: Sender, keeper: Reference) -> None:
    before = keeper.file
    alices.bring("new.png", "image/png", picture("png", drawing((60, 60))), replaces=keeper.public_id)
    keeper.refresh_from_db()
    assert keeper.file != before
    assert (keeper.name, keeper.version) == ("keeper.png", 2)
    assert [(version.number, version.file) for version in keeper.versions.all()] == [(1, before)]
    assert Reference.objects.count() == 1


def test_a_clip_cannot_take_the_place_of_a_picture(alices: Sender, keeper: Reference) -> None:
    (told,) = alices.start(("new.mp4", "video/mp4", 99), replaces=keeper.public_id)
    assert told["problem"] == "keeper.png is a picture. Replace it with a picture, or upload this one beside it."


def test_deleting_and_bringing_back(alices: Sender, keeper: Reference) -> None:
    answer = alices.client.post(page(alices, keeper, "delete/"), headers={"HX-Request": "true"})
    assert "Undo" in answer.content.decode()
    assert "Nothing here yet" in alices.client.get(alices.address).content.decode()
    assert alices.client.get(page(alices, keeper)).status_code == 404
    alices.client.post(page(alices, keeper, "restore/"))
    assert "keeper.png" in alices.client.get(alices.address).content.decode()


def test_a_deleted_reference_shows_its_file_to_nobody(alices: Sender, keeper: Reference) -> None:
    actions.delete(keeper, by=keeper.created_by or User())
    for door in ("small/", "poster/", "play/", "download/"):
        assert alices.client.get(page(alices, keeper, door)).status_code == 404


def test_a_reference_is_shown_by_a_link_that_lives_minutes(alices: Sender, keeper: Reference) -> None:
    for door in ("small/", "poster/", "play/", "download/"):
        answer = alices.client.get(page(alices, keeper, door))
        url = answer.headers["Location"]
        assert "signature=" in url
        shown = Client().get(url)
        assert (shown.status_code, shown.headers["X-Content-Type-Options"]) == (200, "nosniff")


def test_a_download_has_the_name_of_the_reference(alices: Sender, keeper: Reference) -> None:
    actions.edit(keeper, name="The keeper: face", tags=[], by=keeper.created_by or User())
    shown = Client().get(alices.client.get(page(alices, keeper, "download/")).headers["Location"])
    assert shown.headers["Content-Disposition"] == 'attachment; filename="The keeper: face.png"'


def test_no_link_stands_in_the_page(alices: Sender, dolly: Reference) -> None:
    for address in (alices.address, page(alices, dolly), page(alices, dolly, "trim/")):
        assert "signature=" not in alices.client.get(address).content.decode()


def test_a_part_stands_beside_the_original(alices: Sender, dolly: Reference) -> None:
    answer = alices.client.post(page(alices, dolly, "trim/"), {"start": "1.010", "end": "2.345"})
    assert answer.status_code == 302
    drain()
    part = Reference.objects.get(trimmed_from=dolly)
    assert (part.in_ms, part.out_ms, part.name) == (1010, 2345, "dolly 1.01–2.345 s")
    assert part.file
    assert part.file.seconds == Decimal("1.335")
    assert part.file.origin == Origin.TRIM


@pytest.mark.parametrize(("start", "end"), [("2", "1"), ("0", "3.5"), ("1", "1.05"), ("-1", "2"), ("x", "2")])
def test_a_part_that_is_none_is_refused(alices: Sender, dolly: Reference, start: str, end: str) -> None:
    answer = alices.client.post(page(alices, dolly, "trim/"), {"start": start, "end": end})
    assert answer.status_code == 422
    assert not Upload.objects.filter(origin=Origin.TRIM).exists()


def test_a_picture_has_no_parts(alices: Sender, keeper: Reference) -> None:
    assert alices.client.get(page(alices, keeper, "trim/")).status_code == 400


def test_an_asset_is_registered_once(alices: Sender) -> None:
    form = {"asset-asset_uri": "asset-20260423-x7k2p", "asset-kind": "image", "asset-name": "Mara"}
    assert alices.post("assets/", **form).status_code == 200
    asset = Reference.objects.get()
    assert (asset.asset_uri, asset.file) == ("asset://asset-20260423-x7k2p", None)
    assert alices.post("assets/", **form).status_code == 409
    assert alices.client.get(page(alices, asset)).status_code == 200
    assert alices.client.get(page(alices, asset, "play/")).status_code == 404


@pytest.mark.parametrize("uri", ["https://example.com/a.png", "asset://", "asset://../x", "asset://a b", ""])
def test_what_is_no_asset_is_refused(alices: Sender, uri: str) -> None:
    form = {"asset-asset_uri": uri, "asset-kind": "image", "asset-name": "Mara"}
    assert alices.post("assets/", **form).status_code == 422


def test_a_deleted_asset_that_was_registered_again_stays_deleted(alices: Sender, team: Team, alice: User) -> None:
    first = actions.register_asset(team, asset_uri="asset://abc", name="Mara", kind=Kind.IMAGE, by=alice)
    actions.delete(first, by=alice)
    actions.register_asset(team, asset_uri="asset://abc", name="Mara", kind=Kind.IMAGE, by=alice)
    with pytest.raises(Conflict, match="registered again"):
        actions.restore(first, by=alice)


def test_a_reference_is_a_file_or_an_asset(team: Team) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Reference.objects.create(team=team, name="neither", kind=Kind.IMAGE)


def test_a_file_is_fetched_by_its_link(
    alices: Sender, seeds: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(url: str, *, to: Path, **limits: object) -> None:
        assert url == "https://films.example.com/a/harbour.jpg?sig=secret"
        to.write_bytes(seeds["jpeg"])

    monkeypatch.setattr("storyboard.media.tasks.fetch", fetch)
    alices.post("import/", **{"import-url": "https://films.example.com/a/harbour.jpg?sig=secret"})
    drain()
    upload = Upload.objects.get()
    assert upload.reference
    assert upload.reference.name == "harbour.jpg"
    assert upload.url == ""


def test_a_link_that_gives_nothing_is_refused_in_words(alices: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(url: str, **limits: object) -> None:
        raise FetchError("There is nothing behind that link.")

    monkeypatch.setattr("storyboard.media.tasks.fetch", fetch)
    alices.post("import/", **{"import-url": "https://films.example.com/a.jpg"})
    drain()
    upload = Upload.objects.get()
    assert (upload.state, upload.sentence, upload.url) == ("refused", "There is nothing behind that link.", "")


@pytest.mark.parametrize("url", ["", "ftp://example.com/a.png", "https://127.0.0.1/a.png", "https://2130706433/", "x"])
def test_a_link_into_our_own_network_is_refused_at_once(alices: Sender, url: str) -> None:
    assert alices.post("import/", **{"import-url": url}).status_code == 422
    assert not Upload.objects.exists()


def test_a_clip_of_a_take_is_kept_checked_and_once(
    folder: Path, team: Team, tmp_path: Path, seeds: dict[str, bytes]
) -> None:
    path = tmp_path / "clip"
    path.write_bytes(seeds["mp4"])
    first = keep.keep(team, path, origin=Origin.TAKE)
    assert keep.keep(team, path, origin=Origin.TAKE) == first
    assert (first.content_type, first.width, first.height, first.has_sound) == ("video/mp4", 96, 64, True)
    path.write_bytes(b"<html>not a clip</html>")
    with pytest.raises(Unfit):
        keep.keep(team, path, origin=Origin.TAKE)
    assert len(list(store().list("t/"))) == len(first.keys)


def test_a_clip_that_was_kept_long_ago_is_timed_when_it_comes_again(
    folder: Path, team: Team, tmp_path: Path, seeds: dict[str, bytes]
) -> None:
    path = tmp_path / "clip"
    path.write_bytes(seeds["mp4"])
    first = keep.keep(team, path, origin=Origin.UPLOAD)
    assert first.picture_from == 0
    File.objects.update(picture_from=None, picture_to=None)
    assert keep.keep(team, path, origin=Origin.TAKE).picture_to == 1


def test_an_object_that_came_second_is_not_left_behind(
    folder: Path, team: Team, tmp_path: Path, seeds: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clip"
    path.write_bytes(seeds["mp4"])
    keep.keep(team, path, origin=Origin.TAKE)
    monkeypatch.setattr(keep, "file_with", lambda *args: None)  # as when another job was a moment quicker
    file = keep.keep(team, path, origin=Origin.TAKE)
    assert File.objects.count() == 1
    assert {listed.key for listed in store().list("t/")} == set(file.keys)


def test_weak_roles_look_and_do_not_touch(alices: Sender, keeper: Reference, bob: User, join: Join) -> None:
    join(bob, Role.VIEWER)
    alices.client.force_login(bob)
    shown = alices.client.get(alices.address).content.decode()
    assert "keeper.png" in shown
    assert "choose" not in shown
    assert "Delete" not in shown
    assert alices.client.post(page(alices, keeper, "delete/")).status_code == 403


def test_an_action_asks_once_more_who_is_asking(keeper: Reference, charlie: User) -> None:
    for act in (
        lambda: actions.delete(keeper, by=charlie),
        lambda: actions.edit(keeper, name="x", tags=[], by=charlie),
        lambda: actions.trim(keeper, in_ms=0, out_ms=9, by=charlie),
    ):
        with pytest.raises(DomainError):
            act()


@pytest.mark.parametrize(
    ("seconds", "said"), [("5", "5.0 s"), ("59.99", "59.9 s"), ("60", "1:00"), ("66.6", "1:06"), ("0.05", "0.0 s")]
)
def test_lengths_are_said_as_people_say_them(seconds: str, said: str) -> None:
    assert tags.clock(Decimal(seconds)) == said


def test_a_waveform_is_drawn_from_numbers_only() -> None:
    drawn = tags.waveform([0, 50, 100])
    assert 'd="M0.5 48.5V51.5 M1.5 25V75 M2.5 2V98"' in drawn
