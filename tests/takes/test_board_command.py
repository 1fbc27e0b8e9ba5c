"""`manage.py board`: words to a board, a plan to a render, and what is said of it; nothing is sent anywhere here."""

import json
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.utils import timezone

from storyboard.boards.models import Board, Shot
from storyboard.connections.models import Connection
from storyboard.takes.actions import decisions
from storyboard.takes.models import Run, State, Take
from storyboard.teams.models import Membership, Role, User
from tests.takes import make
from tests.takes.terminal import Shell, answer

pytestmark = pytest.mark.django_db
Join = Callable[[User, Role], Membership]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "/nowhere.csv"), 2, "Cannot read /nowhere.csv"),
        (("show", "nothing"), 2, "This board was deleted"),
        (("import", "-", "--connection", "none"), 2, "There is no connection “none” to render with. There is: ark"),
        (("import", "-", "--model", "m"), 2, "Which connection has that model?"),
        (("import", "-", "--seconds", "900"), 1, "seconds: choose a whole number from 1 to 60."),
        (("import", "-", "--files", "/nowhere"), 2, "/nowhere is no folder."),
        (("watch", "x", "--timeout", "-1"), 2, "Write --timeout as seconds, 0 or more."),
        (("watch", "x", "--timeout", "nan"), 2, "Write --timeout as seconds, 0 or more."),
        (("render", "x", "--wait", "--timeout", "-1"), 2, "Write --timeout as seconds, 0 or more."),
        (("render", "x", "--takes", "0"), 2, "Write --takes with a number from 1 to 4."),
        (("retry", "x", "--takes", "100"), 2, "Write --takes with a number from 1 to 4."),
        (("render", "x", "--dry-run", "--ceiling", "abc"), 2, "Write --ceiling as dollars: --ceiling 12.50."),
    ],
)
def test_a_wrong_call_is_one_sentence(
    board_: Shell, account: Connection, words: tuple[str, ...], code: int, said: str
) -> None:
    left, printed, complained = board_(*words, piped="A shot.")
    assert (left, printed, said in complained, complained.count("\n")) == (code, "", True, 1)
    assert json.loads(board_(*words, "--json", piped="A shot.")[1])["error"]["sentence"] + "\n" == complained


def test_a_board_is_shown_and_listed(board_: Shell, film: Board) -> None:
    assert f"{film.public_id}  3" in board_("list")[1]
    code, said, _ = board_("show", film.name)
    assert (code, said.splitlines()[0].split()) == (0, ["SHOT", "OPENS", "ON", "LENGTH", "PRICE", "WITH", "PROMPT"])
    shots = answer(board_, "show", film.public_id)["shots"]
    assert [(one["joint"], one["after"]) for one in shots] == [("cut", None), ("continue", 1), ("cut", None)]


def test_a_plan_says_order_chains_and_prices_and_changes_nothing(board_: Shell, film: Board) -> None:
    plan = answer(board_, "render", film.public_id, "--dry-run")["plan"]
    assert [(one["shot"], one["chain"], one["after"]) for one in plan["shots"]] == [
        (1, 1, None),
        (2, 1, 1),
        (3, 2, None),
    ]
    assert plan["micro_usd"] == sum(one["micro_usd"] for one in plan["shots"]) > 0
    said = board_("render", film.public_id, "--dry-run", "--takes", "2")[1]
    assert "3 shots in 2 chains side by side, 2 takes each: $" in said
    assert not Run.objects.exists()


def test_nothing_is_rendered_without_a_yes(board_: Shell, film: Board) -> None:
    code, said, complained = board_("render", film.public_id)
    assert (code, "3 shots in 2 chains" in said, Run.objects.exists()) == (2, True, False)
    assert complained == "Nothing was rendered. Look at the plan, and say yes to it with --yes.\n"


def test_a_yes_makes_one_run_and_the_same_key_no_second(board_: Shell, film: Board) -> None:
    words = ("render", film.public_id, "--shots", "1-2", "--yes", "--once", "nightly-2026-11-21", "--json")
    assert board_(*words)[0] == 0
    board_(*words)
    run = Run.objects.get()
    states = list(Take.objects.filter(run=run).order_by("pk").values_list("shot__position", "state"))
    assert states == [(1, State.QUEUED), (2, State.WAITING)]


def test_a_render_that_is_under_way_is_the_reason_why_nothing_else_is_rendered(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes")
    code, said, _ = board_("render", film.public_id, "--yes")
    assert (code, said.startswith("A render is under way, and there is nothing else to render")) == (1, True)


def test_the_status_says_what_cost_other_than_was_said(board_: Shell, film: Board, account: Connection) -> None:
    make.selected(make.shots_of(film)[0], at=account, charge_micro_usd=make.QUOTE + 140_000)
    assert "It cost $0.14 more than quoted." in board_("status", film.public_id)[1]


@pytest.mark.parametrize(
    ("words", "shots"),
    [(("--shots", "1,3"), [1, 3]), (("--from", "2"), [2, 3]), (("--missing",), [2, 3]), ((), [2, 3])],
)
def test_shots_are_chosen(board_: Shell, film: Board, words: tuple[str, ...], shots: list[int]) -> None:
    make.selected(make.shots_of(film)[0])
    code, said, _ = board_("render", film.public_id, "--dry-run", "--json", *words)
    assert (code, [one["shot"] for one in json.loads(said)["plan"]["shots"]]) == (0, shots)


@pytest.mark.parametrize(
    ("shots", "said"),
    [("9", "There is no shot 9"), ("3-1", "runs backwards"), ("x", "There is no shot x"), (",", "Which shots?")],
)
def test_shots_that_are_not_there_are_a_wrong_call(board_: Shell, film: Board, shots: str, said: str) -> None:
    code, _, complained = board_("render", film.public_id, "--shots", shots, "--yes")
    assert (code, said in complained, Run.objects.exists()) == (2, True, False)


def test_the_ceiling_and_the_budget_are_kept(board_: Shell, film: Board) -> None:
    assert "more than the ceiling of $0.01" in board_("render", film.public_id, "--yes", "--ceiling", "0.01")[2]
    assert board_("render", film.public_id, "--yes", "--ceiling", "cheap")[0] == 2
    Board.objects.filter(pk=film.pk).update(budget_micro_usd=10_000)
    code, said, _ = board_("render", film.public_id, "--yes")
    assert (code, "Of this board’s budget, $0.01 are left." in said, Run.objects.exists()) == (1, True, False)


def test_who_may_not_spend_money_renders_nothing(
    board_: Shell, film: Board, bob: User, charlie: User, join: Join
) -> None:
    join(bob, Role.EDITOR)
    assert board_("show", film.public_id, "--as", bob.email)[0] == 0
    code, _, complained = board_("render", film.public_id, "--yes", "--as", bob.email)
    assert (code, complained.startswith("You are an editor here; this needs a producer")) == (1, True)
    assert board_("show", film.public_id, "--as", charlie.email)[::2] == (
        2,
        "This board was deleted, or is not shared with you.\n",
    )


def test_the_status_says_what_each_shot_waits_for(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes", "--shots", "1-2")
    rows = answer(board_, "status", film.public_id)["shots"]
    assert [row["state"] for row in rows] == ["queued", "waiting", "missing"]
    assert (rows[0]["why"], rows[1]["why"]) == (
        f"Waits for a free place at {film_connection(film)}.",
        "Waits for shot 1.",
    )
    assert board_("pause", film.public_id)[0] == 0
    assert "Paused." in board_("status", film.public_id)[1]
    assert board_("resume", film.public_id)[0] == 0
    assert board_("cancel", film.public_id)[0] == 0
    assert set(Take.objects.values_list("state", flat=True)) == {State.CANCELLED}


def film_connection(board: Board) -> str:
    return Connection.objects.get(public_id=board.settings["connection"]).name


def test_some_shots_are_cancelled(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes")
    assert board_("cancel", film.public_id, "--shots", "3")[1] == "1 take cancelled.\n"
    states = dict(Take.objects.values_list("shot__position", "state"))
    assert states == {1: State.QUEUED, 2: State.WAITING, 3: State.CANCELLED}
    assert board_("cancel", film.public_id, "--shots", "3")[0] == 2


def test_watching_ends_with_what_became_of_it(board_: Shell, film: Board, account: Connection) -> None:
    first, second, third = make.shots_of(film)
    run = make.run(film)
    for shot in (first, second, third):
        make.selected(shot, at=account, run=run)
    code, said, _ = board_("watch", film.public_id)
    assert (code, said.splitlines()[-1]) == (0, "Done: every shot has its take.")
    make.take(third, State.FAILED, at=account, run=run, sentence="The vendor \x1b[2Jrefused it.")
    code, said, _ = board_("watch", film.public_id)
    assert (code, "Shot 3  failed: The vendor [2Jrefused it." in said) == (1, True)


@pytest.mark.parametrize(
    ("state", "columns", "code"),
    [
        (State.UNDECIDED, {}, 3),
        (State.FAILED, {}, 1),
        (State.CANCELLED, {}, 1),
        (State.DONE, {}, 3),
    ],
)
def test_watching_ends_when_nothing_moves_by_itself(
    board_: Shell, film: Board, account: Connection, state: State, columns: dict[str, object], code: int
) -> None:
    # The second shot waits for the first, which needs somebody.
    first, second, _ = make.shots_of(film)
    run = make.run(film)
    make.take(first, state, at=account, run=run, **columns)
    make.take(second, State.WAITING, at=account, run=run, follows=first, request={"joint": "continue"})
    lines = [json.loads(line) for line in board_("watch", film.public_id, "--json")[1].splitlines()]
    assert board_("watch", film.public_id)[0] == code
    assert [line["state"] for line in lines[:-1]] == [state, "waiting"]
    assert lines[-1] == {"end": "failed" if code == 1 else "decide"}


def test_watching_an_approval_or_a_pause_is_a_decision(board_: Shell, film: Board, account: Connection) -> None:
    first, second, third = make.shots_of(film)
    run = make.run(film)
    Shot.objects.filter(pk=first.pk).update(needs_approval=True)
    make.selected(first, at=account, run=run)
    make.take(second, State.WAITING, at=account, run=run, follows=first, request={"joint": "continue"})
    code, said, _ = board_("watch", film.public_id)
    assert (code, "Waits until shot 1 is approved." in said) == (3, True)
    make.take(third, State.QUEUED, at=account, run=run)
    Run.objects.filter(pk=run.pk).update(paused_at=timezone.now())
    assert board_("watch", film.public_id)[0] == 3


def test_watching_stops_when_time_is_up_and_says_that_no_worker_runs(board_: Shell, film: Board) -> None:
    board_("render", film.public_id, "--yes")
    code, _, complained = board_("watch", film.public_id, "--timeout", "0")
    assert (code, "Time is up." in complained) == (4, True)
    assert "No worker is running" in complained
    code, said, _ = board_("render", film.public_id, "--shots", "1", "--yes", "--wait")
    assert (code, "\nShot 1 is being rendered already." in said) == (1, True)


def test_only_what_came_to_nothing_is_rendered_anew(board_: Shell, film: Board, account: Connection) -> None:
    first, second, _ = make.shots_of(film)
    run = make.run(film)
    make.take(first, State.FAILED, at=account, run=run)
    make.take(second, State.WAITING, at=account, run=run, follows=first, request={"joint": "continue"})
    found = answer(board_, "retry", film.public_id, "--yes")
    assert [one["shot"] for one in found["plan"]["shots"]] == [1]
    assert Take.objects.get(shot=first, number=2).state == State.QUEUED


def test_a_person_selects_approves_and_keeps(board_: Shell, film: Board, account: Connection) -> None:
    first = make.shots_of(film)[0]
    Shot.objects.filter(pk=first.pk).update(needs_approval=True)
    for _ in range(2):
        make.take(first, State.DONE, at=account)
    assert "Choose one of its takes" in board_("status", film.public_id)[1]
    assert board_("select", film.public_id, "1", "2")[:2] == (0, "Take 2 of shot 1 is selected.\n")
    assert answer(board_, "approve", film.public_id, "1")["approved"] is True
    Shot.objects.filter(pk=first.pk).update(prompt="Another prompt")
    assert "Out of date: the prompt was changed" in board_("status", film.public_id)[1]
    assert board_("keep", film.public_id, "1")[0] == 0
    assert "Out of date" not in board_("status", film.public_id)[1]
    assert board_("select", film.public_id, "1", "9")[::2] == (2, "Shot 1 does not have take 9.\n")


@pytest.mark.parametrize(
    ("words", "state", "money"),
    [
        (("--not-charged",), State.FAILED, (0, 0)),
        (("--give-up",), State.FAILED, (0, make.QUOTE)),
        (("--task-id", "cgt-20261121-abcdef"), State.UNDECIDED, (make.QUOTE, 0)),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else None,
)
def test_an_unclear_request_is_decided(
    board_: Shell, film: Board, account: Connection, words: tuple[str, ...], state: State, money: tuple[int, int]
) -> None:
    shot = make.shots_of(film)[1]
    assert board_("decide", film.public_id, "2", *words)[0] == 2, "there is nothing to decide yet"
    take = make.take(shot, State.UNDECIDED, at=account)
    assert board_("decide", film.public_id, "2", *words)[0] == 0
    take.refresh_from_db()
    assert (take.state, make.ledger(take)) == (state, money)


def test_what_is_still_looked_for_says_when_it_can_be_decided(board_: Shell, film: Board, account: Connection) -> None:
    take = make.take(make.shots_of(film)[1], State.UNKNOWN, at=account, sent_at=timezone.now())
    code, _, complained = board_("decide", film.public_id, "2", "--give-up")
    at = timezone.localtime(take.sent_at) + decisions.SOON
    assert (code, f"it can be decided from {at:%H:%M:%S}." in complained) == (2, True)
    make.aged(take, sent_at=-decisions.SOON.total_seconds() - 1)
    assert board_("decide", film.public_id, "2", "--give-up")[0] == 0


def test_whoever_may_not_decide_does_not(
    board_: Shell, film: Board, account: Connection, bob: User, join: Join
) -> None:
    join(bob, Role.EDITOR)
    take = make.take(make.shots_of(film)[1], State.UNDECIDED, at=account)
    assert board_("decide", film.public_id, "2", "--give-up", "--as", bob.email)[0] == 1
    take.refresh_from_db()
    assert take.state == State.UNDECIDED


def test_a_database_that_cannot_be_used_is_one_sentence(board_: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise OperationalError("could not connect to server\nIs it running?")

    monkeypatch.setattr("storyboard.teams.shell.acting", broken)
    assert board_("list")[0] == 4
    assert json.loads(board_("list", "--json")[1])["error"]["class"] == "not_now"


def test_ctrl_c_ends_the_watching_and_not_the_render(
    board_: Shell, film: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*args: object) -> None:
        raise KeyboardInterrupt

    board_("render", film.public_id, "--yes")
    monkeypatch.setattr("storyboard.takes.shell.watching.time.sleep", pressed)
    assert board_("watch", film.public_id)[0] == 130
    assert Take.objects.filter(state=State.QUEUED).count() == 2


def test_somebody_at_a_terminal_is_asked(board_: Shell, film: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    replies = iter(["", "no", "y"])

    def reply(question: str) -> str:
        asked.append(question)
        return next(replies)

    monkeypatch.setattr("builtins.input", reply)
    monkeypatch.setattr("storyboard.takes.shell.planned.is_terminal", lambda: True)
    runs = [(board_("render", film.public_id)[0], Run.objects.count()) for _ in range(3)]
    assert (runs, asked[0].startswith("Render for $")) == ([(0, 0), (0, 0), (0, 1)], True)
