"""`make bench-live-board`: people who watch boards while their shots change state, and how soon each sees it.

Takes change by the action that a poll or a doorbell ends in. A hint reaches every page of the board, and each fetches
the card and the run bar as static/js/live.js does. Beside it, in the same run: the same people poll the card every 2 s.
The clock starts when the action has returned, and stops when the whole card is there. ARGS=--short for a look.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.live import bench_database, held, process_look
from tests.bench.live_board_crowd import Crowd, Seat, measure
from tests.postgres import private_cluster

SHORT = os.environ.get("BENCH_SHORT") == "yes"
BOARDS = 20 if SHORT else 200
EACH = 5
# How many shots change in a second, over all boards; 0 is as fast as one process can.
LOADS = (("paced", 2.0), ("burst", 0.0), ("polling", 2.0))
ROW = "{:<12}{:<22}{:>8}{:>8}{:>8}{:>8}{:>9}{:>6}{:>10}{:>8}{:>7}{:>8}  {}"
HEAD = ROW.format(
    *("engine", "load", "p50 ms", "p95", "p99", "worst", "bar p95", "lost"),
    *("fragments", "cpu ms", "MB 0", "MB all", "connections"),
)


def films() -> list[list[Any]]:
    """Boards of three shots that are all being rendered, each with the people who watch it."""
    from storyboard.takes.models import State
    from storyboard.teams.models import Membership, Role, Team, User
    from tests.takes import make

    rows = []
    for number in range(BOARDS):
        team = Team.objects.create(name=f"Team {number}")
        people = [User.objects.create(email=f"p{number}-{at}@example.com", password="!") for at in range(EACH)]
        roles = [Role.OWNER, *[Role.VIEWER] * (EACH - 1)]
        Membership.objects.bulk_create(
            Membership(team=team, user=user, role=role) for user, role in zip(people, roles, strict=True)
        )
        account = make.connection(team, by=people[0])
        board = make.board_with(team, people[0], "cut cut cut", account)
        run = make.run(board)
        for shot in make.shots_of(board):
            make.take(shot, State.RUNNING, at=account, run=run)
        rows.append([board, people])
    return rows


def seats(rows: Sequence[Sequence[Any]], position: int) -> list[Seat]:
    from storyboard.boards.models import Shot
    from tests.server import session_for

    found = []
    for number, (board, people) in enumerate(rows):
        shot = Shot.objects.get(board=board, position=position)
        at = f"/teams/{board.team.public_id}/boards/{board.public_id}"
        paths = (f"{at}/live", f"{at}/shots/{shot.public_id}/card/", shot.topic, f"{at}/runs/")
        found += [Seat(number, session_for(user), *paths) for user in people]
    return found


def change(position: str, rate: str) -> None:
    """In a process of its own: one take of each board goes on; when each commit was done is printed."""
    import django

    django.setup()
    from storyboard.takes.actions import results
    from storyboard.takes.models import Take

    takes = Take.objects.filter(shot__position=int(position)).select_related("shot__board__team", "connection", "run")
    done, due, pause = {}, time.monotonic(), 1 / float(rate) if float(rate) else 0.0
    for number, take in enumerate(takes.order_by("shot__board")):
        results.told(take, made(take))
        done[number] = time.monotonic_ns()
        due += pause
        time.sleep(max(0.0, due - time.monotonic()))
    print(json.dumps(done))


def made(take: Any) -> Any:
    from storyboard.providers.base import Task, TaskState

    url = f"https://results.example.com/{take.remote_id}.mp4"
    return Task(id=take.remote_id, state=TaskState.SUCCEEDED, model=take.model, video_url=url, raw={})


def queries(seat: Seat) -> str:
    """How many questions to the database a fragment costs, the session and the person among them."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, counts = Client(headers={"HX-Request": "true", "Host": "localhost"}), []
    client.cookies["session"] = seat.session
    for path in (seat.card, seat.bar):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    return f"queries: {counts[0]} for a card, {counts[1]} for the run bar"


def product(engine: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from tests.server import Server, database_url

    call_command("collectstatic", interactive=False, verbosity=0)
    with bench_database():
        rows = films()
        rounds = [seats(rows, position) for position in (1, 2, 3)]
        said = queries(rounds[0][0])
        connections.close_all()
        database = settings.DATABASES["default"]
        os.environ["DATABASE_URL"] = database_url(database)
        for position, ((load, rate), own) in enumerate(zip(LOADS, rounds, strict=True), 1):
            with Server(database) as server:
                before, crowd = process_look(server.pid), Crowd(server.port)
                look = lambda pid=server.pid: {**process_look(pid), **held(), "cpu": worked(pid)}  # noqa: E731
                found = asyncio.run(measure(crowd, own, load, [str(position), str(rate)], look))
                print(row(engine, load, rate, crowd, before, found), flush=True)
        print(f"{engine}: {said}", flush=True)


def worked(pid: int) -> float:
    """Seconds of a processor's time, which do not depend on what else the machine does."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def row(engine: str, load: str, rate: float, crowd: Crowd, before: dict[str, Any], found: dict[str, Any]) -> str:
    began = {int(board): when for board, when in found["committed"].items()}
    ages, bars = (
        sorted((when - began[board]) / 1e6 for board, when in seen if board in began)
        for seen in (crowd.cards, crowd.bars)
    )
    numbers = [f"{part(ages, share):,.0f}" for share in (0.5, 0.95, 0.99, 1)]
    name = f"{load}, {rate:.0f} a second" if rate else f"{load}, all at once"
    behind = f"{part(bars, 0.95):,.0f}" if bars else ""
    each = 1000 * found["cpu"] / max(1, crowd.fragments)
    kept = [f"{crowd.fragments:,}", f"{each:.1f}", f"{before['mb']:.0f}", f"{found['mb']:.0f}", found["connections"]]
    return ROW.format(engine, name, *numbers, behind, len(began) * EACH - len(ages), *kept)


def part(ages: Sequence[float], share: float) -> float:
    return ages[min(len(ages) - 1, int(len(ages) * share))] if ages else float("nan")


def main() -> None:
    """On SQLite, then on PostgreSQL: the server in DATABASE_URL, or one of our own for as long as this runs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--short", action="store_true", help="100 people before 20 boards")
    size = "yes" if options.parse_args().short else ""
    url = os.environ.get("DATABASE_URL", "")
    if urlsplit(url).scheme in {"postgres", "postgresql"}:
        compare(url, size)
    else:
        with private_cluster(durable=True) as cluster:
            compare(cluster.url, size)


def compare(url: str, size: str) -> None:
    boards = 20 if size else 200
    people = f"{boards * EACH:,} people before {boards} boards, one web process"
    print(f"{people}; milliseconds from the commit to the card, and of a processor for a fragment\n{HEAD}", flush=True)
    for engine, address in {"SQLite": "", "PostgreSQL": url}.items():
        with tempfile.TemporaryDirectory() as folder:
            where = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": address, "BENCH_SHORT": size}
            subprocess.run([sys.executable, "-m", "tests.bench.live_board", "product", engine], env=where, check=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
    parts: dict[str, Callable[..., None]] = {"product": product, "change": change}
    name, arguments = (sys.argv[1], sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in parts else ("", [])
    parts[name](*arguments) if name else main()
