"""What nobody needs goes, what somebody needs stays, and the rows and the storage agree."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from storyboard.media import actions, census, sweeps
from storyboard.media.models import File, Reference, Upload
from storyboard.media.queries import room
from storyboard.media.storage import store
from storyboard.teams.models import User
from tests.drain import drain
from tests.media.library import Sender
from tests.media.seeds import drawing, picture

pytestmark = pytest.mark.usefixtures("known_files")
LONG_AGO = timedelta(days=40)
State = Upload.State


def age(folder: Path) -> None:
    """As if all objects had been there for two days."""
    for path in folder.rglob("*"):
        os.utime(path, (1, 1)) if path.is_file() else None


def all_keys() -> set[str]:
    return {listed.key for listed in store().list("t/")}


@pytest.fixture
def keeper(alices: Sender, seeds: dict[str, bytes]) -> Reference:
    return alices.reference("keeper.png", "image/png", seeds["png"])


def test_an_upload_that_was_never_finished_expires(alices: Sender, seeds: dict[str, bytes]) -> None:
    (told,) = alices.start(("keeper.png", "image/png", len(seeds["png"])))
    alices.put(told["link"], seeds["png"])
    sweeps.catch_up()
    assert Upload.objects.get().state == State.WAITING
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    sweeps.catch_up()
    drain()
    assert Upload.objects.get().state == State.EXPIRED
    assert all_keys() == set()
    assert room(alices.team).reserved == 0


def test_a_check_whose_job_was_lost_is_queued_again(alices: Sender, seeds: dict[str, bytes]) -> None:
    from django_q.models import OrmQ

    upload = alices.send("keeper.png", "image/png", seeds["png"])
    OrmQ.objects.all().delete()
    Upload.objects.update(changed_at=timezone.now() - sweeps.STUCK)
    sweeps.catch_up()
    drain()
    upload.refresh_from_db()
    assert upload.state == State.DONE


def test_a_quarantine_whose_clearing_was_lost_is_cleared(alices: Sender, seeds: dict[str, bytes]) -> None:
    upload = alices.bring("keeper.png", "image/png", seeds["png"])
    store().copy(Reference.objects.get().file.key, upload.key)  # type: ignore[union-attr]
    Upload.objects.update(cleared_at=None, changed_at=timezone.now() - timedelta(hours=1))
    sweeps.catch_up()
    drain()
    assert store().head(upload.key) is None


def test_a_deleted_reference_goes_for_good_after_its_undo_time(keeper: Reference, alice: User) -> None:
    actions.delete(keeper, by=alice)
    sweeps.free_files()
    assert Reference.objects.exists()
    Reference.objects.update(deleted_at=timezone.now() - LONG_AGO)
    File.objects.update(touched_at=timezone.now() - LONG_AGO)
    sweeps.free_files()
    assert not Reference.objects.exists()
    assert not File.objects.exists()
    assert all_keys() == set()


def test_a_file_that_another_reference_shows_stays(alices: Sender, keeper: Reference, alice: User) -> None:
    Reference.objects.create(team=keeper.team, file=keeper.file, kind="image", name="twin")
    actions.delete(keeper, by=alice)
    Reference.objects.filter(pk=keeper.pk).update(deleted_at=timezone.now() - LONG_AGO)
    File.objects.update(touched_at=timezone.now() - LONG_AGO)
    sweeps.free_files()
    assert [reference.name for reference in Reference.objects.all()] == ["twin"]
    assert File.objects.count() == 1
    assert len(all_keys()) == 3


def used(references: list[Reference]) -> dict[int, list[tuple[str, str]]]:
    return {reference.pk: [("Shot 3", "/")] for reference in references}


def test_a_reference_that_a_shot_uses_stays_though_deleted(
    keeper: Reference, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REFERENCE_USES", [f"{__name__}.used"])
    actions.delete(keeper, by=alice)
    Reference.objects.update(deleted_at=timezone.now() - LONG_AGO)
    sweeps.free_files()
    assert Reference.objects.exists()


def test_the_file_before_a_replacement_stays_as_long_as_its_reference(alices: Sender, keeper: Reference) -> None:
    alices.bring("new.png", "image/png", picture("png", drawing((60, 60))), replaces=keeper.public_id)
    File.objects.update(touched_at=timezone.now() - LONG_AGO)
    sweeps.free_files()
    assert File.objects.count() == 2


def test_a_young_file_without_a_reference_is_left_in_peace(keeper: Reference) -> None:
    Reference.objects.all().delete()
    sweeps.free_files()
    assert File.objects.count() == 1


def test_room_is_what_the_storage_holds(alices: Sender, keeper: Reference) -> None:
    alices.reference("other.png", "image/png", picture("png", drawing((60, 60))))
    assert room(alices.team).used == sum(listed.size for listed in store().list("t/"))


def test_objects_without_rows_are_found_and_removed(folder: Path, alices: Sender, keeper: Reference) -> None:
    kept = all_keys()
    store().copy(min(kept), "t/nobody/a/stray")
    assert census.count().strays == []  # too young: its row may be on its way
    age(folder)
    sweeps.tidy_storage()
    assert all_keys() == kept


def test_what_a_browser_may_still_write_is_no_stray(folder: Path, alices: Sender, seeds: dict[str, bytes]) -> None:
    (told,) = alices.start(("keeper.png", "image/png", len(seeds["png"])))
    alices.put(told["link"], seeds["png"])
    age(folder)
    sweeps.tidy_storage()
    assert len(all_keys()) == 1


def test_a_deleted_teams_objects_are_strays(folder: Path, alices: Sender, keeper: Reference) -> None:
    alices.team.delete()
    age(folder)
    sweeps.tidy_storage()
    assert all_keys() == set()


def test_rows_without_objects_are_told_and_only_forgotten_on_request(
    alices: Sender, keeper: Reference, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keeper.file
    store().delete([keeper.file.key])
    call_command("media_check")
    assert f"{keeper.file.key}: keeper.png" in capsys.readouterr().out
    assert Reference.objects.exists()
    call_command("media_check", remove=True)
    assert not Reference.objects.exists()
    assert not File.objects.exists()


def test_a_lost_picture_of_a_file_is_forgotten_alone(alices: Sender, keeper: Reference) -> None:
    assert keeper.file
    store().delete([keeper.file.small_key])
    call_command("media_check", remove=True)
    keeper.file.refresh_from_db()
    assert (keeper.file.small_key, keeper.file.poster_key) == ("", "")
    assert Reference.objects.exists()


def test_an_empty_bucket_is_taken_for_the_wrong_one(
    folder: Path, alices: Sender, keeper: Reference, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alices.reference("other.png", "image/png", picture("png", drawing((60, 60))))
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "elsewhere")
    with pytest.raises(CommandError, match="Nothing was removed"):
        call_command("media_check", remove=True)
    assert File.objects.count() == Reference.objects.count() == 2
