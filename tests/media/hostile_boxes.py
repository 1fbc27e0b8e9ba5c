"""Hostile videos and sounds: lies in the numbers of MP4, WebM, WAV and MP3. hostile_media.py lists them."""

import struct
from collections.abc import Iterator
from typing import Literal

from tests.media.seeds import box, clip, riff

Row = tuple[str, bytes, Literal["taken", "refused", "either"]]
FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
MOST = b"\xff\xff\xff\xff"


def cases(good: dict[str, bytes], site: str, bait: str) -> Iterator[Row]:
    yield from lying_numbers(good["mp4"])
    yield from lying_boxes(good["mp4"])
    yield from outside(site, bait)
    yield from webms(good["webm"])
    yield from wavs()
    yield from mp3s(good["mp3"])


def patched(content: bytes, name: bytes, offset: int, value: bytes, *, every: bool = False) -> bytes:
    """Other bytes at an offset behind a box's name: behind the first, or each of them."""
    at = content.index(name) + len(name) + offset
    content = content[:at] + value + content[at + len(value) :]
    rest = content[at:]
    return content[:at] + patched(rest, name, offset, value, every=True) if every and name in rest else content


def lying_numbers(mp4: bytes) -> Iterator[Row]:
    """Offsets count from the end of the box's name; each box starts with a version and flags."""
    yield "samples.mp4", patched(mp4, b"stsz", 8, b"\x80\0\0\0", every=True), "refused"
    yield "sample-size.mp4", patched(mp4, b"stsz", 4, MOST, every=True), "refused"
    yield "chunks.mp4", patched(mp4, b"stco", 4, b"\x7f\xff\xff\xff", every=True), "either"
    yield "chunk-outside.mp4", patched(mp4, b"stco", 8, MOST, every=True), "refused"
    yield "runs.mp4", patched(mp4, b"stts", 4, MOST, every=True), "either"
    yield "negative-steps.mp4", patched(mp4, b"stts", 12, MOST, every=True), "either"
    yield "no-steps.mp4", patched(mp4, b"stts", 12, b"\0\0\0\0", every=True), "either"
    yield (
        "no-length.mp4",
        patched(patched(mp4, b"mvhd", 16, b"\0\0\0\0"), b"mdhd", 16, b"\0\0\0\0", every=True),
        "either",
    )
    yield "endless.mp4", patched(patched(mp4, b"mvhd", 16, MOST), b"mdhd", 16, MOST, every=True), "either"
    yield (
        "no-clock.mp4",
        patched(patched(mp4, b"mvhd", 12, b"\0\0\0\0"), b"mdhd", 12, b"\0\0\0\0", every=True),
        "either",
    )
    # The picture's own clock, and steps of one tick: a thousand million pictures a second.
    fast = patched(patched(mp4, b"mdhd", 12, struct.pack(">I", 1_000_000_000)), b"stts", 12, b"\0\0\0\1")
    yield "fast.mp4", fast, "refused"
    # Its list of edits leaves one picture, for a second.
    yield "slow.mp4", patched(mp4, b"mdhd", 12, b"\0\0\0\1"), "either"
    yield "large.mp4", patched(mp4, b"avc1\0\0\0\0\0\0\0\1", 16, b"\x3e\x80\x3e\x80"), "either"
    yield "edits.mp4", patched(mp4, b"elst", 4, b"\x7f\xff\xff\xff", every=True), "either"
    yield "edit-negative.mp4", patched(mp4, b"elst", 12, b"\x80\0\0\0", every=True), "either"
    yield "eleven-minutes.mp4", clip("mp4", seconds=661, fps=1, sound=False), "refused"


def lying_boxes(mp4: bytes) -> Iterator[Row]:
    moov = mp4[mp4.index(b"moov") - 4 :]
    yield "moov-2-gb.mp4", FTYP + box(b"moov", b"\0" * 64, size=0x7FFFFFFF), "refused"
    yield "moov-64-bit.mp4", FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63 - 1) + b"\0" * 64, "refused"
    yield "size-of-none.mp4", FTYP + box(b"moov", b"\0" * 64, size=0), "refused"
    yield "size-of-one.mp4", FTYP + box(b"moov", b"", size=1), "refused"
    yield "size-of-seven.mp4", FTYP + box(b"moov", b"\0" * 64, size=7), "refused"
    yield "many-boxes.mp4", FTYP + box(b"free") * 200_000, "refused"
    yield "many-moov.mp4", FTYP + moov * 200, "either"
    yield "nested.mp4", FTYP + nested(b"moov", 10_000), "refused"
    yield "nested-udta.mp4", FTYP + box(b"moov", nested(b"udta", 5_000)), "refused"
    yield "only-type.mp4", FTYP, "refused"
    yield "only-data.mov", box(b"mdat", b"\0" * 999), "refused"
    yield "10,000-tracks.mp4", many_tracks(mp4, 10_000), "refused"
    yield "20-tracks.mp4", many_tracks(mp4, 20), "refused"
    yield "cover.mp4", mp4 + box(b"moov", box(b"udta", box(b"meta", b"\0" * 4 + box(b"ilst", b"\xff" * 99)))), "either"


def nested(name: bytes, depth: int) -> bytes:
    total = 8 * depth
    return b"".join(struct.pack(">I", total - 8 * level) + name for level in range(depth))


def many_tracks(mp4: bytes, count: int) -> bytes:
    """One track again and again in a movie of its own; what it points to stays where it was."""
    at = mp4.index(b"moov") - 4
    moov = mp4[at : at + int.from_bytes(mp4[at : at + 4], "big")]
    track = moov.index(b"trak") - 4
    content = moov[track : track + int.from_bytes(moov[track : track + 4], "big")]
    # Without its tables a track is small: ten thousand of them are a few megabytes.
    return mp4[:at] + box(b"moov", moov[8:track] + content * count)


def outside(site: str, bait: str) -> Iterator[Row]:
    """QuickTime can name its data in another file, and whole movies elsewhere."""
    for name, kind, target in (
        ("elsewhere.mov", b"url ", f"{site}/clip.mp4"),
        ("elsewhere-file.mov", b"url ", f"file://{bait}/clip.mp4"),
        ("elsewhere-alias.mov", b"alis", f"{bait}/clip.mp4"),
    ):
        named = box(b"dref", b"\0\0\0\0\0\0\0\1" + box(kind, b"\0\0\0\0" + target.encode() + b"\0"))
        yield name, repointed(clip("mov", sound=False), named), "refused"
    place = b"\0\0\0\0url " + struct.pack(">I", len(site) + 1) + site.encode() + b"\0"
    yield "reference.mov", box(b"moov", box(b"rmra", box(b"rmda", box(b"rdrf", place)))), "refused"


def repointed(mov: bytes, dref: bytes) -> bytes:
    """The movie with another table of data references, and without the data that it had itself."""
    at = mov.index(b"dref") - 4
    old = int.from_bytes(mov[at : at + 4], "big")
    grown = len(dref) - old
    head = mov[mov.index(b"moov") - 4 :]
    changed = head.replace(mov[at : at + old], dref)
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        where = changed.index(name) - 4
        size = struct.pack(">I", int.from_bytes(changed[where : where + 4], "big") + grown)
        changed = changed[:where] + size + changed[where + 4 :]
    return box(b"ftyp", b"qt  \0\0\2\0qt  ") + changed


def webms(webm: bytes) -> Iterator[Row]:
    # A lone segment of unknown length, elements in elements, and a file inside the file.
    ebml = webm[: webm.index(b"\x18\x53\x80\x67")]
    attached = b"\x19\x41\xa4\x69\x90" + b"\x61\xa7\x8d" + b"\x46\x6e\x85a.sh\0" + b"\x46\x5c\x82id"
    yield "matroska.mkv", webm.replace(b"\x42\x82\x84webm", b"\x42\x82\x88matroska", 1), "refused"
    yield "attached.webm", webm.replace(b"\x1f\x43\xb6\x75", attached + b"\x1f\x43\xb6\x75", 1), "either"
    yield "only-head.webm", ebml, "refused"
    yield "endless.webm", ebml + b"\x18\x53\x80\x67\x01" + b"\xff" * 7, "refused"
    yield (
        "nested.webm",
        ebml + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + (b"\x11\x4d\x9b\x74\x01" + b"\xff" * 7) * 20_000,
        "refused",
    )
    yield (
        "huge-element.webm",
        ebml + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xfe" + b"\xec\x08" + b"\x7f" * 7,
        "refused",
    )
    track = b"\xae\x8a\xd7\x81\x01\x83\x81\x01\x86\x82V9"
    tracks = b"\x16\x54\xae\x6b" + struct.pack(">Q", 1 << 56 | len(track) * 10_000) + track * 10_000
    yield "10,000-tracks.webm", ebml + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + tracks, "refused"
    at = webm.index(b"\xb0\x81") + 2  # the picture's width, one byte of it
    yield "no-width.webm", webm[:at] + b"\0" + webm[at + 1 :], "either"


def wavs() -> Iterator[Row]:
    data = b"\0\1" * 4000

    def fmt(code: int = 1, channels: int = 1, rate: int = 8000, align: int = 2, bits: int = 16) -> tuple[bytes, bytes]:
        return b"fmt ", struct.pack("<HHIIHH", code, channels, rate, rate * align & 0xFFFFFFFF, align, bits)

    lying = riff(b"WAVE", fmt(), (b"data", data)).replace(struct.pack("<I", 8000) + data, MOST + data)
    yield "endless.wav", lying, "either"
    large = riff(b"WAVE", fmt(), (b"data", data)).replace(struct.pack("<I", 8000) + data, b"\xf0\xff\xff\x7f" + data)
    yield "2-gb.wav", large, "either"
    yield "no-data.wav", riff(b"WAVE", fmt()), "refused"
    yield "data-first.wav", riff(b"WAVE", (b"data", data), fmt()), "either"
    yield "no-channel.wav", riff(b"WAVE", fmt(channels=0), (b"data", data)), "refused"
    yield "65,535-channels.wav", riff(b"WAVE", fmt(channels=65535, align=65534), (b"data", data)), "refused"
    yield "no-rate.wav", riff(b"WAVE", fmt(rate=0), (b"data", data)), "refused"
    yield "highest-rate.wav", riff(b"WAVE", fmt(rate=2**32 - 1), (b"data", data)), "refused"
    yield "no-bits.wav", riff(b"WAVE", fmt(bits=0, align=0), (b"data", data)), "refused"
    yield "odd-code.wav", riff(b"WAVE", fmt(code=0x6D6D), (b"data", data)), "refused"
    yield "many-lists.wav", riff(b"WAVE", *[(b"LIST", b"INFO")] * 50_000, fmt(), (b"data", data)), "either"
    yield "11-minutes.wav", riff(b"WAVE", fmt(rate=10, align=2), (b"data", b"\0\1" * 6610)), "refused"
    yield "rf64.wav", b"RF64" + MOST + b"WAVE" + b"ds64" + b"\xff" * 99, "refused"


def mp3s(mp3: bytes) -> Iterator[Row]:
    def tag(size: int, content: bytes) -> bytes:
        return b"ID3\3\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + content

    picture = b"APIC" + struct.pack(">I", 100_000_000) + b"\0\0" + b"\0image/png\0\3\0" + b"\0" * (100_000_000 - 13)
    bare = mp3[mp3.index(b"\xff\xfb") :] if b"\xff\xfb" in mp3 else mp3
    yield "cover-100-mb.mp3", tag(len(picture), picture) + bare, "either"
    yield "cover-lies.mp3", tag(40, b"APIC" + MOST + b"\0\0" + b"\xff" * 30) + bare, "either"
    yield "tag-256-mb.mp3", tag(2**28 - 1, b"\0" * 999) + bare, "refused"
    yield "tags.mp3", tag(0, b"") * 50_000 + bare, "either"
    yield "one-frame.mp3", bare[:417], "either"
    at = mp3.find(b"Xing") if b"Xing" in mp3 else mp3.find(b"Info")
    yield "hours.mp3", mp3[: at + 8] + b"\x7f\xff\xff\xff" + mp3[at + 12 :], "refused"
