"""Fonts that are at hand, and which letters each of them really has.

The caption calls this. A font draws a box for a letter that it lacks; no caption may show one.
"""

import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
# Where systems keep fonts, and names in order of liking: Latin first, then Chinese, Japanese and Korean.
FOLDERS = {
    "linux": ["/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"],
    "darwin": ["/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"],
    "win32": ["C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"],
}
LIKED = (
    *("NotoSans-Medium", "NotoSans-Regular", "DejaVuSans", "LiberationSans-Regular", "segoeui", "Helvetica", "Arial"),
    *("NotoSansCJK-Medium", "NotoSansCJK-Regular", "NotoSansCJKsc-Regular", "SourceHanSans-Regular", "wqy-microhei"),
    *("wqy-zenhei", "DroidSansFallbackFull", "PingFang", "Hiragino Sans GB", "AppleSDGothicNeo", "msyh", "YuGothM"),
    *("malgun", "simhei", "ipag", "fonts-japanese-gothic", "NanumGothic"),
)
# A number that will never be a letter: every font draws its sign for “missing” here.
NEVER = "\U0010ffff"


@lru_cache
def found() -> tuple[Path, ...]:
    """Files of liked fonts, best first; the search takes some milliseconds, so once per process."""
    files: dict[str, Path] = {}
    for folder in FOLDERS.get(sys.platform, FOLDERS["linux"]):
        root = Path(folder).expanduser()
        paths = (path for path in root.rglob("*") if path.suffix.lower() in {".ttf", ".otf", ".ttc"})
        for path in sorted(paths):
            files.setdefault(path.stem, path)
    return tuple(files[name] for name in LIKED if name in files)


@lru_cache(maxsize=16)
def at(size: int) -> tuple[Font, ...]:
    """Every font at that size; Pillow's own comes last and is always there."""
    fonts: list[Font] = []
    for path in found():
        try:
            fonts.append(ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC))
        except OSError:
            continue
    return (*fonts, ImageFont.load_default(size))


@lru_cache(maxsize=8192)
def font_for(letter: str, size: int) -> Font | None:
    """The first font that has this letter, or None."""
    return next((font for font in at(size) if has(font, letter)), None)


def has(font: Font, letter: str) -> bool:
    """Whether the letter looks different from the font's sign for “missing”."""
    if letter == " ":
        return True
    if unicodedata.category(letter)[0] == "C":
        return False
    drawn, missing = font.getmask(letter), font.getmask(NEVER)
    return drawn.getbbox() is not None and (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))
