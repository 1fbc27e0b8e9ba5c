"""Files in a folder of this machine: the embedded mode. Readers and senders come to views/files.py with signed links.

<key>              the file, under its own key
.types/<key>       what it is: its content type
.parts/<upload>/   what is being written; renamed into place when it is whole
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.urls import reverse

from storyboard.media.disposition import ANYTHING
from storyboard.media.storage.base import (
    CONTENT_TYPE,
    KEY,
    MOST_PARTS,
    Begun,
    Listed,
    Part,
    Source,
    Stored,
    Upload,
    check_key,
    check_life,
    check_parts,
    check_prefix,
    check_size,
    check_upload,
    etag_of,
)
from storyboard.media.storage.errors import Lost, StorageError, Unfinished
from storyboard.media.storage.signing import Refused, sign

CHUNK = 1024 * 1024
# A few clips are larger, and the database often lies on the same disk.
LEAST_FREE = 200 * CHUNK
UPLOAD = re.compile(r"[0-9a-f]{32}")
PART = re.compile(r"[0-9]{5}")


@contextmanager
def in_words() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Lost from error
    except OSError as error:
        raise StorageError(f"The media folder cannot be used: {error.strerror}.") from error


class LocalStore:
    """One folder. Every write is to a new file, whole and on the disk before it gets its name."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def check(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The media folder cannot be made: {error.strerror}.") from error
        if not os.access(self.root, os.W_OK):
            raise StorageError("The media folder cannot be written to.")
        free = shutil.disk_usage(self.root).free
        if free < LEAST_FREE:
            raise StorageError(f"The disk of the media folder is full: {free // CHUNK} MB are left on it.")

    def path(self, key: str) -> Path:
        return self.root / check_key(key)

    def presign_upload(self, key: str, content_type: str, size: int, *, seconds: int = 300) -> Upload:
        check_upload(content_type, size, seconds)
        headers = {"Content-Type": content_type}
        query = sign("PUT", check_key(key), {}, seconds=seconds, headers=(content_type, str(size)))
        return Upload(f"{address(key)}?{query}", headers=headers)

    def presign_download(
        self, key: str, seconds: int, *, filename: str = "", inline: bool = True, content_type: str = ""
    ) -> str:
        check_life(seconds)
        fields = {"type": content_type, "name": filename, "inline": "1" if inline else ""}
        query = sign("GET", check_key(key), {name: value for name, value in fields.items() if value}, seconds=seconds)
        return f"{address(key)}?{query}"

    def head(self, key: str) -> Stored | None:
        path = self.path(key)
        try:
            found = path.stat()
        except OSError:
            return None
        return Stored(found.st_size, self.type_of(key), etag_of(found)) if path.is_file() else None

    def type_of(self, key: str) -> str:
        return about(self.types(key)).get("type", ANYTHING)

    def types(self, key: str) -> Path:
        return self.root / ".types" / check_key(key)

    def put(self, key: str, source: Path | BinaryIO, content_type: str) -> None:
        with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
            self.receive(key, file, content_type)

    def receive(self, key: str, source: Source, content_type: str, size: int | None = None) -> str:
        """Keep what arrives, if it is as long as was announced; the answer is its ETag."""
        with in_words():
            upload = self.create_multipart(key, content_type)
            try:
                write(self.parts_of(upload) / "whole", source, size)
                self.publish(upload, key)
            finally:
                self.abort_multipart(key, upload)
        stored = self.head(key)
        return stored.etag if stored else ""

    def publish(self, upload: str, key: str) -> None:
        """Give the written file its name, the type first: a file is never there without its type."""
        folder = self.parts_of(upload)
        for target, source in ((self.types(key), "about"), (self.path(key), "whole")):
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / source, target)

    def get(self, key: str, path: Path) -> Stored:
        with in_words(), self.path(key).open("rb") as file, path.open("wb") as copy:
            shutil.copyfileobj(file, copy, CHUNK)
            found = os.fstat(file.fileno())
        return Stored(found.st_size, self.type_of(key), etag_of(found))

    def copy(self, source: str, target: str) -> None:
        with in_words(), self.path(source).open("rb") as file:
            self.receive(target, file, self.type_of(source))

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            with in_words():
                self.path(key).unlink(missing_ok=True)
                self.types(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[Listed]:
        base = self.root / check_prefix(prefix).rpartition("/")[0]
        for folder, names, files in os.walk(base):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for key in sorted((Path(folder) / file).relative_to(self.root).as_posix() for file in files):
                if KEY.fullmatch(key) and key.startswith(prefix) and (found := status(self.path(key))):
                    yield Listed(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def parts_of(self, upload: str) -> Path:
        if not UPLOAD.fullmatch(upload):
            raise Lost
        return self.root / ".parts" / upload

    def create_multipart(self, key: str, content_type: str) -> str:
        check_key(key)
        if not CONTENT_TYPE.fullmatch(content_type):
            raise ValueError("This is no content type.")
        upload = secrets.token_hex(16)
        with in_words():
            self.parts_of(upload).mkdir(parents=True)
            (self.parts_of(upload) / "about").write_text(json.dumps({"key": key, "type": content_type}))
        return upload

    def presign_part(self, key: str, upload: str, number: int, size: int, *, seconds: int = 300) -> Upload:
        check_size(size, seconds)
        if not 1 <= number <= MOST_PARTS:
            raise ValueError("This is no number of a part.")
        fields = {"upload": upload, "part": str(number)}
        query = sign("PUT", check_key(key), fields, seconds=seconds, headers=(ANYTHING, str(size)))
        return Upload(f"{address(key)}?{query}", headers={"Content-Type": ANYTHING})

    def receive_part(self, upload: str, number: int, source: Source, size: int) -> str:
        folder = self.parts_of(upload)
        with in_words():
            # Two at once with the same number: each writes its own, and the last one stands.
            fresh = folder / f"{number:05}-{secrets.token_hex(4)}"
            try:
                write(fresh, source, size)
                os.replace(fresh, folder / f"{number:05}")
            finally:
                fresh.unlink(missing_ok=True)
            return etag_of((folder / f"{number:05}").stat())

    def parts(self, key: str, upload: str) -> Sequence[Part]:
        folder = self.parts_of(upload)
        with in_words():
            if about(folder / "about").get("key") != key:
                raise Lost
            paths = sorted(path for path in folder.iterdir() if PART.fullmatch(path.name))
            found = [(int(path.name), path.stat()) for path in paths]
        return [Part(number, stat.st_size, etag_of(stat)) for number, stat in found]

    def complete_multipart(self, key: str, upload: str, size: int) -> None:
        parts = self.parts(key, upload)
        if not check_parts(parts, size):
            raise Unfinished
        folder = self.parts_of(upload)
        with in_words():
            with (folder / "whole").open("wb") as whole:
                for part in parts:
                    with (folder / f"{part.number:05}").open("rb") as file:
                        shutil.copyfileobj(file, whole, CHUNK)
                settle(whole)
            self.publish(upload, key)
        self.abort_multipart(key, upload)

    def abort_multipart(self, key: str, upload: str) -> None:
        shutil.rmtree(self.parts_of(upload), ignore_errors=True)

    def list_multipart(self, prefix: str) -> Iterator[Begun]:
        check_prefix(prefix)
        for folder in sorted(self.root.glob(".parts/*")):
            found, key = status(folder), about(folder / "about").get("key", "")
            if found and key.startswith(prefix):
                yield Begun(key, folder.name, datetime.fromtimestamp(found.st_mtime, UTC))


def address(key: str) -> str:
    # Without our host: on the page it is the page's own origin, whatever name the person reached us by.
    return reverse("media_file", args=[key])


def about(path: Path) -> dict[str, str]:
    """What was noted of a file; nothing when the machine stopped in the middle of the note."""
    try:
        noted: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return noted


def status(path: Path) -> os.stat_result | None:
    """Where and when a file is; None when it went away while we looked."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def write(path: Path, source: Source, size: int | None) -> None:
    """All of the source, if it is as long as announced; never more than a little of it in memory."""
    written = 0
    with path.open("wb") as file:
        while piece := source.read(CHUNK):
            written += len(piece)
            if size is not None and written > size:
                break
            file.write(piece)
        settle(file)
    if size is not None and written != size:
        raise Refused("The file is not as long as was announced. Upload it again.")


def settle(file: BinaryIO) -> None:
    """On the disk before it gets its name: a machine that loses power has a whole file or none."""
    file.flush()
    os.fsync(file.fileno())
