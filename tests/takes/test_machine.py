"""Whatever happens in whatever order, no take is paid for twice, lost, forgotten or sent too early.

Hypothesis presses Render, sends, rings, polls, kills, lets time pass and removes people; after each step the
invariants I1 to I7 must hold, and in the end everything that is left has a reason. EXAMPLES=2000 for a long walk.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pytest
from django.conf import LazySettings
from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Now
from django.test import Client as Browser
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from hypothesis import Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storyboard.boards import actions as boards
from storyboard.boards.models import Board
from storyboard.boards.queries import sheet_of
from storyboard.errors import Conflict, DomainError
from storyboard.jobs.run import JobFailed, run
from storyboard.media.models import Kind
from storyboard.providers.base import TaskState
from storyboard.takes import money
from storyboard.takes.actions import decisions, runs
from storyboard.takes.actions.binding import UNBOUND
from storyboard.takes.actions.results import Brought
from storyboard.takes.models import FINAL, LIVE, SENT, Entry, Orphan, Run, State, Take
from storyboard.takes.planning import chosen, plan
from storyboard.takes.queries import standing
from storyboard.takes.waits import around, wait
from storyboard.teams.access import require
from storyboard.teams.actions.members import remove_member
from storyboard.teams.models import Membership, Role, Team, User
from tests.chaos.repeats import later
from tests.takes import make
from tests.takes.booth import OUTCOMES, Booth

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
SWEEP = "storyboard.takes.tasks.sweeping.wake"
POINTS = (
    *("before claim", "after claim", "before post", "after post", "in outcome", "after outcome", "before bind"),
    *("after bind", "in the doorbell", "after the doorbell", "after collect claim", "before done", "in the chain"),
)
SECONDS = st.sampled_from([1, 6, 31, 70, 300, 1300, 7200])
NUMBER = st.integers(0, 30)


class Died(BaseException):
    """What `kill -9` is to a process."""


class Machine(RuleBasedStateMachine):
    # Given by the test, for all its walks.
    owner: User
    team: Team
    producer: User
    vendor: str
    points: Path
    booth: Booth

    @initialize()
    def begin(self) -> None:
        savepoint: Any = transaction.atomic()
        self.savepoint = savepoint
        # As a test's own transaction: actions that want to be the outermost may be.
        savepoint._from_testcase = True
        self.savepoint.__enter__()
        self.booth.__init__()  # type: ignore[misc]
        self.ended: dict[int, str] = {}
        account = make.connection(self.team, self.vendor, by=self.owner, parallel=2)
        self.board = make.board_with(self.team, self.owner, "cut continue continue cut", account)
        Membership.objects.create(team=self.team, user=self.producer, role=Role.PRODUCER)
        price = self.plan_of("missing", self.owner).total
        Board.objects.filter(pk=self.board.pk).update(budget_micro_usd=price * 2)
        self.board.refresh_from_db()
        self.request(hers=False, form=0)

    def teardown(self) -> None:
        try:
            self.comes_to_an_end()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def plan_of(self, what: str, by: User) -> Any:
        sheet = sheet_of(self.board, require(by, self.team, Role.PRODUCER))
        return plan(sheet, chosen(sheet, standing(sheet), what))

    @rule(hers=st.booleans(), form=NUMBER)
    def request(self, hers: bool, form: int) -> None:
        by = self.owner if hers else self.producer
        with suppress(DomainError):
            agreed = self.plan_of("missing", by)
            names = tuple(line.ask.shot.public_id for line in agreed.lines)
            wish = runs.Wish(
                shots=names, plan_hash=agreed.hash, ceiling_micro_usd=10**9, form_key=f"form-number-{form}"
            )
            runs.request(self.board, wish=wish, by=by)

    @rule(outcome=st.sampled_from(OUTCOMES))
    def send(self, outcome: str) -> None:
        self.booth.next = outcome
        self.job("storyboard.takes.tasks.sending.send", self.board_connection)
        self.booth.next = "answered"

    @rule(count=st.integers(1, 12))
    def work(self, count: int) -> None:
        for _ in range(count):
            if not self.next_job():
                return

    @rule(number=NUMBER, twice=st.booleans())
    def a_job_comes_twice_or_never(self, number: int, twice: bool) -> None:
        rows = list(OrmQ.objects.order_by("pk"))
        if not rows:
            return
        row = rows[number % len(rows)]
        if twice:
            OrmQ.objects.create(key=row.key, payload=row.payload, lock=row.lock)
        else:
            row.delete()

    @rule(point=st.sampled_from(POINTS), outcome=st.sampled_from(OUTCOMES))
    def die_at(self, point: str, outcome: str) -> None:
        (self.points / point).touch()
        self.booth.next = outcome
        self.work(6)
        self.booth.next = "answered"
        (self.points / point).unlink(missing_ok=True)

    @precondition(lambda self: self.booth.tasks)
    @rule(number=NUMBER, well=st.booleans())
    def the_vendor_ends_one(self, number: int, well: bool) -> None:
        names = list(self.booth.tasks)
        state = TaskState.SUCCEEDED if well or number % 4 else TaskState.FAILED
        self.booth.becomes(names[number % len(names)], state)

    @precondition(lambda self: self.booth.tasks)
    @rule(number=NUMBER, said=st.sampled_from(["queued", "running", "succeeded", "failed"]), forged=st.booleans())
    def ring(self, number: int, said: str, forged: bool) -> None:
        """True or not, early or late; nothing of it is believed."""
        names = list(self.booth.tasks)
        task_id = names[number % len(names)]
        path = "/hooks/" + self.booth.doorbells[task_id].partition("/hooks/")[2]
        about = names[(number + 1) % len(names)] if forged else task_id
        with suppress(Died):
            answer = Browser().post(path, json.dumps({"id": about, "status": said}), content_type="application/json")
            assert answer.status_code == 200

    @rule()
    def poll(self) -> None:
        self.job("storyboard.takes.tasks.polling.poll", self.board_connection)

    @rule()
    def sweep(self) -> None:
        self.job(SWEEP)

    @rule(seconds=SECONDS, is_open=st.sampled_from([True, True, True, False]), ends=st.booleans())
    def time_passes(self, seconds: int, is_open: bool = True, ends: bool = False) -> None:
        """After which the vendor's API may be down, or up again, and some of its work done."""
        self.booth.is_open = is_open
        for task in list(self.booth.tasks) if ends else []:
            self.booth.becomes(task, TaskState.SUCCEEDED)
        by = timedelta(seconds=seconds)
        later(by)
        self.booth.later(by)
        self.sweep()
        self.work(4)

    @rule(what=st.sampled_from(["decide", "decide", "cancel", "pause", "resume", "edit", "remove"]), number=NUMBER)
    def people_do(self, what: str, number: int) -> None:
        with suppress(DomainError):
            {
                "decide": self.decide,
                "cancel": lambda: self.cancel(number),
                "pause": lambda: self.pause(runs.pause),
                "resume": lambda: self.pause(runs.resume),
                "edit": lambda: self.edit(number),
                "remove": self.remove_the_producer,
            }[what]()

    def edit(self, number: int) -> None:
        shot = make.shots_of(self.board)[number % 4]
        boards.save_field(shot, name="seconds", value=4 + number % 3, base_version=None, by=self.owner)

    def remove_the_producer(self) -> None:
        for membership in Membership.objects.filter(user=self.producer, team=self.team):
            remove_member(membership, by=self.owner)

    def cancel(self, number: int) -> None:
        live = list(Take.objects.filter(state__in=LIVE).select_related("shot__board__team"))
        if live:
            runs.cancel_take(live[number % len(live)], by=self.owner)

    def pause(self, do: Callable[..., object]) -> None:
        for one in Run.objects.select_related("board__team"):
            do(one, by=self.owner)

    def decide(self) -> None:
        """As the vendor's console has it."""
        tasks = {take: task for task, take in self.booth.paid}
        unclear = Take.objects.filter(state__in=[State.UNDECIDED, State.UNKNOWN])
        for take in unclear.select_related("shot__board__team", "connection"):
            # Of one that is looked for in a list nobody may say anything yet.
            with suppress(Conflict):
                if task := tasks.get(take.pk):
                    decisions.paste_task_id(take, remote_id=task, by=self.owner)
                else:
                    decisions.not_charged(take, by=self.owner)

    @property
    def board_connection(self) -> int:
        return self.team.connections.order_by("-pk")[0].pk

    def job(self, task: str, *ids: int | str) -> bool:
        """Whether it lived to its end. A failure of the job itself is nothing that may be hidden."""
        try:
            run(task, "", *ids)
        except Died:
            return False
        except JobFailed as error:
            raise AssertionError(f"{task} failed") from error
        return True

    def next_job(self) -> bool:
        row = OrmQ.objects.filter(lock__lte=Now()).order_by("lock", "id").first()
        if row is None:
            return False
        task, _, *ids = SignedPackage.loads(row.payload)["args"]
        # What a killed process had begun is taken up again by another.
        if not task.startswith("storyboard.takes.") or self.job(task, *ids):
            row.delete()
        return True

    @invariant()
    def i1_a_take_is_paid_for_once(self) -> None:
        assert not [take for take, times in Counter(take for _, take in self.booth.paid).items() if times > 1]

    @invariant()
    def i2_a_shot_has_one_take_at_a_vendor(self) -> None:
        sent = Take.objects.filter(state__in=SENT).values_list("shot", flat=True)
        assert len(sent) == len(set(sent))

    @invariant()
    def i3_what_was_paid_for_is_known_or_looked_for(self) -> None:
        strays = set(Orphan.objects.values_list("remote_id", flat=True))
        for task, key in self.booth.paid:
            assert task in strays or self.is_looked_for(task, key), Take.objects.get(pk=key)

    def is_looked_for(self, task: str, key: int) -> bool:
        """By its take; or by one whose own task that take has, because a bell lied while both were looked for."""
        payers, seen = dict(self.booth.paid), set[int]()
        while key not in seen:
            seen.add(key)
            take = Take.objects.get(pk=key)
            if take.remote_id == task or take.state in UNBOUND:
                return True
            key = payers.get(take.remote_id, key)
        return False

    @invariant()
    def i4_nothing_is_forgotten(self) -> None:
        waiting = [State.WAITING, State.UNDECIDED]
        assert not Take.objects.filter(state__in=LIVE, wake_at=None).exclude(state__in=waiting).exists()

    @invariant()
    def i5_a_shot_is_sent_after_the_one_it_opens_on(self) -> None:
        sent = Take.objects.filter(sent_at__isnull=False, follows__isnull=False)
        assert not sent.exclude(upstream__state=State.DONE).exists()
        assert not sent.filter(upstream__finished_at__gt=F("sent_at")).exists()

    @invariant()
    def i6_no_budget_is_overdrawn(self) -> None:
        if not hasattr(self, "board"):
            return
        assert money.used(Q(board=self.board)) <= (self.board.budget_micro_usd or 0)
        held = Entry.objects.filter(take__state__in=FINAL).order_by().values("take").annotate(sum=Sum("held"))
        assert not [row for row in held if row["sum"]]

    @invariant()
    def i7_what_is_over_stays_as_it_is(self) -> None:
        now = dict(Take.objects.filter(state__in=FINAL).values_list("pk", "state"))
        ended = getattr(self, "ended", {})
        assert {pk: now.get(pk) for pk in ended} == ended
        self.ended = now

    def comes_to_an_end(self) -> None:
        """Once the vendor is well and people decide, everything ends or says what it waits for."""
        self.booth.is_open = True
        for task in list(self.booth.tasks):
            self.booth.becomes(task, TaskState.SUCCEEDED)
        for _ in range(12):
            self.pause(runs.resume)
            self.time_passes(7200)
            self.sweep()
            self.work(40)
            with suppress(DomainError):
                self.decide()
            for task in list(self.booth.tasks):
                self.booth.becomes(task, TaskState.SUCCEEDED)
            if not Take.objects.filter(state__in=LIVE).exclude(state=State.WAITING).exists():
                break
        left = list(Take.objects.filter(state__in=LIVE).select_related("shot", "run", "follows", "connection"))
        assert not [take for take in left if take.state != State.WAITING or wait(take, around([take])) is None]


@pytest.fixture
def booth(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booth:
    """The vendor, and everything between it and the program that is not to be tried here."""
    settings.CALLBACKS, settings.FAULT_POINTS = "always", str(tmp_path / "points")
    settings.DATA_DIR = tmp_path
    (tmp_path / "points").mkdir()
    monkeypatch.setattr("storyboard.takes.faults.os", SimpleNamespace(kill=die, getpid=os.getpid))
    monkeypatch.setattr("storyboard.takes.tasks.collecting.brought", brought)
    monkeypatch.setattr("storyboard.takes.tasks.collecting.keeping_at_it", lambda take: nullcontext())
    found = Booth()
    found.instead_of_the_network(monkeypatch)
    return found


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.timeout(600)
@pytest.mark.parametrize("vendor", ["ark", "evolink"])
def test_no_order_of_events_breaks_a_promise(
    team: Team, alice: User, bob: User, booth: Booth, tmp_path: Path, vendor: str
) -> None:
    own = {"owner": alice, "team": team, "producer": bob, "vendor": vendor, "booth": booth}
    run_state_machine_as_test(type("Walker", (Machine,), own | {"points": tmp_path / "points"}), settings=walks())


def brought(take: Take, folder: Path) -> Brought:
    team = take.shot.board.team
    return Brought(clip=make.file(team, kind=Kind.VIDEO), last_frame=make.file(team))


def die(pid: int, number: int) -> None:
    raise Died


def walks() -> settings:
    # A shorter walk to the same fall costs minutes to find; the seed that fails is printed.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    return settings(max_examples=EXAMPLES // 2, stateful_step_count=24, phases=phases, deadline=None)
