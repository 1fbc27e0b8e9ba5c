"""A vendor on loopback that answers as it is told and counts what it was asked.

`with LoopbackVendor() as vendor: vendor.answers["GET /balance"] = (200, {"credits": 1240})`
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class LoopbackVendor:
    """Speaks reAPI's paths at /api/v1; `key` is the only one it knows, when it is set."""

    def __init__(self) -> None:
        self.key = ""
        self.asked: list[str] = []
        self.posted: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[int, object]] = {"GET /balance": (200, {"credits": 1240})}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}/api/v1"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, method: str, path: str, key: str) -> tuple[int, object]:
        line = f"{method} {path.partition('?')[0].removeprefix('/api/v1')}"
        self.asked.append(line)
        if self.key and key != f"Bearer {self.key}":
            return 401, {"error": {"code": 10003, "message": f"Invalid API key {key}"}}
        return self.answers.get(line, (404, {"error": {"code": 1, "message": "no such page"}}))


def handler(vendor: LoopbackVendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            vendor.posted.append(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"))
            self.reply()

        def do_DELETE(self) -> None:
            self.reply()

        def reply(self) -> None:
            status, body = vendor.answer(self.command, self.path, self.headers.get("Authorization", ""))
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
            pass

    return Handler
