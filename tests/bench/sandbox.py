"""`make bench-sandbox`: from a submit over HTTP to a finished clip, through a real web process and a real worker.

Five seconds at 720p with sound, SANDBOX_SPEED=0. The second column is the painting alone, in the same run.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from storyboard.rendering.animatic import Plan, render

TIMES = int(os.environ.get("TIMES", "5"))
PROMPT = "A fishing boat leaves the harbour at dusk, gulls crossing the light, slow dolly in."
BODY = {"model": "doubao-seedance-2.0", "prompt": PROMPT, "size": "16:9", "resolution": "720p", "duration": 5}
START_SECONDS = 60


def main() -> None:
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as (base, key):
        print(f"{'submit to finished':>20}{'painting alone':>18}")
        for number in range(TIMES):
            whole, alone = journey(base, key), painting(Path(name) / f"alone-{number}")
            print(f"{whole:>18.2f} s{alone:>16.2f} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, str]]:
    """A site of its own, and a key of its sandbox."""
    port = free_port()
    environment = os.environ | {"DATA_DIR": str(folder), "PORT": str(port), "SANDBOX": "on", "SANDBOX_SPEED": "0"}
    environment |= {"PUBLIC_URL": f"http://localhost:{port}", "DATABASE_URL": ""}
    manage = [sys.executable, "manage.py"]
    with (folder / "log").open("wb") as log:
        site = subprocess.Popen([*manage, "serve"], env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://localhost:{port}/readyz")
            made = subprocess.run([*manage, "sandbox_key"], env=environment, capture_output=True, check=True)
            yield f"http://localhost:{port}/sandbox/reapi/api/v1", made.stdout.decode().strip()
        finally:
            site.terminate()
            site.wait()


def wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} was not ready within {START_SECONDS} seconds.")


def journey(base: str, key: str) -> float:
    began = time.perf_counter()
    task = ask(f"{base}/videos/generations", key, BODY)
    while task["status"] == "processing":
        time.sleep(0.02)
        task = ask(f"{base}/tasks/{task['id']}", key)
    assert task["status"] == "completed", task
    return time.perf_counter() - began


def ask(address: str, key: str, body: dict[str, object] | None = None) -> dict[str, str]:
    data = json.dumps(body).encode() if body else None
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(address, data, headers), timeout=60) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def painting(folder: Path) -> float:
    began = time.perf_counter()
    render(Plan(prompt=PROMPT, width=1280, height=720, seconds=5, folder=folder, audio=True))
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
