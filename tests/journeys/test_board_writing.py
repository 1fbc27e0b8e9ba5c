"""Writing a film in a browser: from nothing, by keyboard, by file, and back after a mistake."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from storyboard.boards import actions
from storyboard.boards.models import Board, Shot
from storyboard.media.models import Reference
from storyboard.teams.models import Team, User
from tests.browser import DESKTOP, PHONE, Console
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.once]
LISTENS = ("data-live-state", "connected")
WORDS = ["A lighthouse at dusk, slow push in", "The lamp ignites, the camera pushes in", "Close-up of his hands"]


def write(page: Page, text: str, number: int) -> None:
    field = page.get_by_label("Prompt", exact=True)
    expect(page.locator("#inspector h2")).to_have_text(f"Shot {number}")
    field.fill(text)
    expect(page.locator(".cell").nth(number - 1).locator(".body p")).to_contain_text(text)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_newcomer_writes_three_shots_from_nothing(
    visit: Visit, team: Team, alice: User, size: dict[str, object], console: Console
) -> None:
    page = visit(f"/teams/{team.public_id}/boards/", alice, size=size)
    page.get_by_role("button", name="New board").first.click()
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.get_by_role("button", name="Write the first shot").click()
    for number, text in enumerate(WORDS, 1):
        if number > 1:
            if size is PHONE:
                page.get_by_role("link", name="Close").click()
            page.get_by_role("button", name="Add shot").click()
        write(page, text, number)
    page.get_by_text("Continue", exact=True).click()
    expect(page.locator(".cell").nth(2).locator(".joint")).to_contain_text("continues")
    assert [shot.prompt for shot in Shot.objects.order_by("position")] == WORDS
    assert Shot.objects.get(position=3).joint_from == Shot.objects.get(position=2)


@pytest.fixture
def film(team: Team, alice: User, transactional_db: None) -> Board:
    return actions.create_sample(team, by=alice)


def address(board: Board) -> str:
    return f"/teams/{board.team.public_id}/boards/{board.public_id}/"


def order(board: Board) -> list[str]:
    return [shot.public_id for shot in Shot.objects.filter(board=board, deleted_at=None).order_by("position")]


def test_the_keyboard_alone_writes_moves_and_takes_back(visit: Visit, film: Board, alice: User) -> None:
    before = order(film)
    page = visit(address(film), alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    keys = page.keyboard
    page.locator(".cover").first.focus()
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(page.locator("#in-prompt")).to_be_focused()
    keys.press("Control+End")
    keys.type(" Rain.")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    keys.press("Escape")
    expect(page.locator(".cover").nth(1)).to_be_focused()
    keys.press("n")
    expect(page.locator("#in-prompt")).to_be_focused()
    keys.type("A new one, the camera pans")
    expect(page.locator(".cell").nth(2)).to_contain_text("A new one")
    keys.press("Escape")
    keys.press("Alt+ArrowRight")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".cell").nth(3)).to_contain_text("A new one")
    keys.press("Delete")
    expect(page.locator(".cell[data-shot]")).to_have_count(6)
    for step in ("Delete", "Move", "Change the prompt", "Add", "Change the prompt"):
        keys.press("u")
        expect(page.locator(".toast").last).to_contain_text(f"Undone: {step}")
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert order(film) == before


def test_deleting_what_others_follow_asks_first_and_undo_brings_it_back(visit: Visit, film: Board, alice: User) -> None:
    page = visit(address(film), alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.locator(".cover").first.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog")).to_contain_text("continues a shot that is gone")
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(page.locator(".cell[data-shot]")).to_have_count(5)
    expect(page.locator(".joint").first).to_contain_text("loose")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".cell[data-shot]")).to_have_count(6)
    expect(page.locator(".cell").nth(1).locator(".joint")).to_contain_text("continues")


def test_a_split_shot_hands_its_follower_on_after_asking(visit: Visit, film: Board, alice: User) -> None:
    first = film.shots.get(position=1)
    actions.save_field(first, name="prompt", value="One\nTwo", base_version=None, by=alice)
    page = visit(f"{address(film)}?shot={first.public_id}", alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.get_by_text("More for shot 1").locator("..").click()
    page.get_by_role("button", name="Split by lines").click()
    expect(page.get_by_role("dialog")).to_contain_text("Shot 3 (so far 2) now continues shot 2.")
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.locator(".cell[data-shot]")).to_have_count(7)
    expect(page.locator(".toast").last).to_contain_text("now continues shot 2.")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".cell[data-shot]")).to_have_count(6)


def test_a_bad_bulk_change_is_undone_in_one_step(visit: Visit, film: Board, alice: User) -> None:
    page = visit(address(film), alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.locator(".cover").first.focus()
    page.keyboard.press("Control+a")
    expect(page.get_by_text("6 shots selected")).to_be_visible()
    page.get_by_role("button", name="Change…").click()
    page.get_by_label("Length").last.select_option("15")
    page.get_by_role("button", name="Change them").click()
    expect(page.locator(".tag.d", has_text="15 s")).to_have_count(6)
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator(".tag.d", has_text="15 s")).to_have_count(0)
    assert [shot.settings["seconds"] for shot in Shot.objects.order_by("position")] == [6, 5, 6, 5, 5, 6]
    page.keyboard.press("U")
    expect(page.locator(".tag.d", has_text="15 s")).to_have_count(6)


def test_a_table_of_thirty_is_matched_looked_at_and_imported(
    visit: Visit, team: Team, alice: User, tmp_path: Path
) -> None:
    rows = [f'{number};"Shot {number}, a “quoted"" word";{4 + number % 9}' for number in range(1, 31)]
    file = tmp_path / "harbour.csv"
    file.write_text("\n".join(["Nr;What we see;Dauer", *rows]), encoding="utf-8")
    page = visit(f"/teams/{team.public_id}/boards/import/", alice)
    page.get_by_label("Or choose a file").set_input_files(file)
    expect(page.get_by_role("heading", name="30 shots")).to_be_visible()
    page.get_by_label("What we see").select_option("Notes")
    expect(page.locator(".drafts")).to_contain_text("No words")
    page.get_by_label("What we see").select_option("Prompt")
    expect(page.locator(".drafts")).to_contain_text("Shot 7")
    page.get_by_role("button", name="Import").click()
    expect(page).to_have_url(re.compile("/boards/[2-9a-z]{20}/$"))
    expect(page.locator(".cell[data-shot]")).to_have_count(30)
    board = Board.objects.get()
    assert board.name == "harbour"
    assert [shot.prompt for shot in board.shots.all()][2] == 'Shot 3, a “quoted" word'


@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "dark")], ids=["light", "dark", "phone"]
)
def test_the_pages_of_boards_are_accessible(
    visit: Visit, film: Board, alice: User, axe: Callable[[Page], list[str]], size: dict[str, object], scheme: str
) -> None:
    home = address(film).rpartition(film.public_id)[0]
    page = visit(home, alice, size=size, scheme=scheme)
    found = {}
    shot = order(film)[5]
    for part in (home, f"{home}import/", address(film), f"{address(film)}?shot={shot}", f"{address(film)}?view=list"):
        page.goto(part)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        problems = [*axe(page), *(["scrolls sideways"] if wide else [])]
        if problems or page.locator("h1").count() != 1:
            found[part] = problems
    assert found == {}


def test_without_javascript_the_film_can_be_read_and_a_shot_written(visit: Visit, film: Board, alice: User) -> None:
    shot = order(film)[1]
    page = visit(f"{address(film)}?shot={shot}", alice, java_script_enabled=False)
    page.get_by_label("Prompt", exact=True).fill("Rain on the glass, the camera pans")
    page.get_by_role("button", name="Save").click()
    assert page.locator(".cell").nth(1).locator("p").inner_text().startswith("Rain on the glass")
    page.get_by_role("button", name="Add shot").click()
    assert page.locator(".cell[data-shot]").count() == 7


def test_a_card_is_dragged_and_the_joints_say_what_that_means(visit: Visit, film: Board, alice: User) -> None:
    page = visit(address(film), alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.locator(".cell").first.locator(".body").hover()
    page.mouse.down()
    target = page.locator(".cell").nth(2).locator(".thumb").bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 80, target["y"] + 40, steps=6)
    page.mouse.move(target["x"] + target["width"] - 20, target["y"] + 50, steps=6)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("still continues")
    page.get_by_role("link", name="Leave it").click()
    expect(page.locator(".cell").first).to_contain_text("A lighthouse on a basalt cliff")
    assert Shot.objects.get(position=1).prompt.startswith("A lighthouse on a basalt cliff")


def test_a_reference_is_picked_from_the_library_and_taken_out_again(
    visit: Visit, film: Board, team: Team, alice: User
) -> None:
    Reference.objects.create(team=team, kind="image", name="Keeper, face", asset_uri="asset://keeper")
    page = visit(f"{address(film)}?shot={order(film)[0]}", alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.get_by_role("button", name="Choose from the library").click()
    page.get_by_text("Keeper, face").click()
    page.get_by_role("button", name="Use").click()
    expect(page.locator("#references")).to_contain_text("Image 1 Keeper, face")
    page.get_by_role("button", name="Take Keeper, face out").click()
    expect(page.locator("#references")).not_to_contain_text("Keeper, face")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_new_shot_takes_what_is_typed_at_once(
    visit: Visit, film: Board, alice: User, size: dict[str, object]
) -> None:
    page = visit(address(film), alice, size=size)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    page.locator(".cover").first.focus()
    page.keyboard.press("n")
    page.keyboard.type("dusk over the sea")
    expect(page.locator("#in-prompt")).to_be_focused()
    expect(page.locator("#in-prompt")).to_have_value("dusk over the sea")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    assert Shot.objects.filter(board=film, prompt="dusk over the sea").count() == 1
    assert len(order(film)) == 7


def test_a_scene_is_named_as_it_is_made(visit: Visit, film: Board, alice: User) -> None:
    page = visit(address(film), alice)
    expect(page.locator("html")).to_have_attribute(*LISTENS)
    for number in (2, 3):
        page.get_by_label(f"Select shot {number}", exact=True).check()
    page.get_by_role("button", name="Make a scene").click()
    expect(page.locator(".scene-head input.bare:focus")).to_have_count(1)
    page.keyboard.type("Rain on docks")
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    assert film.scenes.filter(name="Rain on docks").exists()
    assert len(order(film)) == 6
    expect(page.locator(".pick input:checked")).to_have_count(0)


@pytest.mark.parametrize("text", ["海" * 15_000, "ж" * 15_000], ids=["chinese", "cyrillic"])
def test_long_notes_in_any_script_are_saved(visit: Visit, film: Board, alice: User, text: str) -> None:
    shot = film.shots.get(position=1)
    page = visit(f"{address(film)}?shot={shot.public_id}&tab=notes", alice)
    page.locator("#in-notes").fill(text)
    expect(page.locator("[data-saving]")).to_have_text("Saved")
    shot.refresh_from_db()
    assert shot.notes == text
