"""What we painted comes back as it is, and nobody else can say that we painted something."""

from pathlib import Path

import pytest

from storyboard.media import actions, tasks
from storyboard.media.actions.uploads import Announced, expected
from storyboard.media.formats import ARCHIVE
from storyboard.media.keep import keep
from storyboard.media.models import File, Kind, Origin, Upload
from storyboard.media.seals import is_sealed, seal
from storyboard.media.storage import store
from storyboard.teams.models import Team, User
from tests.drain import drain
from tests.media.seeds import picture, wav

pytestmark = pytest.mark.usefixtures("folder")


def test_a_seal_is_for_one_content_alone() -> None:
    own, other = (File(sha256=letter * 64, kind=Kind.IMAGE) for letter in "ab")
    assert is_sealed(own.sha256, seal(own))
    assert not is_sealed(other.sha256, seal(own))
    assert not any(is_sealed(own.sha256, made_up) for made_up in ("", ":", "x" * 43, seal(own)[:-1], "é"))


def test_only_pictures_are_painted() -> None:
    assert seal(File(sha256="a" * 64, kind=Kind.AUDIO)) == ""


@pytest.mark.parametrize(("painted", "is_same"), [(True, True), (False, False)])
def test_what_we_painted_is_not_painted_again(team: Team, tmp_path: Path, painted: bool, is_same: bool) -> None:
    path = tmp_path / "face.jpeg"
    path.write_bytes(picture("jpeg", quality=60))
    first = keep(team, path, origin=Origin.UPLOAD)
    store().get(first.key, path)
    again = keep(Team.objects.create(name="Others"), path, origin=Origin.UPLOAD, painted=painted)
    assert (again.sha256 == first.sha256) == is_same
    assert again.small_key


def test_a_file_that_was_kept_in_vain_goes_unless_somebody_asked_for_it(team: Team, tmp_path: Path) -> None:
    (tmp_path / "song").write_bytes(wav())
    file = keep(team, tmp_path / "song", origin=Origin.UPLOAD)
    before = file.touched_at
    actions.touch_file(file)
    assert actions.take_back(file, touched_at=before) == []
    file.refresh_from_db()
    assert actions.take_back(file, touched_at=file.touched_at) == file.keys
    assert not File.objects.exists()


def test_a_zip_goes_to_whoever_takes_zips_and_not_into_the_library(team: Team, alice: User) -> None:
    upload = expected(team, alice, file=Announced("a.zip", ARCHIVE, 9))
    actions.arrived(upload, by=alice)
    assert drain()[0] == "storyboard.boards.tasks.unpack"
    upload.refresh_from_db()
    assert (upload.state, "imports boards" in upload.sentence) == (Upload.State.REFUSED, True)
    assert tasks.check(upload.pk) is None  # type: ignore[func-returns-value]
    assert not team.references.exists()
