"""Files that a stranger may bring to do harm, and odd good ones. test_hostile.py puts each through the jail.

Nothing here is downloaded: every file is made by code. `{site}` is a listener that must never be called, and `{bait}`
a folder that must never be looked into.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from tests.media import hostile_boxes
from tests.media.seeds import chunk, clip, drawing, picture, png, riff, seeds

Wanted = Literal["taken", "refused", "either"]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    content: bytes
    wanted: Wanted = "refused"


PLAYLISTS = {
    "hls.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{site}/one.ts\n#EXT-X-ENDLIST\n",
    "hls-file.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{bait}/clip.mp4\n#EXT-X-ENDLIST\n",
    "hls-relative.avi": "#EXTM3U\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n",
    "hls-concat.txt": "#EXTM3U\n#EXTINF:1,\nconcat:{site}/a|file://{bait}/secret.txt\n#EXT-X-ENDLIST\n",
    "hls-subfile.mp4": "#EXTM3U\n#EXTINF:1,\nsubfile,,start,0,end,64,,:{bait}/secret.txt\n#EXT-X-ENDLIST\n",
    "hls-data.mp4": "#EXTM3U\n#EXTINF:1,\ndata:video/mp4;base64,AAAA\n#EXT-X-ENDLIST\n",
    "hls-key.mp4": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{site}/key"\n#EXTINF:1,\n{bait}/clip.mp4\n#EXT-X-ENDLIST\n',
    "hls-byte-order.mov": "\ufeff#EXTM3U\n#EXTINF:1,\n{site}/one.ts\n",
    "hls-master.webm": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{site}/list.m3u8\n",
    "concat.mp4": "ffconcat version 1.0\nfile {bait}/clip.mp4\n",
    "concat-relative.mp4": "ffconcat version 1.0\nfile clip.mp4\n",
    "concat-web.mp4": "ffconcat version 1.0\nfile {site}/clip.mp4\n",
    "dash.mp4": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{site}/</BaseURL></MPD>',
    "session.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "list.asx": '<asx version="3.0"><entry><ref href="{site}/clip.mp4"/></entry></asx>',
    "list.xspf": '<?xml version="1.0"?><playlist><location>{site}/clip.mp4</location></playlist>',
    "list.pls": "[playlist]\nFile1={site}/clip.mp4\nNumberOfEntries=1\n",
    "tagged.mp3": "ID3\x03\x00\x00\x00\x00\x00\x00#EXTM3U\n#EXTINF:1,\n{site}/one.ts\n",
    "frames.y4m": "YUV4MPEG2 W99999 H99999 F25:1\nFRAME\n",
}
MARKUP = {
    "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{site}/a.png"/></svg>',
    "local.png": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{bait}/secret.txt"/></svg>',
    "entity.jpg": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file://{bait}/secret.txt">]><svg>&b;</svg>',
    "page.png": "<!DOCTYPE html><script src='{site}/x.js'></script>",
    "script.mp4": "<script>fetch('{site}')</script>",
    "shell.mp3": "#!/bin/sh\ncurl {site}\n",
    "magick.png": 'push graphic-context\nimage over 0,0 0,0 "{site}/a.png"\npop graphic-context\n',
    "drawing.eps": "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({bait}/secret.txt) (r) file\n",
    "paper.pdf": "%PDF-1.7\n1 0 obj<</URI({site})>>endobj\n",
}
MAGIC = {
    "dos.eps": b"\xc5\xd0\xd3\xc6" + b"\0" * 60,
    "layers.psd": b"8BPS\0\1" + b"\0" * 60,
    "scan.tiff": b"II*\0\x08\0\0\0" + b"\xff" * 60,
    "scan-mm.png": b"MM\0*\0\0\0\x08" + b"\xff" * 60,
    "stars.fits": b"SIMPLE  =                    T".ljust(80) + b"NAXIS   =            999999999".ljust(80) * 4,
    "wavelet.png": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 60,
    "icon.png": b"\0\0\1\0\xff\0" + b"\0" * 60,
    "old.bmp": b"BM" + struct.pack("<IHHIIiiHHI", 99, 0, 0, 54, 40, 1 << 30, 1 << 30, 1, 24, 0),
    "phone.heic": b"\0\0\0\x18ftypheic" + b"\0" * 60,
    "phone.mp4": b"\0\0\0\x18ftypavif" + b"\0" * 60,
    "song.m4a": b"\0\0\0\x18ftypM4A " + b"\0" * 60,
    "song.flac": b"fLaC" + b"\0" * 60,
    "song.ogg": b"OggS" + b"\0" * 60,
    "old.avi": b"RIFF\x80\0\0\0AVI LIST" + b"\0" * 60,
    "old.flv": b"FLV\1\5\0\0\0\x09" + b"\0" * 60,
    "stream.ts": (b"\x47\x40\0\x10" + b"\xff" * 184) * 8,
    "empty.mp4": b"",
    "one-byte.png": b"\x89",
    "zeros.mp4": b"\0" * 4096,
    "noise.mp3": random.Random(1).randbytes(4096),
    "sync-only.mp3": b"\xff" * 4096,
    "layer-three.mp3": b"\xff\xfb\x90\x00" + b"\0" * 60,
}


def corpus(site: str, bait: str) -> Iterator[Case]:
    for name, text in (PLAYLISTS | MARKUP).items():
        yield Case(name, text.replace("{site}", site).replace("{bait}", bait).encode("utf-8", "surrogateescape"))
    for name, content in MAGIC.items():
        yield Case(name, content)
    good = seeds()
    yield from (Case(f"good.{name}", content, "taken") for name, content in good.items())
    for part in (polyglots, odd_names, cut_short):
        yield from part(good)
    for more in (bombs, animations, odd_but_good):
        yield from more()
    for name, content, wanted in hostile_boxes.cases(good, site, bait):
        yield Case(name, content, wanted)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


def polyglots(good: dict[str, bytes]) -> Iterator[Case]:
    """Good media for one reader and something else for another; what is taken is made anew or served as media only."""
    html = b"<html><script>alert(1)</script></html>"
    yield Case("script.gif", b"GIF89a/*" + b"\0" * 60 + b"*/=1;alert(1)")
    yield Case("script.jpg.gif", b"GIF89a" + good["jpeg"])
    yield Case("end.png", good["png"] + html, "taken")
    yield Case("start.png", html + good["png"])
    yield Case("inside.png", good["png"][:33] + chunk(b"tEXt", b"Comment\0" + html) + good["png"][33:], "taken")
    yield Case("zip.jpg", good["jpeg"] + archive(), "taken")
    yield Case("zip.mp4", archive() + good["mp4"])
    yield Case(
        "comment.jpg",
        good["jpeg"][:2] + b"\xff\xfe" + struct.pack(">H", len(html) + 2) + html + good["jpeg"][2:],
        "taken",
    )
    yield Case("end.mp4", good["mp4"] + html, "taken")
    yield Case("free.mp4", good["mp4"] + struct.pack(">I", len(html) + 8) + b"free" + html, "taken")
    yield Case("png.mp4", good["png"] + good["mp4"], "taken")
    yield Case("mp4.png", good["mp4"] + good["png"], "taken")
    yield Case("list.mp4", good["mp4"] + b"\n#EXTM3U\n#EXTINF:1,\nclip.mp4\n", "taken")
    yield Case("page.wav", good["wav"] + html, "taken")
    yield Case("wave-in-webp.webp", good["webp"][:8] + b"WAVE" + good["webp"][12:])
    yield Case("webp-in-wave.wav", good["wav"][:8] + b"WEBP" + good["wav"][12:])


def odd_names(good: dict[str, bytes]) -> Iterator[Case]:
    """Names that a command line, a protocol or a pattern would take for something else."""
    for name in (
        "-version.mp4", "--help", "file:clip.mp4", "concat:a|b.mp4", "subfile,,start,0,end,9,,:x.mp4", "http:clip.mp4",
        "clip%03d.mp4", "a\nb.mp4", 'a"b\'c`d$(id).mp4', "\u202egpj.mp4", "x" * 240 + ".mp4", "clip.m3u8",
        "picture.png", "fd:0", "pipe:", "data:,x", "\udcff\udcfe.mp4", " ", "..mp4", "CON",
    ):  # fmt: skip
        yield Case(name, good["mp4"], "taken")
    yield Case("clip.mp4.jpg", good["jpeg"], "taken")


def cut_short(good: dict[str, bytes]) -> Iterator[Case]:
    """A file that was cut is refused, or still is a whole shorter one: sound has no end that it must have."""
    for name, content in good.items():
        must: Wanted = "refused" if name in {"png", "jpeg", "webp", "mp4", "mov"} else "either"
        for tenth in range(1, 10):
            yield Case(f"cut-{tenth}.{name}", content[: len(content) * tenth // 10], must)


def bombs() -> Iterator[Case]:
    zeros = zlib.compress(b"\0" * 60_000_000, 9)
    yield Case("huge-header.png", png(50_000, 50_000, b"\0" * 999))
    yield Case("largest-header.png", png(2**31 - 1, 2**31 - 1, b"\0"))
    yield Case("no-size.png", png(0, 0, b""))
    yield Case("81-megapixels.png", png(9000, 9000, b"\0" * 9000 * (9000 // 8 + 1), depth=1))
    yield Case("49-megapixels.png", png(7000, 7000, b"\0" * 7000 * (7000 // 8 + 1), depth=1), "taken")
    yield Case("profile-bomb.png", png(4, 4, b"\0" * 20, before=chunk(b"iCCP", b"x\0\0" + zeros)), "either")
    yield Case("text-bomb.png", png(4, 4, b"\0" * 20, before=chunk(b"zTXt", b"x\0\0" + zeros)), "either")
    yield Case("many-chunks.png", png(4, 4, b"\0" * 20, before=chunk(b"tEXt", b"a\0b") * 50_000), "either")
    yield Case("too-much-data.png", png(4, 4, b"\0" * 60_000_000), "either")
    yield Case("filter.png", png(4, 4, b"\x09\0\0\0\0" * 4), "either")
    yield Case("wide.png", png(49_000_000, 1, b"\0" * 6_125_001, depth=1))
    yield Case("bomb.webp", picture("webp", Image.new("L", (9000, 9000)), lossless=True, quality=0, method=0))
    yield Case("lying.webp", riff(b"WEBP", (b"VP8X", b"\0\0\0\0" + b"\xff\xff\xff" * 2)))
    jpeg = picture("jpeg")
    at = jpeg.index(b"\xff\xc0") + 5
    yield Case("huge-header.jpg", jpeg[:at] + b"\xff\xff\xff\xff" + jpeg[at + 4 :])
    yield Case("no-size.jpg", jpeg[:at] + b"\0\0\0\0" + jpeg[at + 4 :])
    scan = jpeg[jpeg.index(b"\xff\xda") : -2]
    yield Case("many-scans.jpg", jpeg[:-2] + scan * 2000 + b"\xff\xd9", "either")
    yield Case("profile.jpg", picture("jpeg", icc_profile=b"\xff" * 60_000), "taken")
    yield Case("exif.jpg", picture("jpeg", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 2000), "taken")


def animations() -> Iterator[Case]:
    frames = [Image.new("L", (8, 8), number) for number in range(100)]
    moving = {"save_all": True, "append_images": frames[1:]}
    yield Case("moving.gif", picture("gif", frames[0], **moving))
    yield Case("moving.png", picture("png", frames[0], **moving))
    yield Case("moving.webp", picture("webp", frames[0], method=0, **moving))
    yield Case("100,000-frames.png", png(4, 4, b"\0" * 20, before=chunk(b"acTL", struct.pack(">II", 100_000, 0))))
    frame = b"ANMF" + struct.pack("<I", 16) + b"\0" * 16
    yield Case(
        "100,000-frames.webp", riff(b"WEBP", (b"VP8X", b"\x02" + b"\0" * 9), (b"ANIM", b"\0" * 6)) + frame * 100_000
    )


def odd_but_good() -> Iterator[Case]:
    exif = Image.Exif()
    exif[0x0112] = 6
    made: dict[str, Callable[[], bytes]] = {
        "cmyk.jpg": lambda: picture("jpeg", drawing(mode="CMYK")),
        "grey.jpg": lambda: picture("jpeg", drawing(mode="L")),
        "progressive.jpg": lambda: picture("jpeg", progressive=True),
        "on-its-side.jpg": lambda: picture("jpeg", exif=exif.tobytes()),
        "two-views.jpg": lambda: picture("mpo", save_all=True, append_images=[drawing()]),
        "16-bit.png": lambda: png(4, 4, (b"\0" + b"\x80\0" * 4) * 4, depth=16),
        "16-bit-colour.png": lambda: png(4, 4, (b"\0" + b"\x80\0\xff\xff\0\0" * 4) * 4, depth=16, colour=2),
        "palette.png": lambda: picture("png", drawing().quantize(8), transparency=0),
        "one-bit.png": lambda: picture("png", drawing(mode="1")),
        "see-through.png": lambda: picture("png", drawing(mode="LA")),
        "see-through.webp": lambda: picture("webp", drawing(mode="RGBA"), lossless=True),
        "on-its-side.mp4": lambda: clip("mp4", rotation=90),
        "silent.mp4": lambda: clip("mp4", sound=False),
        "silent.webm": lambda: clip("webm", sound=False),
        "slow.mp4": lambda: clip("mp4", seconds=2, fps=2),
    }
    yield from (Case(name, make(), "taken") for name, make in made.items())


def mutants(count: int, seed: int = 1) -> Iterator[bytes]:
    """Good files with a few bytes changed, parts doubled, cut out or moved; the same for the same seed."""
    chance = random.Random(seed)
    good = list(seeds().values())
    for number in range(count):
        yield mutant(bytearray(good[number % len(good)]), chance)


def mutant(content: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        # Headers are where a number decides about memory, loops and lengths.
        reach = len(content) if chance.random() < 0.4 else min(len(content), 1200)
        at, length = chance.randrange(reach), chance.choice((1, 1, 2, 4, 8, 64))
        how = chance.randrange(6)
        if how == 0:
            content[at : at + length] = chance.randbytes(length)
        elif how == 1:
            content[at] ^= 1 << chance.randrange(8)
        elif how == 2:
            content[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1"))
        elif how == 3:
            content[at:at] = content[at : at + length]
        elif how == 4 and len(content) > length + 16:
            del content[at : at + length]
        else:
            other = chance.randrange(len(content))
            content[at : at + length] = content[other : other + length]
    return bytes(content)
