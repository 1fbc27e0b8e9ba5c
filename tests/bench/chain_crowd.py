"""What 10,000 takes in flight cost the sweep and the round of polls, on PostgreSQL and SQLite.

`make bench-chain` runs it after the chains. The second figure is with every one of them due, the worst there is.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from tests.chaos.house import ROOT, House

TAKES, TIMES = 10_000, 5


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
        return
    print(f"\n{TAKES:,} takes in flight, seconds (worst of {TIMES}):\n")
    print(f"{'':<16}{'sweep, none due':>20}{'sweep, all due':>20}{'round of polls':>20}{'jobs of it':>14}", flush=True)
    for engine in ("PostgreSQL", "SQLite"):
        command = [sys.executable, "-m", "tests.bench.chain_crowd", engine]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            idle, due, polls, jobs = json.loads(done.stdout.splitlines()[-1])
            print(f"{engine:<16}{idle:>20.3f}{due:>20.3f}{polls:>20.3f}{jobs:>14.0f}", flush=True)


def measure(engine: str) -> list[float]:
    with House(engine=engine, durable=True) as house:
        house.use()
        from django_q.models import OrmQ

        from storyboard.takes.tasks import polling, sweeping

        crowd(house.vendor_port)
        idle = worst(sweeping.wake, all_due=False)
        due = worst(sweeping.wake, all_due=True)
        OrmQ.objects.all().delete()
        polls = worst(polling.due, all_due=True)
        return [idle, due, polls, OrmQ.objects.count() / TIMES]


def worst(work: Callable[[], object], *, all_due: bool) -> float:
    from datetime import timedelta

    from django.db.models.functions import Now

    from storyboard.takes.models import Gate, Take

    found = []
    for _ in range(TIMES):
        Take.objects.update(wake_at=Now() - timedelta(seconds=1) if all_due else Now() + timedelta(minutes=10))
        Gate.objects.update(asking_until=None)
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return max(found)


def crowd(vendor_port: int) -> None:
    """At 200 connections, as many as each may have; the vendors are working on all of them."""
    from django.utils import timezone

    from storyboard.boards.models import Shot
    from storyboard.takes.models import Gate, Run, State, Take
    from tests.chaos import films

    now, takes = timezone.now(), []
    for number in range(TAKES // 50):
        team, user = films.studio(number, vendor_port)
        board = films.chain(team, user, name=f"chain {number}", shots=50)
        connection = team.connections.get()
        Gate.objects.create(connection=connection)
        run = Run.objects.create(board=board, by=user, form_key="form", plan_hash="0", ceiling_micro_usd=0)
        for shot in Shot.objects.filter(board=board):
            own = {"state": State.RUNNING, "remote_id": f"cgt-{number:06}-{shot.pk:08}", "accepted_at": now}
            takes.append(Take(shot=shot, run=run, number=1, by=user, connection=connection, sent_at=now, **own))
    Take.objects.bulk_create(takes, batch_size=500)


if __name__ == "__main__":
    main()
