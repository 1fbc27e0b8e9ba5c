"""`make bench-upload`: files sent as a browser sends them, beside boto3 that sends the same bytes to the same server.

One run starts its own S3 server (rclone), web process and worker, sends one file of 50 MB and 100 files of 1 MB each
way, three times in turn, and prints one table with the best of each. “ready” is when all were checked and are in the
library; nothing of boto3's is checked.
"""

import io
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django
import httpx

from tests.s3 import BUCKET, ROOT, Rclone

MB = 1024 * 1024
ROUNDS = 3
# As static/js/upload.js and upload-send.js do it.
FILES_AT_ONCE, PARTS_AT_ONCE = 4, 3
ROW = "{:<18}{:<34}{:>9}{:>9}{:>8}{:>10}"
SIZES = {"1 file of 50 MB": (1, 50 * MB), "100 files of 1 MB": (100, MB)}


def sound(size: int) -> bytes:
    """Noise that no store can make smaller, as a WAV that the checks take."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(48_000)
        writer.writeframes(secrets.token_bytes((size - 44) // 4 * 4))
    return file.getvalue()


class Browser:
    """Somebody signed in, who sends files to a team's library."""

    def __init__(self, url: str, team: str, session: str) -> None:
        self.client = httpx.Client(base_url=url, cookies={"session": session}, trust_env=False, timeout=60)
        self.storage = httpx.Client(trust_env=False, timeout=60)
        self.library = f"/teams/{team}/library/"
        page = self.client.get(self.library)
        token = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
        self.client.headers.update({"X-CSRFToken": token, "HX-Request": "true", "Referer": url})

    def ask(self, door: str, **fields: str) -> httpx.Response:
        return self.client.post(f"{self.library}uploads/{door}", data=fields).raise_for_status()

    def send(self, files: list[bytes]) -> None:
        named = [{"name": f"{at}.wav", "type": "audio/wav", "size": len(data)} for at, data in enumerate(files)]
        started = self.ask("", named=json.dumps(named)).json()["files"]
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            list(pool.map(self.one, started, files))

    def one(self, started: dict[str, Any], data: bytes) -> None:
        if size := started.get("part_bytes"):
            with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
                pieces = [(number + 1, data[at : at + size]) for number, at in enumerate(range(0, len(data), size))]
                list(pool.map(lambda piece: self.part(started, *piece), pieces))
        else:
            self.put(started["link"], data)
        self.ask(f"{started['id']}/done/")

    def part(self, started: dict[str, Any], number: int, data: bytes) -> None:
        while (answer := self.ask(f"{started['id']}/links/", parts=f"[{number}]")).status_code == httpx.codes.ACCEPTED:
            time.sleep(0.3)
        self.put(answer.json()["parts"][str(number)], data)

    def put(self, link: dict[str, Any], data: bytes) -> None:
        self.storage.put(link["url"], content=data, headers=link["headers"]).raise_for_status()


def plainly(s3: Rclone, files: list[bytes]) -> None:
    """boto3 as its manual has it: large files in parts by itself, several files in threads."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=s3.url,
        aws_access_key_id=s3.key,
        aws_secret_access_key=s3.secret,
        region_name="us-east-1",
    )
    with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
        bodies = [(io.BytesIO(data), BUCKET, f"plain/{secrets.token_hex(8)}") for data in files]
        list(pool.map(lambda body: client.upload_fileobj(*body), bodies))


def timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ready() -> None:
    """Until the worker has looked at everything."""
    from storyboard.media.models import OPEN, Upload

    while Upload.objects.filter(state__in=OPEN).exists():
        time.sleep(0.05)
    assert not Upload.objects.filter(state=Upload.State.REFUSED).exists()


def measure(browser: Browser, s3: Rclone) -> None:
    print(ROW.format("", "", "seconds", "MB/s", "ratio", "ready"))
    for label, (count, size) in SIZES.items():
        plain, ours, whole = [], [], []
        for _ in range(ROUNDS):
            # New bytes each time: what a team has already would be recognised.
            files = [sound(size) for _ in range(count)]
            plain.append(timed(lambda files=files: plainly(s3, files)))  # type: ignore[misc]
            ours.append(timed(lambda files=files: browser.send(files)))  # type: ignore[misc]
            whole.append(ours[-1] + timed(ready))
        total = count * size / MB
        print(ROW.format(label, "boto3", f"{min(plain):.2f}", f"{total / min(plain):.0f}", "1.00", ""))
        told = f"{min(ours):.2f}", f"{total / min(ours):.0f}", f"{min(ours) / min(plain):.2f}", f"{min(whole):.1f} s"
        print(ROW.format("", "announce, PUT straight, done", *told))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lastframe-bench-") as name, Rclone(Path(name) / "s3", origin="*") as s3:
        os.environ |= {**s3.environment, "DATA_DIR": name, "DJANGO_SETTINGS_MODULE": "storyboard.settings"}
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        serve(s3)


def serve(s3: Rclone) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from storyboard.teams.models import Membership, Role, Team, User
    from tests.server import Server, session_for

    call_command("migrate", verbosity=0)
    user, team = User.objects.create_user("bench@example.com"), Team.objects.create(name="Bench")
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        with Server(settings.DATABASES["default"]) as server:
            measure(Browser(server.url, team.public_id, session_for(user)), s3)
    finally:
        worker.terminate()
        worker.wait(30)


if __name__ == "__main__":
    main()
