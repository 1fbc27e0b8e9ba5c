"""A browser's side of a stream without a browser: one socket, read event by event."""

import http.client
import time
from types import TracebackType

from django.conf import settings

from tests.server import Server


class Ear:
    """`with Ear(server, path, session) as ear: ear.next("hint")`."""

    def __init__(self, server: Server, path: str, session: str, last_id: str = "") -> None:
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.last_id = last_id

    def __enter__(self) -> "Ear":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.answer.close()
        self.connection.close()

    def event(self) -> tuple[str, str] | None:
        """The next event's name and data; None when the stream has ended."""
        fields: dict[str, str] = {}
        while line := self.answer.readline().decode():
            if line == "\n" and fields:
                self.last_id = fields.get("id", self.last_id)
                return fields["event"], fields["data"]
            name, _, value = line.strip().partition(": ")
            fields[name.rstrip(":")] = value
        return None

    def next(self, name: str, seconds: float = 10) -> str:
        """Wait for an event of this name and return its data; beats and others in front of it are passed over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and (found := self.event()):
            if found[0] == name:
                return found[1]
        raise AssertionError(f"The stream had no “{name}” for us.")

    def hints(self, count: int) -> list[str]:
        return [self.next("hint") for _ in range(count)]

    def rest(self) -> list[str]:
        """The names of everything until the stream's end."""
        names = []
        while found := self.event():
            names.append(found[0])
        return names
