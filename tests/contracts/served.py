"""Serves real files on loopback in the place of the rows' example addresses, as tests/contracts/files.py makes them."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from storyboard.providers.base import Body, Media
from storyboard.providers.rules import is_data, is_web
from tests.contracts.files import made, usual
from tests.contracts.rows import Row

# Whatever is written there is no file to be fetched.
NOT_MEDIA = {"callback_url", "webhook", "prompt", "text", "model"}
TYPES = {"jpeg": "image/jpeg", "png": "image/png", "mp4": "video/mp4", "wav": "audio/wav"}

UNKNOWN = "application/octet-stream"


class Files(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.offered: dict[str, tuple[bytes | None, str]] = {}

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def offer(self, media: Media | None) -> str:
        """The address of a file with these facts; None is a file that is not there."""
        path = f"/{len(self.offered)}"
        # Made now, because who fetches it does not wait for long.
        self.offered[path] = (made(media), TYPES.get(media.format, UNKNOWN)) if media else (None, UNKNOWN)
        return f"http://{self.place}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        data, kind = self.server.offered.get(self.path, (None, UNKNOWN))
        if data is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        # Who reads no more than it takes hangs up.
        with suppress(ConnectionError):
            self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        return None


@contextmanager
def files() -> Iterator[Files]:
    server = Files()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def with_real_files(row: Row, server: Files) -> Body:
    """The row's body with an address on `server` for every file that it names."""
    addresses: dict[str, str] = {}

    def address(url: str, field: str) -> str:
        if is_data(url):
            # Where a picture or sound written out is taken, it has to be a real one.
            return written_out(usual(url, field)) if row.status == 200 else url
        if url not in addresses:
            addresses[url] = server.offer(row.media[url] if url in row.media else usual(url, field))
        return addresses[url]

    found = replaced(row.body, "", address)
    assert isinstance(found, dict)
    return found


def replaced(value: Any, field: str, address: Any) -> Any:
    if field in NOT_MEDIA:
        return value
    if isinstance(value, Mapping):
        # Ark's {"type": "video_url", "video_url": {"url": …}} and reAPI's {"url": …, "role": …}.
        return {name: replaced(inner, field if name == "url" else name, address) for name, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, field, address) for inner in value]
    return address(value, field) if isinstance(value, str) and (is_web(value) or is_data(value)) else value


def written_out(media: Media) -> str:
    kind = TYPES[media.format]
    return f"data:{kind};base64,{base64.b64encode(made(media) or b'').decode()}"
