"""What a file is, told from its first bytes and never from its name: eight formats are taken, the others named.

check.py asks before any decoder sees the file.
"""

from dataclasses import dataclass
from pathlib import Path

from storyboard.rendering.probe import Kind, Unreadable

HEAD = 4096
SYNC_AND_LAYER, SYNC_AND_LAYER_THREE = 0b1111_1111_1110_0110, 0b1111_1111_1110_0010
TAKEN = {
    Kind.IMAGE: "PNG, JPEG or WebP picture",
    Kind.VIDEO: "MP4, MOV or WebM video",
    Kind.AUDIO: "WAV or MP3 sound",
}


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    kind: Kind
    # Pillow's name, or the one of libav's readers that may open it.
    reader: str


PNG = Format("png", Kind.IMAGE, "PNG")
JPEG = Format("jpeg", Kind.IMAGE, "JPEG")
WEBP = Format("webp", Kind.IMAGE, "WEBP")
MP4 = Format("mp4", Kind.VIDEO, "mp4")
MOV = Format("mov", Kind.VIDEO, "mov")
WEBM = Format("webm", Kind.VIDEO, "webm")
WAV = Format("wav", Kind.AUDIO, "wav")
MP3 = Format("mp3", Kind.AUDIO, "mp3")

# What people bring by mistake: how it starts, what it is called, and what would be right.
OTHERS: tuple[tuple[bytes, str, Kind | None], ...] = (
    (b"GIF8", "a GIF", Kind.IMAGE),
    (b"BM", "a BMP picture", Kind.IMAGE),
    (b"II*\0", "a TIFF picture", Kind.IMAGE),
    (b"MM\0*", "a TIFF picture", Kind.IMAGE),
    (b"8BPS", "a Photoshop file", Kind.IMAGE),
    (b"SIMPLE  =", "a FITS picture", Kind.IMAGE),
    (b"\0\0\0\x0cjP", "a JPEG 2000 picture", Kind.IMAGE),
    (b"%!PS", "a PostScript file", Kind.IMAGE),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file", Kind.IMAGE),
    (b"%PDF", "a PDF", Kind.IMAGE),
    (b"\x1aE\xdf\xa3", "an MKV video", Kind.VIDEO),
    (b"fLaC", "a FLAC sound", Kind.AUDIO),
    (b"OggS", "an Ogg file", Kind.AUDIO),
    (b"PK\3\4", "a ZIP archive", None),
    (b"#EXTM3U", "a playlist, which only names other files", Kind.VIDEO),
    (b"ffconcat", "a playlist, which only names other files", Kind.VIDEO),
)
BRANDS = {
    b"heic": ("an HEIC picture", Kind.IMAGE),
    b"heix": ("an HEIC picture", Kind.IMAGE),
    b"mif1": ("an HEIC picture", Kind.IMAGE),
    b"avif": ("an AVIF picture", Kind.IMAGE),
    b"M4A ": ("an M4A sound", Kind.AUDIO),
}
# Old QuickTime files start with one of these instead of their type.
OLD_MOV = (b"moov", b"mdat", b"wide")


def sniff(path: Path) -> Format:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Unreadable("The file is empty. Please export it again and try once more.")
    return format_of(head) or refuse(head)


def format_of(head: bytes) -> Format | None:
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp" or head[4:8] in OLD_MOV:
        return boxed(head)
    if head.startswith(b"\x1aE\xdf\xa3"):
        # The document's type stands in the first few elements: its id, its length of 4, its name.
        return WEBM if b"\x42\x82\x84webm" in head[:128] else None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    return MP3 if head.startswith(b"ID3") or is_mp3_frame(head[:4]) else None


def boxed(head: bytes) -> Format | None:
    if head[4:8] != b"ftyp" or head[8:12] == b"qt  ":
        return MOV
    return None if head[8:12] in BRANDS else MP4


def is_mp3_frame(head: bytes) -> bool:
    """Eleven bits of sync, a version, layer III, and a bit rate and a sample rate that exist."""
    if len(head) < 4 or int.from_bytes(head[:2], "big") & SYNC_AND_LAYER != SYNC_AND_LAYER_THREE:  # noqa: PLR2004
        return False
    version, rates = head[1] >> 3 & 0b11, head[2]
    return version != 0b01 and rates >> 4 not in {0, 0b1111} and rates >> 2 & 0b11 != 0b11  # noqa: PLR2004


def refuse(head: bytes) -> Format:
    name, kind = known(head)
    if kind:
        raise Unreadable(f"This is {name}. Please save it as {a(TAKEN[kind])}.")
    raise Unreadable(f"This is {name or 'no file that can be used here'}. Please bring {a(one_of_all())}.")


def known(head: bytes) -> tuple[str, Kind | None]:
    if head[4:8] == b"ftyp":
        return BRANDS[head[8:12]]
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        return "an AVI video", Kind.VIDEO
    for start, name, kind in OTHERS:
        if head.startswith(start):
            return name, kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html", b"<mpd", b"<script")):
        return "a text for browsers (SVG, HTML or XML)", Kind.IMAGE if b"<svg" in text else None
    return "", None


def a(taken: str) -> str:
    return f"{'an' if taken[0] == 'M' else 'a'} {taken}"


def one_of_all() -> str:
    image, video, audio = TAKEN.values()
    return f"{image}, {a(video)} or {a(audio)}"
