"""Ark on loopback, as far as takes need it: tasks that are told to be so, files behind links, and what was asked.

`with TakesVendor() as vendor: vendor.tells(take, "running")`; its host must be named in VENDOR_HOSTS.
"""

import json
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from types import TracebackType
from typing import Any, Self

from storyboard.takes.models import Take

TASKS = "/api/v3/contents/generations/tasks/"
Answer = tuple[int, dict[str, str], bytes]


class TakesVendor:
    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: Counter[str] = Counter()
        # Files of which it sends a byte now and then, until somebody sets this.
        self.dripping: set[str] = set()
        self.enough = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}/api/v3"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.enough.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def tells(self, take: Take, status: str, **fields: Any) -> None:
        """What it says of a take's task from now on."""
        body = {"id": take.remote_id, "model": take.model, "status": status, "created_at": int(time.time())} | fields
        self.answers[TASKS + take.remote_id] = 200, {}, json.dumps(body).encode()

    def made(self, take: Take, clip: str = "", last_frame: str = "", tokens: int | None = None) -> None:
        """It is done; the links are whole, or names of files of ours."""
        names = {"video_url": clip, "last_frame_url": last_frame}
        content = {key: self.link(name) for key, name in names.items() if name}
        usage = {"usage": {"total_tokens": tokens}} if tokens else {}
        self.tells(take, "succeeded", content=content, updated_at=int(time.time()), **usage)

    def refuses(self, take: Take, status: int, **headers: str) -> None:
        body = json.dumps({"error": {"code": "NotThis", "message": "Not like this."}}).encode()
        self.answers[TASKS + take.remote_id] = status, headers, body

    def serves(
        self, name: str, content: bytes, content_type: str = "video/mp4", *, status: int = 200, length: int = 0
    ) -> None:
        """A file; `length` is a lie when given."""
        headers = {"Content-Type": content_type, "Content-Length": str(length or len(content))}
        self.answers[f"/files/{name}"] = status, headers, content

    def link(self, name: str) -> str:
        return name if "://" in name else f"http://{self.host}/files/{name}"

    def times(self, take: Take) -> int:
        """How often it was asked about this take."""
        return self.asked[TASKS + take.remote_id]


def drip(file: BufferedIOBase, content: bytes, enough: threading.Event) -> None:
    with suppress(OSError):
        for at in range(len(content)):
            file.write(content[at : at + 1])
            file.flush()
            if enough.wait(0.02):
                return


def handler(vendor: TakesVendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            vendor.asked[self.path] += 1
            status, headers, content = vendor.answers.get(self.path, (404, {}, b'{"error": {"code": "NotFound"}}'))
            self.send_response(status)
            given = {"Content-Type": "application/json", "Content-Length": str(len(content))} | headers
            for name, value in given.items():
                self.send_header(name, value)
            self.end_headers()
            if self.path.rpartition("/")[2] in vendor.dripping:
                drip(self.wfile, content, vendor.enough)
            else:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
            pass

    return Handler
