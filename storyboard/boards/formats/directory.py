"""The table of contents of a ZIP that somebody sent: looked at before anything in it is opened.

archive.py calls it. Refused are bombs, links, names that lead elsewhere, doubled names and too many of them.
"""

import stat
import struct
import unicodedata
import zlib
from itertools import pairwise
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from storyboard.boards.formats.draft import Unusable

MOST_BYTES = 2_000_000_000
MOST_ENTRIES = 2_000
MOST_DIRECTORY = 1_000_000
# Media hardly shrink, a bomb does to a thousandth; so do words that say the same, but they are few.
MOST_GROWTH, SMALL = 200, 20_000_000
END, END_LENGTH, LONGEST_COMMENT = b"PK\5\6", 22, 65_535
LARGE_END, LARGE_END_LENGTH = b"PK\6\7", 20
BROKEN = (BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, zlib.error)
OTHER = "This is no ZIP that can be read. Export the board again and import that file."
UNSAFE = "This ZIP is not safe to open: {}. Choose a file that Export made."


def opened(path: Path) -> ZipFile:
    check_end(path)
    try:
        return ZipFile(path)
    except BROKEN as error:
        raise Unusable(OTHER) from error


def check_end(path: Path) -> None:
    """The table's size, read by hand: zipfile would hold millions of entries in memory before anyone can count them."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_LENGTH - LONGEST_COMMENT - LARGE_END_LENGTH))
        tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_LENGTH:
        raise Unusable(OTHER)
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    large = tail[max(0, at - LARGE_END_LENGTH) :].startswith(LARGE_END)
    if large or size > MOST_BYTES + MOST_DIRECTORY or directory > MOST_DIRECTORY:
        raise Unusable(UNSAFE.format(f"it holds too much (at most {MOST_ENTRIES:,} files, {MOST_BYTES // 10**9} GB)"))


def checked_entries(archive: ZipFile) -> list[ZipInfo]:
    """The files, without the folders."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Unusable(UNSAFE.format(f"it holds more than {MOST_ENTRIES:,} files"))
    for entry in entries:
        check_entry(entry)
    check_sizes(entries)
    folded = {unicodedata.normalize("NFC", entry.filename).casefold() for entry in entries}
    if len(folded) < len(entries):
        raise Unusable(UNSAFE.format("two of its files have the same name"))
    return [entry for entry in entries if not entry.is_dir()]


def check_entry(entry: ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    parts = entry.orig_filename.removesuffix("/").split("/")
    if kind and kind not in {stat.S_IFREG, stat.S_IFDIR}:
        raise Unusable(UNSAFE.format("it holds a link"))
    if {"", ".", ".."} & set(parts) or any(letter in entry.orig_filename for letter in "\\:\0"):
        raise Unusable(UNSAFE.format("a file’s name leads out of it"))
    if entry.flag_bits & 1:
        raise Unusable("This ZIP is locked with a password. Make one without, then import it.")
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise Unusable("This ZIP is packed in an unusual way. Make an ordinary one, then import it.")


def check_sizes(entries: list[ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unusable(UNSAFE.format(f"unpacked it has more than {MOST_BYTES // 10**9} GB"))
    if any(entry.file_size > max(SMALL, entry.compress_size * MOST_GROWTH) for entry in entries):
        raise Unusable(UNSAFE.format("a file in it grows beyond measure"))
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    if any(one.header_offset + one.compress_size >= other.header_offset for one, other in pairwise(in_order)):
        raise Unusable(UNSAFE.format("its files lie on top of each other"))
