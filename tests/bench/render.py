"""`make bench-render`: how long an animatic of five seconds takes, per size, with and without pictures in it."""

import tempfile
import time
from pathlib import Path

from storyboard.rendering.animatic import Plan, render

SIZES = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080)}
PROMPT = "A fishing boat leaves the harbour at dusk, gulls crossing the light, slow dolly in."


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        for label, (width, height) in SIZES.items():
            plain = Plan(prompt=PROMPT, width=width, height=height, seconds=5, audio=True, folder=Path(name) / label)
            began = time.perf_counter()
            made = render(plain)
            middle = time.perf_counter()
            folder = Path(name) / f"{label}-next"
            pictures = {"opening": made.last_frame, "references": (made.last_frame,)}
            render(Plan(prompt=PROMPT, width=width, height=height, seconds=5, audio=True, folder=folder, **pictures))  # type: ignore[arg-type]
            ended = time.perf_counter()
            print(f"{label:>6}  scene {middle - began:5.2f} s   opening and reference {ended - middle:5.2f} s")


if __name__ == "__main__":
    main()
