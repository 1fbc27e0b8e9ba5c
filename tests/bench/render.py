"""`make bench-render`: how long an animatic of five seconds takes, per size, with and without pictures in it."""

import tempfile
import time
from pathlib import Path

from storyboard.rendering.animatic import Plan, Result, render

SIZES = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080)}
PROMPT = "A fishing boat leaves the harbour at dusk, gulls crossing the light, slow dolly in."


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        for label, (width, height) in SIZES.items():
            facts = {"prompt": PROMPT, "width": width, "height": height, "seconds": 5, "audio": True}
            made = timed(f"{label} scene", Plan(folder=Path(name) / label, **facts))  # type: ignore[arg-type]
            pictures = {"opening": made.last_frame, "references": (made.last_frame,)}
            following = Plan(folder=Path(name) / f"{label}-next", **facts, **pictures)  # type: ignore[arg-type]
            timed(f"{label} opening, reference", following)


def timed(label: str, plan: Plan) -> Result:
    """The processor's time tells more than the clock's on a machine that is busy with other things."""
    wall, busy = time.perf_counter(), time.process_time()
    made = render(plan)
    print(f"{label:>26}  {time.perf_counter() - wall:5.2f} s   of processor {time.process_time() - busy:5.2f} s")
    return made


if __name__ == "__main__":
    main()
