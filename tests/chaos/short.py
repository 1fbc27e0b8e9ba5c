"""`make chaos-jobs`: jobs that come twice, a queue that stood still, and a storm at the doorbells, in one house.

One JSON line a part. The suite runs it with `--short`, and with the kill matrix once through.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.chaos.house import House
from tests.chaos.matrix import Matrix
from tests.chaos.repeats import redelivery, standstill
from tests.chaos.storm import storm

SIZES = {"redelivery": (60, 1000), "standstill": (6, 60), "storm": (300, 10_000), "matrix": (1, 1)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--short", action="store_true", help="60 shots, 300 knocks")
    options.add_argument("--part", choices=[*SIZES], action="append", help="only this")
    chosen = options.parse_args()
    parts: dict[str, Callable[[House, int], dict[str, Any]]] = {
        "matrix": matrix,
        "storm": storm,
        "redelivery": redelivery,
        "standstill": standstill,
    }
    with House(vendor=("--seconds", "0.3", "0.6"), CHAOS_MEDIA="light") as house:
        house.use()
        house.start(workers=2)
        for name in chosen.part or parts:
            row = parts[name](house, SIZES[name][0 if chosen.short else 1])
            print(json.dumps({"part": name} | row), flush=True)
        from tests.chaos import verdict

        found = verdict.judge(house.rows())
        print(json.dumps({"part": "verdict", "left": verdict.left_over()[:20]} | asdict(found)), flush=True)
    return 0 if found.clean else 1


def matrix(house: House, repeats: int) -> dict[str, Any]:
    found = Matrix(house, repeats)
    found.run()
    return {"deaths": found.died, "missed": found.missed}


if __name__ == "__main__":
    sys.exit(main())
