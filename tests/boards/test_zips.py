"""A board travels with its media: packed by a job, brought by a person, unpacked with every byte and every word."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.boards import actions, packing, queries, tasks, unpacking
from storyboard.boards.changes import Spot
from storyboard.boards.drafts import draft_of
from storyboard.boards.formats import archive
from storyboard.boards.formats.draft import DraftBoard
from storyboard.boards.models import Board, Export, Import
from storyboard.errors import Forbidden, Missing, Throttled
from storyboard.media.actions import cancel, edit
from storyboard.media.actions.uploads import Announced
from storyboard.media.models import File, Reference, Upload
from storyboard.media.queries import file_with, room
from storyboard.media.storage import store
from storyboard.teams.fields import one_line
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import film, ids, prompts_of, shot, shots_of
from tests.boards.formats.drafts import NAMES, TEXTS
from tests.boards.parcels import drawn, film_with_media, packed, reference, sent, taken, zipped
from tests.drain import drain

pytestmark = pytest.mark.usefixtures("folder")
State = Upload.State


def read(board: Board, by: User) -> DraftBoard:
    """The board as a file has it, with what differs from team to team taken out."""
    draft = draft_of(queries.sheet_for(by, board.team.public_id, board.public_id))
    names = {entry.id: f"{entry.name} {entry.sha256}" for entry in draft.references}
    draft.settings = {}
    for entry in draft.references:
        entry.id = names[entry.id]
    for one in draft.shots:
        one.references, one.landing = [names[name] for name in one.references], names.get(one.landing, "")
    return draft


@pytest.fixture
def others(charlie: User) -> Team:
    """Another team, which has nothing yet."""
    return charlie.memberships.get().team


def is_empty(team: Team) -> bool:
    return not any(rows.exists() for rows in (team.boards, team.files, team.references))


def objects() -> set[str]:
    return {found.key for found in store().list("t/")}


def test_a_board_comes_back_in_another_team_with_every_word_and_byte(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path
) -> None:
    board = film_with_media(team, alice)
    found = taken(sent(others, charlie, zipped(board, alice, tmp_path)), charlie)
    assert (found.upload.state, found.upload.sentence, found.remarks) == (State.DONE, "", [])
    assert found.board is not None
    assert read(found.board, charlie) == read(board, alice)
    shas = [sorted(File.objects.filter(team=one).values_list("sha256", flat=True)) for one in (team, others)]
    assert shas[0] == shas[1]
    assert sorted(one.name for one in others.references.all()) == ["Face.jpg", "Song"]


LINES = NAMES.map(one_line).filter(bool)
TAGS = LINES.map(lambda text: one_line(text[:30])).filter(bool)


@pytest.fixture
def rows(team: Team, alice: User) -> list[Reference]:
    return [reference(team, alice, str(at), drawn(at * 80)) for at in range(3)]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_words_and_any_use_of_media_come_back(
    data: st.DataObject, rows: list[Reference], alice: User, others: Team, charlie: User, tmp_path: Path
) -> None:
    for row in rows:
        edit(row, name=data.draw(LINES), tags=data.draw(st.lists(TAGS, max_size=3, unique=True)), by=alice)
    board = film(rows[0].team, alice, data.draw(st.lists(TEXTS, min_size=1, max_size=3)))
    for each in shots_of(board):
        chosen = data.draw(st.lists(st.sampled_from(rows), unique=True, max_size=3))
        actions.set_references(each, references=[row.public_id for row in chosen], by=alice)
        actions.set_landing(
            each, reference=data.draw(st.sampled_from(["", *(row.public_id for row in rows)])), by=alice
        )
    found = taken(sent(others, charlie, zipped(board, alice, tmp_path)), charlie)
    assert found.board is not None, found.upload.sentence
    assert read(found.board, charlie) == read(board, alice)
    used = set(queries.media_of(board))
    assert set(queries.media_of(found.board)) == used
    for sha in used:
        assert hashlib.sha256(bytes_of(file_with(others, sha), tmp_path)).hexdigest() == sha
    empty(others)


def bytes_of(file: File | None, folder: Path) -> bytes:
    assert file is not None
    store().get(file.key, folder / "bytes")
    return (folder / "bytes").read_bytes()


def empty(team: Team) -> None:
    """So that the next board finds no reference there."""
    team.boards.all().delete()
    team.references.all().delete()


def test_only_what_the_board_uses_goes_in(team: Team, alice: User, tmp_path: Path) -> None:
    board = film_with_media(team, alice)
    reference(team, alice, "Unused", drawn(7))
    with ZipFile(zipped(board, alice, tmp_path)) as found:
        assert len(found.namelist()) == 3
        assert b"Unused" not in found.read("board.json")


def test_in_the_same_team_nothing_is_kept_twice(team: Team, alice: User, tmp_path: Path) -> None:
    board = film_with_media(team, alice)
    before = File.objects.count(), Reference.objects.count()
    found = taken(sent(team, alice, zipped(board, alice, tmp_path)), alice)
    assert found.board is not None
    assert read(found.board, alice) == read(board, alice)
    assert (File.objects.count(), Reference.objects.count()) == before


def test_it_goes_among_the_shots_of_another_board(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path
) -> None:
    board, target = film_with_media(team, alice), film(others, charlie, "xy")
    found = sent(others, charlie, zipped(board, alice, tmp_path))
    found = taken(found, charlie, into=target, at=Spot(after=ids(target, "x")[0]))
    assert (found.board, prompts_of(target)) == (target, "xabcy")
    assert shot(target, "b").references.count() == 2
    assert queries.edit_state(target, charlie).undo == "Import 3 shots"
    actions.undo(target, by=charlie)
    assert prompts_of(target) == "xy"


def test_it_is_shown_before_anything_is_made(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path
) -> None:
    found = sent(others, charlie, zipped(film_with_media(team, alice), alice, tmp_path))
    assert (found.stage, found.shown["shots"], found.shown["media"], found.shown["lacking"]) == ("shown", 3, 2, 0)
    assert is_empty(others)
    drain()
    tasks.unpack(found.upload_id)
    assert not others.boards.exists()


def test_a_medium_that_is_no_medium_makes_nothing_and_says_which(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path, hurt: Callable[[Path], Path]
) -> None:
    path = hurt(zipped(film_with_media(team, alice), alice, tmp_path))
    found = taken(sent(others, charlie, path), charlie)
    assert found.upload.state == State.REFUSED
    assert found.upload.sentence.startswith("“Face.jpg” in this ZIP was not taken. ")
    assert is_empty(others)
    drain()
    assert not [key for key in objects() if key.startswith(f"t/{others.public_id}/")]


@pytest.fixture
def hurt() -> Callable[[Path], Path]:
    """The picture in a ZIP becomes words, with the sum that words have; what came before it is fine."""

    def change(path: Path) -> Path:
        words = b"<script>alert(1)</script>" * 9
        other = path.with_name("hurt.zip")
        with ZipFile(path) as source, ZipFile(other, "w") as target:
            (old,) = [name for name in source.namelist() if name.endswith(".jpeg")]
            sums = old[6:70].encode(), hashlib.sha256(words).hexdigest().encode()
            target.writestr("board.json", source.read("board.json").replace(*sums))
            for name in source.namelist()[1:]:
                data = words if name == old else source.read(name)
                target.writestr(name.replace(sums[0].decode(), sums[1].decode()), data)
        return other

    return change


def test_a_seal_of_nobody_is_worth_nothing(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path
) -> None:
    board = film_with_media(team, alice)
    with ZipFile(zipped(board, alice, tmp_path)) as source:
        (name,) = [one for one in source.namelist() if one.endswith(".jpeg")]
        data = source.read(name) + b"<script>hidden behind the picture</script>"
    (tmp_path / "face").write_bytes(data)
    draft = draft_of(queries.sheet_for(alice, team.public_id, board.public_id))
    entry = next(one for one in draft.references if one.seal)
    entry.sha256 = hashlib.sha256(data).hexdigest()
    with (tmp_path / "other.zip").open("wb") as to:
        archive.write_zip(draft, {entry.sha256: tmp_path / "face"}, to)
    found = taken(sent(others, charlie, tmp_path / "other.zip"), charlie)
    assert found.board is not None
    face = others.references.get(name="Face.jpg").file
    assert face is not None
    assert b"<script>" not in bytes_of(face, tmp_path)


def test_a_hostile_zip_ends_in_a_sentence(team: Team, alice: User, tmp_path: Path) -> None:
    path = tmp_path / "up.zip"
    with ZipFile(path, "w") as bad:
        bad.writestr("../../up", b"x")
    found = sent(team, alice, path)
    assert (found.upload.state, "leads out of it" in found.upload.sentence) == (State.REFUSED, True)
    path.write_bytes(b"PK\x03\x04 not at all")
    assert "no ZIP that can be read" in sent(team, alice, path).upload.sentence
    assert not team.boards.exists()


def test_a_job_that_takes_long_goes_on_in_another(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sent(others, charlie, zipped(film_with_media(team, alice), alice, tmp_path))
    monkeypatch.setattr(unpacking, "A_TURN_SECONDS", -1)
    tasks_before = actions.take_import(found, by=charlie)
    tasks.unpack(found.upload_id)
    assert (tasks_before.kept, others.boards.count()) == ({}, 0)
    monkeypatch.setattr(unpacking, "A_TURN_SECONDS", 240)
    drain()
    assert others.boards.count() == 1


def test_whoever_cancels_gets_nothing_and_keeps_nothing(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sent(others, charlie, zipped(film_with_media(team, alice), alice, tmp_path))
    examined = unpacking.examined

    def cancelled(*args: object) -> File:
        cancel(found.upload, by=charlie)
        return examined(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(unpacking, "examined", cancelled)
    found = taken(found, charlie)
    assert found.upload.state == State.CANCELLED
    assert is_empty(others)
    assert room(others).reserved == 0


def test_there_must_be_room_for_the_media(
    team: Team, alice: User, others: Team, charlie: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sent(others, charlie, zipped(film_with_media(team, alice), alice, tmp_path))
    monkeypatch.setattr(django_settings, "MEDIA_QUOTA_GB", 0)
    found = taken(found, charlie)
    assert "There is no room for it" in found.upload.sentence


def test_only_editors_import_and_only_so_many_at_once(team: Team, alice: User, bob: User) -> None:
    with pytest.raises(Missing):
        actions.start_import(team, file=Announced("a.zip", "", 9), by=bob)
    Membership.objects.create(team=team, user=bob, role=Role.REVIEWER)
    with pytest.raises(Forbidden):
        actions.start_import(team, file=Announced("a.zip", "", 9), by=bob)
    for _ in range(5):
        actions.start_import(team, file=Announced("a.zip", "", 9), by=alice)
    with pytest.raises(Throttled):
        actions.start_import(team, file=Announced("a.zip", "", 9), by=alice)


def test_nobody_said_where_it_goes(team: Team, alice: User, tmp_path: Path) -> None:
    found = sent(team, alice, zipped(film_with_media(team, alice), alice, tmp_path))
    tasks.tidy()
    Upload.objects.filter(pk=found.upload_id).update(changed_at=timezone.now() - timedelta(hours=25))
    tasks.tidy()
    drain()
    found.upload.refresh_from_db()
    assert (found.upload.state, found.upload.sentence) == (State.REFUSED, tasks.NOBODY)
    assert store().head(found.upload.key) is None


def test_whoever_lost_the_role_meanwhile_makes_nothing(team: Team, alice: User, editor: User, tmp_path: Path) -> None:
    found = sent(team, editor, zipped(film_with_media(team, alice), alice, tmp_path))
    boards = team.boards.count()
    actions.take_import(found, by=editor)
    Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    drain()
    found.upload.refresh_from_db()
    assert (found.upload.state, team.boards.count()) == (State.REFUSED, boards)


def test_a_newer_zip_takes_the_place_of_the_older(team: Team, alice: User) -> None:
    board = film_with_media(team, alice)
    first, second = packed(board, alice), packed(board, alice)
    drain()
    first.refresh_from_db()
    assert (first.state, store().head(first.key)) == (Export.State.GONE, None)
    assert queries.export_of(board) == second
    assert actions.start_export(board, by=alice) == actions.start_export(board, by=alice)


def test_a_zip_expires_and_is_removed(team: Team, alice: User) -> None:
    export = packed(film(team, alice), alice)
    tasks.tidy()
    assert store().head(export.key) is not None
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert queries.export_of(export.board) is None
    tasks.tidy()
    drain()
    assert store().head(export.key) is None
    Export.objects.update(changed_at=timezone.now() - timedelta(days=8))
    tasks.tidy()
    assert not Export.objects.exists()


def test_a_lost_file_is_named(team: Team, alice: User) -> None:
    board = film_with_media(team, alice)
    store().delete([queries.media_of(board).popitem()[1].key])
    export = packed(board, alice)
    assert export.state == Export.State.FAILED
    assert export.sentence.startswith("A file that this board uses is not in the storage any more: ")


def test_a_board_that_kills_its_worker_is_given_up(team: Team, alice: User) -> None:
    export = actions.start_export(film(team, alice), by=alice)
    Export.objects.update(attempts=3)
    drain()
    export.refresh_from_db()
    assert (export.state, export.sentence) == (Export.State.FAILED, packing.GAVE_UP)


def test_one_zip_of_a_board_is_made_at_a_time(team: Team, alice: User) -> None:
    boards = [film(team, alice) for _ in range(6)]
    for board in boards[:5]:
        actions.start_export(board, by=alice)
    with pytest.raises(Throttled):
        actions.start_export(boards[5], by=alice)
    assert Import.objects.count() == 0
