"""The pages of takes: the sheet before money is spent, the bar of what is under way, the shelf, decisions."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.boards import actions
from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.media.models import File, Kind
from storyboard.takes.models import Run, State, Step, Take
from storyboard.takes.placeholders import OPENING, TAIL
from storyboard.teams.models import Membership, Role, Team, User
from tests.media import seeds
from tests.media.library import brought
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(team: Team, alice: User) -> Connection:
    """One whose prices are known."""
    return make.connection(team, "reapi", by=alice)


@pytest.fixture
def board(team: Team, alice: User, account: Connection) -> Board:
    return make.board_with(team, alice, "cut continue cut", account)


def at(name: str, board: Board, *more: str) -> str:
    return reverse(name, args=[board.team.public_id, board.public_id, *more])


def fields(text: str) -> dict[str, str]:
    """What the sheet's form would send."""
    found = dict(re.findall(r'name="(shots|plan|key|each|ceiling)" value="([^"]*)"', text))
    return found | dict(re.findall(r'name="(ceiling)" value="([^"]*)"', text))


def press(client: Client, board: Board, query: str = "", **changed: str) -> HttpResponse:
    sheet = client.get(f"{at('board_render', board)}{query}")
    return client.post(at("board_render", board), fields(sheet.text) | changed, headers=HTMX)  # type: ignore[return-value]


def test_the_sheet_says_order_prices_and_what_goes_side_by_side(board: Board, alice: User, as_user: AsUser) -> None:
    text = as_user(alice).get(at("board_render", board)).text
    assert "Render 3 shots" in text
    assert "Shots 1 and 2 are made one after the other. Shot 3 is made beside them." in text
    assert text.index("<b>Shot 1</b>") < text.index("<b>Shot 2</b>") < text.index("<b>Shot 3</b>")
    assert "continues shot 1 · " in text


def test_a_shot_without_a_take_shows_what_it_carries_or_its_number(board: Board, alice: User, as_user: AsUser) -> None:
    picture = brought(board.team, alice, "lamp.png", "image/png", seeds.picture("png")).reference
    assert picture
    actions.set_references(make.shots_of(board)[0], references=[picture.public_id], by=alice)
    File.objects.update(small_key="t/small")
    text = as_user(alice).get(at("board_render", board)).text
    assert f'<img src="{reverse("reference_small", args=[board.team.public_id, picture.public_id])}?v=' in text
    assert [number for number in "123" if f'<b class="num" aria-hidden="true">{number}</b>' in text] == ["2", "3"]


def test_one_press_renders_what_the_sheet_showed(board: Board, alice: User, as_user: AsUser) -> None:
    answer = press(as_user(alice), board)
    assert (answer.status_code, "Rendering 3 takes" in answer.headers["HX-Trigger"]) == (204, True)
    assert Take.objects.count() == 3


def test_the_same_form_pressed_twice_is_one_run(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    sent = fields(client.get(at("board_render", board)).text)
    for _ in range(2):
        client.post(at("board_render", board), sent, headers=HTMX)
    assert (Run.objects.count(), Take.objects.count()) == (1, 3)


def test_what_changed_meanwhile_is_shown_again_and_costs_nothing(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    sent = fields(client.get(at("board_render", board)).text)
    actions.save_field(make.shots_of(board)[0], name="prompt", value="Rain.", base_version=None, by=alice)
    answer = client.post(at("board_render", board), sent, headers=HTMX)
    assert (answer.status_code, "changed since you looked" in answer.text) == (422, True)
    assert not Run.objects.exists()
    assert client.post(at("board_render", board), fields(answer.text), headers=HTMX).status_code == 204


def test_a_ceiling_below_the_price_stops_it(board: Board, alice: User, as_user: AsUser) -> None:
    answer = press(as_user(alice), board, ceiling="0.01")
    assert (answer.status_code, "ceiling of $0.01" in answer.text) == (422, True)
    assert not Run.objects.exists()


def test_from_here_on_and_one_shot_can_be_asked_for(board: Board, alice: User, as_user: AsUser) -> None:
    _, second, third = (shot.public_id for shot in make.shots_of(board))
    client = as_user(alice)
    assert fields(client.get(f"{at('board_render', board)}?shot={third}").text)["shots"] == third
    from_here = client.get(f"{at('board_render', board)}?what=from&start={second}").text
    assert fields(from_here)["shots"] == f"{second},{third}"
    assert "Shot 2 opens on shot 1, which has no take yet. Render that one as well." in from_here


def test_shots_that_cannot_be_rendered_are_left_out_on_request(board: Board, alice: User, as_user: AsUser) -> None:
    first, _, third = make.shots_of(board)
    actions.save_field(first, name="prompt", value="", base_version=None, by=alice)
    text = as_user(alice).get(at("board_render", board)).text
    assert f"?shot={first.public_id}#in-prompt" in text
    assert f"?shots={third.public_id}&amp;each=1" in text
    assert re.search(r"<button class=\"btn go\" disabled>", text)


def test_an_editor_sees_the_sheet_and_why_they_may_not_press(
    board: Board, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser
) -> None:
    join(bob, Role.EDITOR)
    text = as_user(bob).get(at("board_render", board)).text
    assert "You are an editor here; this needs a producer, who spends money" in text
    assert re.search(r"<button class=\"btn go\" disabled>", text)


def test_the_budget_that_is_left_stands_on_the_sheet(board: Board, alice: User, as_user: AsUser) -> None:
    actions.set_budget(board, micro_usd=90_000_000, by=alice)
    text = as_user(alice).get(at("board_render", board)).text
    left = re.search(r"<b class=\"num\">\$(\d+\.\d\d)</b>left of this board’s budget after", text)
    assert left
    assert 80 < float(left[1]) < 90
    actions.set_budget(board, micro_usd=300_000, by=alice)
    text = as_user(alice).get(at("board_render", board)).text
    assert "$0.30</b>left of this board’s budget: not enough" in text


def test_the_bar_shows_what_is_under_way_and_what_it_holds(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    press(client, board)
    text = client.get(at("board_runs", board), headers=HTMX).text
    assert re.search(r"2 queued\s+· 1 waiting", text)
    assert re.search(r"<b>\$0.00</b> spent <span class=\"muted\">· \$\d+\.\d\d held", text)


def test_the_bar_says_what_titles_and_notices_are_made_of(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    press(client, board)

    def told(*states: State) -> list[str]:
        for take, state in zip(Take.objects.order_by("pk"), states, strict=True):
            Take.objects.filter(pk=take.pk).update(state=state)
        return re.findall(r'data-(?:busy|decide|waits)="(\w+)"', client.get(at("board_runs", board)).text)

    assert told(State.QUEUED, State.WAITING, State.SUBMITTING) == ["1", "0"]
    assert told(State.FAILED, State.WAITING, State.UNDECIDED) == ["0", "1"]
    assert told(State.FAILED, State.WAITING, State.FAILED) == ["0", "0", "yes"]
    Run.objects.update(paused_at=timezone.now())
    assert told(State.FAILED, State.WAITING, State.FAILED) == ["0", "0"]


def test_the_bar_leads_to_what_the_render_waits_for(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    press(client, board)
    first, *_ = make.shots_of(board)
    Take.objects.filter(shot=first).update(state=State.FAILED)
    Take.objects.filter(state=State.QUEUED).update(state=State.CANCELLED)
    text = client.get(at("board_runs", board), headers=HTMX).text
    assert text.count(f'?shot={first.public_id}&amp;tab=takes" hx-get') == 1
    assert ">Look at shot 1</a>" in text


def test_a_run_is_paused_resumed_and_cancelled_from_the_bar(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    press(client, board)
    run = Run.objects.get().public_id
    assert "Resume" in client.post(at("run_pause", board, run), headers=HTMX).text
    assert "Pause" in client.post(at("run_resume", board, run), headers=HTMX).text
    over = client.post(at("run_cancel", board, run), headers=HTMX).text
    assert "data-run=" not in over
    assert 'data-sentence="The render is over: 0 takes done, 3 cancelled."' in over


def test_the_shelf_shows_every_take_and_opens_the_one_that_is_asked_for(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    shot = make.shots_of(board)[0]
    make.selected(shot, at=account)
    second = make.take(shot, State.FAILED, at=account, sentence="The sky fell down.")
    client = as_user(alice)
    assert "<h3>Take 1</h3>" in client.get(at("takes", board, shot.public_id), headers=HTMX).text
    text = client.get(f"{at('takes', board, shot.public_id)}?take={second.public_id}", headers=HTMX).text
    assert "<h3>Take 2</h3>" in text
    assert "The sky fell down." in text


def test_another_take_is_selected_and_approved(board: Board, alice: User, account: Connection, as_user: AsUser) -> None:
    shot = make.shots_of(board)[0]
    first, second = make.selected(shot, at=account), make.take(shot, State.DONE, at=account)
    client = as_user(alice)
    assert client.post(at("take_select", board, second.public_id), headers=HTMX).status_code == 200
    assert "Approved by Alice Munro" in client.post(at("take_approve", board, second.public_id), headers=HTMX).text
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_selected, second.is_selected, second.approved_by) == (False, True, alice)


def test_a_deleted_take_comes_back_by_the_toast(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    take = make.selected(make.shots_of(board)[0], at=account)
    client = as_user(alice)
    told = client.post(at("take_delete", board, take.public_id), headers=HTMX).text
    assert "No take yet" in told
    assert at("take_restore", board, take.public_id) in told
    client.post(at("take_restore", board, take.public_id), headers=HTMX)
    take.refresh_from_db()
    assert (take.deleted_at, take.is_selected) == (None, True)


def test_the_receipt_has_request_price_checksums_and_the_timeline(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    press(client, board)
    shot = make.shots_of(board)[0]
    take = Take.objects.get(shot=shot)
    text = client.get(at("takes", board, shot.public_id), headers=HTMX).text
    for wanted in ("<b>Waiting</b>", "<b>Queued</b>", take.asked_hash, "&quot;prompt&quot;", take.model):
        assert wanted in text


def test_a_charge_that_is_not_the_quote_is_flagged(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    shot = make.shots_of(board)[0]
    make.selected(shot, at=account, charge_micro_usd=make.QUOTE + 140_000)
    text = as_user(alice).get(at("takes", board, shot.public_id), headers=HTMX).text
    for wanted in ("<dd>$0.40</dd>", "<dd>$0.54</dd>", "$0.14 more than quoted"):
        assert wanted in text


def test_an_approval_stands_there_with_its_note(
    board: Board, alice: User, account: Connection, as_user: AsUser
) -> None:
    take = make.selected(make.shots_of(board)[0], at=account)
    client = as_user(alice)
    text = client.post(at("take_approve", board, take.public_id), {"note": "The light is right."}, headers=HTMX).text
    assert re.search(r'<p class="said" dir="auto">The light is right.</p>', text)
    assert "Approve with this note" in text


def test_the_receipt_tells_each_attempt_and_where_it_was_moved_from(
    board: Board, team: Team, alice: User, account: Connection, as_user: AsUser
) -> None:
    shot, began = make.shots_of(board)[0], timezone.now()
    other = make.connection(team, "reapi", name="First account", by=alice)
    sent = {"sent_at": began, "accepted_at": began, "finished_at": began + timedelta(seconds=185)}
    take = make.selected(shot, at=account, moved_from=other, **sent)
    for number, state in enumerate([State.QUEUED, State.SUBMITTING, State.QUEUED, State.SUBMITTING, State.RUNNING]):
        Step.objects.create(
            take=take, state=state, at=began + timedelta(seconds=2.5 * number), why="Busy." * (number == 2)
        )
    text = as_user(alice).get(at("takes", board, shot.public_id), headers=HTMX).text
    for wanted in (
        "First account, which could not take it",
        "at the 2. attempt",
        "3:05 min from",
        "after 2.5 s",
        "Busy.",
    ):
        assert wanted in text


def test_the_receipt_has_what_each_file_is(board: Board, alice: User, account: Connection, as_user: AsUser) -> None:
    shot = make.shots_of(board)[0]
    before = make.selected(shot, at=account)
    take = make.selected(make.shots_of(board)[1], at=account, upstream=before, upstream_ms=1500, hand_off_ms=2000)
    Take.objects.update(hand_off_frame=make.file(board.team), tail=make.file(board.team, kind=Kind.VIDEO))
    take.inputs.create(placeholder="a", role="picture", file=make.file(board.team))
    text = as_user(alice).get(at("takes", board, take.shot.public_id), headers=HTMX).text
    assert "shot 1, take 1 at 1.5 s" in text
    assert re.findall(r"<b>(In|Out)</b> ([\w -]+) <span class=\"muted num\">(\w+)", text) == [
        ("In", "picture", "PNG"),
        ("Out", "clip", "MP4"),
        ("Out", "hand-off", "PNG"),
        ("Out", "last seconds", "MP4"),
    ]


def test_the_receipt_has_what_was_carried_over(board: Board, alice: User, account: Connection, as_user: AsUser) -> None:
    shot, follower = make.shots_of(board)[:2]
    tail, frame = make.file(board.team, kind=Kind.VIDEO), make.file(board.team)
    before = make.selected(shot, at=account, last_frame=frame, tail=tail)
    asked = json.dumps({"prompt": OPENING, "image_urls": [OPENING], "video_urls": [TAIL]})
    take = make.selected(follower, at=account, upstream=before, asked=asked)
    take.inputs.create(placeholder="a", role="picture", file=make.file(board.team))
    client, page = as_user(alice), at("takes", board, follower.public_id)
    text = client.get(page, headers=HTMX).text
    assert re.findall(r"<b>In</b> ([a-z ]+) <span", text) == ["opens on", "carries over", "picture"]
    assert f'<dd class="mono">{frame.sha256}</dd>' in text
    assert f'MP4, 640 × 640, 4 s, 1000\xa0bytes</span></dt><dd class="mono">{tail.sha256}</dd>' in text
    Take.objects.filter(pk=before.pk).update(tail=None, hand_off_ms=2000)
    assert '<b>In</b> carries over</dt><dd class="muted">Not kept any more' in client.get(page, headers=HTMX).text


@pytest.mark.parametrize(("what", "ledger"), [("free", (0, 0)), ("lost", (0, make.QUOTE))])
def test_an_unclear_take_is_decided_by_a_person(
    board: Board, alice: User, account: Connection, as_user: AsUser, what: str, ledger: tuple[int, int]
) -> None:
    shot = make.shots_of(board)[0]
    take = make.take(shot, State.UNDECIDED, at=account)
    client = as_user(alice)
    assert "What became of it?" in client.get(at("takes", board, shot.public_id), headers=HTMX).text
    answer = client.post(at("take_decide", board, take.public_id), {"what": what}, headers=HTMX)
    assert (answer.status_code, make.ledger(take)) == (200, ledger)
    assert (shot.public_id in answer.headers["HX-Trigger"]) == (what == "free")


def test_a_pasted_task_is_looked_for(board: Board, alice: User, account: Connection, as_user: AsUser) -> None:
    take = make.take(make.shots_of(board)[0], State.UNDECIDED, at=account)
    sent = {"what": "task", "task": "task_123"}
    as_user(alice).post(at("take_decide", board, take.public_id), sent, headers=HTMX)
    assert make.queued("binding.pasted") == [[take.pk, "task_123"]]


def test_everything_can_be_done_without_scripts(board: Board, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    sent = fields(client.get(at("board_render", board)).text)
    answer = client.post(at("board_render", board), sent, follow=True)
    assert "Rendering 3 takes. You may close this page." in answer.text
    shot = make.shots_of(board)[0]
    assert "<h1>Takes of shot 1</h1>" in client.get(at("takes", board, shot.public_id)).text
    run = Run.objects.get().public_id
    assert "Paused. What a vendor has begun goes on" in client.post(at("run_pause", board, run), follow=True).text
