"""Unpack gzip as it arrives, in small pieces: a thousand times as much can be packed in it as it is long.

Only fetch.py uses it, for servers that pack although they were asked not to.
"""

import zlib
from collections.abc import Iterable, Iterator

PIECE = 65_536
GZIP = zlib.MAX_WBITS | 16


def inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What is packed, no piece longer than PIECE; zlib.error when it is damaged or its end is missing."""
    stream, begun = zlib.decompressobj(GZIP), False
    for chunk in chunks:
        rest = chunk
        while rest:
            yield from unpacked(stream, rest)
            begun, rest = not stream.eof, stream.unused_data
            if stream.eof:
                stream = zlib.decompressobj(GZIP)
    if begun:
        raise zlib.error("the end is missing")


def unpacked(stream: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """All that this chunk gives; at most PIECE of it is in memory."""
    while not stream.eof:
        piece = stream.decompress(chunk, PIECE)
        chunk = stream.unconsumed_tail
        yield piece
        if not chunk and len(piece) < PIECE:
            return
