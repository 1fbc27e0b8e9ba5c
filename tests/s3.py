"""`rclone serve s3`: an S3 server of one process that really refuses. For tests, and for `make run S3=1`.

Run as a program it starts the server beside `manage.py serve`, which keeps its files there.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storyboard.jobs.lifeline import die_with_parent  # noqa: E402  the project is not installed

BUCKET = "lastframe"
START_SECONDS = 15.0
STOP_SECONDS = 5.0


class Rclone:
    """`with Rclone(folder) as s3: S3Store(s3.options)`; the bucket is a folder in that folder, of plain files."""

    def __init__(self, folder: Path, *, origin: str = "") -> None:
        self.folder, self.origin = folder, origin
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key, self.secret = secrets.token_hex(10), secrets.token_hex(20)

    def __enter__(self) -> "Rclone":
        (self.folder / BUCKET).mkdir(parents=True, exist_ok=True)
        self.log = (self.folder / "rclone.log").open("ab")
        try:
            self.process = self.start()
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self) -> "subprocess.Popen[bytes]":
        program = str(Path(sys.executable).parent / "rclone")
        allowed = ["--allow-origin", self.origin] if self.origin else []
        return subprocess.Popen(
            [program, "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--no-cleanup", *allowed, str(self.folder)],
            # Its keys are not for everybody who lists processes; it reads a list with commas there, hence the quotes.
            env={**os.environ, "RCLONE_AUTH_KEY": f'"{self.key},{self.secret}"', "RCLONE_CONFIG": os.devnull},
            stdout=self.log,
            stderr=self.log,
            # Ctrl-C is for the web server; this one ends when we do.
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509  one thread only
        )

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"rclone did not start; its own words are in {self.folder}/rclone.log.")

    def __exit__(self, *error: object) -> None:
        process = getattr(self, "process", None)
        if process:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()

    @property
    def environment(self) -> dict[str, str]:
        """For a process of ours that shall keep its files here."""
        return {
            "S3_ENDPOINT": self.url,
            "S3_BUCKET": BUCKET,
            "S3_ACCESS_KEY_ID": self.key,
            "S3_SECRET_ACCESS_KEY": self.secret,
        }

    @property
    def options(self) -> dict[str, str]:
        """The same as settings.S3 has it."""
        return s3_options(self.url, BUCKET, self.key, self.secret)


def s3_options(url: str, bucket: str, key: str, secret: str) -> dict[str, str]:
    where = {"endpoint": url, "public_endpoint": url, "bucket": bucket, "region": "us-east-1", "style": "path"}
    return {**where, "key_file": "", "secret_file": "", "key": key, "secret": secret}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    folder = Path(os.environ.get("DATA_DIR") or ROOT / ".data").expanduser().resolve() / "s3"
    origin = os.environ.get("PUBLIC_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}"
    with Rclone(folder, origin=origin) as s3:
        print(f"Files are kept by the S3 server at {s3.url}, in {folder / BUCKET}", flush=True)
        command = [sys.executable, "manage.py", "serve"]
        serve = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **s3.environment})

        def pass_on(number: int, frame: FrameType | None) -> None:
            # Ctrl-C reaches it by itself; what was sent to us alone must be told.
            if number == signal.SIGTERM:
                serve.terminate()

        signal.signal(signal.SIGINT, pass_on)
        signal.signal(signal.SIGTERM, pass_on)
        return serve.wait()


if __name__ == "__main__":
    sys.exit(main())
