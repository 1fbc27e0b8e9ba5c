"""`make bench-chain`: from a vendor's knock that a clip is done to the POST of the next shot arriving there.

Beside it, in the same run and with the same vendor: a script that polls every five seconds, and Celery with Redis.
Then: what 10,000 takes in flight cost, and how many knocks a second the door takes. ARGS=--short for a look.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import chain_line
from tests.bench.queue import free_port, install_into, run, running
from tests.chaos.house import ROOT, House, Row, wait_until

# No hurry, and as many workers as a default installation has.
AS_DELIVERED: dict[str, Any] = {"CHAOS_HURRY": "", "FAST_WORKERS": "4", "MEDIA_WORKERS": "2"}
PEERS = ["celery[redis]", "uvicorn"]
# A generation takes so long, at random: still shorter than any vendor's, so that a few end in every second.
SECONDS = {1: ("0.5", "1.0"), 50: ("12", "24"), 500: ("60", "120")}


@dataclass(frozen=True, slots=True)
class Setting:
    engine: str
    chains: int
    media: bool
    shots: int

    @property
    def title(self) -> str:
        return f"Lastframe, {self.engine}{', with media work' if self.media else ''}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--short", action="store_true", help="1 and 50 chains of 3 shots")
    options.add_argument("--ours", action="store_true", help="do not install and measure others")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--part", choices=["chain", "crowd", "door", "line"], help="only this table")
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(chain(Setting(**json.loads(chosen.one)))))
        return
    if chosen.part == "line":
        line_of(Setting("PostgreSQL", 50, media=False, shots=3))
    if chosen.part in {None, "chain"}:
        table(short=chosen.short, ours=chosen.ours)
    for part in ("crowd", "door"):
        if chosen.part in {None, part}:
            subprocess.run([sys.executable, "-m", f"tests.bench.chain_{part}"], cwd=ROOT, check=False)


def table(*, short: bool, ours: bool) -> None:
    sizes = (1, 50) if short else (1, 50, 500)
    shots = 3 if short else 5
    print("From the knock to the next POST, in milliseconds:\n")
    print(f"{'':<44}{'chains':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'worst':>10}{'of':>7}", flush=True)
    for media in (False, True):
        for engine in ("PostgreSQL", "SQLite"):
            for chains in sizes:
                line(Setting(engine, chains, media, shots if chains > 1 else 20))
    if not ours:
        peers(sizes, shots)


def line(setting: Setting) -> None:
    """One setting in a process of its own: Django knows one database."""
    command = [sys.executable, "-m", "tests.bench.chain", "--one", json.dumps(asdict(setting))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{setting.title:<44}{setting.chains:>8}  {done.stderr.strip().splitlines()[-1:]}", flush=True)
        return
    show(setting.title, setting.chains, json.loads(done.stdout.splitlines()[-1]))


def line_of(setting: Setting) -> None:
    """The parts of a shot's way and how long each takes; noting them takes a little too."""
    with TemporaryDirectory(prefix="lastframe-line-") as folder:
        os.environ["CHAOS_LINE"] = folder
        line(setting)
        print()
        chain_line.report(Path(folder))


def show(title: str, chains: int, gaps: Sequence[float]) -> None:
    if len(gaps) < 2:
        print(f"{title:<44}{chains:>8}  too few", flush=True)
        return
    cuts = statistics.quantiles(gaps, n=100, method="inclusive")
    figures = [cuts[49], cuts[94], cuts[98], max(gaps)]
    print(
        f"{title:<44}{chains:>8}" + "".join(f"{one * 1000:>10.1f}" for one in figures) + f"{len(gaps):>7}", flush=True
    )


def chain(setting: Setting) -> list[float]:
    """Through real web and worker processes, from the vendor's own clock."""
    vendor = ("--seconds", *SECONDS[setting.chains])
    media = "on" if setting.media else "off"
    with House(vendor=vendor, engine=setting.engine, durable=True, CHAOS_MEDIA=media, **AS_DELIVERED) as house:
        house.use()
        from storyboard.takes.models import Take
        from tests.chaos import films

        boards = []
        for number in range(-(-setting.chains // 50)):
            team, user = films.studio(number, house.vendor_port)
            names = [f"chain {number}-{at}" for at in range(min(50, setting.chains - number * 50))]
            boards += [(films.chain(team, user, name=name, shots=setting.shots), user) for name in names]
        house.start()
        for board, user in boards:
            films.press(board, user)
        total = setting.chains * setting.shots
        longest = 120 + setting.shots * float(SECONDS[setting.chains][1]) * 3
        wait_until(lambda: Take.objects.filter(is_selected=True).count() >= total, longest, "the end of all chains")
        return gaps(house.rows())


def gaps(journal: Sequence[Row]) -> list[float]:
    """From the first knock that a shot was done to the arrival of the next shot of its chain."""
    rang: dict[str, float] = {}
    for row in journal:
        if row["event"] == "rang" and row["state"] == "succeeded":
            rang.setdefault(row["shot"], row["at"])
    return [row["at"] - rang[before] for row in journal if (before := previous(row)) in rang]


def previous(row: Row) -> str:
    name, _, number = str(row.get("shot", "")).rpartition(" shot ")
    return f"{name} shot {int(number) - 1}" if row["event"] == "paid" and number.isdigit() else ""


def polled(journal: Sequence[Row]) -> list[float]:
    """A script that polls hears no knock: from the moment at which the clip was done, which the vendor noted."""
    done = {row["shot"]: row["done"] for row in journal if row["event"] == "paid"}
    return [row["at"] - done[before] for row in journal if (before := previous(row)) in done]


def peers(sizes: Sequence[int], shots: int) -> None:
    for chains in sizes:
        attempt(f"A script that polls every 5 s ({chains})", lambda chains=chains: script(chains, min(shots, 4)))  # type: ignore[misc]
    if not shutil.which("redis-server"):
        print("Celery + Redis: there is no redis-server on this machine")
        return
    with TemporaryDirectory() as folder:
        try:
            python = install_into(Path(folder), PEERS)
        except RuntimeError as error:
            print(f"Celery could not be installed here: {error}")
            return
        for chains in sizes:
            attempt(f"Celery + Redis ({chains})", lambda chains=chains: celery(chains, shots, python, Path(folder)))  # type: ignore[misc]


def attempt(title: str, measure: Callable[[], None]) -> None:
    try:
        measure()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"{title}: could not be measured here: {error}", flush=True)


def peer_house(chains: int) -> House:
    """The vendor alone."""
    return House(vendor=("--seconds", *SECONDS[chains]), engine="")


def environment(house: House, chains: int, shots: int) -> dict[str, str]:
    return {
        "CHAIN_VENDOR": f"http://127.0.0.1:{house.vendor_port}",
        "CHAIN_CHAINS": str(chains),
        "CHAIN_SHOTS": str(shots),
        "CHAIN_WEB_PORT": str(house.web_port),
        "PYTHONPATH": str(ROOT),
    }


def script(chains: int, shots: int) -> None:
    with peer_house(chains) as house:
        run([sys.executable, "-m", "tests.bench.chain_peer", "poll"], environment(house, chains, shots))
        show("A script that polls every 5 s", chains, polled(house.rows("paid")))


def celery(chains: int, shots: int, python: str, folder: Path) -> None:
    with peer_house(chains) as house, ExitStack() as stack:
        port = free_port()
        redis = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        env = environment(house, chains, shots) | {"CHAIN_REDIS": f"redis://127.0.0.1:{port}/0"}
        peer = [python, "-m", "tests.bench.chain_peer"]
        web = [python, "-m", "uvicorn", "--factory", "tests.bench.chain_peer:web", "--port", str(house.web_port)]
        for command in (redis, [*peer, "worker"], [*web, "--log-level", "warning"]):
            stack.enter_context(running(command, env, folder / "log"))
        run([*peer, "start"], env)
        until = time.monotonic() + 120 + shots * float(SECONDS[chains][1]) * 3
        while len(house.rows("paid")) < chains * shots and time.monotonic() < until:
            time.sleep(0.5)
        show("Celery + Redis, nothing kept", chains, gaps(house.rows()))


if __name__ == "__main__":
    main()
