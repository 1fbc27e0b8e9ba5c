"""Bytes of a text file in whatever encoding a program left them, as text.

The readers of text, tables and Fountain call this first.
"""

import codecs
import re

from storyboard.boards.formats.draft import Unusable
from storyboard.boards.formats.limits import MOST_BYTES

# What a person may choose when the guess is wrong, with the words for it.
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16)",
    "utf-16-be": "Unicode (UTF-16, big-endian)",
    "cp1252": "Western European (Windows)",
    "latin-1": "Western European (ISO)",
    "mac_roman": "Western European (Macintosh)",
    "shift_jis": "Japanese (Shift-JIS)",
    "gb18030": "Chinese (GB 18030)",
}
# The longest first: UTF-32's mark begins like UTF-16's.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LOOKED_AT = 4_000
# Counted by their ends, of which Windows writes two.
MOST_LINES = 200_000
# Microsoft's fuller Shift-JIS: spreadsheets mean it when they say so.
FULLER = {"shift_jis": "cp932"}


def decoded(data: bytes, encoding: str = "", most: int = MOST_BYTES) -> tuple[str, str]:
    """The text without its byte order mark, and the encoding it was in. `encoding` is a person's choice."""
    if len(data) > most:
        raise Unusable(f"The file has more than {most // 1_000_000} MB. Divide it into smaller files.")
    if encoding and encoding not in ENCODINGS:
        raise Unusable("This encoding is not known here. Choose one from the list.")
    mark, name = next(((mark, name) for mark, name in MARKS if data.startswith(mark)), (b"", encoding))
    if not name:
        name = guessed(data)
    text = strictly(data[len(mark) :], name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unusable(f"Line {line} holds an invisible null character. Save the file as plain text, then import it.")
    return text, name


def strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(FULLER.get(name, name))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        word = ENCODINGS.get(name, name)
        raise Unusable(f"Line {line} is not {word}. Choose another encoding, or save the file as UTF-8.") from error


def guessed(data: bytes) -> str:
    """UTF-16 shows by its zeros, UTF-8 by not failing; what is left is what Windows or a Macintosh writes in Europe."""
    if zeros := by_zeros(data[:LOOKED_AT]):
        return zeros
    # Lines that end with a carriage return alone: spreadsheets write them with the Macintosh's own letters only.
    is_mac = b"\r" in data and b"\n" not in data
    for name in ("utf-8", "mac_roman" if is_mac else "cp1252"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def by_zeros(head: bytes) -> str:
    """A text without a mark in which nearly every other byte is 0, on one side only."""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if not half or max(even, odd) * 3 < half or min(even, odd) * 20 > half:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def lines_of(text: str) -> list[str]:
    """The lines without their ends, whichever system wrote them; a page's or a paragraph's end is an empty line."""
    text = re.sub("[\f\u2029]", "\n\n", text)
    if sum(text.count(end) for end in "\n\r\v\x85\u2028") > MOST_LINES:
        raise Unusable(f"The file has more than {MOST_LINES // 2:,} lines. Divide it into smaller files.")
    return re.split("\r\n|[\n\r\v\x85\u2028]", text)
