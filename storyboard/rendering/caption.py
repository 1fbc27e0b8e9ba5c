"""What lies over an animatic: the prompt in letters that are surely there, and its reference pictures.

The animatic calls this once per clip; the results are transparent pictures of the clip's size.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from storyboard.rendering import fonts

LINES = 3
MOST_REFERENCES = 4
PAPER, SHADE, FAINT = (250, 247, 240, 255), (9, 11, 16), (214, 209, 199, 255)
ELLIPSIS = "…"
VARIATIONS = {chr(number) for number in range(0xFE00, 0xFE10)}


def layers(size: tuple[int, int], prompt: str, references: Sequence[Image.Image]) -> list[Image.Image]:
    """Two pictures of the clip's size, because mixing two small parts is quicker than mixing one large one."""
    prints, words = Image.new("RGBA", size), Image.new("RGBA", size)
    insets(prints, references)
    lines, left_out = fitted(prompt, size)
    if lines or left_out:
        write(words, lines, note_for(left_out))
    return [prints, words]


def note_for(left_out: int) -> str:
    if not left_out:
        return ""
    letters = "1 character is" if left_out == 1 else f"{left_out} characters are"
    return f"{letters} left out: no font here can draw {'it' if left_out == 1 else 'them'}."


def fitted(prompt: str, size: tuple[int, int]) -> tuple[list[str], int]:
    """The prompt in at most three lines, and how many of its letters no font has."""
    points = point_size(size)
    text, left_out = drawable(" ".join(prompt.split()), points)
    width = int(size[0] * 0.84)
    # One line more than is shown tells that there is more; the rest of a long prompt is never measured.
    lines = list(islice(wrapped(text, points, width), LINES + 1))
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], shortened(lines[LINES - 1], points, width)]
    return lines, left_out


def point_size(size: tuple[int, int]) -> int:
    return max(9, round(min(size[1] * 0.042, size[0] * 0.04)))


def drawable(text: str, points: int) -> tuple[str, int]:
    """What can be drawn; joiners and variation marks are no letters, so leaving them out is no loss."""
    composed = unicodedata.normalize("NFC", text)
    letters = [one for one in composed if unicodedata.category(one) not in {"Cf", "Cc"} and one not in VARIATIONS]
    kept = [letter for letter in letters if letter_can_stand(letter, points)]
    return " ".join("".join(kept).split()), len(letters) - len(kept)


def letter_can_stand(letter: str, points: int) -> bool:
    """Scripts that run to the left and join their letters would come out backwards: they count as not drawn."""
    return unicodedata.bidirectional(letter) not in {"R", "AL"} and fonts.font_for(letter, points) is not None


def wrapped(text: str, points: int, width: int) -> Iterator[str]:
    """Break between words, and between any two letters of scripts that put no space between words."""
    line = ""
    for piece in pieces(text):
        if line and length(line + piece.rstrip(), points) > width:
            yield line.rstrip()
            line = ""
        while length(piece, points) > width:
            cut = longest(piece, points, width)
            yield piece[:cut]
            piece = piece[cut:]  # noqa: PLW2901 - the rest of a word that is wider than the picture
        line += piece
    if line.strip():
        yield line.rstrip()


def longest(piece: str, points: int, width: int) -> int:
    """How many letters of it fit, at least one; found by halves, because a prompt may be one word of thousands."""
    fits, too_many = 1, len(piece)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if length(piece[:middle], points) <= width else (fits, middle)
    return fits


def pieces(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        # A closing mark stays with what it closes.
        if wide and unicodedata.category(letter)[0] != "P" and word:
            yield word
            word = ""
        word += letter
        if letter == " ":
            yield word
            word = ""
    if word:
        yield word


def shortened(line: str, points: int, width: int) -> str:
    end = ELLIPSIS if fonts.font_for(ELLIPSIS, points) else "..."
    while line and length(line + end, points) > width:
        line = line[:-1]
    return line.rstrip(" ,.;:，。、") + end


def runs(text: str, points: int) -> Iterator[tuple[str, fonts.Font]]:
    """The text in stretches of one font each."""
    run, current = "", None
    for letter in text:
        font = current if letter == " " and current else fonts.font_for(letter, points)
        if run and font is not current and current:
            yield run, current
            run = ""
        run, current = run + letter, font
    if run and current:
        yield run, current


def length(text: str, points: int) -> float:
    return sum(font.getlength(run) for run, font in runs(text, points))


def write(layer: Image.Image, lines: list[str], note: str) -> None:
    """The lines centred at the foot, on a soft shade that leaves the scene visible."""
    width, height = layer.size
    points = point_size(layer.size)
    small = max(8, round(points * 0.62))
    step = round(points * 1.36)
    top = height - round(height * 0.055) - step * len(lines) - (round(small * 1.5) if note else 0)
    shade(layer, top - round(step * 1.6))
    draw = ImageDraw.Draw(layer)
    for number, line in enumerate(lines):
        centred(draw, line, points, (width, top + number * step), PAPER)
    if note:
        centred(draw, note, small, (width, top + len(lines) * step + small // 4), FAINT)


def centred(draw: ImageDraw.ImageDraw, line: str, points: int, at: tuple[int, int], ink: tuple[int, ...]) -> None:
    x, base = (at[0] - length(line, points)) / 2, at[1] + points
    for run, font in runs(line, points):
        anchor = "ls" if hasattr(font, "getmetrics") else None
        draw.text((x, base), run, font=font, fill=ink, anchor=anchor)
        x += font.getlength(run)


def shade(layer: Image.Image, top: int) -> None:
    """Darkness that grows towards the foot of the picture."""
    width, height = layer.size
    top = max(0, top)
    ramp = Image.linear_gradient("L").resize((width, height - top)).point(lambda value: min(178, round(value * 0.95)))
    layer.paste(Image.merge("RGBA", [Image.new("L", ramp.size, tint) for tint in SHADE] + [ramp]), (0, top))


def insets(layer: Image.Image, references: Sequence[Image.Image]) -> None:
    """Small prints in the upper right corner, each with a pale edge and a shadow."""
    width, height = layer.size
    side, edge = round(min(width, height) * 0.2), max(2, round(min(width, height) * 0.006))
    gap = round(side * 0.14)
    x = width - gap * 2
    for picture in references[:MOST_REFERENCES]:
        card = ImageOps.expand(ImageOps.contain(picture.convert("RGB"), (side * 2, side)), edge, PAPER[:3])
        x -= card.width
        if x < gap:
            break
        shadow = Image.new("RGBA", layer.size)
        shadow.paste((*SHADE, 150), (x, gap * 2 + edge, x + card.width, gap * 2 + edge + card.height))
        layer.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(edge * 2)))
        layer.paste(card, (x, gap * 2))
        x -= gap
