"""The team's queue: what is under way, why it waits, when it goes on, and who may stop it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.boards import actions as films
from storyboard.boards.models import Board, Shot
from storyboard.connections.models import Connection
from storyboard.live.queries import missed, position
from storyboard.takes import looks, office
from storyboard.takes.actions import chain, runs, switch
from storyboard.takes.models import Gate, Run, State, Take
from storyboard.teams.models import Membership, Role, Team, User
from tests.takes import make

pytestmark = pytest.mark.django_db(transaction=True)
AsUser = Callable[[User], Client]
Join = Callable[[User, Role], Membership]
HTMX = {"HX-Request": "true"}


def address(team: Team, query: str = "") -> str:
    return reverse("queue", args=[team.public_id]) + query


def read(client: Client, team: Team, query: str = "") -> str:
    """The page's words, without markup."""
    answer = client.get(address(team, query), headers=HTMX)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def rows(team: Team, *, paused: bool = False) -> list[office.Line]:
    everybody = office.crowd(team).takes
    return office.lines(everybody, everybody, paused=paused)


def act(client: Client, run: Run, what: str, query: str = "", **headers: str) -> int:
    url = reverse("queue_run", args=[run.board.team.public_id, run.board.public_id, run.public_id])
    return client.post(url + query, {"what": what}, headers=headers).status_code


@pytest.fixture
def under_way(film: Board, account: Connection) -> list[Take]:
    """One run: a shot that is rendered, its follower, and one that somebody has to decide about."""
    run, (first, second, third) = make.run(film), make.shots_of(film)
    return [
        make.take(first, State.RUNNING, at=account, run=run, progress=40),
        make.take(second, State.WAITING, at=account, run=run),
        make.take(third, State.UNDECIDED, at=account, run=run, sentence="Look into the console.", wake_at=None),
    ]


def test_an_empty_queue_says_where_to_begin(team: Team, alice: User, as_user: AsUser) -> None:
    text = read(as_user(alice), team)
    assert "Nothing is under way Open a board and press Render." in text


def test_every_take_stands_there_with_its_state_reason_price_and_age(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser
) -> None:
    make.aged(under_way[0], moved_at=-41, wake_at=4)
    text = read(as_user(alice), team)
    for wanted in ("3 takes under way", "$1.20 held for them", "Rendering 40 %", "for 41 s", "asked again in 3 s"):
        assert wanted in text
    assert "Waits for shot 1" in text
    assert text.index("Needs a decision Shot 3") < text.index("Rendering 40 % Shot 1")
    assert f"{under_way[0].model} at {under_way[0].connection} · Alice Munro" in text


def test_a_run_that_waits_for_an_approval_says_so_and_leads_there(
    film: Board, account: Connection, alice: User, as_user: AsUser
) -> None:
    first, second, _ = make.shots_of(film)
    Shot.objects.filter(pk=first.pk).update(needs_approval=True)
    make.take(second, State.WAITING, at=account, run=make.selected(first, at=account).run)
    page = as_user(alice).get(address(film.team), headers=HTMX).text
    assert "<b>Waits for you</b>" in page
    assert f'?shot={first.public_id}&amp;tab=takes">Review shot 1</a>' in page


def test_each_take_leads_to_the_takes_of_its_shot(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser
) -> None:
    shot = under_way[2].shot
    at = reverse("board", args=[team.public_id, shot.board.public_id])
    html = as_user(alice).get(address(team)).text
    assert html.count(f'href="{at}?shot={shot.public_id}&amp;tab=takes"') == 2
    assert ">Decide<" in html


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"not_before": 20, "sentence": "Too many requests."}, "Too many requests. "),
        ({}, "It is sent next."),
    ],
)
def test_a_queued_take_says_what_it_waits_for(
    film: Board, account: Connection, columns: dict[str, object], sentence: str
) -> None:
    moved = {key: timezone.now() + timedelta(seconds=value) for key, value in columns.items() if isinstance(value, int)}
    make.take(make.shots_of(film)[0], State.QUEUED, at=account, **(columns | moved))
    (row,) = rows(film.team)
    assert row.why == sentence.strip()
    assert row.next.startswith("Sent again in ") == ("not_before" in columns)


def test_a_queued_take_names_the_place_the_rest_or_the_switch_it_waits_for(film: Board, account: Connection) -> None:
    first, _, third = make.shots_of(film)
    make.take(third, State.QUEUED, at=account)
    Connection.objects.filter(pk=account.pk).update(parallel=1)
    make.take(first, State.RUNNING, at=account)
    assert why(film) == f"Waits for a free place: {account} renders 1 at a time."
    Gate.objects.create(connection=account, send_after=timezone.now() + timedelta(seconds=61))
    assert why(film) == f"{account.about.label} asked for a rest; it is sent in 1 min."
    Connection.objects.filter(pk=account.pk).update(disabled_at=timezone.now())
    assert why(film) == f"Its connection, {account}, is switched off."
    assert why(film, paused=True) == "Waits until submissions go on."


def why(film: Board, *, paused: bool = False) -> str:
    return next(row.why for row in rows(film.team, paused=paused) if row.take.state == State.QUEUED)


def test_the_second_take_of_a_shot_waits_for_the_first(film: Board, account: Connection) -> None:
    shot = make.shots_of(film)[0]
    make.take(shot, State.RUNNING, at=account)
    make.take(shot, State.QUEUED, at=account)
    assert why(film) == "Waits for take 1 of this shot; they are made one after the other."


def test_a_take_that_nobody_looks_after_is_told(under_way: list[Take], team: Team) -> None:
    make.aged(under_way[0], wake_at=-420)
    found = {row.take.pk: row for row in rows(team)}
    assert found[under_way[0].pk].next == "It should have been looked at 7 min ago."
    assert [row.is_late for row in found.values()].count(True) == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (86_400, "1 day"), (200_000, "2 days")],
)
def test_ages_are_short(seconds: int, said: str) -> None:
    assert looks.spell(timedelta(seconds=seconds)) == said


@pytest.fixture
def of_bob(under_way: list[Take], bob: User, join: Join) -> Take:
    """A take that waits in a run that Bob has asked for and paused."""
    join(bob, Role.PRODUCER)
    shot = under_way[0].shot
    paused = make.run(shot.board, bob, paused_at=timezone.now())
    return make.take(shot, State.WAITING, at=under_way[0].connection, run=paused, by=bob)


def test_it_can_be_narrowed_to_what_needs_somebody_and_to_ones_own(
    team: Team, of_bob: Take, bob: User, as_user: AsUser
) -> None:
    words = ("Needs a decision Shot", "Paused. Resume the render", "Rendering 40 %")
    needed = read(as_user(bob), team, "?show=needed")
    assert "All 4 Needs somebody 2 Mine 1" in needed
    assert [word in needed for word in words] == [True, True, False]
    mine = read(as_user(bob), team, "?show=mine")
    assert [word in mine for word in words] == [False, True, False]


@pytest.mark.parametrize("query", ["?show=nonsense", "?page=999", "?page=x", "?show=%00"])
def test_nonsense_in_the_address_shows_everything(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser, query: str
) -> None:
    assert "Rendering 40 %" in read(as_user(alice), team, query)


def test_a_run_is_paused_resumed_and_cancelled(team: Team, under_way: list[Take], alice: User, as_user: AsUser) -> None:
    client, run = as_user(alice), Run.objects.get()
    assert act(client, run, "pause", **HTMX) == 200
    run.refresh_from_db()
    assert run.paused_at
    assert "Resume" in read(client, team)
    assert act(client, run, "resume") == 302
    assert act(client, run, "cancel", **HTMX) == 200
    assert set(Take.objects.values_list("state", flat=True)) == {State.RUNNING, State.CANCELLED, State.UNDECIDED}


def test_the_filter_stays_when_something_was_done(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser
) -> None:
    run, client = Run.objects.get(), as_user(alice)
    url = reverse("queue_run", args=[team.public_id, run.board.public_id, run.public_id])
    assert client.post(f"{url}?show=mine", {"what": "pause"}).headers["Location"] == address(team, "?show=mine")
    told = client.post(f"{url}?show=mine", {"what": "resume"}, headers=HTMX)
    assert f'hx-get="{address(team)}?show=mine"' in told.text
    assert "Going on." in told.headers["HX-Trigger"]


def test_a_take_is_cancelled_and_one_that_is_too_late_says_so(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser
) -> None:
    client = as_user(alice)
    urls = [
        reverse("queue_cancel", args=[team.public_id, take.shot.board.public_id, take.public_id]) for take in under_way
    ]
    assert "Cancelled: take" in client.post(urls[1], headers=HTMX).headers["HX-Trigger"]
    under_way[1].refresh_from_db()
    assert under_way[1].state == State.CANCELLED
    assert client.post(urls[2], headers=HTMX).status_code == 409
    assert client.post(urls[1]).status_code == 409


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_who_may_not_spend_sees_everything_and_why_there_are_no_buttons(
    team: Team, under_way: list[Take], bob: User, join: Join, as_user: AsUser, role: Role
) -> None:
    join(bob, role)
    html = as_user(bob).get(address(team)).text
    assert "this needs a producer, who spends money" in html
    assert 'name="what"' not in html
    assert "cancel/" not in html
    assert act(as_user(bob), Run.objects.get(), "pause") == 403


def test_another_teams_takes_neither_show_nor_move(
    team: Team, under_way: list[Take], charlie: User, as_user: AsUser
) -> None:
    own = charlie.memberships.get().team
    client, run = as_user(charlie), Run.objects.get()
    assert "Nothing is under way" in read(client, own)
    forged = [own.public_id, run.board.public_id, run.public_id]
    assert client.post(reverse("queue_run", args=forged), {"what": "cancel"}).status_code == 404
    assert client.get(address(team)).status_code == 404
    assert Take.objects.filter(state=State.WAITING).exists()


def test_names_and_prompts_that_would_be_markup_stay_text(
    team: Team, film: Board, under_way: list[Take], alice: User, as_user: AsUser
) -> None:
    hostile = '<img src=x onerror="hurt()">'
    Board.objects.filter(pk=film.pk).update(name=hostile)
    film.shots.update(prompt=hostile)
    Take.objects.filter(pk=under_way[2].pk).update(sentence=hostile, model=hostile)
    html = as_user(alice).get(address(team)).text
    assert "<img src=x" not in html
    assert html.count("&lt;img src=x") > 5


def test_a_deleted_boards_takes_show_and_cannot_be_opened(
    team: Team, film: Board, under_way: list[Take], alice: User, as_user: AsUser
) -> None:
    films.delete_board(film, by=alice)
    html = as_user(alice).get(address(team)).text
    assert "The board was deleted. What was not sent is dropped" in html
    assert (film.public_id + "/?shot=" in html, 'name="what"' in html) == (False, False)


def test_while_submissions_are_paused_the_page_says_so(
    team: Team, film: Board, account: Connection, alice: User, as_user: AsUser
) -> None:
    make.take(make.shots_of(film)[0], State.QUEUED, at=account)
    switch.pause("An old backup is back.")
    html = as_user(alice).get(address(team)).text
    assert "Waits until submissions go on." in html
    # The bar that says why, and what else keeps films from being made.
    assert f'hx-get="{reverse("team_health", args=[team.public_id])}"' in html


def test_the_queries_do_not_grow_with_what_is_under_way(
    team: Team, alice: User, account: Connection, as_user: AsUser
) -> None:
    client, counted = as_user(alice), []
    for joints in ("cut continue", "cut continue cut continue cut continue"):
        board = make.board_with(team, alice, joints, account)
        for shot in make.shots_of(board):
            make.take(shot, State.WAITING if shot.joint_from else State.RUNNING, at=account)
        make.take(make.shots_of(board)[0], State.QUEUED, at=account)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address(team), headers=HTMX)
        counted.append(len(queries))
    assert counted == [14, 14]


def test_many_takes_come_in_pages(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storyboard.takes.views.queue.A_PAGE", 2)
    client = as_user(alice)
    first, second = client.get(address(team)).text, client.get(address(team, "?page=2")).text
    assert ("Page 1 of 2" in first, first.count('id="take-'), second.count('id="take-')) == (True, 2, 1)
    assert 'href="?page=2"' in first
    assert f'hx-get="{address(team)}?page=2"' in second


def test_the_navigation_counts_decisions_before_anything_else(
    team: Team, under_way: list[Take], alice: User, as_user: AsUser, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert office.badge(team) == office.Badge(1, "to decide", True)
    Take.objects.filter(state=State.UNDECIDED).update(state=State.FAILED)
    assert office.badge(team) == office.Badge(2, "under way", False)
    assert '2<span class="visually-hidden"> under way</span>' in as_user(alice).get(f"/teams/{team.public_id}/").text
    Take.objects.update(state=State.FAILED)
    assert office.badge(team) is None


def test_the_teams_pages_are_told_once_for_each_action(team: Team, under_way: list[Take], alice: User) -> None:
    before = position(team.channel)
    runs.cancel_run(Run.objects.get(), by=alice)
    assert missed(team.channel, before) == [(before + 1, chain.QUEUE)]
