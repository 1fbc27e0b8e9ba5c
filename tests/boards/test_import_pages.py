"""The pages of imports and exports without a browser: what they show, before and after, and what they say then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from storyboard.boards import actions, queries
from storyboard.boards.models import Board, Export, Import
from storyboard.boards.models import Joint as Opening
from storyboard.media.models import Upload
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import film, joints_of, prompts_of
from tests.boards.parcels import film_with_media, packed, sent, zipped
from tests.drain import drain
from tests.media.library import Sender

pytestmark = pytest.mark.usefixtures("folder")
HTMX = {"HX-Request": "true"}
SCREENPLAY = """Title: Harbour

INT. LIGHTHOUSE - NIGHT

The lamp turns. Dust in the beam.

KEEPER
Not tonight.

EXT. CLIFF - DAWN

Gulls cross the bay.
"""


@pytest.fixture
def alices(team: Team, alice: User) -> Client:
    client = Client(headers=HTMX)
    client.force_login(alice)
    return client


def at(name: str, board: Board, *ids: str) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id, *ids])


def fountain() -> SimpleUploadedFile:
    return SimpleUploadedFile("harbour.fountain", SCREENPLAY.encode())


def test_a_screenplay_is_shown_and_then_imported(alices: Client, team: Team) -> None:
    address = reverse("boards_import", args=[team.public_id])
    shown = alices.post(f"{address}preview/", {"file": fountain()}).content.decode()
    assert "in 2 scenes" in shown
    assert "Gulls cross the bay." in shown
    assert not team.boards.exists()
    answer = alices.post(address, {"file": fountain()})
    board = Board.objects.get()
    assert answer.headers["Location"] == at("board", board)
    assert board.name == "Harbour"
    assert [row.name for row in board.scenes.all()] == ["INT. LIGHTHOUSE - NIGHT", "EXT. CLIFF - DAWN"]
    prompts = [row.prompt for row in board.shots.order_by("position")]
    assert any("The lamp turns. Dust in the beam." in prompt for prompt in prompts)
    assert "Gulls cross the bay." in prompts[-1]


@pytest.mark.parametrize(("place", "order"), [("", "abcxy"), ("0", "xyabc"), ("2", "abxyc")])
def test_pasted_words_go_where_the_person_says(alices: Client, board: Board, place: str, order: str) -> None:
    assert alices.post(at("board_import", board), {"text": "x\n\ny", "place": place}).status_code == 302
    assert prompts_of(board) == order
    assert alices.post(at("board_undo", board)).status_code == 200
    assert prompts_of(board) == "abc"


@pytest.mark.parametrize("place", ["4", "-1", "x", "99999999999999999999", "²", "1.5"])
def test_a_place_that_does_not_exist_is_refused_in_words(alices: Client, board: Board, place: str) -> None:
    for name in ("board_import", "board_import_preview"):
        answer = alices.post(at(name, board), {"text": "x", "place": place})
        assert "There is no shot with this number." in answer.content.decode()
    assert prompts_of(board) == "abc"


def test_what_it_means_for_joints_is_said_before_and_after(alices: Client, team: Team, alice: User) -> None:
    board = film(team, alice, joint=Opening.CONTINUE)
    sentence = "Shot 3 (so far 2) still continues shot 1, which is not directly before it any more."
    shown = alices.post(at("board_import_preview", board), {"text": "x", "place": "1"}).content.decode()
    assert sentence in shown
    assert "The first of them opens with a cut." in shown
    assert prompts_of(board) == "abc"
    after = alices.post(at("board_import", board), {"text": "x", "place": "1"}, follow=True).content.decode()
    assert sentence in after
    assert joints_of(board) == ["b<a", "c<b"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"Shot,Prompt\n1,x\n2,y\n"),
        ("a.txt", b"x\n\ny"),
        ("a.fountain", b"INT. A - DAY\n\nx\n\nINT. B\n\ny\n"),
    ],
)
def test_every_kind_of_file_can_be_added(alices: Client, board: Board, name: str, data: bytes) -> None:
    answer = alices.post(at("board_import", board), {"file": SimpleUploadedFile(name, data), "place": "1"})
    assert answer.status_code == 302
    assert prompts_of(board)[:1] + prompts_of(board)[-2:] == "abc"
    assert board.shots.count() == 5


def test_a_board_as_json_can_be_added(alices: Client, board: Board, team: Team, alice: User) -> None:
    data = alices.get(at("board_json", film(team, alice, "xy", joint=Opening.MOTION))).content
    alices.post(at("board_import", board), {"file": SimpleUploadedFile("b.json", data)})
    assert (prompts_of(board), joints_of(board)) == ("abcxy", ["y<x"])


def test_a_zip_in_the_field_for_files_is_told_where_to_go(alices: Client, team: Team) -> None:
    file = SimpleUploadedFile("film.zip", b"PK\3\4" + b"\0" * 30)
    answer = alices.post(reverse("boards_import", args=[team.public_id]), {"file": file})
    assert answer.status_code == 422
    assert "This is a ZIP." in answer.content.decode()


@pytest.mark.parametrize("data", [b"Prompt,Length", b"Shot,Prompt,Notes\n\n", b"Prompt,Length\n,\n,\n"])
def test_a_table_of_headings_alone_is_refused_in_words(alices: Client, team: Team, data: bytes) -> None:
    for view in (reverse(name, args=[team.public_id]) for name in ("boards_import", "boards_preview")):
        sent = {"file": SimpleUploadedFile("film.csv", data), "kind": "table"}
        assert "There are headings and no shots below them." in alices.post(view, sent).text
    assert not Board.objects.exists()


def test_an_archived_board_takes_nothing(alices: Client, board: Board, alice: User) -> None:
    actions.archive(board, by=alice)
    answer = alices.post(at("board_import", board), {"text": "x"})
    assert (answer.status_code, "in the archive" in answer.content.decode()) == (422, True)


def test_an_export_is_made_shown_and_fetched(alices: Client, team: Team, alice: User) -> None:
    board = film_with_media(team, alice)
    page = at("board_export", board)
    assert "3 shots and the 2 reference files" in alices.get(page).content.decode()
    assert "Being made: 0 of 2" in alices.post(at("board_export_make", board)).content.decode()
    assert "Being made" in alices.get(page, headers={"HX-Request": ""}).content.decode()
    drain()
    export = Export.objects.get()
    link = at("board_export_file", board, export.public_id)
    assert link in alices.get(page).content.decode()
    to = alices.get(link).headers["Location"]
    answer = Client().get(to)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{board.name}.zip"'
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content])[:2] == b"PK"  # type: ignore[attr-defined]


def test_a_stranger_finds_no_zip_and_a_viewer_does(
    team: Team, alice: User, bob: User, charlie: User, join: Callable[[User, Role], Membership]
) -> None:
    export = packed(film(team, alice), alice)
    link = at("board_export_file", export.board, export.public_id)
    client = Client()
    client.force_login(charlie)
    assert client.get(link).status_code == 404
    join(bob, Role.VIEWER)
    client.force_login(bob)
    assert client.get(link).status_code == 302
    Export.objects.update(expires_at=export.created_at)
    assert client.get(link).status_code == 404


def test_a_zip_is_sent_shown_and_imported(alices: Client, team: Team, alice: User, tmp_path: Path) -> None:
    data = zipped(film_with_media(team, alice), alice, tmp_path).read_bytes()
    found = sent_by_page(alices, team, data)
    address = reverse("zips", args=[team.public_id])
    assert "Being looked at" in alices.get(address).content.decode()
    drain()
    shown = alices.get(address).content.decode()
    assert "3 shots, 2 media" in shown
    assert "Being looked at" not in shown
    taken = alices.post(reverse("zip_take", args=[team.public_id, found.upload.public_id]), {"name": "Again"})
    assert "0 of 2 media checked" in taken.content.decode()
    drain()
    board = Board.objects.get(name="Again")
    done = alices.get(reverse("boards_import", args=[team.public_id]), headers={"HX-Request": ""}).content.decode()
    assert "3 shots imported." in done
    assert at("board", board) in done


def sent_by_page(client: Client, team: Team, data: bytes) -> Import:
    start = reverse("zip_start", args=[team.public_id])
    named = f'[{{"name": "Harbour.zip", "type": "application/zip", "size": {len(data)}}}]'
    (told,) = client.post(start, {"named": named}).json()["files"]
    sender = Sender(client, team)
    assert sender.put(told["link"], data) == 200
    assert client.post(f"{start}{told['id']}/done/").status_code == 200
    return Import.objects.get(upload__public_id=told["id"])


def test_a_zip_is_added_to_a_board_at_its_place(
    alices: Client, board: Board, team: Team, alice: User, tmp_path: Path
) -> None:
    found = sent(team, alice, zipped(film(team, alice, "xy"), alice, tmp_path))
    address = reverse("zips", args=[team.public_id])
    shown = alices.get(address, {"board": board.public_id, "place": "7"}).content.decode()
    assert "There is no shot with this number." in shown
    shown = alices.get(address, {"board": board.public_id, "place": "1"}).content.decode()
    assert "The first of them opens with a cut." in shown
    fields = {"board": board.public_id, "place": "1"}
    alices.post(reverse("zip_take", args=[team.public_id, found.upload.public_id]), fields)
    drain()
    assert prompts_of(board) == "axybc"
    assert queries.edit_state(board, alice).undo == "Import 2 shots"


def test_what_is_no_zip_is_not_even_sent(alices: Client, team: Team) -> None:
    files = [("a.txt", 9), ("a.zip", 0), ("a.zip", 3_000_000_000)]
    named = ",".join(f'{{"name": "{name}", "type": "", "size": {size}}}' for name, size in files)
    told = alices.post(reverse("zip_start", args=[team.public_id]), {"named": f"[{named}]"}).json()["files"]
    assert ["problem" in each for each in told] == [True, True, True]
    assert not Upload.objects.exists()


def test_a_refusal_is_read_and_dismissed(alices: Client, team: Team) -> None:
    sent_by_page(alices, team, b"PK\3\4 nothing")
    drain()
    address = reverse("zips", args=[team.public_id])
    shown = alices.get(address).content.decode()
    assert "This is no ZIP that can be read." in shown
    upload = Upload.objects.get()
    alices.post(reverse("zip_cancel", args=[team.public_id, upload.public_id]))
    assert "no ZIP" not in alices.get(address).content.decode()
    library = alices.get(reverse("library", args=[team.public_id])).content.decode()
    assert "Harbour.zip" not in library


def test_hostile_words_of_a_zip_stay_words(alices: Client, team: Team, alice: User, tmp_path: Path) -> None:
    hostile: Any = "<img src=x onerror=alert(1)>{{ 7|add:7 }}"
    board = film(team, alice, [hostile])
    actions.save_field(board, name="name", value=hostile, base_version=None, by=alice)
    sent(team, alice, zipped(board, alice, tmp_path), name="<b>x.zip")
    shown = alices.get(reverse("zips", args=[team.public_id])).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7|add:7 }}" in shown
    assert "<img" not in shown
    assert "<b>x" not in shown


@pytest.mark.parametrize(("name", "text"), [("a.txt", "\n"), ("a.csv", "Shot,Prompt,Joint\n")])
def test_what_holds_no_shot_is_refused(alices: Client, team: Team, name: str, text: str) -> None:
    address = reverse("boards_import", args=[team.public_id])
    for place, status in ((address, 422), (f"{address}preview/", 200)):
        answer = alices.post(place, {"file": SimpleUploadedFile(name, text.encode())})
        assert (answer.status_code, "no shot" in answer.content.decode()) == (status, True)
    assert not team.boards.exists()


def test_columns_that_mean_nothing_yet_can_still_be_matched(alices: Client, team: Team) -> None:
    address = reverse("boards_import", args=[team.public_id])
    form = {"text": "Shot,Prompt\n1,A wave\n", "kind": "table", "matched": "on", "column-0": "", "column-1": ""}
    shown = alices.post(f"{address}preview/", form).content.decode()
    assert ("no shot" in shown, 'name="column-1"' in shown) == (False, True)
    assert alices.post(address, form).status_code == 422
