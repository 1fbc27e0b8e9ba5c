"""What both stores do, and what they give back.

A signed link is its own permission: whoever holds it may use it, without a session, until it runs out. Sign only
after the person's access was checked, for as short as possible, and never put a link into a log or a row.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

# Names of ours, never a person's: letters, digits and dashes in folders, and no part that begins with a dot.
KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,9}")
PREFIX = re.compile(rf"({KEY.pattern}/?)?")
CONTENT_TYPE = re.compile(r"[a-z0-9]+/[a-z0-9.+-]+")
# S3 wants at least 5 MiB for every part but the last, and takes at most 10,000 of them.
PART_BYTES = 16 * 1024 * 1024
MOST_PARTS = 10_000
# Longer than this S3 does not sign.
LONGEST_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Upload:
    """What a browser sends: one PUT with these headers and exactly the announced bytes."""

    url: str
    method: str = "PUT"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stored:
    size: int
    content_type: str
    etag: str


@dataclass(frozen=True)
class Listed:
    key: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class Part:
    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Begun:
    """A multipart upload that was neither completed nor aborted; its parts take room."""

    key: str
    upload: str
    started: datetime


class Source(Protocol):
    """Where bytes come from: an open file, or a request."""

    def read(self, size: int, /) -> bytes: ...


class Store(Protocol):
    """Where files live. A key that is not one of ours is a ValueError; a store that fails is a StorageError."""

    def check(self) -> None:
        """Raise StorageError when files could not be kept right now."""

    def presign_upload(self, key: str, content_type: str, size: int, *, seconds: int = 300) -> Upload:
        """One PUT of exactly this key, type and size. Until it runs out it may be sent again, and overwrites."""

    def presign_download(
        self, key: str, seconds: int, *, filename: str = "", inline: bool = True, content_type: str = ""
    ) -> str:
        """A link to read; inline only where `content_type`, from our own probe, is one that cannot carry a script.

        The local store's link is a path on this site: `storage.from_outside()` makes it whole for a vendor.
        """

    def head(self, key: str) -> Stored | None:
        """What is there, or None."""

    def put(self, key: str, source: Path | BinaryIO, content_type: str) -> None:
        """Keep a file, or what an open one still has to give."""

    def get(self, key: str, path: Path) -> Stored:
        """Copy a file to a path, and say what it was."""

    def copy(self, source: str, target: str) -> None: ...

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files; one that is not there is fine."""

    def list(self, prefix: str) -> Iterator[Listed]:
        """Every file whose key starts so."""

    def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts, for large files; the answer names it."""

    def presign_part(self, key: str, upload: str, number: int, size: int, *, seconds: int = 300) -> Upload:
        """One PUT of the part with this number, from 1, and size. Sent again it replaces itself."""

    def parts(self, key: str, upload: str) -> Sequence[Part]:
        """What has arrived, in order: where a browser that lost its line goes on."""

    def complete_multipart(self, key: str, upload: str, size: int) -> None:
        """Make the parts one file; Unfinished when they are not exactly this many bytes."""

    def abort_multipart(self, key: str, upload: str) -> None:
        """Forget the parts; an upload that is not there is fine."""

    def list_multipart(self, prefix: str) -> Iterator[Begun]:
        """Uploads in parts that nobody ended."""


def check_key(key: str) -> str:
    """The key itself, when it is one that can be nothing but a name inside the store."""
    if not KEY.fullmatch(key):
        raise ValueError("This is no key of a stored file.")
    return key


def check_prefix(prefix: str) -> str:
    if not PREFIX.fullmatch(prefix):
        raise ValueError("This is no beginning of a stored file’s key.")
    return prefix


def check_upload(content_type: str, size: int, seconds: int) -> None:
    """What is signed must mean something: an exact type, at least one byte, a short life."""
    if not CONTENT_TYPE.fullmatch(content_type):
        raise ValueError("This is no content type.")
    check_size(size, seconds)


def check_size(size: int, seconds: int) -> None:
    if size < 1:
        raise ValueError("An empty file is not kept.")
    check_life(seconds)


def check_life(seconds: int) -> None:
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise ValueError("A link lives from one second to seven days.")


def check_parts(parts: Sequence[Part], size: int) -> bool:
    """Are these all parts, from the first to the last, and together of this size?"""
    numbers = [part.number for part in parts]
    return numbers == list(range(1, len(parts) + 1)) and sum(part.size for part in parts) == size > 0


def etag_of(found: os.stat_result) -> str:
    """Files are replaced and never changed, so the place and time of a file stand for what is in it."""
    return f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"
