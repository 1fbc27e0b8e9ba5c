"""Strangers' pictures: opened by one reader, and made anew without anything but their pixels.

check.py opens them here; the jailed process calls `reencode`. The same picture gives the same bytes.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from storyboard.rendering.probe import Kind, Unreadable
from storyboard.rendering.sniff import Format

MOST_PIXELS = 50_000_000
MOST_SIDE = 20_000
# EXIF's number for how the camera was held; from 5 on the picture lies on its side.
ORIENTATION, ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)
# A real profile has some kilobytes; printers' have two megabytes.
LARGEST_PROFILE = 4 * 1024 * 1024
SAVED: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG", "compress_level": 6},
    "jpeg": {"format": "JPEG", "quality": 95, "subsampling": "4:2:0"},
    "webp": {"format": "WEBP", "quality": 95, "method": 2},
}

# Above this size saving would take longer, and WebP without loss more memory, than the jail has.
LARGE = 16_000_000
QUICK: dict[str, dict[str, Any]] = {"png": {"compress_level": 1}, "jpeg": {}, "webp": {}}
LOSSLESS = {"lossless": True, "quality": 20, "method": 0}


@contextmanager
def opened(path: Path, found: Format) -> Iterator[Image.Image]:
    """One picture of at most 50 megapixels; Pillow's many ways of giving up become sentences."""
    try:
        with warnings.catch_warnings():
            # Its own limit warns on the way to ours.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=(found.reader,)) as picture:
                check(picture)
                yield picture
    except Image.DecompressionBombError as error:
        raise Unreadable("The picture has more than 50 megapixels. Please make it smaller.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, TypeError, KeyError) as error:
        raise Unreadable("The picture is cut short or damaged. Please export it again.") from error


def check(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Unreadable(
            f"The picture has {width} × {height} pixels, and 50 megapixels are the most. Please make it smaller."
        )
    if max(width, height) > MOST_SIDE:
        raise Unreadable(
            f"The picture is {width} × {height} pixels, and {MOST_SIDE:,} a side are the most. Please make it smaller."
        )
    # Some cameras keep a second view in their JPEG (“MPO”); that is no animation, and the first one is the picture.
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise Unreadable("This picture moves. Please save one picture of it as PNG, or the whole as an MP4 video.")


def shown_size(picture: Image.Image) -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if picture.getexif().get(ORIENTATION) in ON_ITS_SIDE else (width, height)


def reencode(path: Path, found: Format, to: Path) -> tuple[int, int]:
    """The same format, upright, in sRGB, 8 bits, with its transparency and without place, camera or comments."""
    if found.kind is not Kind.IMAGE:
        raise Unreadable(f"Only pictures are made anew, and this is {found.name.upper()}.")
    with opened(path, found) as picture:
        clean = plain(picture, alpha=found.name != "jpeg")
    large = clean.width * clean.height > LARGE
    options = SAVED[found.name] | (QUICK[found.name] if large else {})
    if found.name == "webp" and not large and is_lossless(path):
        options |= LOSSLESS
    clean.save(to, **options)
    return clean.size


def plain(picture: Image.Image, *, alpha: bool) -> Image.Image:
    """Pixels only: RGB or RGBA."""
    profile = picture.info.get("icc_profile") or b""
    upright = ImageOps.exif_transpose(picture)
    mode = "RGBA" if alpha and upright.has_transparency_data else "RGB"
    eight = in_eight_bits(upright)
    clean = in_srgb(eight.convert(mode) if mode == "RGBA" else eight, profile).convert(mode)
    clean.info.clear()
    return clean


def in_eight_bits(picture: Image.Image) -> Image.Image:
    """Pillow would cut 16 bits of grey off at 255 instead of scaling them."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if picture.mode in {"P", "PA"}:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Other screens' and printers' colours as every browser and vendor reads them; a broken profile counts as none."""
    if not profile or len(profile) > LARGEST_PROFILE:
        return picture
    alpha = picture.getchannel("A") if "A" in picture.getbands() else None
    bare = picture.convert(picture.mode.rstrip("A")) if alpha else picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(bare, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    if turned is None:
        return picture
    if alpha:
        turned.putalpha(alpha)
    return turned


def is_lossless(path: Path) -> bool:
    with path.open("rb") as file:
        return b"VP8L" in file.read(4096)
