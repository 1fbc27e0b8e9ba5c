"""A picture that is made anew shows the same and carries nothing else."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from storyboard.rendering import pictures, sniff
from storyboard.rendering.check import inspect
from storyboard.rendering.poster import posters
from storyboard.rendering.probe import Unreadable
from tests.media.seeds import SIZE, chunk, drawing, picture, png
from tests.rendering.conftest import apart

HTML = b"<script>alert(1)</script>"


def anew(content: bytes, folder: Path) -> Path:
    (folder / "old").write_bytes(content)
    pictures.reencode(folder / "old", sniff.sniff(folder / "old"), folder / "new")
    return folder / "new"


def pixels(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        opened.load()
        return opened


@pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
def test_the_format_and_the_picture_stay(name: str, tmp_path: Path) -> None:
    made = anew(picture(name), tmp_path)
    assert (inspect(made).format, pixels(made).size) == (name, SIZE)
    assert apart(drawing(), pixels(made)) < 4


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    first = anew(picture("webp"), tmp_path).read_bytes()
    assert anew(picture("webp"), tmp_path).read_bytes() == first


def test_nothing_but_pixels_is_left(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif.get_ifd(0x8825)[1] = "A camera", "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = anew(picture("jpeg", exif=exif, icc_profile=profile, comment=HTML) + HTML, tmp_path)
    assert pixels(made).getexif() == {}
    assert not {"exif", "icc_profile", "comment"} & pixels(made).info.keys()
    assert HTML not in made.read_bytes()


def test_texts_in_a_png_are_left_behind(tmp_path: Path) -> None:
    content = picture("png")
    made = anew(content[:33] + chunk(b"tEXt", b"Comment\0" + HTML) + content[33:], tmp_path)
    assert HTML not in made.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_set_upright(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = picture("png", exif=exif)
    (tmp_path / "turned").write_bytes(content)
    facts = inspect(tmp_path / "turned")
    made = pixels(anew(content, tmp_path))
    with Image.open(io.BytesIO(content)) as turned:
        wanted = ImageOps.exif_transpose(turned)
    assert (facts.width, facts.height) == made.size == wanted.size
    assert apart(wanted.convert("RGB"), made) == 0


def test_transparency_stays(tmp_path: Path) -> None:
    clear = drawing(mode="RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(SIZE))
    for content in (picture("png", clear), picture("webp", clear, lossless=True)):
        made = pixels(anew(content, tmp_path))
        assert made.mode == "RGBA"
        assert np.array_equal(np.asarray(made)[..., 3], np.asarray(clear)[..., 3])
    assert pixels(anew(picture("png", drawing().quantize(8), transparency=0), tmp_path)).mode == "RGBA"


def test_printers_colours_become_a_screens(tmp_path: Path) -> None:
    made = pixels(anew(picture("jpeg", drawing(mode="CMYK"), quality=95), tmp_path))
    assert made.mode == "RGB"
    assert apart(drawing(), made) < 6


def test_a_profile_is_applied_before_it_is_dropped(tmp_path: Path) -> None:
    """The values of a picture in a space of its own change, so that it looks the same without a profile."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert apart(drawing(), pixels(anew(picture("png", icc_profile=lab), tmp_path))) == 0
    red = Image.new("RGB", (8, 8), (200, 30, 30))
    swapped = swapped_profile()
    assert pixels(anew(picture("png", red, icc_profile=swapped), tmp_path)).getpixel((4, 4)) != (200, 30, 30)


def swapped_profile() -> bytes:
    """sRGB with its red and green exchanged."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def test_sixteen_bits_become_eight_without_being_cut_off(tmp_path: Path) -> None:
    grey = png(2, 1, b"\0" + b"\x80\0" + b"\xff\xff", depth=16)
    made = pixels(anew(grey, tmp_path))
    assert [made.getpixel((x, 0)) for x in (0, 1)] == [(128, 128, 128), (255, 255, 255)]


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(png(9000, 9000, b"\0" * 99))
    with pytest.raises(Unreadable, match=r"^The picture has 9000 × 9000 pixels, and 50 megapixels are the most"):
        inspect(tmp_path / "large")


def test_posters_are_upright_small_and_on_white(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "file").write_bytes(picture("png", Image.new("RGBA", (400, 200), (0, 0, 0, 0)), exif=exif))
    made = posters(tmp_path / "file", tmp_path, widths=[50], name="jpeg")
    assert pixels(made[0]).size == (50, 100)
    assert pixels(made[0]).getpixel((25, 50)) == (255, 255, 255)
