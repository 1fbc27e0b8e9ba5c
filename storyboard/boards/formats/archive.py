"""A board with its media as one ZIP: board.json, and media/ with a file for each SHA-256.

The export and import jobs call write_zip, read_zip and copy_member. A ZIP from outside is hostile: see directory.py.
"""

import hashlib
import re
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from storyboard.boards.formats import bundle
from storyboard.boards.formats.directory import BROKEN, MOST_BYTES, checked_entries, opened
from storyboard.boards.formats.draft import DraftBoard, Unusable
from storyboard.boards.formats.limits import MOST_BYTES as MOST_WORDS

BOARD, MEDIA = "board.json", "media"
STEP = 1 << 20
CHANGED = "A file in this ZIP is not what its board describes. Export the board again and import that file."


@dataclass(frozen=True, slots=True)
class Member:
    """A medium inside the ZIP, not yet read; copy_member proves that it is what its name says."""

    sha256: str
    name: str
    size: int


def write_zip(draft: DraftBoard, files: Mapping[str, Path], to: IO[bytes]) -> None:
    """`files` by SHA-256; a reference without one travels by its words alone."""
    wanted = {entry.sha256: entry.file_name for entry in draft.references if entry.sha256 in files}
    if sum(files[sha256].stat().st_size for sha256 in wanted) > MOST_BYTES:
        raise Unusable(f"The media have more than {MOST_BYTES // 10**9} GB. Export the board without them, as JSON.")
    with ZipFile(to, "w") as archive:
        archive.writestr(entry_for(BOARD), bundle.write(draft), ZIP_DEFLATED)
        for sha256, file_name in wanted.items():
            put(archive, f"{MEDIA}/{sha256}{ending(file_name)}", files[sha256])


def entry_for(name: str) -> ZipInfo:
    """Without the hour of its making, so that the same board is the same file; readable once it is unpacked."""
    info = ZipInfo(name)
    info.compress_type = ZIP_STORED
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


def put(archive: ZipFile, name: str, path: Path) -> None:
    info = entry_for(name)
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, STEP)


def ending(file_name: str) -> str:
    found = PurePosixPath(file_name).suffix.lower()
    return found if re.fullmatch(r"\.[a-z0-9]{1,5}", found) else ""


def read_zip(path: Path) -> tuple[DraftBoard, dict[str, Member]]:
    """The board, and by SHA-256 the media that its references name and that are there. Nothing is unpacked yet."""
    with opened(path) as archive:
        entries = checked_entries(archive)
        place = board_entry(entries)
        draft = bundle.read(words(archive, place))
    folder = str(PurePosixPath(place.filename).parent / MEDIA)
    found = {PurePosixPath(entry.filename).stem: entry for entry in entries if folder == parent(entry)}
    named = dict.fromkeys(entry.sha256 for entry in draft.references)
    return draft, {
        name: Member(name, found[name].filename, found[name].file_size) for name in named if name and name in found
    }


def parent(entry: ZipInfo) -> str:
    return str(PurePosixPath(entry.filename).parent)


def board_entry(entries: list[ZipInfo]) -> ZipInfo:
    """At the top, or in the one folder that a person's program put around everything."""
    found = [entry for entry in entries if re.fullmatch(rf"(?:[^/]+/)?{re.escape(BOARD)}", entry.filename)]
    if len(found) != 1:
        raise Unusable("This ZIP holds no board, or several. Choose a file that Export made.")
    return found[0]


def words(archive: ZipFile, entry: ZipInfo) -> bytes:
    if entry.file_size > MOST_WORDS:
        raise Unusable(f"The board in this ZIP has more than {MOST_WORDS // 1_000_000} MB of words. Divide the board.")
    try:
        with archive.open(entry) as source:
            return source.read(MOST_WORDS + 1)
    except BROKEN as error:
        raise Unusable("This ZIP is damaged. Export the board again and import that file.") from error


def copy_member(path: Path, member: Member, to: IO[bytes]) -> None:
    """Its bytes, or Unusable: then what was written to `to` is worth nothing."""
    digest, left = hashlib.sha256(), member.size
    try:
        with opened(path) as archive, archive.open(member.name) as source:
            while piece := source.read(min(STEP, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise Unusable(CHANGED)
                digest.update(piece)
                to.write(piece)
    except BROKEN as error:
        raise Unusable(CHANGED) from error
    if digest.hexdigest() != member.sha256:
        raise Unusable(CHANGED)
