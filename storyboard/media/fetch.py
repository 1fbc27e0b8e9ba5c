"""Download what a link from a person or a vendor leads to, and nothing from inside our own network.

Only tasks call `fetch`. What it raises is one sentence that tells nothing of the network it was tried from.
"""

import hashlib
import logging
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, NoReturn
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from storyboard import pinned
from storyboard.addresses import PORTS, Policy, place, url_problem
from storyboard.errors import DomainError
from storyboard.media.inflate import inflated

logger = logging.getLogger(__name__)

REDIRECTS = 3
MOVED = {301, 302, 303, 307, 308}
SERVER_FAULT = 500
# For one wait; `seconds` of fetch() is for all of them together.
PATIENCE = 15.0
# So long nobody is too slow yet.
GRACE = 10.0
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
PLAIN, GZIP = {"", "identity"}, {"gzip", "x-gzip"}
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")

# One sentence for all of these: whether a name exists, an address is private and a port is open is nobody's business.
UNREACHABLE = (
    "The file could not be fetched from that link. See that it opens for anyone on the internet, or upload it."
)
TOO_SLOW = "The file did not arrive in time. Try again later, or upload it."
TOO_LARGE = "The file behind that link is larger than {most}. Use a smaller one."
BROKEN = "The file arrived incomplete or damaged. Try again, or upload it."
PACKED = "The file behind that link is sent in a packed form. Unpack and upload it."
LEADS_ON = "That link leads on to another one that is not followed. Use a link straight to the file, or upload it."
NO_ROOM = "The file could not be kept. Try again later; if it stays so, tell whoever runs this site."
ANSWERS = {
    401: "That link asks for a sign-in. Use one that opens for anyone, or upload the file.",
    403: "That link lets nobody in; it may have expired. Use a fresh one that opens for anyone, or upload the file.",
    404: "There is nothing behind that link. See that it is whole, or upload the file.",
    410: "The file behind that link is gone. Use another one, or upload the file.",
    429: "The server behind that link is busy. Try again later, or upload the file.",
}
# The first row that fits tells what is said.
FAULTS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, UnicodeError), UNREACHABLE),
    ((httpx.TimeoutException,), TOO_SLOW),
    ((httpx.HTTPError, httpx.StreamError, zlib.error), BROKEN),
    ((OSError,), NO_ROOM),
)


class FetchError(DomainError):
    """It could not be had; answered is the other side's HTTP status, later says that trying again may help."""

    def __init__(self, message: str, *, answered: int | None = None, later: bool = False) -> None:
        super().__init__(message)
        self.answered = answered
        self.later = later


@dataclass(frozen=True, slots=True)
class Fetched:
    status: int
    # As the other side says; "" when it says none. Never believe it: look at the bytes.
    content_type: str
    bytes: int
    sha256: str
    final_url: str
    # The address it came from, for the record.
    address: str


def our_policy(*, suffixes: tuple[str, ...] = ()) -> Policy:
    """Public addresses and FETCH_HOSTS; with suffixes only these public hosts, for what a vendor calls its results."""
    hosts = settings.FETCH_HOSTS
    if settings.EMBEDDED:
        # The sandbox and the local storage are this very program.
        own = urlsplit(settings.PUBLIC_URL)
        hosts = hosts | {place(own.hostname or "", own.port or PORTS[own.scheme])}
    return Policy(hosts=hosts, suffixes=suffixes)


def fetch(
    url: str, *, policy: Policy, to: Path | BinaryIO, most_bytes: int, seconds: float, slowest: int = 0
) -> Fetched:
    """Get it into `to`. After a failure, which is always a FetchError, nothing of it is left there.

    Whoever sends fewer than `slowest` bytes a second is given up long before the time is over.
    """
    until = time.monotonic() + seconds
    if problem := url_problem(url, policy):
        raise FetchError(problem)
    with in_words(url), writing(to) as file, pinned.client(policy, timeout=PATIENCE, until=until) as client:
        return follow(client, url, policy, Sink(file, most_bytes, slowest))


def follow(client: httpx.Client, url: str, policy: Policy, sink: "Sink") -> Fetched:
    """Ask, and ask again where the answer points to; nothing but the URL is carried over."""
    for _ in range(REDIRECTS + 1):
        with client.stream("GET", url, headers=HEADERS) as response:
            if response.status_code not in MOVED:
                return received(response, url, sink)
            url = moved(response, url, policy)
    raise FetchError(LEADS_ON)


def moved(response: httpx.Response, url: str, policy: Policy) -> str:
    location = response.headers.get("location", "").strip()
    try:
        found: str = urljoin(url, location.replace(" ", "%20"))
        downgraded = urlsplit(url).scheme == "https" != urlsplit(found).scheme
    except ValueError as error:
        raise FetchError(LEADS_ON) from error
    if not location or downgraded or url_problem(found, policy):
        raise FetchError(LEADS_ON, answered=response.status_code)
    return found


def received(response: httpx.Response, url: str, sink: "Sink") -> Fetched:
    status = response.status_code
    if status != HTTPStatus.OK:
        busy = status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or status >= SERVER_FAULT
        raise FetchError(ANSWERS.get(status, UNREACHABLE), answered=status, later=busy)
    address = peer(response)
    said = response.headers.get("content-length", "")
    if said.isdecimal() and int(said) > sink.most:
        sink.overflow()
    for piece in unpacked(response, sink):
        sink.write(piece)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(
        status=status,
        content_type=kind if MEDIA_TYPE.fullmatch(kind) else "",
        bytes=sink.count,
        sha256=sink.sha256.hexdigest(),
        final_url=url,
        address=address,
    )


def unpacked(response: httpx.Response, sink: "Sink") -> Iterator[bytes]:
    """The body in small pieces; httpx's own unpacking makes a thousand times as much of one, and again of that."""
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in PLAIN | GZIP:
        raise FetchError(PACKED)
    chunks = sink.bounded(response.iter_raw())
    return chunks if packing in PLAIN else inflated(chunks)


def peer(response: httpx.Response) -> str:
    """The address it comes from; nothing when the connection is already gone."""
    with suppress(OSError):
        return str(response.extensions["network_stream"].get_extra_info("server_addr")[0])
    return ""


class Sink:
    """Where the bytes go, counted and summed up on their way."""

    def __init__(self, file: BinaryIO, most: int, slowest: int = 0) -> None:
        self.file = file
        self.most = most
        self.slowest = slowest
        self.count = 0
        self.sha256 = hashlib.sha256()

    def bounded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """As they come over the network, packed or not: a packed file may be long and hold nothing."""
        came, began = 0, time.monotonic()
        for chunk in chunks:
            came += len(chunk)
            if came > self.most:
                self.overflow()
            span = time.monotonic() - began
            if span > GRACE and came < self.slowest * span:
                raise FetchError(TOO_SLOW, later=True)
            yield chunk

    def write(self, piece: bytes) -> None:
        self.count += len(piece)
        if self.count > self.most:
            self.overflow()
        self.sha256.update(piece)
        self.file.write(piece)

    def overflow(self) -> NoReturn:
        raise FetchError(TOO_LARGE.format(most=filesizeformat(self.most)))


@contextmanager
def in_words(url: str) -> Iterator[None]:
    try:
        yield
    except tuple(kind for kinds, _ in FAULTS for kind in kinds) as error:
        # The host only: the rest of a link may be a signature.
        logger.info("nothing fetched from %s: %s: %s", urlsplit(url).hostname, type(error).__name__, error)
        sentence = next(sentence for kinds, sentence in FAULTS if isinstance(error, kinds))
        raise FetchError(sentence, later=not pinned.was_refused(error)) from error


@contextmanager
def writing(to: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place when all is well; what is there before is there after a failure."""
    if not isinstance(to, Path):
        with taking_back(to):
            yield to
        return
    part = to.with_name(f".{token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def taking_back(file: BinaryIO) -> Iterator[None]:
    start = file.tell()
    try:
        yield
    except BaseException:
        file.seek(start)
        file.truncate()
        raise
