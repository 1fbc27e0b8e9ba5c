"""A vendor on loopback that breaks in every way a socket can; it counts what it was asked.

`with Misbehaving("reset after reading", APIMART) as server:` serves one of MODES in a vendor's words, or a function.
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

from tests.providers.spoken import FAKE, Spoken

JSON = b"Content-Type: application/json\r\n"
ID = FAKE.created


def answer(status: int, body: bytes = b"", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d Any\r\n%s%sContent-Length: %d\r\n\r\n%s" % (status, JSON, headers, len(body), body)


def refusal(status: int, headers: bytes = b"", says: Spoken = FAKE) -> bytes:
    return answer(status, says.refusal(status), headers)


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
    says = it.server.says
    it.send(answer(200, says.created if it.read().startswith(b"POST") else says.balance))
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


LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
WRONG_GZIP = b"Content-Encoding: gzip\r\n"
SOON = b"Retry-After: 7\r\n"
Mode = Callable[[Connection], None]
STATUSES = (400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 499, 500, 502, 504, 520, 522, 524, 599)


def modes(says: Spoken) -> dict[str, Mode]:
    """Every way of breaking, in one vendor's words."""
    good = answer(200, says.created)
    length = b"Length: %d" % len(says.created)
    return (
        {
            "well behaved": sends(good),
            "created": sends(answer(201, says.created)),
            "continue first": sends(b"HTTP/1.1 100 Continue\r\n\r\n" + good),
            "byte by byte but done in time": reads(lambda it: it.drip(b"HTTP/"), lambda it: it.send(good[5:])),
            "keep-alive closed": keeps_and_closes,
            "no TLS": answers_in_plain_words,
            "reset before reading": resets_unread,
            "reset after reading": reads(Connection.reset),
            "closed before reading": lambda it: it.channel.shutdown(socket.SHUT_RDWR),
            "closed after reading": reads(),
            "hang before reading": Connection.hang,
            "hang after reading": reads(Connection.hang),
            "headers byte by byte": reads(lambda it: it.drip(good * 9)),
            "body byte by byte": reads(lambda it: it.send(LONG), lambda it: it.drip(b" " * 400)),
            "half the headers": sends(b"HTTP/1.1 200 OK\r\nContent-Le"),
            "half the body": sends(LONG + says.created),
            "half the body, then reset": reads(lambda it: it.send(LONG + says.created), Connection.reset),
            "half the body, then hang": reads(lambda it: it.send(LONG + says.created), Connection.hang),
            "half a chunk": sends(CHUNKED + b"2d\r\n" + says.created[:20]),
            "a wrong chunk": sends(CHUNKED + b"zz\r\n" + says.created),
            "length too short": sends(good.replace(length, b"Length: 20")),
            "length no number": sends(good.replace(length, b"Length: x")),
            "no HTTP": sends(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "wrong gzip": sends(answer(200, says.created, WRONG_GZIP)),
        }
        | odd_bodies(says)
        | statuses(says)
    )


def odd_bodies(says: Spoken) -> dict[str, Mode]:
    """An exchange as it should be, and an answer that names no task."""
    bodies = {
        "bad JSON": says.created[:15],
        "HTML": b"<html>Welcome</html>",
        "a list": b"[" + says.created + b"]",
        "brackets without end": b"[" * 100_000,
        "a number without end": says.with_id(b"9" * 5000),
        "not UTF-8": says.with_id(b'"\xff\xfe\xfd task"'),
        "no id": says.without_id(),
        "id no text": says.with_id(b"12345678"),
        "id too short": says.with_id(b'"task"'),
        "id with a path": says.with_id(b'"../../balance"'),
        "id with a line end": says.with_id(b'"task_0123456789\\n"'),
        "an error under 200": says.refusal(400),
        "200 empty": b"",
        "too large": says.created[:-1] + b', "more": "' + b"x" * 5_000_000 + b'"}',
    }
    return {name: sends(answer(200, body)) for name, body in bodies.items()}


def statuses(says: Spoken) -> dict[str, Mode]:
    """Whole answers that are no good ones."""
    found = {
        "204": sends(b"HTTP/1.1 204 No Content\r\n\r\n"),
        "half a refusal": sends(b"HTTP/1.1 400 Bad\r\nContent-Length: 1000\r\n\r\n" + says.refusal(400)[:10]),
        "301": sends(answer(301, headers=b"Location: /elsewhere\r\n")),
        "303": sends(answer(303, headers=b"Location: /videos\r\n")),
        "307 to itself": sends(answer(307, headers=b"Location: /videos\r\n")),
        "308 to itself": sends(answer(308, headers=b"Location: /videos\r\n")),
        "403 of a proxy": sends(answer(403, b"<html>Forbidden</html>")),
    }
    for code in (429, 503):
        found[str(code)] = sends(refusal(code, says=says))
        found[f"{code} with Retry-After"] = sends(refusal(code, SOON, says))
    quoting = {f"{code} that quotes the key": partial(quotes_the_key, code) for code in (200, 302, 401, 429, 500)}
    return found | quoting | {str(code): sends(refusal(code, says=says)) for code in STATUSES}


MODES = tuple(modes(FAKE))


class Misbehaving:
    def __init__(self, mode: str | Mode, says: Spoken = FAKE) -> None:
        self.says = says
        self.mode = modes(says)[mode] if isinstance(mode, str) else mode
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
