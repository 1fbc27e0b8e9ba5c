"""`make chaos`: chains of shots rendered at an unreliable vendor while workers are killed and the database crashes.

Prints one line a seed; paid extra, stuck and orphans have to be 0. With `--sabotage claim` the line that makes a job
that comes twice send once is taken out, and paid extra must not be 0: then it is the harness that was tested.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.house import ROOT, House

COLUMNS = (
    *("seed", "shots", "done", "kills", "crashes", "posts", "lost", "paid", "paid_extra"),
    *("stuck", "orphans", "undecided", "decided"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    chains: int
    shots: int
    seeds: int
    kill_every: float
    crash_every: float
    # After it nothing more is killed; what then does not move for `calm` is stuck.
    most: float
    calm: float = 60


FULL = Size(chains=200, shots=5, seeds=3, kill_every=3, crash_every=60, most=3600)
SHORT = Size(chains=12, shots=3, seeds=1, kill_every=3, crash_every=15, most=40)


def main() -> int:
    options = arguments()
    size = SHORT if options.short else FULL
    if options.seed is not None:
        print(json.dumps(one(options.seed, size, options)))
        return 0
    print("".join(f"{name.replace('_', ' '):>12}" for name in COLUMNS) + f"{'seconds':>10}", flush=True)
    rows = [child(seed) for seed in range(1, size.seeds + 1)]
    bad = any(row["paid_extra"] or row["stuck"] or row["orphans"] or row["broken"] for row in rows)
    if options.sabotage:
        extra = sum(row["paid_extra"] for row in rows)
        print(f"Sabotaged: {extra} paid extra. " + ("The harness sees it." if extra else "The harness is blind."))
        return 0 if extra else 1
    return int(bad)


def child(seed: int) -> dict[str, Any]:
    """A seed has a process of its own, because Django knows one database."""
    command = [sys.executable, "-m", "tests.chaos.soak", "--seed", str(seed), *sys.argv[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print("".join(f"{row[name]:>12}" for name in COLUMNS) + f"{row['seconds']:>10.0f}", flush=True)
    for line in [*row["broken"], *row["left"]][:20]:
        print(f"    {line}", flush=True)
    return row


def one(seed: int, size: Size, options: argparse.Namespace) -> dict[str, Any]:
    media = "on" if options.media else "light"
    vendor = ("--faults", "--seconds", "0.3", "2.0", "--list-lag", "0.5")
    with House(seed=seed, vendor=vendor, CHAOS_SABOTAGE=options.sabotage, CHAOS_MEDIA=media) as house:
        house.use()
        soak = Soak(house, size, options.vendor, sabotaged=bool(options.sabotage))
        soak.prepare()
        house.start(workers=2)
        return soak.run()


@dataclass
class Soak:
    house: House
    size: Size
    vendor: str
    sabotaged: bool = False
    decided: int = 0
    again: int = 0
    began: float = field(default_factory=time.monotonic)

    def prepare(self) -> None:
        """Teams of 25 chains at most, so that a connection's places are short and fairness has work."""
        from tests.chaos import films

        for number in range(-(-self.size.chains // 25)):
            count = min(25, self.size.chains - number * 25)
            team, user = films.studio(number, self.house.vendor_port, vendor=self.vendor)
            for at in range(count):
                board = films.chain(team, user, name=f"chain {number}-{at}", shots=self.size.shots)
                films.press(board, user)

    def run(self) -> dict[str, Any]:
        self.began = time.monotonic()
        killed = crashed = self.began
        while self.passed < self.size.most and self.left() and not self.seen():
            now = time.monotonic()
            if now - killed > self.size.kill_every:
                self.house.kill_one()
                killed = now
            if now - crashed > self.size.crash_every:
                self.house.crash_database()
                crashed = now
            self.turn()
        steps, moved = 0, time.monotonic()
        while time.monotonic() - moved < self.size.calm and self.left() and not self.seen():
            self.turn()
            if (now := self.steps()) != steps:
                steps, moved = now, time.monotonic()
        if self.left() and (kept := os.environ.get("CHAOS_LOG")):
            Path(kept).write_text(self.house.words())
        return self.row()

    @property
    def passed(self) -> float:
        return time.monotonic() - self.began

    def turn(self) -> None:
        from tests.chaos import films, person

        self.house.mend()
        self.again += films.patiently(person.render_again)
        self.decided += films.patiently(lambda: person.decide(self.house.rows("paid")))
        time.sleep(0.5)

    def left(self) -> int:
        from storyboard.boards.models import Shot
        from tests.chaos import films

        return films.patiently(lambda: Shot.objects.exclude(takes__is_selected=True).count())

    def seen(self) -> bool:
        """What a sabotaged run is for."""
        paid = [row["shot"] for row in self.house.rows("paid")] if self.sabotaged else []
        return len(paid) > len(set(paid))

    def steps(self) -> int:
        from storyboard.takes.models import Step
        from tests.chaos import films

        return films.patiently(Step.objects.count)

    def row(self) -> dict[str, Any]:
        from tests.chaos import films, verdict

        found = films.patiently(lambda: verdict.judge(self.house.rows()))
        counted = {"kills": self.house.kills, "crashes": self.house.crashes, "seed": self.house.seed}
        return (
            asdict(found) | counted | {"decided": self.decided} | {"seconds": self.passed, "left": verdict.left_over()}
        )


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--short", action="store_true", help="12 chains of 3 shots, about a minute")
    options.add_argument("--sabotage", choices=["", "claim"], default="", help="take a safety out on purpose")
    options.add_argument("--vendor", choices=["ark", "evolink"], default="ark", help="with a list of tasks, or without")
    options.add_argument("--media", action="store_true", help="decode what is fetched, too: some ten times the work")
    options.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    return options.parse_args()


if __name__ == "__main__":
    sys.exit(main())
