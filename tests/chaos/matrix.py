"""`make kill-matrix`: a process is killed at each named point on a shot's way, and every shot is still paid for once.

The fourteen points between the press of Render and the chain's next step, and three more. ARGS="--repeats 50".
"""

import argparse
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.house import House, wait_until

# Where it dies, and what the vendor does with the next answers so that the point is passed at all.
POINTS: dict[str, tuple[str, ...]] = {
    "in request": (),
    "after request": (),
    "before claim": (),
    "after claim": (),
    "before post": (),
    "after request bytes": (),
    "after answer bytes": (),
    "after post": (),
    "in outcome": (),
    "after outcome": (),
    "in the doorbell": (),
    "after the doorbell": (),
    "before bind": ("reset",),
    "after bind": ("reset",),
    "after collect claim": (),
    "before done": (),
    "in the chain": (),
}
# Whoever presses Render dies there, not a worker.
PRESSED = ("in request", "after request")
PATIENCE, CALM = 20.0, 90.0


@dataclass
class Matrix:
    house: House
    repeats: int
    died: int = 0
    missed: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def run(self) -> None:
        from tests.chaos import films

        self.house.control(faults=False)
        self.team, self.user = films.studio(900, self.house.vendor_port)
        for repeat in range(self.repeats):
            for at, point in enumerate(POINTS):
                self.die_at(point, f"matrix {repeat}-{at}")
        calm = time.monotonic()
        while time.monotonic() - calm < CALM and self.left():
            self.turn()

    def die_at(self, point: str, name: str) -> None:
        from tests.chaos import films

        board = films.chain(self.team, self.user, name=name, shots=2)
        self.names.append(name)
        armed = Path(self.house.points, point)
        armed.touch()
        if POINTS[point]:
            self.house.control(next=list(POINTS[point]))
        for _ in range(2 if point in PRESSED else 1):
            self.house.popen("-m", "tests.chaos.press", str(board.pk), f"form-{board.pk:06}").wait()
        with suppress(RuntimeError):
            wait_until(lambda: self.turned() and not armed.exists(), PATIENCE, point)
        if armed.exists():
            armed.unlink()
            self.missed.append(f"{name}: nobody came past “{point}”")
        else:
            self.died += 1

    def turned(self) -> bool:
        self.turn()
        return True

    def turn(self) -> None:
        from tests.chaos import films, person

        self.house.mend()
        films.patiently(person.render_again)
        films.patiently(lambda: person.decide(self.house.rows("paid")))
        time.sleep(0.2)

    def left(self) -> int:
        from storyboard.boards.models import Shot
        from tests.chaos import films

        rows = Shot.objects.filter(board__name__in=self.names).exclude(takes__is_selected=True)
        return films.patiently(rows.count)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=50)
    repeats = options.parse_args().repeats
    with House(vendor=("--seconds", "0.3", "0.6")) as house:
        house.use()
        house.start(workers=2)
        matrix = Matrix(house, repeats)
        matrix.run()
        from tests.chaos import verdict

        found = verdict.judge(house.rows())
        print(
            f"{'points':>8}{'deaths':>8}{'shots':>8}{'done':>8}{'posts':>8}{'paid':>8}{'extra':>8}{'stuck':>8}{'orphans':>9}"
        )
        counts = (found.shots, found.done, found.posts, found.paid, found.paid_extra, found.stuck)
        print(f"{len(POINTS):>8}{matrix.died:>8}" + "".join(f"{one:>8}" for one in counts) + f"{found.orphans:>9}")
        for line in [*found.broken, *matrix.missed, *verdict.left_over()]:
            print(f"    {line}")
        return 0 if found.clean and not matrix.missed else 1


if __name__ == "__main__":
    sys.exit(main())
