"""A vendor on loopback that breaks in every way a socket can; it counts what it was asked.

`with Misbehaving("reset after reading") as server:` serves one of MODES, a line of an HTTP answer each or a function.
"""

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from types import TracebackType
from typing import Self

JSON = b"Content-Type: application/json\r\n"
ID = b'{"id": "task_0123456789", "status": "queued"}'


def answer(status: int, body: bytes = b"", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d Any\r\n%s%sContent-Length: %d\r\n\r\n%s" % (status, JSON, headers, len(body), body)


def refusal(status: int, code: int = 20003, headers: bytes = b"") -> bytes:
    body = b'{"error": {"code": %d, "message": "Not like this.", "request_id": "req_77"}}' % code
    return answer(status, body, headers)


class Connection:
    """One accepted connection, as a mode sees it."""

    def __init__(self, server: "Misbehaving", channel: socket.socket) -> None:
        self.server = server
        self.channel = channel

    def read(self) -> bytes:
        """A whole request; nothing when the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (chunk := self.channel.recv(65536)):
                return b""
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        # Counted before the body: a request that breaks off was sent all the same.
        self.server.note(head)
        wanted = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while wanted and len(body) < int(wanted[1]):
            body += self.channel.recv(65536)
        return head

    def send(self, data: bytes) -> None:
        self.channel.sendall(data)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.channel.close()

    def hang(self) -> None:
        self.server.over.wait(5)

    def drip(self, data: bytes) -> None:
        """One byte after the other, each well inside the client's patience for a single wait."""
        for byte in data:
            if self.server.over.wait(0.05):
                return
            self.channel.sendall(bytes([byte]))


def reads(*steps: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """A mode that reads the request first."""

    def mode(it: Connection) -> None:
        if it.read():
            for step in steps:
                step(it)

    return mode


def sends(data: bytes) -> Callable[[Connection], None]:
    return reads(lambda it: it.send(data))


def keeps_and_closes(it: Connection) -> None:
    """Answer the first request and keep the connection; read the next one on it and hang up."""
    it.read()
    it.send(answer(200, b'{"id": "task_0123456789", "status": "queued", "credits": 5}'))
    it.read()


def resets_unread(it: Connection) -> None:
    """Not before something has come: an earlier reset reaches the client while it still connects."""
    it.channel.recv(1, socket.MSG_PEEK)
    it.reset()


def answers_in_plain_words(it: Connection) -> None:
    """What a web server without TLS does with a client that begins with a handshake."""
    it.channel.recv(65536)
    it.send(refusal(400))


def quotes_the_key(status: int, it: Connection) -> None:
    """Vendors do: "Incorrect API key provided: sk-..."."""
    key = it.read().partition(b"Bearer ")[2].partition(b"\r\n")[0]
    body = b'{"error": {"code": "%s", "message": "No such key: %s", "request_id": "%s"}}' % (key, key, key)
    it.send(answer(status, body, b"X-Request-Id: %s\r\nLocation: /?key=%s\r\nRetry-After: %s\r\n" % (key, key, key)))


LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
WRONG_GZIP = b"Content-Encoding: gzip\r\n"
SOON = b"Retry-After: 7\r\n"
MODES: dict[str, Callable[[Connection], None]] = {
    "well behaved": sends(answer(200, ID)),
    "created": sends(answer(201, ID)),
    "continue first": sends(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(200, ID)),
    "byte by byte but done in time": reads(lambda it: it.drip(b"HTTP/"), lambda it: it.send(answer(200, ID)[5:])),
    "keep-alive closed": keeps_and_closes,
    "no TLS": answers_in_plain_words,
    "reset before reading": resets_unread,
    "reset after reading": reads(Connection.reset),
    "closed before reading": lambda it: it.channel.shutdown(socket.SHUT_RDWR),
    "closed after reading": reads(),
    "hang before reading": Connection.hang,
    "hang after reading": reads(Connection.hang),
    "headers byte by byte": reads(lambda it: it.drip(answer(200, ID) * 9)),
    "body byte by byte": reads(lambda it: it.send(LONG), lambda it: it.drip(b" " * 400)),
    "half the headers": sends(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "half the body": sends(LONG + ID),
    "half the body, then reset": reads(lambda it: it.send(LONG + ID), Connection.reset),
    "half the body, then hang": reads(lambda it: it.send(LONG + ID), Connection.hang),
    "half a chunk": sends(CHUNKED + b"2d\r\n" + ID[:20]),
    "a wrong chunk": sends(CHUNKED + b"zz\r\n" + ID),
    "length too short": sends(answer(200, ID).replace(b"Length: 45", b"Length: 20")),
    "length no number": sends(answer(200, ID).replace(b"Length: 45", b"Length: x")),
    "no HTTP": sends(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "wrong gzip": sends(answer(200, ID, WRONG_GZIP)),
    "bad JSON": sends(answer(200, b'{"id": "task_01')),
    "HTML": sends(answer(200, b"<html>Welcome</html>")),
    "a list": sends(answer(200, b"[" + ID + b"]")),
    "brackets without end": sends(answer(200, b"[" * 100_000)),
    "a number without end": sends(answer(200, b'{"id": ' + b"9" * 5000 + b"}")),
    "not UTF-8": sends(answer(200, b'{"id": "\xff\xfe\xfd task"}')),
    "no id": sends(answer(200, b'{"status": "queued"}')),
    "id no text": sends(answer(200, b'{"id": 12345678}')),
    "id too short": sends(answer(200, b'{"id": "task"}')),
    "id with a path": sends(answer(200, b'{"id": "../../balance"}')),
    "id with a line end": sends(answer(200, b'{"id": "task_0123456789\\n"}')),
    "an error under 200": sends(refusal(200)),
    "200 empty": sends(answer(200)),
    "204": sends(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "too large": sends(answer(200, b'{"id": "task_0123456789", "more": "' + b"x" * 5_000_000 + b'"}')),
    "half a refusal": sends(b"HTTP/1.1 400 Bad\r\nContent-Length: 400\r\n\r\n" + b'{"error": '),
    "301": sends(answer(301, headers=b"Location: /elsewhere\r\n")),
    "303": sends(answer(303, headers=b"Location: /videos\r\n")),
    "307 to itself": sends(answer(307, headers=b"Location: /videos\r\n")),
    "308 to itself": sends(answer(308, headers=b"Location: /videos\r\n")),
    "429": sends(refusal(429, 50001)),
    "429 with Retry-After": sends(refusal(429, 50001, SOON)),
    "503": sends(refusal(503, 60001)),
    "503 with Retry-After": sends(refusal(503, 60001, SOON)),
    "402 out of credits": sends(refusal(402, 30001)),
    "403 of a proxy": sends(answer(403, b"<html>Forbidden</html>")),
}
for code in (200, 302, 401, 429, 500):
    MODES[f"{code} that quotes the key"] = partial(quotes_the_key, code)
for code in (400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 499, 500, 502, 504, 520, 522, 524, 599):
    MODES[str(code)] = sends(refusal(code))


class Misbehaving:
    def __init__(self, mode: str | Callable[[Connection], None]) -> None:
        self.mode = MODES[mode] if isinstance(mode, str) else mode
        self.connections = 0
        self.requests: list[str] = []
        self.heads: list[str] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._begin(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.over.set()
        # A shutdown is what wakes the thread in accept(); closing alone does not.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> int:
        return sum(request.startswith("POST ") for request in self.requests)

    def note(self, head: bytes) -> None:
        with self._lock:
            self.heads.append(head.decode("latin-1"))
            self.requests.append(self.heads[-1].split(" HTTP/")[0])

    def _begin(self, work: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=work, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                channel, _ = self._socket.accept()
                self.connections += 1
                self._begin(lambda channel=channel: self._serve(channel))  # type: ignore[misc]

    def _serve(self, channel: socket.socket) -> None:
        # The client may go away at any time; that is what half of the modes are about.
        with suppress(OSError), channel:
            channel.settimeout(5)
            self.mode(Connection(self, channel))


@contextmanager
def refusing() -> Iterator[str]:
    """A port that nobody listens on; it stays taken, so that nobody else begins to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def full() -> Iterator[str]:
    """A port whose queue of connections is full: a further one is neither taken nor refused."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
